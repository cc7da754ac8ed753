//! From an older format to the present one, on a disk that loses its power after each of its writes.

use power_cut::{Disk, Trouble};
use rusqlite::Connection;
use till_simulation::open_on_power_cuts;

const NAME: &str = "training.sqlite";
/// A journal of format 1, as its own program wrote it, and what that exported from it.
const V1: &str = include_str!("../../till/tests/it/journals/v1.sql");
const V1_EXPORT: &str = include_str!("../../till/tests/it/journals/v1.jsonl");
/// More writes than bringing it over takes.
const MOST: u32 = 400;

fn old_file() -> Vec<u8> {
    let folder = tempfile::tempdir().expect("a folder for the journal");
    let path = folder.path().join(NAME);
    Connection::open(&path).and_then(|old| old.execute_batch(V1)).expect("a journal of format 1");
    std::fs::read(&path).expect("the journal's bytes")
}

#[test]
fn a_power_cut_while_an_older_format_is_brought_over_leaves_one_format_or_the_next_and_every_fact() {
    let old = old_file();
    let mut cuts = 0;
    for writes in 0..MOST {
        let disk = Disk::new(u64::from(writes));
        disk.replace(NAME, &old).unwrap();
        disk.arrange(Some((Trouble::Cut, writes)));
        drop(open_on_power_cuts(&disk));
        let was_cut = disk.is_off();
        if was_cut {
            cuts += 1;
            disk.start_after_cut();
        }
        disk.arrange(None);
        let journal = open_on_power_cuts(&disk).unwrap_or_else(|error| panic!("after {writes} writes: {error}"));
        let mut export = Vec::new();
        journal.export(&mut export).unwrap();
        assert!(export == V1_EXPORT.as_bytes(), "after {writes} writes");
        if !was_cut {
            break;
        }
    }
    assert!(cuts > 20 && cuts < MOST, "{cuts}");
}
