//! The real cashier as the world's subject: production code, with a journal whose disk has accidents.

use std::collections::BTreeMap;
use std::path::Path;

use bytes::Bytes;
use http::{Request, Response};
use stripe_api::{Base, SecretKey, answer};
use till::cashier::{Cashier, Effect, Errand, Now, Refusal};
use till::journal::{Journal, JournalError};
use till::payment::step::Event;
use till::payment::{Payment, Phase};
use till::refund::Refund;
use till::sale::{Sale, SaleId};

use crate::disk::Disk;
use crate::reading::{Reading, Ways, is_digest};
use crate::stripe::{AMOUNT, Outcome};
use crate::subject::{Accident, Act, Named, Order, Refused, Standing, Subject};

/// What a crash leaves: the disk, and what the watcher has read there so far.
#[derive(Debug, Default)]
pub(crate) struct Kept {
    disk: Disk,
    read: BTreeMap<SaleId, Reading>,
    weakness: Option<Weakness>,
}

/// A fact that the harness hides from the real cashier. The checks must notice what follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Weakness {
    /// That another key answers now.
    Identity,
    /// The refunds that Stripe has of a charge, and those since the last comparison.
    Refunds,
}

/// The cashier in one process.
#[derive(Debug)]
pub(crate) struct Counter {
    cashier: Cashier<Disk>,
    read: BTreeMap<SaleId, Reading>,
    base: Base,
    key: SecretKey,
    /// The token of the last submit, for a double click.
    last_token: String,
    weakness: Option<Weakness>,
}

impl Counter {
    pub(crate) fn weaken(&mut self, weakness: Weakness) {
        self.weakness = Some(weakness);
    }

    /// Accidents for the commits of these numbers.
    pub(crate) fn script(&mut self, script: &[(u32, Accident)]) {
        self.cashier.journal().script = script.to_vec();
    }

    /// Keeps the journal in a file too.
    pub(crate) fn keep_in(&mut self, path: &Path) -> Result<(), JournalError> {
        self.cashier.journal().keep_in(path)
    }

    /// Keeps the journal on a disk that loses its power, too.
    pub(crate) fn lie_on(&mut self, disk: power_cut::Disk) -> Result<(), JournalError> {
        self.cashier.journal().lie_on(disk)
    }

    /// Commits so far, those before a crash included.
    pub(crate) fn commits(&mut self) -> u32 {
        self.cashier.journal().commits
    }

    fn orders(&self, effects: Vec<Effect>) -> Vec<Order> {
        effects.into_iter().map(|effect| self.order(effect)).collect()
    }

    fn order(&self, effect: Effect) -> Order {
        match effect {
            Effect::Call { errand, flight, call } => {
                Order::Send { errand, flight, request: Box::new(call.to_request(&self.base, &self.key)) }
            }
            Effect::Wake { errand, flight, after } => {
                Order::Wake { errand, flight, after_ms: u64::try_from(after.as_millis()).unwrap_or(u64::MAX) }
            }
        }
    }

    fn phase(&mut self, sale: SaleId) -> Option<Phase> {
        if let Some(seen) = self.cashier.seen(sale) {
            return Some(seen.payment.phase);
        }
        self.payment(sale).map(|payment| payment.phase)
    }

    fn payment(&mut self, sale: SaleId) -> Option<Payment> {
        if let Some(seen) = self.cashier.seen(sale) {
            return Some(seen.payment.clone());
        }
        self.cashier.journal().payment(sale).ok().flatten()
    }

    fn token(&self, sale: SaleId) -> Option<String> {
        self.cashier.seen(sale).and_then(|seen| seen.token.map(till::cashier::Token::text))
    }

    fn submit(&mut self, now: Now, token: &str, payment_method: &str) -> Result<Vec<Effect>, Refusal> {
        self.cashier.submit(now, token, payment_method)
    }

    fn run(&mut self, now: Now, sale: SaleId, act: Act<'_>) -> Result<Vec<Effect>, Refusal> {
        let event = match act {
            Act::Submit(payment_method) => {
                let token = self.token(sale).ok_or(Refusal::TokenUsed)?;
                let submitted = self.submit(now, &token, payment_method);
                // A second click counts only behind a first that was taken.
                self.last_token = if submitted.is_ok() { token } else { String::new() };
                return submitted;
            }
            Act::SubmitAgain(payment_method) => {
                let token = self.last_token.clone();
                return self.submit(now, &token, payment_method);
            }
            Act::ActionDone(completed) => {
                let token = self.token(sale).ok_or(Refusal::TokenUsed)?;
                return self.cashier.action_done(now, &token, completed);
            }
            Act::PageGone => Event::PageGone,
            Act::TakeCard => Event::TakeCard,
            Act::Cancel => Event::Cancel,
            Act::CheckNow => Event::CheckNow,
            Act::Capture => Event::Capture,
            Act::Release => Event::Release,
            Act::Receipt => Event::ReceiptIssued,
            Act::Seen => Event::Seen,
            Act::Refund(amount) => return self.cashier.refund(now, sale, None, amount, ""),
            Act::CheckRefund => return self.cashier.check_refund(now, sale),
            Act::GiveUpRefund => return self.cashier.give_up_refund(now, sale),
        };
        self.cashier.handle(now, sale, event)
    }

