//! `keytill journal …`: the journal can be checked and read without the windows, by anyone who keeps books.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use till::journal::{JournalError, SqliteJournal};

use crate::data_folder::DataFolder;
use crate::doctor::{self, Journal, Outcome};
use crate::settings::SettingsFile;
use crate::view::ModeView;

const HELP: &str = "\
keytill                          opens the till
keytill journal verify [MODE]    checks every entry, the chain between them, and what the screens show of them
keytill journal export [MODE]    writes every entry as a line of JSON
keytill journal begin MODE       begins a new journal where one is gone and cannot be put back
keytill doctor [MODE] [--json]   checks what has to be right before a sale; without a mode, the one the till works in

MODE is training, test or live; without one, every journal there is.
KEYTILL_DATA names another folder than the system's. The till must not be running.";

/// What the program is to do.
#[derive(Debug, PartialEq, Eq)]
enum Wish {
    Verify,
    Export,
    Begin,
}

/// Does what `words` ask for, if they ask for anything but the windows. True means that all is well. What is wrong goes
/// to `complaints`, so that an export holds nothing but entries.
///
/// # Errors
/// Standard output is gone.
pub fn obey(
    words: &[String],
    folder: Option<PathBuf>,
    out: &mut impl Write,
    complaints: &mut impl Write,
) -> io::Result<Option<bool>> {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let (wish, modes) = match words.as_slice() {
        [] => return Ok(None),
        ["journal", "verify", mode @ ..] => (Wish::Verify, mode),
        ["journal", "export", mode @ ..] => (Wish::Export, mode),
        ["journal", "begin", _] => (Wish::Begin, &words[2..]),
        ["doctor", rest @ ..] => return doctor(rest, folder, out).map(Some),
        _ => return help(out).map(Some),
    };
    let modes = match modes {
        [] => ModeView::ALL.to_vec(),
        [word] => match named(word) {
            Some(mode) => vec![mode],
            None => return help(out).map(Some),
        },
        _ => return help(out).map(Some),
    };
    let Some(folder) = folder else {
        writeln!(out, "This system names no folder for data: set KEYTILL_DATA.")?;
        return Ok(Some(false));
    };
    let mut well = true;
    for mode in modes {
        match one(&wish, mode, &folder, out) {
            Ok(is_well) => well &= is_well,
            Err(error) => {
                writeln!(complaints, "{}: {error}", mode.name())?;
                well = false;
            }
        }
    }
    Ok(Some(well))
}

fn named(word: &str) -> Option<ModeView> {
    ModeView::ALL.into_iter().find(|mode| mode.name() == word)
}

fn doctor(words: &[&str], folder: Option<PathBuf>, out: &mut impl Write) -> io::Result<bool> {
    let json = words.contains(&"--json");
    let rest: Vec<&str> = words.iter().copied().filter(|word| *word != "--json").collect();
    let mode = match rest.as_slice() {
        [] => None,
        [word] if named(word).is_some() => named(word),
        _ => return help(out),
    };
    let Some(folder) = folder.map(DataFolder::named) else {
        writeln!(out, "This system names no folder for data: set KEYTILL_DATA.")?;
        return Ok(false);
    };
    let mode = mode.or_else(|| SettingsFile::look(folder.clone()).get().mode).unwrap_or(ModeView::Training);
    let journal = Journal::look(&folder, mode);
    let checks = tauri::async_runtime::block_on(doctor::examine(mode, &folder, journal));
    out.write_all(doctor::told(&checks, json).as_bytes())?;
    Ok(doctor::worst(&checks) != Outcome::Fault)
}

fn help(out: &mut impl Write) -> io::Result<bool> {
    writeln!(out, "{HELP}")?;
    Ok(false)
}

