//! The disk's insides: files, their names, and the accident that waits for one of its operations.

use std::collections::BTreeMap;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use crate::disk::Trouble;
use crate::file::File;

/// Why the disk did not do it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum No {
    /// The power is off, or whoever asks died with an earlier process.
    Gone,
    NotSynced,
    Full,
    Missing,
}

/// A disk without the lock around it.
#[derive(Debug)]
pub(crate) struct Platter {
    files: Vec<File>,
    names: BTreeMap<String, usize>,
    durable_names: BTreeMap<String, usize>,
    /// New and vanished names that no sync of the folder has covered, in order.
    unsynced_names: Vec<(String, Option<usize>)>,
    pub(crate) chance: ChaCha8Rng,
    /// The trouble that is to come, after so many more changes.
    coming: Option<(Trouble, u32)>,
    is_full: bool,
    is_off: bool,
    /// Which process may use it: handles of earlier ones are dead.
    pub(crate) life: u32,
}

impl Platter {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            files: Vec::new(),
            names: BTreeMap::new(),
            durable_names: BTreeMap::new(),
            unsynced_names: Vec::new(),
            chance: ChaCha8Rng::seed_from_u64(seed),
            coming: None,
            is_full: false,
            is_off: false,
            life: 0,
        }
    }

    pub(crate) fn arrange(&mut self, coming: Option<(Trouble, u32)>) {
        self.coming = coming;
        self.is_full = false;
    }

    pub(crate) fn is_off(&self) -> bool {
        self.is_off
    }

    pub(crate) fn has_happened(&self) -> bool {
        self.coming.is_none()
    }

    /// Nothing is done any more, whoever asks.
    pub(crate) fn stop(&mut self) {
        self.is_off = true;
    }

    /// A new process begins; what an earlier one wrote is there, synced or not.
    pub(crate) fn start(&mut self) {
        self.life += 1;
        self.is_off = false;
        self.arrange(None);
    }

    /// A new process begins after the power was gone.
    pub(crate) fn start_after_cut(&mut self) {
        self.start();
        let mut chance = self.chance.clone();
        for (name, file) in std::mem::take(&mut self.unsynced_names) {
            match file {
                _ if one_in(&mut chance, 2) => {}
                Some(file) => drop(self.durable_names.insert(name, file)),
                None => drop(self.durable_names.remove(&name)),
            }
        }
        self.names.clone_from(&self.durable_names);
        self.files.iter_mut().for_each(|file| file.lose(&mut chance));
        self.chance = chance;
    }

    pub(crate) fn alive(&self, life: u32) -> Result<(), No> {
        if self.is_off || self.life != life { Err(No::Gone) } else { Ok(()) }
    }

    /// Counts a change, and lets the trouble come when it is time for it.
    fn change(&mut self, life: u32) -> Result<Option<Trouble>, No> {
        self.alive(life)?;
        match &mut self.coming {
            Some((_, after)) if *after > 0 => *after -= 1,
            Some((Trouble::Cut, _)) => {
                (self.coming, self.is_off) = (None, true);
                return Ok(Some(Trouble::Cut));
            }
            Some((Trouble::Full, _)) => (self.coming, self.is_full) = (None, true),
            Some((Trouble::NotSynced, _)) => return Ok(Some(Trouble::NotSynced)),
            None => {}
        }
        Ok(None)
    }

    pub(crate) fn find(&self, name: &str) -> Option<usize> {
        self.names.get(name).copied()
    }

    pub(crate) fn file(&self, file: usize) -> &File {
        &self.files[file]
    }

    pub(crate) fn create(&mut self, life: u32, name: &str) -> Result<usize, No> {
        let cut = self.change(life)? == Some(Trouble::Cut);
        if self.is_full {
            return Err(No::Full);
        }
        self.files.push(File::default());
        let file = self.files.len() - 1;
        self.rename(name, Some(file));
        if cut { Err(No::Gone) } else { Ok(file) }
    }

    /// The write that meets the cut is under way: it may arrive or not, like all the others.
    pub(crate) fn write(&mut self, life: u32, file: usize, at: usize, bytes: &[u8]) -> Result<(), No> {
        let cut = self.change(life)? == Some(Trouble::Cut);
        if self.is_full && self.files[file].would_grow(at, bytes.len()) {
            return Err(No::Full);
        }
        self.files[file].write(at, bytes);
        if cut { Err(No::Gone) } else { Ok(()) }
    }

    pub(crate) fn resize(&mut self, life: u32, file: usize, length: usize) -> Result<(), No> {
        let cut = self.change(life)? == Some(Trouble::Cut);
        self.files[file].resize(length);
        if cut { Err(No::Gone) } else { Ok(()) }
    }

    pub(crate) fn sync(&mut self, life: u32, file: usize) -> Result<(), No> {
        match self.change(life)? {
            Some(Trouble::Cut) => Err(No::Gone),
            Some(_) => {
                self.coming = None;
                self.files[file].lose_sync(&mut self.chance);
                Err(No::NotSynced)
            }
            None => {
                self.files[file].sync();
                Ok(())
            }
        }
    }

    pub(crate) fn delete(&mut self, life: u32, name: &str) -> Result<(), No> {
        let cut = self.change(life)? == Some(Trouble::Cut);
        self.find(name).ok_or(No::Missing)?;
        self.rename(name, None);
        if cut { Err(No::Gone) } else { Ok(()) }
    }

    /// Gives a file a second name in place of its first, as one step for whoever looks and two for the disk.
    pub(crate) fn move_over(&mut self, life: u32, from: &str, to: &str) -> Result<(), No> {
        let cut = self.change(life)? == Some(Trouble::Cut);
        let file = self.find(from).ok_or(No::Missing)?;
        self.rename(to, Some(file));
        self.rename(from, None);
        if cut { Err(No::Gone) } else { Ok(()) }
    }

    pub(crate) fn sync_names(&mut self, life: u32) -> Result<(), No> {
        if self.change(life)? == Some(Trouble::Cut) {
            return Err(No::Gone);
        }
        self.unsynced_names.clear();
        self.durable_names.clone_from(&self.names);
        Ok(())
    }

    fn rename(&mut self, name: &str, file: Option<usize>) {
        match file {
            Some(file) => drop(self.names.insert(name.to_owned(), file)),
            None => drop(self.names.remove(name)),
        }
        self.unsynced_names.push((name.to_owned(), file));
    }
}

/// A number below `end`, which is not 0.
pub(crate) fn below(chance: &mut ChaCha8Rng, end: u32) -> u32 {
    let product = u64::from(chance.next_u32()) * u64::from(end);
    u32::try_from(product >> 32).unwrap_or(0)
}

/// True once in so many times.
pub(crate) fn one_in(chance: &mut ChaCha8Rng, times: u32) -> bool {
    below(chance, times) == 0
}
