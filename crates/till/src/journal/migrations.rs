//! From each older format to the next. None changes an entry: they are what the journal is.

use super::JournalError;
use super::projections;
use super::rows::{self, trouble};
use super::schema::{PROJECTIONS, VERSION};
use rusqlite::Connection;

type Step = fn(&Connection) -> Result<(), JournalError>;

/// The first is from format 1 to format 2, and so on.
const STEPS: &[Step] = &[seal_what_is_open];

/// Brings a file of format `from` to the present one: one transaction for each step, so that a power cut leaves one
/// format or the next.
pub(super) fn migrate(db: &Connection, from: i64) -> Result<(), JournalError> {
    let word: String =
        db.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0)).map_err(|error| trouble(db, &error))?;
    if word != "ok" {
        return Err(JournalError::Damaged(word));
    }
    rows::walk(db, 0, Some(super::chain::ROOT), i64::MAX)?;
    let done = usize::try_from(from - 1).unwrap_or(usize::MAX);
    for (step, to) in STEPS.iter().skip(done).zip(from + 1..=VERSION) {
        let begun = db.unchecked_transaction().map_err(|error| trouble(db, &error))?;
        step(db)?;
        let ended = begun.pragma_update(None, "user_version", to).and_then(|()| begun.commit());
        ended.map_err(|error| trouble(db, &error))?;
    }
    Ok(())
}

/// Format 2: payments are read from their entries, what is open is sealed, and there are books.
fn seal_what_is_open(db: &Connection) -> Result<(), JournalError> {
    db.execute_batch(&format!("DROP TABLE payment; DROP TABLE IF EXISTS books; {PROJECTIONS}"))
        .map_err(|error| trouble(db, &error))?;
    projections::rebuild(db)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_a_step_from_every_older_format() {
        assert_eq!(i64::try_from(STEPS.len()).unwrap(), VERSION - 1);
    }
}
