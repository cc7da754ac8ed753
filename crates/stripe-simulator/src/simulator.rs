//! The simulator as a value: requests go in, answers come out, nothing else happens.

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};

use crate::balance_transactions::{self, Transaction};
use crate::books::{Books, Features};
use crate::changes::{self, Changed, Kept, Progress, RestoreError};
use crate::clock::Clock;
use crate::control::{self, FaultRule, Faults, Flights, IntentLine, LateRequests, LedgerLine, RefundLine};
use crate::idempotency::Keys;
use crate::{agenda, api, assets};

/// One simulated Stripe account.
///
/// It opens no socket, reads no clock and draws no random number: equal seeds and equal calls give equal answers.
#[derive(Debug)]
pub struct Simulator {
    pub(crate) books: Books,
    pub(crate) keys: Keys,
    pub(crate) clock: Clock,
    pub(crate) faults: Faults,
    pub(crate) flights: Flights,
    pub(crate) late: LateRequests,
    /// API requests so far.
    pub(crate) requests: u64,
    keeps_searchable: bool,
    /// What was known was thrown away since the last [`Simulator::take_changes`].
    was_reset: bool,
    /// What the progress was when it was last written.
    written: Progress,
}

impl Simulator {
    /// An empty account. Every id is made from `seed`.
    pub fn new(seed: u64) -> Self {
        let mut simulator = Self {
            books: Books::new(seed),
            keys: Keys::default(),
            clock: Clock::default(),
            faults: Faults::default(),
            flights: Flights::default(),
            late: LateRequests::default(),
            requests: 0,
            keeps_searchable: false,
            was_reset: false,
            written: Progress { ids: 0, requests: 0, clock: Clock::default(), features: Features::default() },
        };
        simulator.written = simulator.progress();
        simulator
    }

    /// Answers one request that arrives at `now_ms` (unix milliseconds).
    ///
    /// Serves the API under `/v1/`, Stripe.js and its frames, and the control API under `/_simulator/`. Where a
    /// [`Fault`](crate::Fault) concerns the connection, the answer carries it in its extensions.
    pub fn handle(&mut self, now_ms: i64, request: &Request<Bytes>) -> Response<Bytes> {
        let now_ms = self.clock.read(now_ms);
        self.catch_up(now_ms);
        let path = request.uri().path();
        if request.method() == Method::OPTIONS {
            return api::preflight(request);
        }
        if let Some(path) = path.strip_prefix("/v1/") {
            let response = api::handle(self, now_ms, request, path);
            if self.keeps_searchable {
                self.books.make_searchable();
            }
            return response;
        }
        if let Some(path) = path.strip_prefix("/_simulator/") {
            return control::handle(self, now_ms, request, path);
        }
        assets::serve(request.method(), path).unwrap_or_else(not_found)
    }

    /// Does what was to happen by `now_ms`, and carries out the requests that the network has held until then.
    pub(crate) fn catch_up(&mut self, now_ms: i64) {
        while let Some((at, request)) = self.late.take(now_ms) {
            agenda::catch_up(&mut self.books, at.div_euclid(1_000));
            if let Some(path) = request.uri().path().strip_prefix("/v1/") {
                api::deliver(self, at, &request, path, None);
            }
        }
        agenda::catch_up(&mut self.books, now_ms.div_euclid(1_000));
    }

    /// One line of JSON with everything that is known, for [`Simulator::restore`] of an empty account.
    pub fn snapshot(&self) -> Vec<u8> {
        let books = &self.books;
        let mut batch = Vec::new();
        batch.extend(books.customers.iter().map(Changed::Customer));
        batch.extend(books.methods.iter().map(Changed::PaymentMethod));
        batch.extend(books.intents.iter().map(Changed::PaymentIntent));
        batch.extend(books.charges.iter().map(Changed::Charge));
        batch.extend(books.refunds.iter().map(Changed::Refund));
        batch.extend(books.transactions.iter().map(Changed::BalanceTransaction));
        batch.extend(books.disputes.iter().map(Changed::Dispute));
        batch.extend(books.events.iter().map(Changed::Event));
        batch.extend(books.setups.iter().map(Changed::SetupIntent));
        batch.extend(books.tokens.iter().map(Changed::Token));
        batch.extend(self.keys.iter().map(Changed::IdempotencyKey));
        batch.push(Changed::Progress(self.progress()));
        changes::write(&batch)
    }

