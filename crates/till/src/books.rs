//! What the till knows beside its sales: how far it has compared itself with Stripe, and what it found there that no
//! payment of its journal accounts for.
//!
//! [`BookEntry`] variants and fields are a file format, as those of [`crate::entry::Entry`]: they may be added, never
//! renamed.

use crate::entry::CallRecord;
use crate::facts::IntentStatus;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Why something at Stripe needs a manager.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Strange {
    /// This till made it, and the journal knows no such sale: the journal was lost, or is an older copy.
    Orphan,
    /// The sale is paid by another PaymentIntent.
    PaidTwice,
    /// The sale ended unpaid here.
    PaidThoughVoid,
    /// A refund of it came back from the customer's bank, or was called off: the customer does not have the money.
    RefundBounced,
}

/// Money at Stripe, taken or held, that no payment of the journal accounts for, or that did not get where it was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    pub strange: Strange,
    /// `pi_…`; of a refund `re_…`.
    pub intent: String,
    /// The sale's id, as Stripe's object carries it.
    pub sale: String,
    /// Minor units of `currency`: what was taken, for a hold what may be taken, of a refund what came back.
    pub amount: i64,
    /// Three lower-case letters.
    pub currency: String,
    pub status: IntentStatus,
    /// Stripe's clock, Unix seconds.
    pub created: i64,
}

/// One fact about the till that belongs to no sale.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum BookEntry {
    /// The journal's file is an older copy of itself, or was begun anew where one had been: what happened since is
    /// known to Stripe only.
    Restored,
    /// Every PaymentIntent of an account up to this moment of Stripe's clock (Unix seconds) was compared.
    Swept {
        account: String,
        until: i64,
    },
    /// Every refund of an account up to this moment of Stripe's clock (Unix seconds) was compared.
    RefundsSwept {
        account: String,
        until: i64,
    },
    Found {
        finding: Finding,
    },
    /// A PaymentIntent that an older copy of the journal does not know is about to be cancelled.
    FenceBegun {
        intent: String,
        call: CallRecord,
    },
    /// A manager has read all that was found so far.
    Read,
}

impl BookEntry {
    /// As the journal writes it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Restored => "restored",
            Self::Swept { .. } => "swept",
            Self::RefundsSwept { .. } => "refundsSwept",
            Self::Found { .. } => "found",
            Self::FenceBegun { .. } => "fenceBegun",
            Self::Read => "read",
        }
    }
}

/// How far each comparison reaches back behind the last, in seconds: Stripe's servers' clocks differ, and a
/// PaymentIntent is listed by when it was created and not by when it was charged.
const OVERLAP: i64 = 600;
/// How far those after an older copy was put back reach behind it, and for how long they do, in seconds: what was on
/// its way then may arrive a day later.
const OVERLAP_OF_COPY: i64 = 2 * 24 * 60 * 60;

/// What the book entries add up to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Books {
    /// For each account, up to when it was compared: Stripe's clock, Unix seconds.
    swept: BTreeMap<String, i64>,
    /// The same of its refunds, which not every key may read.
    #[serde(default)]
    refunds_swept: BTreeMap<String, i64>,
    /// For each account that was compared since an older copy was put back: when that was first, likewise.
    #[serde(default)]
    compared_copy: BTreeMap<String, i64>,
    /// An older copy was put back at some time.
    #[serde(default)]
    is_copy: bool,
    findings: Vec<Finding>,
    /// How many fences were ever begun.
    #[serde(default)]
    fences: u32,
    /// How many findings a manager has read.
    read: usize,
    restored: Restored,
}

/// How far the till is with an older copy of its journal.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Restored {
    #[default]
    No,
    /// Stripe has not been asked yet what happened since.
    Unswept,
    /// It has, and nobody has read what came of it.
    Unread,
}

impl Books {
    /// Adds one fact.
    pub fn apply(&mut self, entry: &BookEntry) {
        match entry {
            BookEntry::Restored => {
                self.compared_copy.clear();
                (self.is_copy, self.restored) = (true, Restored::Unswept);
            }
            BookEntry::Swept { account, until } => {
                self.swept.insert(account.clone(), *until);
                if self.is_copy {
                    self.compared_copy.entry(account.clone()).or_insert(*until);
                }
                if self.restored == Restored::Unswept {
                    self.restored = Restored::Unread;
                }
            }
            BookEntry::RefundsSwept { account, until } => {
                self.refunds_swept.insert(account.clone(), *until);
            }
            BookEntry::Found { finding } => self.findings.push(finding.clone()),
            BookEntry::FenceBegun { .. } => self.fences += 1,
            BookEntry::Read => {
                self.read = self.findings.len();
                if self.restored == Restored::Unread {
                    self.restored = Restored::No;
                }
            }
        }
    }

    /// From when on an account has to be compared: Stripe's clock, Unix seconds. None if it never was.
    pub fn sweep_from(&self, account: &str) -> Option<i64> {
        self.swept.get(account).map(|until| self.behind(*until, account))
    }

    /// The same for its refunds.
    pub fn refunds_from(&self, account: &str) -> Option<i64> {
        self.refunds_swept.get(account).map(|until| self.behind(*until, account))
    }

    /// The start of the next comparison. The last one came up to `until`, and the next overlaps it.
    fn behind(&self, until: i64, account: &str) -> i64 {
        match self.compared_copy.get(account) {
            None if self.is_copy => until - OVERLAP_OF_COPY,
            Some(first) if until < first + OVERLAP_OF_COPY => first - OVERLAP_OF_COPY,
            _ => until - OVERLAP,
        }
    }

