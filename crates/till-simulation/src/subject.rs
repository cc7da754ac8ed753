//! What stands in the middle of a history: the real cashier, or one of its weakened twins.

use bytes::Bytes;
use http::Request;
use till::cashier::{Errand, Now};
use till::refund::Refund;
use till::sale::{Sale, SaleId};

use crate::reading::Ways;
use crate::stripe::Outcome;

/// What a person or the card page does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Act<'a> {
    Submit(&'a str),
    /// The same token once more, with another payment method: a double click.
    SubmitAgain(&'a str),
    ActionDone(bool),
    PageGone,
    TakeCard,
    Cancel,
    CheckNow,
    Capture,
    Release,
    Receipt,
    Seen,
    /// Minor units to give back.
    Refund(i64),
    CheckRefund,
    GiveUpRefund,
}

/// What has to be done outside.
#[derive(Debug)]
pub(crate) enum Order {
    Send { errand: Errand, flight: u64, request: Box<Request<Bytes>> },
    Wake { errand: Errand, flight: u64, after_ms: u64 },
}

/// How a sale stands, as far as the world acts on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Not charged yet, or not known here.
    Absent,
    /// Stripe's turn: nothing to do but wait.
    Waiting,
    /// A card may be typed.
    Form,
    /// The bank asks the customer.
    Asking,
    /// Nobody knows.
    Unknown,
    /// A person decides.
    Paused,
    Blocked,
    Authorised,
    Paid,
    Void,
}

impl Standing {
    /// Nothing moves it but a person, and it says so.
    pub(crate) fn rests(self) -> bool {
        matches!(self, Self::Form | Self::Paused | Self::Blocked | Self::Authorised) || self.is_final()
    }

    pub(crate) fn is_final(self) -> bool {
        matches!(self, Self::Paid | Self::Void)
    }
}

/// How a till names the card that was charged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Named {
    Last4(String),
    /// `pm_…`
    PaymentMethod(String),
}

/// An accident of the disk, to meet the next commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Accident {
    CrashBefore,
    CrashAfter,
    /// The commit returns an error and is not there.
    NotWritten,
    /// The commit returns an error and is there.
    WrittenAfterAll,
}

/// Why the subject did not do it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Refused;

/// Under test.
pub(crate) trait Subject: Sized {
    /// What a crash leaves.
    type Disk: Default;

    /// Whether it watches the age of its keys.
    const KEEPS_TIME: bool = true;

    fn open(disk: Self::Disk, seed: u64) -> Self;
    fn crash(self) -> Self::Disk;
    fn recover(&mut self, now: Now) -> Vec<Order>;
    fn charge(&mut self, now: Now, sale: Sale) -> Result<Vec<Order>, Refused>;
    fn act(&mut self, now: Now, sale: SaleId, act: Act<'_>) -> Result<Vec<Order>, Refused>;
    fn answered(&mut self, now: Now, errand: Errand, flight: u64, outcome: &Outcome) -> Vec<Order>;
    fn due(&mut self, now: Now, errand: Errand, flight: u64) -> Vec<Order>;

    fn standing(&mut self, sale: SaleId) -> Standing;
    /// The intent that the customer's bank would be asking about.
    fn intent(&mut self, sale: SaleId) -> Option<String>;

    /// Arranges for an accident at the next commit, or for none.
    fn arrange(&mut self, _accident: Option<Accident>) {}
    /// The accident that happened, if it did.
    fn happened(&mut self) -> Option<Accident> {
        None
    }
    /// I2: whether this request may leave, by what is durable.
    fn may_leave(&mut self, _errand: Errand, _request: &Request<Bytes>) -> bool {
        true
    }
    /// I10 and I11 over what has been written since the last time; whole: over all that was ever written.
    fn check_history(&mut self, _sale: SaleId, _whole: bool) -> Result<(), String> {
        Ok(())
    }
    /// The sale's refunds, as the till has them.
    fn refunds(&mut self, _sale: SaleId) -> Vec<Refund> {
        Vec::new()
    }
    /// How many receipts were issued.
    fn receipts(&mut self, _sale: SaleId) -> u32 {
        0
    }
    /// A manager has to read something before a card is taken.
    fn cards_are_off(&self) -> bool {
        false
    }
    /// From now on the till holds this account's key.
    fn work_for(&mut self, _account: &str) -> Vec<Order> {
        Vec::new()
    }
    /// It works on an older copy of its journal that was not compared with Stripe yet.
    fn is_behind(&self) -> bool {
        false
    }
    /// It has compared its journal with Stripe since it started. Nobody waits for one that has nothing to compare.
    fn is_compared(&self) -> bool {
        true
    }
    /// What it says was given back of a paid sale, by whomever, in minor units.
    fn shows_refunded(&mut self, _sale: SaleId) -> i64 {
        0
    }
    /// The card that it says was charged for a paid sale.
    fn names_card(&mut self, _sale: SaleId) -> Option<Named> {
        None
    }
    /// The manager reads it.
    fn read_findings(&mut self, _now: Now) {}
    /// Whether the till has told the manager of this PaymentIntent.
    fn has_told_of(&self, _intent: &str) -> bool {
        false
    }
    /// Somebody copies the journal. False where there is none to copy.
    fn back_up(&mut self) -> bool {
        false
    }
    /// While the till is closed, somebody puts the copy back, with or without the mark that would tell of it. False where
    /// there is none.
    fn put_back(_disk: &mut Self::Disk, _with_mark: bool) -> bool {
        false
    }
    /// I9: a secret in what is durable.
    fn finds_secret(&mut self, _sale: SaleId) -> Option<String> {
        None
    }
    /// Which ways through the transition table it has gone so far.
    fn ways(&self) -> Ways {
        Ways::default()
    }
    /// For the trace: how the sale stands in the subject's own words.
    fn tell(&mut self, sale: SaleId) -> String {
        format!("{:?}", self.standing(sale))
    }
}