    /// Lines of JSON with everything that changed since the last call; empty if nothing did.
    ///
    /// Append them to a file, and [`Simulator::restore`] brings the account back, idempotency keys and half-finished
    /// 3-D Secure included. They hold no card number.
    pub fn take_changes(&mut self) -> Vec<u8> {
        let progress = self.progress();
        if !self.was_reset && progress.ids == self.written.ids && !self.has_changes() {
            return Vec::new();
        }
        self.written = progress;
        let mut batch = Vec::new();
        if std::mem::take(&mut self.was_reset) {
            batch.push(Changed::Reset);
        }
        batch.extend(self.books.customers.take_changed().map(Changed::Customer));
        batch.extend(self.books.methods.take_changed().map(Changed::PaymentMethod));
        batch.extend(self.books.intents.take_changed().map(Changed::PaymentIntent));
        batch.extend(self.books.charges.take_changed().map(Changed::Charge));
        batch.extend(self.books.refunds.take_changed().map(Changed::Refund));
        batch.extend(self.books.transactions.take_changed().map(Changed::BalanceTransaction));
        batch.extend(self.books.disputes.take_changed().map(Changed::Dispute));
        batch.extend(self.books.events.take_changed().map(Changed::Event));
        batch.extend(self.books.setups.take_changed().map(Changed::SetupIntent));
        batch.extend(self.books.tokens.take_changed().map(Changed::Token));
        batch.extend(self.keys.take_changed().map(Changed::IdempotencyKey));
        batch.push(Changed::Progress(progress));
        changes::write(&batch)
    }

    /// Replays lines from [`Simulator::take_changes`], oldest first, on top of what is known.
    ///
    /// A last line that was torn by a crash is dropped.
    ///
    /// # Errors
    ///
    /// When any other line cannot be read; the lines before it have been replayed.
    pub fn restore(&mut self, lines: &[u8]) -> Result<(), RestoreError> {
        for batch in changes::read(lines) {
            batch?.into_iter().for_each(|kept| self.keep(kept));
        }
        agenda::rebuild(&mut self.books);
        self.books.forget_changes();
        self.keys.forget_changes();
        self.was_reset = false;
        self.written = self.progress();
        Ok(())
    }

    fn keep(&mut self, kept: Kept) {
        match kept {
            Kept::Customer(customer) => self.books.customers.put(*customer),
            Kept::PaymentIntent(intent) => self.books.intents.put(*intent),
            Kept::PaymentMethod(method) => self.books.methods.put(*method),
            Kept::Charge(charge) => self.books.charges.put(*charge),
            Kept::Refund(refund) => self.books.refunds.put(*refund),
            Kept::BalanceTransaction(transaction) => self.keep_transaction(*transaction),
            Kept::Dispute(dispute) => self.books.disputes.put(*dispute),
            Kept::Event(event) => self.books.events.put(*event),
            Kept::SetupIntent(setup) => self.books.setups.put(*setup),
            Kept::Token(token) => self.books.tokens.put(*token),
            Kept::IdempotencyKey(saved) => self.keys.put(*saved),
            Kept::Reset => self.reset(),
            Kept::Progress(progress) => {
                (self.books.count, self.requests, self.clock) = (progress.ids, progress.requests, progress.clock);
                self.books.features = progress.features;
            }
        }
    }

    /// A movement of money counts once, however often it is read back.
    fn keep_transaction(&mut self, transaction: Transaction) {
        if self.books.transactions.get(&transaction.id).is_none() {
            balance_transactions::record(&mut self.books, transaction);
        }
    }

    /// Forgets everything but the seed.
    pub fn reset(&mut self) {
        let keeps_searchable = self.keeps_searchable;
        *self = Self { was_reset: true, keeps_searchable, ..Self::new(self.books.seed()) };
    }

    /// Keeps searches quick from the first one on, at some cost for every call: for an account that lives long.
    pub fn keep_searchable(&mut self) {
        self.keeps_searchable = true;
    }

    /// Arranges for something to go wrong.
    pub fn arm(&mut self, rule: FaultRule) {
        self.faults.arm(rule);
    }

    /// Every charge that really moved money, oldest first.
    pub fn ledger(&self) -> Vec<LedgerLine> {
        control::ledger(&self.books)
    }

    /// Every payment intent, oldest first, without copying any.
    pub fn intents(&self) -> impl Iterator<Item = IntentLine<'_>> {
        control::intents(&self.books)
    }

    /// Every refund, oldest first, without copying any.
    pub fn refunds(&self) -> impl Iterator<Item = RefundLine<'_>> {
        control::refunds(&self.books)
    }

    fn progress(&self) -> Progress {
        Progress { ids: self.books.count, requests: self.requests, clock: self.clock, features: self.books.features }
    }

    fn has_changes(&self) -> bool {
        let books = &self.books;
        books.customers.is_changed()
            || books.intents.is_changed()
            || books.methods.is_changed()
            || books.charges.is_changed()
            || books.refunds.is_changed()
            || books.transactions.is_changed()
            || books.disputes.is_changed()
            || books.events.is_changed()
            || books.setups.is_changed()
            || books.tokens.is_changed()
            || self.keys.is_changed()
            || books.features != self.written.features
            || self.clock.was_moved_since(self.written.clock)
    }
}

fn not_found() -> Response<Bytes> {
    let mut response = Response::new(Bytes::from_static(b"Nothing is served here. See README.md of the simulator.\n"));
    *response.status_mut() = StatusCode::NOT_FOUND;
    response
}