    /// All that was ever found, oldest first.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// How many fences were ever begun around what an older copy did not know.
    pub fn fences(&self) -> u32 {
        self.fences
    }

    /// What no manager has read yet.
    pub fn unread(&self) -> &[Finding] {
        self.findings.get(self.read..).unwrap_or_default()
    }

    /// Whether this PaymentIntent or refund was found before.
    pub fn knows(&self, intent: &str) -> bool {
        self.findings.iter().any(|finding| finding.intent == intent)
    }

    /// The journal is an older copy, and Stripe has not yet said what happened since: nothing may be decided.
    pub fn is_behind(&self) -> bool {
        self.restored == Restored::Unswept
    }

    /// The same for what one account holds: an older copy that was compared with another account's books knows no more
    /// of this one's.
    pub fn is_behind_on(&self, account: &str) -> bool {
        self.is_copy && !self.compared_copy.contains_key(account)
    }

    /// No card is taken: a manager has to read first what the journal does not know.
    pub fn cards_are_off(&self) -> bool {
        self.restored != Restored::No || self.unread().iter().any(|finding| finding.strange == Strange::Orphan)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(strange: Strange) -> BookEntry {
        let finding = Finding {
            strange,
            intent: "pi_1".to_owned(),
            sale: "lost".to_owned(),
            amount: 2345,
            currency: "usd".to_owned(),
            status: IntentStatus::Succeeded,
            created: 1_800_000_000,
        };
        BookEntry::Found { finding }
    }

    fn swept(until: i64) -> BookEntry {
        BookEntry::Swept { account: String::new(), until }
    }

    fn refunds_swept(until: i64) -> BookEntry {
        BookEntry::RefundsSwept { account: String::new(), until }
    }

    fn books(entries: &[BookEntry]) -> Books {
        let mut books = Books::default();
        for entry in entries {
            books.apply(entry);
        }
        books
    }

    #[test]
    fn cards_stay_off_until_a_manager_has_read_what_the_journal_does_not_know() {
        let table = [
            (vec![], false),
            (vec![finding(Strange::Orphan)], true),
            (vec![finding(Strange::Orphan), BookEntry::Read], false),
            (vec![finding(Strange::Orphan), BookEntry::Read, finding(Strange::Orphan)], true),
            (vec![finding(Strange::PaidTwice)], false),
            (vec![BookEntry::Restored], true),
            (vec![BookEntry::Restored, BookEntry::Read], true),
            (vec![BookEntry::Restored, swept(7)], true),
            (vec![BookEntry::Restored, swept(7), BookEntry::Read], false),
        ];
        for (entries, off) in table {
            assert_eq!(books(&entries).cards_are_off(), off, "{entries:?}");
        }
    }

    #[test]
    fn an_older_copy_is_behind_until_it_was_compared() {
        assert!(!books(&[swept(7)]).is_behind());
        assert!(books(&[swept(7), BookEntry::Restored]).is_behind());
        let compared = books(&[BookEntry::Restored, swept(9)]);
        assert!(!compared.is_behind() && !compared.is_behind_on("") && compared.is_behind_on("acct_other"));
        assert!(!books(&[swept(9)]).is_behind_on("acct_other"));
    }

    #[test]
    fn each_comparison_overlaps_the_last_and_those_of_an_older_copy_reach_back_for_days() {
        let (now, day) = (1_800_000_000, 24 * 60 * 60);
        let restored = || BookEntry::Restored;
        let table = [
            (vec![], None),
            (vec![swept(now)], Some(now - 600)),
            (vec![swept(now), restored()], Some(now - 2 * day)),
            (vec![swept(now - day), restored(), swept(now)], Some(now - 2 * day)),
            (vec![swept(now), restored(), swept(now), swept(now + day)], Some(now - 2 * day)),
            (vec![swept(now), restored(), swept(now), swept(now + 2 * day)], Some(now + 2 * day - 600)),
            (vec![restored()], None),
        ];
        for (entries, from) in table {
            assert_eq!(books(&entries).sweep_from(""), from, "{entries:?}");
        }
        assert_eq!(books(&[swept(now)]).sweep_from("acct_other"), None);
        // Refunds have a mark of their own: a key that may read the one need not read the other.
        let refunds = books(&[refunds_swept(now), swept(now + day)]);
        assert_eq!((refunds.refunds_from(""), refunds.sweep_from("")), (Some(now - 600), Some(now + day - 600)));
        assert_eq!(books(&[refunds_swept(now), restored()]).refunds_from(""), Some(now - 2 * day));
    }

    #[test]
    fn a_book_entry_is_written_under_its_name_and_reads_back() {
        let call = CallRecord { key: "k".to_owned(), body: "00".to_owned(), at_stripe: None };
        let fence = BookEntry::FenceBegun { intent: "pi_1".to_owned(), call };
        for entry in
            [BookEntry::Restored, swept(7), refunds_swept(7), finding(Strange::PaidThoughVoid), BookEntry::Read, fence]
        {
            let json = serde_json::to_value(&entry).unwrap();
            assert_eq!(json["kind"], entry.name());
            assert_eq!(serde_json::from_value::<BookEntry>(json).unwrap(), entry);
        }
    }
}
