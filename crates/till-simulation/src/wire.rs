//! Between the till and Stripe: what is sent, what becomes of it, and when it arrives.

use bytes::Bytes;
use http::{Method, Request};
use stripe_api::Unanswered;
use till::cashier::Errand;

use crate::agenda::{HOUR, MINUTE, Moment};
use crate::fault::{Fault, lateness};
use crate::stripe::{Key, Outcome, Parcel};
use crate::subject::{Order, Subject};
use crate::world::{Breach, Event, Watched, World};

/// Stripe remembers a key for this long, from its first use on.
const KEY_LASTS: Moment = 24 * HOUR;

impl<S: Subject> World<S> {
    /// Does what the till has ordered. What it sends must be in its journal.
    pub(crate) fn carry_out(&mut self, order: Order) -> Result<(), Breach> {
        let epoch = self.epoch;
        match order {
            Order::Wake { errand, flight, after_ms } => {
                self.agenda.add(self.clock + after_ms, Event::Wake { epoch, errand, flight });
            }
            Order::Send { errand, flight, request } => {
                if !self.subject.may_leave(errand, &request) {
                    return Err(format!("I2: {} {} leaves without a row", request.method(), request.uri().path()));
                }
                self.check_age(errand, &request)?;
                let fault = self.weather.of_request(&mut self.chance);
                let parcel = Parcel { errand, flight, epoch: Some(epoch), request, key: self.stripe.key, fault };
                self.trace.note(self.clock, || format!("  till sends {}", named(&parcel)));
                self.send(parcel);
            }
        }
        Ok(())
    }

    /// A key never leaves again when Stripe may have forgotten it, and a confirm never after minutes.
    fn check_age(&mut self, errand: Errand, request: &Request<Bytes>) -> Result<(), Breach> {
        let Some(key) = key_of(request) else { return Ok(()) };
        let Some(watched) = self.sales.iter_mut().find(|watched| watched.is_of(errand)) else {
            return Ok(());
        };
        if first_of(&watched.first_uses, key).is_none() {
            watched.first_uses.push((key.to_owned(), self.clock));
        }
        let known = first_of(&watched.keys, key);
        let limit = if request.uri().path().ends_with("/confirm") { 10 * MINUTE } else { 23 * HOUR };
        match known {
            Some(first) if S::KEEPS_TIME && self.clock - first > limit => {
                Err(format!("I6: {key} leaves again after its time"))
            }
            Some(_) => Ok(()),
            None => {
                watched.keys.push((key.to_owned(), self.clock));
                Ok(())
            }
        }
    }

    fn send(&mut self, parcel: Parcel) {
        let Parcel { errand, flight, .. } = parcel;
        let on_the_way = self.latency();
        match parcel.fault {
            Some(fault @ (Fault::RequestLost | Fault::Late)) => {
                let outcome = Err(Unanswered::Lost("nothing came back".to_owned()));
                let pause = self.timeout();
                self.agenda.add(self.clock + pause, Event::Answer { epoch: self.epoch, errand, flight, outcome });
                if fault == Fault::Late && *parcel.request.method() == Method::POST {
                    self.tally.late += 1;
                    self.send_late(Parcel { epoch: None, fault: None, ..parcel });
                }
            }
            Some(Fault::Twice) => {
                self.tally.twice += 1;
                let copy = Parcel { epoch: None, fault: None, request: parcel.request.clone(), ..parcel };
                self.agenda.add(self.clock + on_the_way, Event::Arrive(Box::new(parcel)));
                self.send_late(copy);
            }
            _ => self.agenda.add(self.clock + on_the_way, Event::Arrive(Box::new(parcel))),
        }
    }

    fn send_late(&mut self, parcel: Parcel) {
        let pause = lateness(&mut self.chance);
        self.agenda.add(self.clock + pause, Event::Arrive(Box::new(parcel)));
    }

