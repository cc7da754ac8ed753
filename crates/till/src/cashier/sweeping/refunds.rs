//! The comparison of refunds: those that the journal lost are taken up, and those that came back are told.

use crate::books::BookEntry;
use crate::cashier::{Cashier, Effect, Now, Refusal};
use crate::entry::Entry;
use crate::journal::Journal;
use crate::refund::{RefundFact, evidence};
use crate::sale::SaleId;
use crate::sweep::{self, AGAIN, Next, PERIOD};
use stripe_api::{Answer, Body};

impl<J: Journal> Cashier<J> {
    /// A page of refunds: what this journal lost is taken up, and of what came back the payment is told, and the manager.
    /// A key that may not read refunds is no reason to ask without end: it can make none either.
    pub(super) fn refunds_read(&mut self, now: Now, answer: &Answer) -> Vec<Effect> {
        let Some(mut sweep) = self.sweeping.refunds.take() else {
            return Vec::new();
        };
        let page = match &answer.body {
            Body::Refunds(page) if answer.meta.request_id.is_some() => page,
            Body::Error(_) if answer.status == 403 && !self.is_copy_behind() => {
                // The next key that may read refunds reads the lost ones.
                self.sweeping.refunds_refused = true;
                self.sweeping.compared.insert(self.sweeping.account.clone());
                return vec![self.rest(PERIOD)];
            }
            _ => {
                self.sweeping.refunds = Some(sweep);
                return vec![self.same_page_later()];
            }
        };
        self.sweeping.failures = 0;
        let mut found = Vec::new();
        let mut effects = Vec::new();
        for refund in &page.data {
            let Some((text, id)) = sweep::refund_of(refund) else {
                continue;
            };
            // What is not in this journal is another till's, or its charge is told as an orphan.
            let Ok(Some(payment)) = self.known(text) else {
                continue;
            };
            let sale = payment.sale.id;
            if !payment.refunds.iter().any(|known| known.id == id) {
                effects.extend(self.take_up_refund(now, sale, id, refund));
            }
            if let Some(finding) = sweep::came_back(refund, id, &payment) {
                self.hear_of_refund(now, sale, id, refund);
                found.extend((!self.books.knows(&refund.id)).then_some(BookEntry::Found { finding }));
            }
        }
        let kept = self.keep_books(now, &found).is_ok() && self.broken.is_none();
        let until = sweep.until();
        effects.push(match sweep.turn(page) {
            _ if !kept => self.rest(AGAIN),
            Next::Page { pause } => {
                self.sweeping.refunds = Some(sweep);
                self.turn_page(pause)
            }
            Next::Done { .. } => {
                self.sweeping.refunds = Some(sweep);
                self.compared(now, until)
            }
            Next::Again | Next::Anew => self.rest(AGAIN),
        });
        effects
    }

    /// Writes a refund that this journal lost down as a fact of its sale.
    fn take_up_refund(&mut self, now: Now, sale: SaleId, id: &str, found: &stripe_api::Refund) -> Vec<Effect> {
        let Some(intent) = found.payment_intent.clone() else {
            return Vec::new();
        };
        let (stripe, amount) = (found.id.clone(), found.amount);
        let (status, why, finding) = (evidence::status(found), evidence::why(found), sweep::answered_by(found));
        let what = RefundFact::Found { intent, amount, stripe, status, why, created: Some(found.created), finding };
        let entry = Entry::Refund { refund: id.to_owned(), what };
        let taken_up = self.take_in_hand(sale).and_then(|()| self.write_fact(now, sale, entry));
        if taken_up.is_ok() { self.recover_refund(now, sale) } else { Vec::new() }
    }

    /// Writes down what a list says of a refund that Stripe had sent. What cannot be written is on the next list again.
    fn hear_of_refund(&mut self, now: Now, sale: SaleId, id: &str, found: &stripe_api::Refund) {
        let (stripe, status, why) = (found.id.clone(), evidence::status(found), evidence::why(found));
        let seen = RefundFact::Seen { stripe, status, why };
        let _ = self.take_in_hand(sale).and_then(|()| {
            let held = self.held.get(&sale).ok_or(Refusal::UnknownSale)?;
            let known = held.payment.refunds.iter().find(|known| known.id == id).map(|known| known.phase);
            let is_news = seen.next(known).is_some_and(|phase| Some(phase) != known);
            if is_news {
                self.write_fact(now, sale, Entry::Refund { refund: id.to_owned(), what: seen })
            } else {
                Ok(())
            }
        });
    }
}
