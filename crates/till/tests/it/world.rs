//! A cashier, a simulated Stripe, and everything that can happen to what passes between them.

mod elsewhere;

use crate::breakable::Breakable;
use crate::make;
use bytes::Bytes;
use std::collections::BTreeMap;
use std::time::Duration;
use stripe_api::{Answer, Base, Call, SecretKey, Unanswered, answer};
use stripe_simulator::Simulator;
use till::books::Books;
use till::cashier::{Cashier, Effect, Errand, Now, Refusal, Seen};
use till::entry::{Entry, Kind};
use till::journal::Journal;
use till::payment::step::Event;
use till::payment::{Payment, Phase};
use till::refund::RefundPhase;
use till::sale::{Capture, Sale, SaleId};

/// What becomes of one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    Answered,
    /// It never arrives.
    Lost,
    /// It arrives and is acted on; its answer does not come back.
    AnswerLost,
    /// It is acted on, and a 500 comes back.
    ServerError,
    /// A 500 comes back, and nothing was done.
    ServerErrorBefore,
    /// The answer is an hotel's log-in page.
    Html,
    /// The key has lost its right.
    Forbidden,
    /// The answer is longer than is read.
    TooLarge,
}

type TestCashier = Cashier<Breakable>;

pub struct World {
    cashier: Option<TestCashier>,
    stripe: Simulator,
    /// Another account, whose key the till may hold.
    other: Simulator,
    in_other: bool,
    clock: Duration,
    /// What happens when, in order of time and then of making.
    agenda: BTreeMap<(Duration, u64), Due>,
    made: u64,
    /// The fates of the next changing requests; all others are answered.
    fates: Vec<Fate>,
    /// And of the next that only read.
    looks: Vec<Fate>,
    pub sent: Vec<String>,
    /// The paths of what only read, with their queries.
    pub read: Vec<String>,
}

enum Due {
    Answer(Errand, u64, Result<Answer, Unanswered>),
    Wake(Errand, u64),
}

const START: i64 = 1_800_000_000;
const ROUND_TRIP: Duration = Duration::from_millis(200);

fn chance() -> Box<dyn FnMut() -> u128 + Send> {
    let mut next = 1_000_u128;
    Box::new(move || {
        next += 1;
        next
    })
}

const TILL: &str = "till-a";

fn open(journal: Breakable) -> TestCashier {
    Cashier::open(journal, chance()).unwrap().named(TILL)
}

impl World {
    pub fn new() -> Self {
        let mut world = Self {
            cashier: None,
            stripe: Simulator::new(1),
            other: Simulator::new(2),
            in_other: false,
            clock: Duration::ZERO,
            agenda: BTreeMap::new(),
            made: 0,
            fates: Vec::new(),
            looks: Vec::new(),
            sent: Vec::new(),
            read: Vec::new(),
        };
        world.start(Breakable::default());
        world
    }

    /// The next requests that change something meet these fates.
    pub fn fates(&mut self, fates: &[Fate]) {
        self.fates = fates.iter().rev().copied().collect();
    }

    /// The next requests that only read meet these.
    pub fn fates_of_looks(&mut self, fates: &[Fate]) {
        self.looks = fates.iter().rev().copied().collect();
    }

    fn now(&self) -> Now {
        Now { monotonic: self.clock, wall: START }
    }

    pub fn act(
        &mut self,
        act: impl FnOnce(&mut TestCashier, Now) -> Result<Vec<Effect>, Refusal>,
    ) -> Result<(), Refusal> {
        let now = self.now();
        let effects = act(self.cashier.as_mut().unwrap(), now)?;
        self.carry_out(effects);
        Ok(())
    }

    pub fn handle(&mut self, sale: SaleId, event: Event) -> Result<(), Refusal> {
        self.act(|cashier, now| cashier.handle(now, sale, event))
    }

    /// Freezes a sale of 23.45 USD and runs until a card may be typed.
    pub fn charge(&mut self, number: u32, capture: Capture) -> SaleId {
        let sale = Sale { capture, ..make::sale(number) };
        let id = sale.id;
        self.act(|cashier, now| cashier.charge(now, sale, 2345)).unwrap();
        self.run_for(Duration::from_secs(1));
        id
    }

    /// A charge that the till does not begin.
    pub fn charge_refused(&mut self, number: u32) -> Result<(), Refusal> {
        self.act(|cashier, now| cashier.charge(now, make::sale(number), 2345))
    }

    /// The card page makes a payment method and submits it.
    pub fn card(&mut self, sale: SaleId, number: &str) {
        let payment_method = self.payment_method(number);
        self.submit(sale, &payment_method);
    }

    pub fn submit(&mut self, sale: SaleId, payment_method: &str) {
        let token = self.token(sale).unwrap_or_else(|| panic!("no card can be typed now: {:?}", self.phase(sale)));
        self.act(|cashier, now| cashier.submit(now, &token, payment_method)).unwrap();
    }

