//! Where the journal's files lie. SQLite does nearly everything to them itself; this is the rest.

use std::fmt::Debug;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::Path;

/// A folder of the operating system, or a proof's disk.
pub trait Shelf: Debug + Send {
    /// SQLite's name for the way to it; none is the operating system's own.
    fn vfs(&self) -> Option<&'static str>;

    /// A whole file, or none if it is not there.
    ///
    /// # Errors
    /// When it is there and cannot be read.
    fn read(&self, path: &Path) -> io::Result<Option<Vec<u8>>>;

    /// How long the file is; none if it is not there.
    ///
    /// # Errors
    /// When that cannot be told.
    fn length(&self, path: &Path) -> io::Result<Option<u64>>;

    /// The device and number of the file under this name, which no other file has. None where the system has no such
    /// numbers, or does not let an open file be replaced.
    ///
    /// # Errors
    /// When it is not there, or that cannot be told.
    fn identity(&self, path: &Path) -> io::Result<Option<(u64, u64)>> {
        let _ = path;
        Ok(None)
    }

    /// Puts a file there, durably and as one step: the old one or the new one, never half of it.
    ///
    /// # Errors
    /// Then the old one stands.
    fn replace(&self, path: &Path, bytes: &[u8]) -> io::Result<()>;

    /// Makes a whole file durable and gives it its name, as one step: under it there is what was, or all of the new one.
    ///
    /// # Errors
    /// Then what was stands.
    fn name(&self, written: &Path, path: &Path) -> io::Result<()>;

    /// Removes a file, if it is there.
    ///
    /// # Errors
    /// When it is there and cannot be removed.
    fn remove(&self, path: &Path) -> io::Result<()>;

    /// Makes the file if there is none, and lets nobody but its owner at it.
    ///
    /// # Errors
    /// When it cannot be made, or is not ours to close to others.
    fn keep_private(&self, path: &Path) -> io::Result<()>;
}

/// The operating system's files.
#[derive(Debug, Clone, Copy)]
pub struct Files;

impl Shelf for Files {
    fn vfs(&self) -> Option<&'static str> {
        None
    }

    fn read(&self, path: &Path) -> io::Result<Option<Vec<u8>>> {
        let mut bytes = Vec::new();
        match File::open(path) {
            Ok(mut file) => file.read_to_end(&mut bytes).map(|_| Some(bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn length(&self, path: &Path) -> io::Result<Option<u64>> {
        match fs::metadata(path) {
            Ok(found) => Ok(Some(found.len())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    #[cfg(unix)]
    fn identity(&self, path: &Path) -> io::Result<Option<(u64, u64)>> {
        use std::os::unix::fs::MetadataExt;
        fs::metadata(path).map(|found| Some((found.dev(), found.ino())))
    }

    fn replace(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let mut beside = path.as_os_str().to_owned();
        beside.push(".new");
        let beside = Path::new(&beside);
        self.keep_private(beside)?;
        let mut file = File::options().write(true).truncate(true).open(beside)?;
        file.write_all(bytes)?;
        self.name(beside, path)
    }

    fn name(&self, written: &Path, path: &Path) -> io::Result<()> {
        File::options().write(true).open(written)?.sync_all()?;
        fs::rename(written, path)?;
        sync_folder_of(path)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        match fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    fn keep_private(&self, path: &Path) -> io::Result<()> {
        let mut options = File::options();
        options.write(true).create(true).truncate(false);
        #[cfg(unix)]
        {
            use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
            options.mode(0o600);
            let file = options.open(path)?;
            if file.metadata()?.permissions().mode() & 0o177 != 0 {
                file.set_permissions(fs::Permissions::from_mode(0o600))?;
            }
        }
        #[cfg(not(unix))]
        options.open(path)?;
        Ok(())
    }
}

/// A new name is durable only when its folder is.
fn sync_folder_of(path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    if let Some(folder) = path.parent() {
        File::open(folder)?.sync_all()?;
    }
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}
