//! The people: a cashier and a customer who do what the till lets them, in any order, and sometimes what it does not.

use crate::agenda::{HOUR, MINUTE, Moment};
use crate::fault::Fault;
use crate::stripe::{AMOUNT, Key};
use crate::subject::{Act, Standing, Subject};
use crate::world::{Breach, Event, World};

const VISA: &str = "4242424242424242";
const NO_MONEY: &str = "4000000000009995";
const MASTERCARD: &str = "5555555555554444";
const ASKS: &str = "4000002500003155";
const ASKS_IN_VAIN: &str = "4000008260003178";

impl<S: Subject> World<S> {
    /// Somebody comes to the till.
    pub(crate) fn person(&mut self) -> Result<(), Breach> {
        if let Some(trouble) = self.weather.of_shop(&mut self.chance) {
            self.trouble(trouble)?;
        }
        if self.subject.cards_are_off() && self.chance.one_in(2) {
            return self.manager_reads();
        }
        let place = usize::try_from(self.chance.below(2)).unwrap_or(0).min(self.sales.len() - 1);
        let id = self.sales[place].id;
        if self.sales[place].lost {
            return Ok(());
        }
        if self.weather.has(Fault::KeyInDoubt) && self.has_open_refund(place) {
            return self.in_doubt(place);
        }
        if self.chance.one_in(12) {
            return self.misuse(place);
        }
        match self.subject.standing(id) {
            Standing::Absent => self.charge(place),
            Standing::Form => self.at_the_form(place),
            Standing::Asking => self.at_the_bank(place),
            Standing::Waiting => self.choose(place, &[None, None, Some(Act::Cancel), Some(Act::PageGone)]),
            Standing::Unknown => self.choose(
                place,
                &[None, Some(Act::TakeCard), Some(Act::TakeCard), Some(Act::CheckNow), Some(Act::Cancel)],
            ),
            Standing::Paused => {
                self.choose(place, &[Some(Act::TakeCard), Some(Act::TakeCard), Some(Act::CheckNow), Some(Act::Cancel)])
            }
            Standing::Blocked => {
                self.choose(place, &[None, Some(Act::CheckNow), Some(Act::CheckNow), Some(Act::Cancel)])
            }
            Standing::Authorised => {
                self.choose(place, &[Some(Act::Capture), Some(Act::Release), Some(Act::CheckNow), Some(Act::Receipt)])
            }
            Standing::Paid if self.sales[place].model.wish.is_some() => self.at_the_refund(place),
            Standing::Paid if self.weather.has(Fault::Refunding) => self.wish(place),
            Standing::Paid if self.chance.one_in(3) => self.wish(place),
            Standing::Paid => self.choose(place, &[None, Some(Act::Receipt), Some(Act::Seen)]),
            Standing::Void => Ok(()),
        }
    }

    /// The customer is to get some of it back.
    fn wish(&mut self, place: usize) -> Result<(), Breach> {
        self.sales[place].model.wish = Some(self.chance.pick(&[500, 500, AMOUNT]));
        self.give_back(place)
    }

    /// What the customer has not got yet, by what the till says.
    fn give_back(&mut self, place: usize) -> Result<(), Breach> {
        let shown = self.subject.shows_refunded(self.sales[place].id);
        let left = self.sales[place].model.wish.unwrap_or(0) - shown;
        if left > 0 { self.act(place, Act::Refund(left)) } else { Ok(()) }
    }

    fn at_the_refund(&mut self, place: usize) -> Result<(), Breach> {
        match self.chance.below(4) {
            0 | 1 => self.give_back(place),
            2 => self.act(place, Act::CheckRefund),
            _ => self.act(place, Act::GiveUpRefund),
        }
    }

    /// Nobody knows of a refund, and somebody tries one account's key and the other's, over days.
    fn in_doubt(&mut self, place: usize) -> Result<(), Breach> {
        match self.chance.below(6) {
            0..=2 => self.change_key(Fault::OtherAccount),
            3 => self.act(place, Act::CheckRefund),
            4 => self.pass(26 * HOUR),
            _ => self.act(place, Act::GiveUpRefund),
        }
    }

    fn has_open_refund(&mut self, place: usize) -> bool {
        self.subject.refunds(self.sales[place].id).iter().any(|refund| refund.phase.is_open())
    }