    pub fn payment_method(&mut self, number: &str) -> String {
        let body = format!(
            "type=card&card[number]={number}&card[exp_month]=12&card[exp_year]=2040&card[cvc]=123&key=pk_test_page"
        );
        let request = http::Request::post("https://api.stripe.com/v1/payment_methods")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Bytes::from(body))
            .unwrap();
        let response = self.stripe.handle(self.stripe_ms(), &request);
        let json: serde_json::Value = serde_json::from_slice(response.body()).unwrap();
        json["id"].as_str().unwrap_or_else(|| panic!("{json}")).to_owned()
    }

    /// The customer answers the bank, and the page says so.
    pub fn authenticate(&mut self, sale: SaleId, success: bool) {
        let intent = self.seen(sale).payment.intent.clone().unwrap();
        self.control("POST", &format!("payment_intents/{intent}/authenticate?success={success}"));
        let token = self.token(sale).unwrap();
        self.act(|cashier, now| cashier.action_done(now, &token, success)).unwrap();
    }

    pub fn control(&mut self, method: &str, path: &str) -> serde_json::Value {
        let uri = format!("https://api.stripe.com/_simulator/{path}");
        let request = http::Request::builder().method(method).uri(uri).body(Bytes::new()).unwrap();
        let response = self.stripe.handle(self.stripe_ms(), &request);
        assert!(response.status().is_success(), "{path}: {response:?}");
        serde_json::from_slice(response.body()).unwrap()
    }

    /// From now on nothing can be written.
    pub fn fill_disk(&mut self) {
        self.cashier.as_mut().unwrap().journal().full = true;
    }

    /// Drops everything that is not durable, and starts again.
    pub fn crash(&mut self) {
        let journal = self.cashier.take().unwrap().close();
        self.agenda.clear();
        self.start(Breakable { full: false, ..journal });
    }

    fn start(&mut self, journal: Breakable) {
        self.cashier = Some(open(journal));
        self.act(|cashier, now| Ok(cashier.recover(now))).unwrap();
    }

    /// Somebody puts a copy of the journal back that knows nothing of `forgotten` and only the first facts of `older`.
    pub fn put_back_copy(&mut self, forgotten: &[SaleId], older: &[(SaleId, usize)]) {
        self.put_back(forgotten, older, true);
    }

    /// As [`World::put_back_copy`], with the whole folder: its mark is as old as the journal, and tells nothing.
    pub fn put_back_folder(&mut self, forgotten: &[SaleId], older: &[(SaleId, usize)]) {
        self.put_back(forgotten, older, false);
    }

    fn put_back(&mut self, forgotten: &[SaleId], older: &[(SaleId, usize)], behind: bool) {
        let journal = self.cashier.take().unwrap().close();
        self.agenda.clear();
        let kept = journal.kept.copy_without(forgotten, older);
        self.start(Breakable { kept, full: false, behind });
    }

    /// Gives back some of a paid sale, of its own charge or of a finding's.
    pub fn refund(&mut self, sale: SaleId, finding: Option<&str>, amount: i64) -> Result<(), Refusal> {
        self.act(|cashier, now| cashier.refund(now, sale, finding, amount, "broken"))
    }

    /// Runs until Stripe has said what is left of the charge and the refund has left, or has not.
    pub fn until_refund_leaves(&mut self, sale: SaleId) {
        for _ in 0..100 {
            if !self.seen(sale).refund_asking {
                return;
            }
            self.run_for(ROUND_TRIP);
        }
        panic!("Stripe is asked without end");
    }

    pub fn refunds(&self, sale: SaleId) -> Vec<RefundPhase> {
        self.seen(sale).payment.refunds.iter().map(|refund| refund.phase).collect()
    }

    /// Somebody gives the till another account's key, or its own again.
    pub fn use_other_account(&mut self, other: bool) {
        self.in_other = other;
        let account = if other { "acct_other" } else { "acct_ours" };
        self.act(|cashier, _| Ok(cashier.set_account(Some(account)))).unwrap();
    }

    /// A manager has read what was found.
    pub fn manager_reads(&mut self) {
        let read = |cashier: &mut TestCashier, now| {
            cashier.read_findings(now, cashier.books().unread().len()).map(|()| Vec::new())
        };
        self.act(read).unwrap();
    }

    /// The process dies while the confirm of a card is under way, which does not arrive for now.
    pub fn die_while_charging(&mut self, sale: SaleId, payment_method: &str) {
        self.fates(&[Fate::Lost]);
        self.submit(sale, payment_method);
        self.crash();
    }

    pub fn is_compared(&self) -> bool {
        self.cashier.as_ref().unwrap().is_compared()
    }

    pub fn is_doubtful(&self, sale: SaleId) -> bool {
        self.cashier.as_ref().unwrap().is_doubtful(sale)
    }

    pub fn books(&self) -> &Books {
        self.cashier.as_ref().unwrap().books()
    }

    /// What Stripe says of the sale's PaymentIntent now.
    pub fn look(&mut self, sale: SaleId) -> Result<Answer, Unanswered> {
        let intent = self.seen(sale).payment.intent.clone().unwrap();
        self.exchange(&Call::retrieve_intent(&intent))
    }

    /// An answer comes for a request of this number.
    pub fn answer(&mut self, sale: SaleId, flight: u64, outcome: &Result<Answer, Unanswered>) {
        self.act(|cashier, now| Ok(cashier.answered(now, Errand::Payment(sale), flight, outcome))).unwrap();
    }

    /// Lets time pass.
    pub fn run_for(&mut self, time: Duration) {
        let end = self.clock + time;
        while let Some(entry) = self.agenda.first_entry().filter(|entry| entry.key().0 <= end) {
            self.clock = self.clock.max(entry.key().0);
            let due = entry.remove();
            let now = self.now();
            let cashier = self.cashier.as_mut().unwrap();
            let effects = match due {
                Due::Answer(errand, flight, outcome) => cashier.answered(now, errand, flight, &outcome),
                Due::Wake(errand, flight) => cashier.due(now, errand, flight),
            };
            self.carry_out(effects);
        }
        self.clock = end;
    }

    /// The lid is closed: time passes and nothing happens here.
    pub fn close_lid(&mut self, time: Duration) {
        self.clock += time;
    }

    fn carry_out(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            let (after, due) = match effect {
                Effect::Call { errand, flight, call } => {
                    (ROUND_TRIP, Due::Answer(errand, flight, self.exchange(&call)))
                }
                Effect::Wake { errand, flight, after } => (after, Due::Wake(errand, flight)),
            };
            self.made += 1;
            self.agenda.insert((self.clock + after, self.made), due);
        }
    }

    fn exchange(&mut self, call: &Call) -> Result<Answer, Unanswered> {
        let changing = call.idempotency_key().is_some();
        let fates = if changing { &mut self.fates } else { &mut self.looks };
        let fate = fates.pop().unwrap_or(Fate::Answered);
        self.sent.extend(call.idempotency_key().map(str::to_owned));
        if !changing {
            self.read.push(format!("{}?{}", call.path(), call.form().encode()));
        }
        if fate == Fate::Lost {
            return Err(Unanswered::Lost("it never arrived".to_owned()));
        }
        if fate == Fate::ServerErrorBefore {
            return Ok(answer::read(&error_500()));
        }
        if fate == Fate::Forbidden {
            return Ok(answer::read(&error_403()));
        }
        let request = call.to_request(&Base::stripe(), &SecretKey::parse("sk_test_till").unwrap());
        let now = self.stripe_ms();
        let response = if self.in_other { self.other.handle(now, &request) } else { self.stripe.handle(now, &request) };
        match fate {
            Fate::TooLarge => Err(Unanswered::TooLarge),
            Fate::AnswerLost => Err(Unanswered::Lost("the answer did not come back".to_owned())),
            Fate::ServerError => Ok(answer::read(&error_500())),
            Fate::Html => Ok(answer::read(&http::Response::new(Bytes::from("<html>Welcome! Please log in.</html>")))),
            Fate::Answered | Fate::Lost | Fate::ServerErrorBefore | Fate::Forbidden => Ok(answer::read(&response)),
        }
    }

    fn stripe_ms(&self) -> i64 {
        START * 1000 + i64::try_from(self.clock.as_millis()).unwrap()
    }

    // What one sees.

    pub fn seen(&self, sale: SaleId) -> Seen<'_> {
        self.cashier.as_ref().unwrap().seen(sale).unwrap()
    }

    pub fn phase(&self, sale: SaleId) -> Phase {
        self.seen(sale).payment.phase
    }

    pub fn token(&self, sale: SaleId) -> Option<String> {
        self.seen(sale).token.map(till::cashier::Token::text)
    }

    pub fn kinds(&mut self, sale: SaleId) -> Vec<Kind> {
        let journal = self.cashier.as_mut().unwrap().journal();
        journal.kept.history(sale).iter().map(Entry::kind).collect()
    }

    /// What really moved at Stripe, in minor units.
    pub fn moved(&self) -> Vec<i64> {
        self.stripe.ledger().iter().map(|line| line.amount).collect()
    }

    pub fn journal_payment(&mut self, sale: SaleId) -> Payment {
        self.cashier.as_mut().unwrap().journal().payment(sale).unwrap().unwrap()
    }
}

fn error_500() -> http::Response<Bytes> {
    error(500, r#"{"error":{"type":"api_error","message":"An unknown error occurred"}}"#)
}

fn error_403() -> http::Response<Bytes> {
    error(403, r#"{"error":{"type":"invalid_request_error","message":"This key may not do that."}}"#)
}

fn error(status: u16, body: &'static str) -> http::Response<Bytes> {
    http::Response::builder().status(status).header("request-id", "req_error").body(Bytes::from(body)).unwrap()
}
