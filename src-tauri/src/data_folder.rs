//! The one folder this installation keeps its files in, for its owner's eyes only.

use std::env;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Names another folder than the operating system's; the tests' way to be alone.
pub const OVERRIDE: &str = "KEYTILL_DATA";

/// A folder that exists and that only its owner may enter.
#[derive(Debug, Clone)]
pub struct DataFolder {
    path: PathBuf,
}

impl DataFolder {
    /// Makes the folder if it is not there.
    ///
    /// # Errors
    /// The folder cannot be made or its permissions cannot be set.
    pub fn open(path: PathBuf) -> io::Result<Self> {
        fs::create_dir_all(&path)?;
        owner_only(&path, 0o700)?;
        Ok(Self { path })
    }

    /// As [`DataFolder::open`]; a folder that cannot be made says so at every write instead.
    pub fn open_or_name(path: PathBuf) -> Self {
        Self::open(path.clone()).unwrap_or(Self { path })
    }

    /// A folder that is only looked into.
    pub fn named(path: PathBuf) -> Self {
        Self { path }
    }

    /// A folder inside this one, under the same rules.
    ///
    /// # Errors
    /// As for [`DataFolder::open`].
    pub fn room(&self, name: &str) -> io::Result<Self> {
        Self::open(self.path.join(name))
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Replaces a file as a whole: after a crash there is the old one or the new one, never half.
    ///
    /// # Errors
    /// The bytes are not surely on the disk.
    pub fn replace(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let unfinished = self.path.join(format!("{name}.new"));
        // A leftover of a crash may carry other permissions.
        match fs::remove_file(&unfinished) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut file = private(OpenOptions::new().write(true).create_new(true)).open(&unfinished)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&unfinished, self.path.join(name))?;
        sync_folder(&self.path)
    }

    /// Opens a file to be written at its end, made if it is not there.
    ///
    /// # Errors
    /// The file cannot be opened.
    pub fn append(&self, name: &str) -> io::Result<File> {
        let path = self.path.join(name);
        let file = private(OpenOptions::new().append(true).create(true)).open(&path)?;
        owner_only(&path, 0o600)?;
        Ok(file)
    }

    /// The bytes of a file; nothing if it is not there.
    ///
    /// # Errors
    /// It is there and cannot be read.
    pub fn read(&self, name: &str) -> io::Result<Option<Vec<u8>>> {
        match fs::read(self.path.join(name)) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Why a file that is there cannot be read: which, whose, and what to do.
    pub fn why_unreadable(&self, name: &str, error: &io::Error) -> String {
        let path = self.path.join(name);
        format!(
            "{}: {error}{}. Make it a file that you may read and write, then start Keytill again.",
            path.display(),
            owner(&path)
        )
    }

    /// Moves a file out of the way without losing it; says under which name it lies now.
    ///
    /// # Errors
    /// It cannot be moved.
    pub fn put_aside(&self, name: &str) -> io::Result<String> {
        let aside = (1..1000)
            .map(|number| format!("{name}.damaged-{number}"))
            .find(|aside| !self.path.join(aside).exists())
            .unwrap_or_else(|| format!("{name}.damaged"));
        fs::rename(self.path.join(name), self.path.join(&aside))?;
        sync_folder(&self.path)?;
        Ok(aside)
    }
}

/// The folder the environment names, if any.
pub fn overridden() -> Option<PathBuf> {
    env::var_os(OVERRIDE).filter(|path| !path.is_empty()).map(PathBuf::from)
}

#[cfg(unix)]
fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    use std::os::unix::fs::OpenOptionsExt;
    options.mode(0o600)
}

#[cfg(not(unix))]
fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    options
}

#[cfg(unix)]
fn owner_only(path: &Path, mode: u32) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
#[allow(clippy::unnecessary_wraps)] // The profile's folder is the user's own there.
fn owner_only(_: &Path, _: u32) -> io::Result<()> {
    Ok(())
}

/// Whom a file belongs to, by the name that this computer has for them.
#[cfg(unix)]
fn owner(path: &Path) -> String {
    use std::os::unix::fs::MetadataExt;
    let Ok(about) = fs::symlink_metadata(path) else { return String::new() };
    let id = about.uid();
    let users = fs::read_to_string("/etc/passwd").unwrap_or_default();
    let fields = || users.lines().map(|line| line.split(':').collect::<Vec<_>>());
    let name =
        fields().find(|fields| fields.get(2) == Some(&id.to_string().as_str())).map(|fields| fields[0].to_owned());
    format!("; it belongs to {}", name.unwrap_or_else(|| format!("user {id}")))
}

#[cfg(not(unix))]
fn owner(_: &Path) -> String {
    String::new()
}

/// A rename is durable once its folder is.
#[cfg(unix)]
fn sync_folder(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

#[cfg(not(unix))]
#[allow(clippy::unnecessary_wraps)] // A folder cannot be opened as a file there; NTFS journals the rename.
fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    fn mode(path: &Path) -> u32 {
        use std::os::unix::fs::PermissionsExt;
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[cfg(unix)]
    #[test]
    fn only_its_owner_can_look_into_the_folder_and_its_files() {
        let outer = tempfile::tempdir().unwrap();
        let folder = DataFolder::open(outer.path().join("a/till")).unwrap();
        assert_eq!(mode(folder.path()), 0o700);
        folder.replace("one", b"1").unwrap();
        drop(folder.append("two").unwrap());
        assert_eq!(mode(&folder.path().join("one")), 0o600);
        assert_eq!(mode(&folder.path().join("two")), 0o600);
        assert_eq!(mode(folder.room("three").unwrap().path()), 0o700);
    }

    #[test]
    fn a_leftover_of_a_crash_does_not_stop_the_next_write() {
        let outer = tempfile::tempdir().unwrap();
        let folder = DataFolder::open(outer.path().to_owned()).unwrap();
        fs::write(folder.path().join("file.new"), b"half").unwrap();
        folder.replace("file", b"whole").unwrap();
        assert_eq!(folder.read("file").unwrap().unwrap(), b"whole");
        assert!(!folder.path().join("file.new").exists());
    }

    #[test]
    fn nothing_put_aside_replaces_what_was_put_aside_before() {
        let outer = tempfile::tempdir().unwrap();
        let folder = DataFolder::open(outer.path().to_owned()).unwrap();
        for number in 1..=2 {
            folder.replace("file", &[number]).unwrap();
            let aside = folder.put_aside("file").unwrap();
            assert_eq!(folder.read(&aside).unwrap().unwrap(), [number]);
            assert_eq!(folder.read("file").unwrap(), None);
        }
        assert_eq!(folder.read("file.damaged-1").unwrap().unwrap(), [1]);
    }
}
