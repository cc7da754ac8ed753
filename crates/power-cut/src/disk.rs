//! The disk as tests hold it.

use std::ffi::CString;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::platter::{No, Platter, below};
use crate::vfs;

/// What can befall a disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// The power goes. Nothing is done any more until [`Disk::start_after_cut`].
    Cut,
    /// The next sync returns an error, and what it should have covered is on the disk or not.
    NotSynced,
    /// No file can become longer, until other trouble or none is arranged.
    Full,
}

/// One disk with one folder. Clones share it; with the last one it is gone.
#[derive(Debug, Clone)]
pub struct Disk(Arc<Inside>);

#[derive(Debug)]
struct Inside {
    number: u64,
    platter: Arc<Mutex<Platter>>,
}

impl Drop for Inside {
    fn drop(&mut self) {
        vfs::forget(self.number);
    }
}

impl Disk {
    /// An empty one. Whatever it loses, it loses by this seed.
    ///
    /// # Panics
    /// When SQLite does not take the VFS, which it always does.
    pub fn new(seed: u64) -> Self {
        let platter = Arc::new(Mutex::new(Platter::new(seed)));
        let number = vfs::know(&platter);
        Self(Arc::new(Inside { number, platter }))
    }

    /// What SQLite calls all disks of this kind.
    pub fn vfs() -> &'static str {
        vfs::NAME
    }

    /// The path by which SQLite finds a file of this disk.
    pub fn path(&self, name: &str) -> String {
        format!("/{}/{name}", self.0.number)
    }

    fn platter(&self) -> MutexGuard<'_, Platter> {
        locked(&self.0.platter)
    }

    /// Trouble for one of the next changes; 0 is the very next one. Or none: what has begun ends.
    pub fn arrange(&self, trouble: Option<(Trouble, u32)>) {
        self.platter().arrange(trouble);
    }

    /// Whether what was arranged has begun.
    pub fn has_happened(&self) -> bool {
        self.platter().has_happened()
    }

    /// Whether the power is off.
    pub fn is_off(&self) -> bool {
        self.platter().is_off()
    }

    /// The process is dead: its connections, while they are dropped, change nothing any more.
    pub fn stop(&self) {
        self.platter().stop();
    }

    /// Another process begins, and reads everything that was written, synced or not.
    pub fn start(&self) {
        self.platter().start();
    }

    /// Another process begins after a power cut, and reads what is left.
    pub fn start_after_cut(&self) {
        self.platter().start_after_cut();
    }

    /// A number below `end` by the disk's own chance.
    pub fn chance(&self, end: u32) -> u32 {
        below(&mut self.platter().chance, end)
    }

    /// The whole file, as a process sees it.
    pub fn read(&self, name: &str) -> Option<Vec<u8>> {
        let platter = self.platter();
        platter.find(name).map(|file| platter.file(file).seen().to_vec())
    }

    /// Writes a whole file beside the old one, syncs it and puts it in its place, as careful programs do.
    ///
    /// # Errors
    /// The trouble that was arranged.
    pub fn replace(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let beside = format!("{name}.new");
        let mut platter = self.platter();
        let life = platter.life;
        let written = platter.create(life, &beside).and_then(|file| platter.write(life, file, 0, bytes));
        drop(platter);
        written.map_err(io_error)?;
        self.name(&beside, name)
    }

    /// Syncs a file and gives it another name, over what has that now.
    ///
    /// # Errors
    /// The trouble that was arranged, or there is no such file.
    pub fn name(&self, written: &str, name: &str) -> io::Result<()> {
        let mut platter = self.platter();
        let life = platter.life;
        let file = platter.find(written).ok_or(io::ErrorKind::NotFound)?;
        let moved = platter
            .sync(life, file)
            .and_then(|()| platter.move_over(life, written, name))
            .and_then(|()| platter.sync_names(life));
        moved.map_err(io_error)
    }

    /// Removes a file, if there is one.
    ///
    /// # Errors
    /// The trouble that was arranged.
    pub fn remove(&self, name: &str) -> io::Result<()> {
        let mut platter = self.platter();
        let life = platter.life;
        match platter.delete(life, name) {
            Ok(()) | Err(No::Missing) => Ok(()),
            Err(no) => Err(io_error(no)),
        }
    }

    /// Makes a file of no length, if there is none, and syncs the folder.
    ///
    /// # Errors
    /// The trouble that was arranged.
    pub fn touch(&self, name: &str) -> io::Result<()> {
        let mut platter = self.platter();
        let life = platter.life;
        if platter.find(name).is_some() {
            return Ok(());
        }
        platter.create(life, name).and_then(|_| platter.sync_names(life)).map_err(io_error)
    }
}

fn io_error(no: No) -> io::Error {
    match no {
        No::Missing => io::ErrorKind::NotFound.into(),
        No::Full => io::ErrorKind::StorageFull.into(),
        No::Gone => io::Error::other("the power is off"),
        No::NotSynced => io::Error::other("the disk did not sync"),
    }
}

/// A panic elsewhere leaves the disk as it was: after a crash it is looked at.
pub(crate) fn locked(platter: &Mutex<Platter>) -> MutexGuard<'_, Platter> {
    platter.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A name for C.
pub(crate) fn c_name(text: &str) -> CString {
    CString::new(text).unwrap_or_default()
}