    /// The model excuses what no client can prevent, from the moment it happens: a key protects a request for a day from
    /// its first use on, and a refund that an older copy of the journal knows nothing of may arrive after the next one.
    fn note_stale(&mut self, parcel: &Parcel) {
        let Some(key) = key_of(&parcel.request).filter(|_| parcel.epoch.is_none()) else { return };
        let path = parcel.request.uri().path();
        let (clock, confirms, refunds) = (self.clock, path.ends_with("/confirm"), path.ends_with("/refunds"));
        for watched in self.sales.iter_mut().filter(|watched| watched.is_of(parcel.errand)) {
            let is_old = first_of(&watched.first_uses, key).is_some_and(|first| clock - first >= KEY_LASTS);
            let refund = key.split(':').next().unwrap_or_default();
            let is_forgotten = refunds
                && first_of(&watched.keys, key).is_none()
                && !self.subject.refunds(watched.id).iter().any(|known| known.id == refund);
            watched.model.stale += u32::from(confirms && is_old);
            watched.model.stale_refunds |= refunds && (is_old || is_forgotten);
        }
    }

    /// A request reaches Stripe; what comes back is under way.
    pub(crate) fn arrive(&mut self, parcel: &Parcel) -> Result<(), Breach> {
        self.note_stale(parcel);
        let outcome = self.stripe.receive(self.clock, parcel, &mut self.chance);
        self.tally.requests += 1;
        self.trace.note(self.clock, || format!("    stripe: {} → {}", named(parcel), heard(&outcome)));
        if let Some(epoch) = parcel.epoch {
            let slow = parcel.fault == Some(Fault::AnswerSlow);
            let pause = if outcome.is_err() || slow { self.timeout() } else { self.latency() };
            let Parcel { errand, flight, .. } = *parcel;
            self.agenda.add(self.clock + pause, Event::Answer { epoch, errand, flight, outcome });
        }
        self.check_money()
    }

    fn latency(&mut self) -> Moment {
        Moment::from(self.chance.between(20, 400))
    }

    /// How long until the till gives up on an answer: a broken connection is felt at once, silence is not.
    fn timeout(&mut self) -> Moment {
        let longest = self.chance.pick(&[500, 30_000, 80_000]);
        Moment::from(self.chance.between(100, longest))
    }
}

impl Watched {
    fn is_of(&self, errand: Errand) -> bool {
        matches!(errand, Errand::Payment(sale) | Errand::Refund(sale) if sale == self.id)
    }
}

fn first_of(uses: &[(String, Moment)], key: &str) -> Option<Moment> {
    uses.iter().find(|(known, _)| known == key).map(|(_, first)| *first)
}

fn key_of(request: &Request<Bytes>) -> Option<&str> {
    request.headers().get("idempotency-key").and_then(|key| key.to_str().ok())
}

fn named(parcel: &Parcel) -> String {
    let key = key_of(&parcel.request).and_then(|key| key.split_once(':')).map_or("", |(_, step)| step);
    let fault = parcel.fault.map_or(String::new(), |fault| format!(" <{fault:?}>"));
    let with = if parcel.key == Key::Ours { String::new() } else { format!(" with {:?} key", parcel.key) };
    format!("{} {} [{key}]{fault}{with}", parcel.request.method(), parcel.request.uri().path())
}

pub(crate) fn heard(outcome: &Outcome) -> String {
    match outcome {
        Err(unanswered) => unanswered.to_string(),
        Ok(response) => {
            let text = String::from_utf8_lossy(response.body());
            // An intent's own status is the last one in its text, behind those of its charge.
            let last = |mark: &str| text.rsplit_once(mark).and_then(|(_, rest)| rest.split('"').next());
            let status = last("\"status\": \"").or_else(|| last("\"status\":\"")).unwrap_or_default();
            let code = last("\"code\": \"").unwrap_or_default();
            format!("{} {status} {code}", response.status().as_u16())
        }
    }
}