    /// I11: a card form is open only where no card of that sale is out. A till that cannot write takes none.
    fn check_token(&mut self, sale: SaleId) -> Result<(), String> {
        if self.cashier.broken().is_some() {
            return Ok(());
        }
        let out = self.read.get(&sale).is_some_and(Reading::card_is_out);
        let Some(seen) = self.cashier.seen(sale).filter(|seen| seen.token.is_some()) else {
            return Ok(());
        };
        match seen.payment.phase {
            Phase::Authenticating => Ok(()),
            Phase::Ready if !out => Ok(()),
            phase => Err(format!("I11: a card may be typed in {phase:?} while a card is out")),
        }
    }

    /// I10: what is shown is what the facts add up to. A till that cannot write shows what it knew before.
    fn check_fold(&mut self, sale: SaleId) -> Result<(), String> {
        let writes = self.cashier.broken().is_none();
        let shown = self.cashier.seen(sale).filter(|_| writes).map(|seen| seen.payment.clone());
        let folded = self.cashier.journal().payment(sale).map_err(|error| format!("I10: {error}"))?;
        if !self.cashier.journal().is_same_on_file(sale).map_err(|error| format!("I10: {error}"))? {
            return Err("I10: the file does not hold what was written".to_owned());
        }
        match shown {
            Some(shown) if folded.as_ref() != Some(&shown) => {
                Err(format!("I10: {:?} is shown and the facts add up to {:?}", shown.phase, folded.map(|p| p.phase)))
            }
            _ => Ok(()),
        }
    }
}

/// The answer as it would be if nothing had ever been given back.
fn without_refunds(errand: Errand, response: &Response<Bytes>) -> Response<Bytes> {
    let mut response = response.clone();
    let Ok(mut json) = serde_json::from_slice::<serde_json::Value>(response.body()) else {
        return response;
    };
    if matches!(errand, Errand::Sweep) && json["url"] == "/v1/refunds" {
        json["data"] = serde_json::Value::Array(Vec::new());
    }
    if json["latest_charge"].is_object() {
        json["latest_charge"]["amount_refunded"] = 0.into();
    }
    *response.body_mut() = Bytes::from(json.to_string());
    response
}

impl Subject for Counter {
    type Disk = Kept;

    fn open(kept: Kept, seed: u64) -> Self {
        let mut next = u128::from(seed) << 64;
        let chance = move || {
            next += 1;
            next
        };
        let Kept { mut disk, read, weakness } = kept;
        disk.reopen().unwrap_or_else(|error| panic!("I10: {error}"));
        let cashier =
            Cashier::open(disk, Box::new(chance)).unwrap_or_else(|error| panic!("I10: {error}")).named("till-1");
        let key = SecretKey::parse("sk_test_till").unwrap_or_else(|error| panic!("{error}"));
        Self { cashier, read, base: Base::stripe(), key, last_token: String::new(), weakness }
    }

    fn crash(self) -> Kept {
        Kept { disk: self.cashier.close(), read: self.read, weakness: self.weakness }
    }

    fn recover(&mut self, now: Now) -> Vec<Order> {
        let effects = self.cashier.recover(now);
        self.orders(effects)
    }

    fn charge(&mut self, now: Now, sale: Sale) -> Result<Vec<Order>, Refused> {
        let effects = self.cashier.charge(now, sale, AMOUNT).map_err(|_| Refused)?;
        Ok(self.orders(effects))
    }

    fn act(&mut self, now: Now, sale: SaleId, act: Act<'_>) -> Result<Vec<Order>, Refused> {
        let effects = self.run(now, sale, act).map_err(|_| Refused)?;
        if act == Act::Seen {
            self.cashier.put_away();
        }
        Ok(self.orders(effects))
    }

    fn answered(&mut self, now: Now, errand: Errand, flight: u64, outcome: &Outcome) -> Vec<Order> {
        let read = match outcome {
            Ok(response) if self.weakness == Some(Weakness::Refunds) => {
                Ok(answer::read(&without_refunds(errand, response)))
            }
            Ok(response) => Ok(answer::read(response)),
            Err(unanswered) => Err(unanswered.clone()),
        };
        let effects = self.cashier.answered(now, errand, flight, &read);
        self.orders(effects)
    }

    fn due(&mut self, now: Now, errand: Errand, flight: u64) -> Vec<Order> {
        let effects = self.cashier.due(now, errand, flight);
        self.orders(effects)
    }

