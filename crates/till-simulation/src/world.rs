//! A shop with one till, in virtual time: what happens next, and what follows from it.

use stripe_api::Unanswered;
use till::cashier::{Errand, Now};
use till::money::{Currency, Money};
use till::sale::{Capture, Entered, Line, Mode, Sale, SaleId};

use crate::agenda::{Agenda, Moment};
use crate::chance::Chance;
use crate::fault::{Fault, Weather};
use crate::model::Model;
use crate::stripe::{AMOUNT, Outcome, Parcel, START_MS, Stripe};
use crate::subject::{Accident, Order, Standing, Subject};
use crate::tally::Tally;
use crate::trace::Trace;
use crate::wire::heard;

/// A promise that was broken.
pub(crate) type Breach = String;

/// Something to come.
#[derive(Debug)]
pub(crate) enum Event {
    Arrive(Box<Parcel>),
    Answer {
        epoch: u32,
        errand: Errand,
        flight: u64,
        outcome: Outcome,
    },
    Wake {
        epoch: u32,
        errand: Errand,
        flight: u64,
    },
    Person,
    /// The journal cannot be written, and somebody starts the till anew.
    Restart {
        epoch: u32,
    },
}

/// One sale, watched from outside.
#[derive(Debug)]
pub(crate) struct Watched {
    pub(crate) id: SaleId,
    pub(crate) text: String,
    pub(crate) model: Model,
    /// The copy of the journal that was put back knows nothing of it. People go on without it.
    pub(crate) lost: bool,
    /// When each key first left, as far as the journal in use can know.
    pub(crate) keys: Vec<(String, Moment)>,
    /// When each key first left at all: an older copy of the journal changes nothing about that.
    pub(crate) first_uses: Vec<(String, Moment)>,
}

/// Everything in one history.
#[derive(Debug)]
pub(crate) struct World<S: Subject> {
    pub(crate) subject: S,
    pub(crate) stripe: Stripe,
    pub(crate) agenda: Agenda<Event>,
    pub(crate) chance: Chance,
    pub(crate) weather: Weather,
    pub(crate) tally: Tally,
    pub(crate) trace: Trace,
    pub(crate) clock: Moment,
    /// When the present process started.
    began: Moment,
    /// How wrong this computer's own clock is, in seconds.
    pub(crate) skew: i64,
    pub(crate) epoch: u32,
    /// The till cannot write its journal any more and says so.
    pub(crate) broken: bool,
    pub(crate) sales: Vec<Watched>,
    pub(crate) seed: u64,
}

impl<S: Subject> World<S> {
    pub(crate) fn new(seed: u64, trace: Trace) -> Self {
        let mut chance = Chance::new(seed);
        let weather = Weather::draw(&mut chance);
        let count = 1 + u64::from(weather.has(Fault::SecondSale));
        let watched = |number: u64| {
            let id = SaleId::from_bits(u128::from(seed) << 8 | u128::from(number));
            let (keys, first_uses) = (Vec::new(), Vec::new());
            Watched { id, text: id.to_string(), model: Model::default(), lost: false, keys, first_uses }
        };
        Self {
            subject: S::open(S::Disk::default(), seed),
            stripe: Stripe::new(seed),
            agenda: Agenda::default(),
            chance,
            weather,
            tally: Tally { seeds: 1, ..Tally::default() },
            trace,
            clock: 0,
            began: 0,
            skew: 0,
            epoch: 0,
            broken: false,
            sales: (1..=count).map(watched).collect(),
            seed,
        }
    }

    pub(crate) fn now(&self) -> Now {
        let monotonic = std::time::Duration::from_millis(self.clock - self.began);
        let seconds = START_MS / 1_000 + i64::try_from(self.clock / 1_000).unwrap_or(i64::MAX);
        Now { monotonic, wall: seconds + self.skew }
    }

    pub(crate) fn sale(&self, place: usize) -> Sale {
        let currency = Currency::parse("usd").unwrap_or_else(|| panic!("there are dollars"));
        Sale {
            id: self.sales[place].id,
            number: 0,
            total: Money { minor: AMOUNT, currency },
            lines: vec![Line { label: "Amount".to_owned(), minor: AMOUNT }],
            note: String::new(),
            entered: if self.weather.has(Fault::Phone) { Entered::PhoneOrder } else { Entered::Keyed },
            capture: if self.weather.has(Fault::AuthoriseOnly) { Capture::Later } else { Capture::AtOnce },
            mode: Mode::Training,
            account: None,
            till: "Till 1".to_owned(),
            till_id: String::new(),
            at: 0,
        }
    }

    /// Lets the next thing happen. False if there is none.
    pub(crate) fn go_on(&mut self) -> Result<bool, Breach> {
        let Some((at, event)) = self.agenda.take() else {
            return Ok(false);
        };
        self.clock = self.clock.max(at);
        self.tally.steps += 1;
        self.happen(event)?;
        Ok(true)
    }