/// Says whether all is well with the journal of a mode.
fn one(wish: &Wish, mode: ModeView, folder: &Path, out: &mut impl Write) -> Result<bool, JournalError> {
    let file = folder.join(mode.journal());
    let (is_whole, said) = match wish {
        Wish::Begin => {
            drop(SqliteJournal::begin_anew(&file, None)?);
            (true, "a journal is there; what happened before is asked of Stripe at the next start".to_owned())
        }
        Wish::Verify => match Journal::look(&DataFolder::named(folder.to_owned()), mode) {
            Journal::None => (true, "no journal".to_owned()),
            Journal::Whole(entries) => (true, format!("{entries} entries, the chain is whole")),
            Journal::Older(entries) => (false, doctor::older(entries)),
            Journal::Broken(error) => return Err(error),
        },
        Wish::Export => {
            SqliteJournal::look(&file)?.map_or(Ok(()), |journal| journal.export(out))?;
            return Ok(true);
        }
    };
    writeln!(out, "{}: {said}", mode.name())?;
    Ok(is_whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn say(words: &[&str], folder: &Path) -> (Option<bool>, String) {
        let words: Vec<String> = words.iter().map(|&word| word.to_owned()).collect();
        let mut out = Vec::new();
        let mut complaints = Vec::new();
        let done = obey(&words, Some(folder.to_owned()), &mut out, &mut complaints).unwrap();
        out.append(&mut complaints);
        (done, String::from_utf8(out).unwrap())
    }

    #[test]
    fn without_words_the_windows_open_and_unknown_words_are_explained() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(say(&[], folder.path()), (None, String::new()));
        for words in [&["help"][..], &["journal"], &["journal", "delete"], &["journal", "verify", "yesterday"]] {
            let (done, said) = say(words, folder.path());
            assert_eq!(done, Some(false), "{words:?}");
            assert!(said.contains("journal verify"), "{said}");
        }
    }

    #[test]
    fn a_journal_is_verified_a_damaged_one_is_named_and_none_is_begun_by_looking() {
        let folder = tempfile::tempdir().unwrap();
        drop(SqliteJournal::open(&folder.path().join("training.sqlite")).unwrap());
        std::fs::write(folder.path().join("test.sqlite"), "not a journal, and long enough to be looked at").unwrap();
        let (done, said) = say(&["journal", "verify"], folder.path());
        assert_eq!(done, Some(false));
        assert!(said.contains("training: 0 entries, the chain is whole"), "{said}");
        assert!(said.contains("test: the journal is damaged"), "{said}");
        assert!(said.contains("live: no journal"), "{said}");
        assert!(!folder.path().join("live.sqlite").exists());
        assert_eq!(say(&["journal", "verify", "training"], folder.path()).0, Some(true));
        assert_eq!(say(&["journal", "export", "training"], folder.path()), (Some(true), String::new()));
    }

    #[test]
    fn a_journal_whose_end_is_missing_is_not_called_whole() {
        let folder = tempfile::tempdir().unwrap();
        drop(SqliteJournal::open(&folder.path().join("test.sqlite")).unwrap());
        std::fs::write(folder.path().join("test.mark"), format!("7 {}\n", "AB".repeat(32))).unwrap();
        let (done, said) = say(&["journal", "verify", "test"], folder.path());
        assert_eq!(done, Some(false));
        assert!(said.contains("0 entries") && said.contains("older copy"), "{said}");
        let looked = doctor::Journal::look(&DataFolder::named(folder.path().to_owned()), ModeView::Test);
        assert!(matches!(looked, doctor::Journal::Older(0)), "{looked:?}");
    }

    #[test]
    fn a_journal_in_use_is_left_alone_with_a_sentence() {
        let folder = tempfile::tempdir().unwrap();
        let _till = SqliteJournal::open(&folder.path().join("live.sqlite")).unwrap();
        let (done, said) = say(&["journal", "verify", "live"], folder.path());
        assert_eq!(done, Some(false));
        assert!(said.contains("another copy of Keytill"), "{said}");
    }

    #[test]
    fn a_journal_that_is_gone_is_named_and_begun_anew_by_its_word() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("live.mark"), format!("7 {}\n", "AB".repeat(32))).unwrap();
        let (done, said) = say(&["journal", "verify", "live"], folder.path());
        assert_eq!(done, Some(false));
        assert!(said.contains("put it back from a backup"), "{said}");
        assert_eq!(say(&["journal", "begin"], folder.path()).0, Some(false));
        assert_eq!(say(&["journal", "begin", "live"], folder.path()).0, Some(true));
        let (_, said) = say(&["journal", "verify", "live"], folder.path());
        assert!(said.contains("0 entries") && said.contains("there were more"), "{said}");
    }
}
