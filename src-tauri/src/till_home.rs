//! A till's id belongs to one computer.
//!
//! A folder that is copied to a second computer would make two tills of one id, and each would find the other's sales at
//! Stripe as payments that its journal does not know. So a folder that comes to another computer goes on under a new id
//! there.

use std::fs;
use std::path::{Path, PathBuf};

use crate::data_folder::DataFolder;
use crate::marks;

/// This computer's memory of the tills that it has met.
#[derive(Debug)]
pub struct TillHome {
    folder: DataFolder,
    /// The network hardware of this computer, by its addresses; a disk that was copied whole brings everything else along.
    hardware: Vec<String>,
}

impl TillHome {
    /// None where the system names no place for it: then every till counts as at home.
    pub fn of_this_computer() -> Option<Self> {
        let folder = marks::folder()?;
        let hardware = network_hardware(Path::new("/sys/class/net"));
        Some(Self { folder, hardware })
    }

    /// Says whether the till of this id lived on another computer when it was last started.
    pub fn is_foreign(&self, id: &str) -> bool {
        let Ok(found) = self.folder.read(&Self::file(id)) else { return false };
        let Some(text) = found else { return true };
        let known = String::from_utf8_lossy(&text);
        // Without hardware on both sides, the file alone has to tell.
        let comparable = !known.is_empty() && !self.hardware.is_empty();
        comparable && !known.lines().any(|address| self.hardware.iter().any(|here| here == address))
    }

    /// Remembers that the till of this id is at home here. False if that is not possible.
    pub fn settle(&self, id: &str) -> bool {
        self.folder.replace(&Self::file(id), self.hardware.join("\n").as_bytes()).is_ok()
    }

    fn file(id: &str) -> String {
        format!("{id}.home")
    }
}

/// The addresses that the network cards were made with, sorted. Linux alone tells them as files. Bridges and other
/// made-up cards have no device behind them, and a wireless card that hides behind an address made up for one network
/// says so: it would be another computer at every start.
fn network_hardware(cards: &Path) -> Vec<String> {
    let Ok(cards) = fs::read_dir(cards) else { return Vec::new() };
    let read = |card: &Path, name: &str| fs::read_to_string(card.join(name)).map(|text| text.trim().to_owned()).ok();
    let is_built_in = |card: &PathBuf| card.join("device").exists();
    let is_its_own = |card: &PathBuf| read(card, "addr_assign_type").is_none_or(|kind| kind == "0");
    let cards = cards.flatten().map(|card| card.path()).filter(is_built_in).filter(is_its_own);
    let mut found: Vec<String> = cards.filter_map(|card| read(&card, "address")).collect();
    found.retain(|address| !address.is_empty());
    found.sort();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn home(folder: &Path, hardware: &[&str]) -> TillHome {
        let folder = DataFolder::open(folder.to_path_buf()).unwrap();
        TillHome { folder, hardware: hardware.iter().map(|address| (*address).to_owned()).collect() }
    }

    #[test]
    fn a_till_is_at_home_where_it_settled() {
        let place = tempfile::tempdir().unwrap();
        let here = home(place.path(), &["aa:1", "aa:2"]);
        assert!(here.is_foreign("till-a"), "a folder from elsewhere");
        assert!(here.settle("till-a"));
        assert!(!here.is_foreign("till-a") && here.is_foreign("till-b"));
    }

    #[test]
    fn a_disk_that_was_copied_whole_shows_by_its_network_cards() {
        let place = tempfile::tempdir().unwrap();
        assert!(home(place.path(), &["aa:1", "aa:2"]).settle("till-a"));
        let table = [
            (&["bb:1"][..], true),
            (&["aa:2", "bb:1"][..], false),
            // A card that is switched off or hides its address proves nothing.
            (&[][..], false),
        ];
        for (hardware, foreign) in table {
            assert_eq!(home(place.path(), hardware).is_foreign("till-a"), foreign, "{hardware:?}");
        }
    }

    #[test]
    fn a_computer_without_network_cards_goes_by_the_file() {
        let place = tempfile::tempdir().unwrap();
        let bare = home(place.path(), &[]);
        assert!(bare.is_foreign("till-a") && bare.settle("till-a") && !bare.is_foreign("till-a"));
        assert!(!home(place.path(), &["aa:1"]).is_foreign("till-a"));
    }

    #[test]
    fn a_place_that_cannot_be_read_makes_nobody_foreign() {
        let place = tempfile::tempdir().unwrap();
        fs::create_dir(place.path().join("till-a.home")).unwrap();
        assert!(!home(place.path(), &["aa:1"]).is_foreign("till-a"));
    }

    #[test]
    fn only_cards_with_a_device_behind_them_and_their_own_address_count() {
        let cards = tempfile::tempdir().unwrap();
        let table = [
            ("eth0", "aa:1\n", "0\n", true),
            ("docker0", "cc:1\n", "0\n", false),
            ("wlan0", "\n", "0\n", true),
            ("wlan1", "dd:1\n", "3\n", true),
        ];
        for (name, address, kind, real) in table {
            let card = cards.path().join(name);
            fs::create_dir(&card).unwrap();
            fs::write(card.join("address"), address).unwrap();
            fs::write(card.join("addr_assign_type"), kind).unwrap();
            if real {
                fs::create_dir(card.join("device")).unwrap();
            }
        }
        assert_eq!(network_hardware(cards.path()), ["aa:1"]);
        assert!(network_hardware(&cards.path().join("none")).is_empty());
    }
}
