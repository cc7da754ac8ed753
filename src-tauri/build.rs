//! Reads `tauri.conf.json` and the rooms' own permissions; these live in `src-tauri` though the
//! package's root is above it, so their paths (and what to watch) are named here. Puts the card page into the program.

use std::path::Path;
use std::{env, fs, io};

/// What `npm run build` makes of the card page.
const CARD_PAGE: &str = "ui/dist-card/card.html";

fn main() {
    for path in ["src-tauri/capabilities", "src-tauri/permissions", CARD_PAGE] {
        println!("cargo:rerun-if-changed={path}");
    }
    let permissions = tauri_build::AppManifest::new().permissions_path_pattern("./src-tauri/permissions/**/*");
    let attributes = tauri_build::Attributes::new()
        .capabilities_path_pattern("./src-tauri/capabilities/**/*")
        .app_manifest(permissions);
    if let Err(error) = tauri_build::try_build(attributes) {
        eprintln!("{error:#}");
        std::process::exit(1);
    }
    if let Err(error) = card_page() {
        eprintln!("{CARD_PAGE}: {error}");
        std::process::exit(1);
    }
}

/// Before the first build of the page, as under `tauri dev`, there is none: the page is then read when it is shown.
fn card_page() -> io::Result<()> {
    let page = match fs::read(CARD_PAGE) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => b"<head></head>`npm run build` makes this page".into(),
        page => page?,
    };
    fs::write(Path::new(&env::var_os("OUT_DIR").unwrap_or_default()).join("card.html"), page)
}