    pub(crate) fn next_person(&mut self) {
        let pause = match self.chance.below(8) {
            0..=2 => self.chance.between(10, 700),
            3..=6 => self.chance.between(700, 30_000),
            // Seldom so long that a request under way is given up.
            _ => {
                let longest = self.chance.pick(&[90_000, 90_000, 180_000, 900_000]);
                self.chance.between(30_000, longest)
            }
        };
        self.agenda.add(self.clock + Moment::from(pause), Event::Person);
    }

    fn choose(&mut self, place: usize, acts: &[Option<Act<'static>>]) -> Result<(), Breach> {
        match self.chance.pick(acts) {
            Some(Act::Cancel) if !self.weather.has(Fault::Impatient) && self.chance.one_in(2) => Ok(()),
            Some(act) => self.act(place, act),
            None => Ok(()),
        }
    }

    /// Does something at the till, whatever it says to that.
    pub(crate) fn act(&mut self, place: usize, act: Act<'_>) -> Result<(), Breach> {
        self.prepare_disk();
        let (now, id) = (self.now(), self.sales[place].id);
        let result = self.subject.act(now, id, act);
        if result.is_ok() && matches!(act, Act::Submit(_)) {
            let watched = &mut self.sales[place];
            watched.model.submits += 1;
            self.tally.other_card += u64::from(watched.model.submits > 1);
        }
        self.tally.refunds += u64::from(result.is_ok() && matches!(act, Act::Refund(_)));
        if result.is_ok() && act == Act::Receipt {
            let receipts = self.subject.receipts(id);
            let printed = self.sales[place].model.printed(receipts);
            self.sales[place].named(printed)?;
        }
        self.trace.note(self.clock, || {
            let word = if result.is_ok() { "" } else { " (refused)" };
            format!("person: {act:?} on sale {}{word}", place + 1)
        });
        self.follow(result.unwrap_or_default())?;
        self.tell(place);
        Ok(())
    }

    /// The manager reads what was found at Stripe.
    pub(crate) fn manager_reads(&mut self) -> Result<(), Breach> {
        self.prepare_disk();
        self.trace.note(self.clock, || "manager: reads what was found".to_owned());
        let now = self.now();
        self.subject.read_findings(now);
        self.follow(Vec::new())
    }

    fn tell(&mut self, place: usize) {
        let (subject, id) = (&mut self.subject, self.sales[place].id);
        self.trace.note(self.clock, || format!("  sale {}: {}", place + 1, subject.tell(id)));
    }

    fn charge(&mut self, place: usize) -> Result<(), Breach> {
        self.prepare_disk();
        let (now, sale) = (self.now(), self.sale(place));
        self.trace.note(self.clock, || format!("person: charge sale {}", place + 1));
        let result = self.subject.charge(now, sale);
        self.follow(result.unwrap_or_default())
    }

    fn at_the_form(&mut self, place: usize) -> Result<(), Breach> {
        if self.weather.has(Fault::Impatient) && self.chance.one_in(6) {
            return self.choose(place, &[Some(Act::Cancel), Some(Act::PageGone)]);
        }
        if self.chance.one_in(12) {
            return self.act(place, Act::CheckNow);
        }
        let number = self.card();
        self.submit(place, number)?;
        if self.weather.has(Fault::DoubleSubmit) && self.chance.one_in(2) {
            let again = self.stripe.payment_method(self.clock, number);
            return self.act(place, Act::SubmitAgain(&again));
        }
        Ok(())
    }

    pub(crate) fn submit(&mut self, place: usize, number: &str) -> Result<(), Breach> {
        self.tally.cards += 1;
        let payment_method = self.stripe.payment_method(self.clock, number);
        self.trace.note(self.clock, || format!("card …{}", &number[12..]));
        self.act(place, Act::Submit(&payment_method))
    }

    fn card(&mut self) -> &'static str {
        let (declines, asks) = (self.weather.has(Fault::Declines), self.weather.has(Fault::Asks));
        if declines && !asks && self.weather.has(Fault::NoMoneyAtAll) {
            return NO_MONEY;
        }
        match self.chance.below(8) {
            0 | 1 if declines => NO_MONEY,
            2..=5 if asks => ASKS,
            6 if asks && declines => ASKS_IN_VAIN,
            7 => MASTERCARD,
            _ => VISA,
        }
    }