    fn standing(&mut self, sale: SaleId) -> Standing {
        match self.phase(sale) {
            None => Standing::Absent,
            Some(
                Phase::Frozen
                | Phase::Preparing
                | Phase::Confirming
                | Phase::Finishing
                | Phase::Processing
                | Phase::Cancelling
                | Phase::Capturing,
            ) => Standing::Waiting,
            Some(Phase::Ready) => Standing::Form,
            Some(Phase::Authenticating) => Standing::Asking,
            Some(Phase::Unknown) => Standing::Unknown,
            Some(Phase::Paused) => Standing::Paused,
            Some(Phase::Blocked) => Standing::Blocked,
            Some(Phase::Authorised) => Standing::Authorised,
            Some(Phase::Paid) => Standing::Paid,
            Some(Phase::Void) => Standing::Void,
        }
    }

    fn intent(&mut self, sale: SaleId) -> Option<String> {
        self.cashier.seen(sale).and_then(|seen| seen.payment.intent.clone())
    }

    fn arrange(&mut self, accident: Option<Accident>) {
        self.cashier.journal().arranged = accident;
    }

    fn happened(&mut self) -> Option<Accident> {
        self.cashier.journal().happened.take()
    }

    fn may_leave(&mut self, errand: Errand, request: &Request<Bytes>) -> bool {
        let Some(key) = request.headers().get("idempotency-key").and_then(|key| key.to_str().ok()) else {
            return *request.method() == http::Method::GET;
        };
        let written = match errand {
            Errand::Payment(sale) | Errand::Refund(sale) => self.cashier.journal().call(sale, key),
            Errand::Sweep => self.cashier.journal().fence(key),
        };
        written.is_some_and(|call| is_digest(&call.body, request.body()))
    }

    fn refunds(&mut self, sale: SaleId) -> Vec<Refund> {
        self.payment(sale).map(|payment| payment.refunds).unwrap_or_default()
    }

    fn receipts(&mut self, sale: SaleId) -> u32 {
        self.payment(sale).map_or(0, |payment| payment.receipts)
    }

    fn cards_are_off(&self) -> bool {
        self.cashier.books().cards_are_off()
    }

    fn work_for(&mut self, account: &str) -> Vec<Order> {
        if self.weakness == Some(Weakness::Identity) {
            return Vec::new();
        }
        let effects = self.cashier.set_account(Some(account));
        self.orders(effects)
    }

    fn is_compared(&self) -> bool {
        self.cashier.is_compared()
    }

    fn shows_refunded(&mut self, sale: SaleId) -> i64 {
        let payment = self.payment(sale);
        let own = payment.as_ref().and_then(|payment| payment.intent.as_deref().map(|intent| (payment, intent)));
        own.map_or(0, |(payment, intent)| payment.refunded(intent) + payment.refunded_elsewhere(intent))
    }

    fn names_card(&mut self, sale: SaleId) -> Option<Named> {
        self.payment(sale)?.charge.map(|charge| Named::Last4(charge.card.last4))
    }

    fn is_behind(&self) -> bool {
        self.cashier.books().is_behind()
    }

    fn read_findings(&mut self, now: Now) {
        // If it cannot be written, it stays unread.
        let _ = self.cashier.read_findings(now, self.cashier.books().unread().len());
    }

    fn has_told_of(&self, intent: &str) -> bool {
        self.cashier.books().knows(intent)
    }

    fn back_up(&mut self) -> bool {
        let read = self.read.clone();
        self.cashier.journal().back_up(read)
    }

    fn put_back(kept: &mut Kept, with_mark: bool) -> bool {
        let Some(read) = kept.disk.put_back(with_mark) else { return false };
        kept.read = read;
        true
    }

    fn finds_secret(&mut self, sale: SaleId) -> Option<String> {
        let text = serde_json::to_string(self.cashier.journal().history(sale)).unwrap_or_default();
        ["_secret_", "sk_test_", "4242424242424242"].into_iter().find(|secret| text.contains(secret)).map(str::to_owned)
    }

    fn check_history(&mut self, sale: SaleId, whole: bool) -> Result<(), String> {
        self.read.entry(sale).or_default().go_on(self.cashier.journal().history(sale))?;
        self.check_token(sale)?;
        if whole { self.check_fold(sale) } else { Ok(()) }
    }

    fn ways(&self) -> Ways {
        self.read.values().fold(Ways::default(), |mut all, read| {
            all.join(read.ways);
            all
        })
    }

    fn tell(&mut self, sale: SaleId) -> String {
        let facts = self.cashier.journal().history(sale);
        let last = facts.last().map_or("nothing", |entry| entry.kind().name());
        let told = format!("after {} facts, last {last}", facts.len());
        format!("{:?} ({told})", self.phase(sale))
    }
}
