//! A second opinion on a sale's history, held beside the transition table and knowing nothing of it.

use sha2::{Digest, Sha256};
use till::entry::{Closed, Entry, Kind};
use till::payment::Phase;
use till::payment::table::next;

/// Which ways through the transition table were walked: a bit for each fact, by the phase it came in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Ways([u32; Phase::ALL.len()]);

impl Ways {
    /// How many there were, and how many there are.
    pub fn count(self) -> (u32, usize) {
        let possible = |from: Phase| Kind::ALL.iter().filter(|kind| next(from, **kind).is_some()).count();
        (self.0.iter().map(|bits| bits.count_ones()).sum(), Phase::ALL.into_iter().map(possible).sum())
    }

    /// Adds those that another has walked.
    pub(crate) fn join(&mut self, other: Self) {
        self.0.iter_mut().zip(other.0).for_each(|(mine, others)| *mine |= others);
    }

    fn walk(&mut self, from: Phase, kind: Kind) {
        self.0[from as usize] |= 1 << (kind as u32);
    }
}

/// What has been read of one history.
#[derive(Debug, Clone, Default)]
pub(crate) struct Reading {
    phase: Option<Phase>,
    pub(crate) ways: Ways,
    facts: usize,
    intent: Intent,
    /// A card was sent and its outcome is not written down.
    out: bool,
    ended: bool,
}

/// The latest PaymentIntent of a sale.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Intent {
    /// None, or one that can never be charged.
    #[default]
    Closed,
    /// Not known by its id yet. If an older copy closes it, the sweep finds it again.
    Asked,
    /// No card was ever sent for it.
    Fresh,
    Tried,
}

impl Reading {
    pub(crate) fn card_is_out(&self) -> bool {
        self.out
    }

    /// Reads on.
    pub(crate) fn go_on(&mut self, history: &[Entry]) -> Result<(), String> {
        let fresh = history.get(self.facts..).ok_or("I10: facts have disappeared")?;
        self.facts = history.len();
        fresh.iter().try_for_each(|entry| {
            self.walk(entry.kind());
            self.read(entry).map_err(|breach| format!("{breach}: {} in {}", entry.kind().name(), names(history)))
        })
    }

    fn walk(&mut self, kind: Kind) {
        if let Some(from) = self.phase {
            self.ways.walk(from, kind);
        }
        self.phase = self.phase.map_or(Some(Phase::Frozen), |from| next(from, kind));
    }

    fn read(&mut self, entry: &Entry) -> Result<(), &'static str> {
        let harmless = matches!(
            entry,
            Entry::ReceiptIssued | Entry::Seen | Entry::Refund { .. } | Entry::ChargeSeen { .. } | Entry::FromOlderCopy
        );
        if self.ended && !harmless {
            return Err("I10: a final state has changed");
        }
        match entry {
            Entry::GenerationBegun { .. } if self.intent != Intent::Closed => {
                return Err("I3: a second PaymentIntent without a fence");
            }
            Entry::GenerationBegun { .. } => self.intent = Intent::Asked,
            Entry::IntentCreated { .. } => self.intent = Intent::Fresh,
            Entry::AttemptBegun { .. } if self.out => return Err("I11: a second card while one is out"),
            Entry::AttemptBegun { .. } => (self.out, self.intent) = (true, Intent::Tried),
            Entry::Declined { .. } | Entry::AttemptRejected { .. } | Entry::Continued => self.out = false,
            Entry::GenerationClosed { how: Closed::NeverConfirmed } if self.intent == Intent::Tried => {
                return Err("I4: closed as never confirmed although a card was sent");
            }
            Entry::GenerationClosed { .. } => (self.intent, self.out) = (Intent::Closed, false),
            Entry::Voided if self.intent != Intent::Closed => {
                return Err("I4: void while the PaymentIntent can still be charged");
            }
            Entry::Voided | Entry::Paid { .. } => self.ended = true,
            Entry::IntentAdopted { .. } => self.intent = Intent::Tried,
            Entry::FromOlderCopy if self.intent == Intent::Fresh => self.intent = Intent::Tried,
            _ => {}
        }
        Ok(())
    }
}

fn names(history: &[Entry]) -> String {
    history.iter().map(|entry| entry.kind().name()).collect::<Vec<_>>().join(" ")
}

/// Whether `hex`, as the journal keeps it, is the SHA-256 of this body.
pub(crate) fn is_digest(hex: &str, body: &[u8]) -> bool {
    let value = |digit: u8| char::from(digit).to_digit(16);
    let pairs = hex.as_bytes().chunks(2).map(|pair| match pair {
        [high, low] => value(*high).zip(value(*low)).map(|(high, low)| high << 4 | low),
        _ => None,
    });
    pairs.eq(Sha256::digest(body).iter().map(|byte| Some(u32::from(*byte))))
}