    pub(crate) fn happen(&mut self, event: Event) -> Result<(), Breach> {
        match event {
            Event::Arrive(parcel) => self.arrive(&parcel),
            Event::Answer { epoch, errand, flight, outcome } if epoch == self.epoch => {
                self.trace.note(self.clock, || format!("  till hears {}", heard(&outcome)));
                self.tally.timeouts += u64::from(outcome.is_err());
                self.prepare_disk();
                let now = self.now();
                let orders = self.subject.answered(now, errand, flight, &outcome);
                self.follow(orders)
            }
            Event::Wake { epoch, errand, flight } if epoch == self.epoch => {
                self.prepare_disk();
                let now = self.now();
                let orders = self.subject.due(now, errand, flight);
                self.follow(orders)
            }
            Event::Restart { epoch } if epoch == self.epoch => self.crash("started anew"),
            Event::Answer { .. } | Event::Wake { .. } | Event::Restart { .. } => Ok(()),
            Event::Person => self.person(),
        }
    }

    /// Before the till writes: whether its disk will have an accident.
    pub(crate) fn prepare_disk(&mut self) {
        let crash = self.weather.has(Fault::CrashAtCommit) && self.chance.one_in(12);
        let trouble = !crash && self.weather.has(Fault::DiskTrouble) && self.chance.one_in(16);
        let kinds = if crash {
            [Accident::CrashBefore, Accident::CrashAfter]
        } else {
            [Accident::NotWritten, Accident::WrittenAfterAll]
        };
        let accident = (crash || trouble).then(|| self.chance.pick(&kinds));
        self.subject.arrange(accident);
    }

    /// The till has decided: its orders are carried out, unless the process died meanwhile.
    pub(crate) fn follow(&mut self, orders: Vec<Order>) -> Result<(), Breach> {
        let accident = self.subject.happened();
        self.subject.arrange(None);
        if let Some(accident) = accident {
            self.trace.note(self.clock, || format!("  disk: {accident:?}"));
        }
        match accident {
            Some(Accident::CrashBefore) => return self.crash("crashed before the commit"),
            Some(Accident::CrashAfter) => return self.crash("crashed after the commit"),
            Some(Accident::NotWritten | Accident::WrittenAfterAll) => {
                self.broken = true;
                self.tally.disk += 1;
                let pause = Moment::from(self.chance.between(1, 90)) * 1_000;
                self.agenda.add(self.clock + pause, Event::Restart { epoch: self.epoch });
            }
            None => {}
        }
        let sent = !orders.is_empty();
        for order in orders {
            self.carry_out(order)?;
        }
        if sent && self.weather.has(Fault::CrashAtCall) && self.chance.one_in(24) {
            return self.crash("crashed after the call");
        }
        self.check()
    }

    /// Drops everything that is not durable, and starts again. Requests under way go on without us.
    pub(crate) fn crash(&mut self, how: &str) -> Result<(), Breach> {
        self.leave(how);
        self.come_back()
    }

    pub(crate) fn leave(&mut self, how: &str) {
        self.trace.note(self.clock, || format!("  till {how}"));
        self.tally.crashes += 1;
        self.epoch += 1;
        self.broken = false;
        let kept = std::mem::replace(&mut self.subject, S::open(S::Disk::default(), 0)).crash();
        self.subject = S::open(kept, self.seed ^ u64::from(self.epoch) << 40);
    }

    /// The journal is exchanged for an older copy of itself, and the till started on it.
    pub(crate) fn put_back_copy(&mut self) -> Result<(), Breach> {
        self.tally.copies += 1;
        self.trace.note(self.clock, || "an older copy of the journal is put back".to_owned());
        self.leave("was closed");
        let mut kept = std::mem::replace(&mut self.subject, S::open(S::Disk::default(), 0)).crash();
        let older = S::put_back(&mut kept, self.weather.has(Fault::WholeFolder));
        self.subject = S::open(kept, self.seed ^ u64::from(self.epoch) << 40);
        for place in 0..if older { self.sales.len() } else { 0 } {
            let absent = self.subject.standing(self.sales[place].id) == Standing::Absent;
            let watched = &mut self.sales[place];
            watched.lost |= absent && !watched.keys.is_empty();
            watched.model.forget_what_was_said();
            watched.keys.clear();
        }
        self.come_back()
    }

    pub(crate) fn come_back(&mut self) -> Result<(), Breach> {
        self.began = self.clock;
        self.prepare_disk();
        let now = self.now();
        // What is compared with whom is clear before anything is.
        drop(self.subject.work_for(self.stripe.key.account()));
        let orders = self.subject.recover(now);
        self.follow(orders)
    }

    /// Hours pass. Stripe and the wire go on; this computer sleeps, or is off.
    pub(crate) fn pass(&mut self, time: Moment) -> Result<(), Breach> {
        let end = self.clock + time;
        for (at, event) in self.agenda.take_all() {
            match event {
                Event::Arrive(mut parcel) if at <= end => {
                    self.clock = self.clock.max(at);
                    let waiting = parcel.epoch.take();
                    let (errand, flight) = (parcel.errand, parcel.flight);
                    self.arrive(&parcel)?;
                    if let Some(epoch) = waiting {
                        let outcome = Err(Unanswered::Lost("the computer slept".to_owned()));
                        self.agenda.add(end + 1_000, Event::Answer { epoch, errand, flight, outcome });
                    }
                }
                Event::Arrive(parcel) => self.agenda.add(at, Event::Arrive(parcel)),
                other => self.agenda.add(at + time, other),
            }
        }
        self.clock = end;
        Ok(())
    }
}
