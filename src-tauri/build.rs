//! Reads `tauri.conf.json` and the rooms' own permissions; these live in `src-tauri` though the
//! package's root is above it, so their paths (and what to watch) are named here.

fn main() {
    for path in ["capabilities", "permissions"] {
        println!("cargo:rerun-if-changed=src-tauri/{path}");
    }
    let permissions = tauri_build::AppManifest::new().permissions_path_pattern("./src-tauri/permissions/**/*");
    let attributes = tauri_build::Attributes::new()
        .capabilities_path_pattern("./src-tauri/capabilities/**/*")
        .app_manifest(permissions);
    if let Err(error) = tauri_build::try_build(attributes) {
        eprintln!("{error:#}");
        std::process::exit(1);
    }
}