    /// 3-D Secure: passed, refused, left open, lied about, or answered after an hour.
    fn at_the_bank(&mut self, place: usize) -> Result<(), Breach> {
        self.tally.three_ds += 1;
        let way = self.chance.below(9);
        let intent = self.subject.intent(self.sales[place].id).unwrap_or_default();
        if matches!(way, 0..=3 | 7) {
            let passed = way != 3;
            self.trace.note(self.clock, || format!("customer: answers the bank, passed {passed}"));
            self.stripe.authenticate(self.clock, &intent, passed);
        }
        match way {
            2 => {
                let time = if self.chance.one_in(2) { 61 * MINUTE } else { 90 * 1_000 };
                self.pass(time)?;
                self.act(place, Act::ActionDone(true))
            }
            // The page says that it is done; whether it is true is another matter.
            0 | 1 | 3 | 4 => {
                let claims = way != 3 || self.chance.one_in(2);
                self.act(place, Act::ActionDone(claims))
            }
            5 => self.act(place, Act::ActionDone(false)),
            6 | 7 => self.act(place, Act::PageGone),
            _ => self.choose(place, &[None, Some(Act::Cancel), Some(Act::TakeCard)]),
        }
    }

    /// What no screen offers now.
    fn misuse(&mut self, place: usize) -> Result<(), Breach> {
        if self.chance.one_in(5) {
            return self.charge(place);
        }
        let again = self.stripe.payment_method(self.clock, VISA);
        let acts = [
            Act::SubmitAgain(&again),
            Act::ActionDone(true),
            Act::PageGone,
            Act::TakeCard,
            Act::Cancel,
            Act::CheckNow,
            Act::Capture,
            Act::Release,
            Act::Receipt,
            Act::Refund(AMOUNT + 1),
            Act::Submit("pm_nobody"),
        ];
        let act = self.chance.pick(&acts);
        self.act(place, act)
    }

    fn trouble(&mut self, trouble: Fault) -> Result<(), Breach> {
        let hours: Moment = self.chance.pick(&[0, 1, 5, 25, 50, 200]);
        let time = hours * HOUR + Moment::from(self.chance.between(1, 59)) * MINUTE;
        match trouble {
            Fault::CrashAtCall => self.crash("was killed"),
            Fault::Asleep => {
                self.tally.away += 1;
                self.trace.note(self.clock, || format!("the computer sleeps for {hours} h"));
                self.pass(time)
            }
            Fault::Away => {
                self.tally.away += 1;
                self.trace.note(self.clock, || format!("everybody goes home for {hours} h"));
                self.leave("was closed");
                self.pass(time)?;
                self.come_back()
            }
            Fault::ClockJump => {
                let day = 86_400;
                self.skew = self.chance.pick(&[0, -50 * 365 * day, 2 * day, -3_600]);
                Ok(())
            }
            Fault::Dashboard => {
                let place = usize::try_from(self.chance.below(2)).unwrap_or(0).min(self.sales.len() - 1);
                if self.stripe.refund_in_dashboard(self.clock, &self.sales[place].text, 300) {
                    self.trace
                        .note(self.clock, || format!("300 of sale {} are given back in the Dashboard", place + 1));
                }
                Ok(())
            }
            Fault::OlderCopy => {
                if self.subject.back_up() {
                    self.trace.note(self.clock, || "somebody copies the journal".to_owned());
                    return Ok(());
                }
                self.put_back_copy()
            }
            other => self.change_key(other),
        }
    }

    /// Somebody changes the key, or puts the right one back.
    fn change_key(&mut self, trouble: Fault) -> Result<(), Breach> {
        let wrong = match trouble {
            Fault::KeyRevoked => Key::Revoked,
            Fault::KeyForbidden => Key::Forbidden,
            _ => Key::Other,
        };
        self.stripe.key = if self.stripe.key == Key::Ours { wrong } else { Key::Ours };
        self.tally.wrong_key += u64::from(self.stripe.key != Key::Ours);
        let key = self.stripe.key;
        self.trace.note(self.clock, || format!("the till now holds the key: {key:?}"));
        self.work_for_key()
    }

    /// The shell tells the till whose key it holds.
    pub(crate) fn work_for_key(&mut self) -> Result<(), Breach> {
        let orders = self.subject.work_for(self.stripe.key.account());
        self.follow(orders)
    }

    /// A card that is good, for the end of a history.
    pub(crate) fn good_card(&mut self, place: usize) -> Result<(), Breach> {
        self.submit(place, VISA)
    }
}
