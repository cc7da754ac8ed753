//! A disk that loses nothing proves nothing: it must find what weak settings lose, and nothing where they are strong.

use power_cut::{Disk, Trouble};
use rusqlite::{Connection, OpenFlags};

/// How many disks a setting is tried on.
const DISKS: u64 = 50;

fn open(disk: &Disk, settings: &str) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let db = Connection::open_with_flags_and_vfs(disk.path("a.db"), flags, Disk::vfs())?;
    db.execute_batch(&format!("PRAGMA locking_mode = EXCLUSIVE; {settings}"))?;
    db.execute_batch("CREATE TABLE IF NOT EXISTS t (n INTEGER PRIMARY KEY, x BLOB)")?;
    Ok(db)
}

/// Commits until the power goes. Returns the highest number whose commit was acknowledged.
fn live(disk: &Disk, settings: &str, from: i64) -> i64 {
    let mut acknowledged = from;
    let lived = open(disk, settings).and_then(|db| {
        for number in from + 1.. {
            let length = 100 + 400 * (number % 7);
            db.execute("INSERT INTO t (n, x) VALUES (?1, zeroblob(?2))", [number, length])?;
            acknowledged = number;
        }
        Ok(())
    });
    assert!(lived.is_err() && disk.is_off(), "{lived:?}");
    acknowledged
}

/// What is wrong with a disk that has lived through a power cut, if anything.
fn loss(disk: &Disk, settings: &str, acknowledged: i64) -> Option<String> {
    let look = || -> rusqlite::Result<(String, i64, i64)> {
        let db = open(disk, settings)?;
        let word = db.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
        let (count, last) =
            db.query_row("SELECT count(*), coalesce(max(n), 0) FROM t", [], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok((word, count, last))
    };
    match look() {
        Ok((word, count, last))
            if word == "ok" && count == last && (last == acknowledged || last == acknowledged + 1) =>
        {
            None
        }
        Ok((word, count, last)) => Some(format!("{acknowledged} acknowledged, {count} found up to {last}: {word}")),
        Err(error) => Some(error.to_string()),
    }
}

/// On how many disks something acknowledged was lost, in three power cuts each.
fn losses(settings: &str) -> u64 {
    let lost = |seed: &u64| {
        let disk = Disk::new(*seed);
        let mut acknowledged = 0;
        for _ in 0..3 {
            disk.arrange(Some((Trouble::Cut, disk.chance(400))));
            acknowledged = live(&disk, settings, acknowledged);
            disk.start_after_cut();
            if let Some(loss) = loss(&disk, settings, acknowledged) {
                return Some(loss);
            }
            disk.stop();
            disk.start();
            let Ok(last) = open(&disk, settings)
                .and_then(|db| db.query_row("SELECT coalesce(max(n), 0) FROM t", [], |row| row.get(0)))
            else {
                return Some("does not open".to_owned());
            };
            acknowledged = last;
        }
        None
    };
    let found: Vec<String> = (0..DISKS).filter_map(|seed| lost(&seed)).collect();
    if let Some(first) = found.first() {
        println!("{settings} {}: {first}", found.len());
    }
    found.len() as u64
}

#[test]
fn a_log_that_is_synced_at_each_commit_loses_nothing() {
    assert_eq!(losses("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL"), 0);
}

#[test]
fn a_log_that_is_brought_home_all_the_time_loses_nothing_either() {
    assert_eq!(losses("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 9"), 0);
}

#[test]
fn a_rollback_journal_with_all_its_syncs_loses_nothing() {
    assert_eq!(losses("PRAGMA journal_mode = DELETE; PRAGMA synchronous = EXTRA"), 0);
}

#[test]
fn a_log_that_is_not_synced_is_caught() {
    assert!(losses("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL") > DISKS / 2);
}

#[test]
fn a_disk_that_is_never_synced_is_caught() {
    assert!(losses("PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; PRAGMA wal_autocheckpoint = 9") > DISKS / 2);
    assert!(losses("PRAGMA journal_mode = DELETE; PRAGMA synchronous = OFF") > DISKS / 2);
}
