//! How far the journal is believed: an older copy of it, and what was open when this process started, wait for Stripe's
//! word.

use crate::books::BookEntry;
use crate::cashier::{Cashier, Now, Refusal};
use crate::entry::Entry;
use crate::journal::{Journal, JournalError};
use crate::payment::Phase;
use crate::payment::step::Event;
use crate::sale::SaleId;
use crate::sweep::{self, OwnIntent};
use stripe_api::PaymentIntent;

impl<J: Journal> Cashier<J> {
    /// The journal is an older copy of itself. Until it was compared, nothing is closed as never confirmed.
    pub(in crate::cashier) fn take_up_older_copy(&mut self, now: Now) {
        if self.journal.is_behind() && !self.books.is_behind() {
            self.declare_older_copy(now);
        }
    }

    /// The sales of what no manager has read yet stay in hand: whether a finding is answered has to be seen.
    pub(in crate::cashier) fn take_up_findings(&mut self) {
        let sales: Vec<SaleId> = self.books.unread().iter().filter_map(|found| SaleId::parse(&found.sale)).collect();
        for sale in sales {
            // An orphan's sale is not here, and that is what the finding says.
            let _ = self.take_in_hand(sale);
        }
    }

    pub(super) fn declare_older_copy(&mut self, now: Now) {
        let open = self.held.iter().filter(|(_, held)| !held.payment.phase.is_final());
        let open: Vec<SaleId> = open.map(|(sale, _)| *sale).collect();
        // A failed write breaks the till, and a broken till sends nothing.
        for sale in open {
            let _ = self.write_fact(now, sale, Entry::FromOlderCopy);
        }
        let _ = self.keep_books(now, &[BookEntry::Restored]);
    }

    /// Says whether this process has compared the journal with this account, completely and at least once. A till without an id
    /// cannot be compared.
    pub fn is_compared(&self) -> bool {
        self.sweeping.till.current.is_empty() || self.sweeping.compared.contains(&self.sweeping.account)
    }

    /// Says whether the till has to wait for Stripe before it may repeat what the journal says about a sale's money.
    pub fn is_doubtful(&self, sale: SaleId) -> bool {
        let now = self.at(Now { monotonic: self.awake, wall: 0 }).stripe;
        let may_be_charged = self.held.get(&sale).is_some_and(|held| {
            let late = held.payment.phase == Phase::Paused && held.payment.may_arrive_late(now);
            late || held.live.contradicted
        });
        self.books.is_behind() || self.is_untrusted(sale) || may_be_charged
    }

    /// The sale was open when this process started, and the journal has not been compared since.
    pub(super) fn is_untrusted(&self, sale: SaleId) -> bool {
        self.found_open.contains(&sale) && !self.is_compared()
    }

    /// What was open at the start is believed only once the journal was compared: whoever puts back a whole folder brings
    /// along what would have told of it. While the journal is known to be an older copy, nothing at all is decided on what
    /// it says; and what has no PaymentIntent any more, where no answer of Stripe's would contradict it, not before its
    /// own account was asked. Whoever wants to know has it asked now.
    pub(in crate::cashier) fn must_ask_first(&self, sale: SaleId, event: &Event) -> Result<bool, Refusal> {
        let held = self.held.get(&sale);
        let nowhere = held.is_some_and(|held| held.payment.intent.is_none());
        let account = held.and_then(|held| held.payment.sale.account.as_deref());
        let left_behind = nowhere && account.is_some_and(|account| self.books.is_behind_on(account));
        let behind = self.books.is_behind() || left_behind;
        let untrusted = self.is_untrusted(sale);
        let takes_card = matches!(event, Event::TakeCard | Event::Submit { .. });
        let decides =
            takes_card || matches!(event, Event::Cancel | Event::Capture | Event::Release | Event::ActionDone { .. });
        if (decides && behind) || (takes_card && self.books.cards_are_off()) {
            return Err(Refusal::CardsOff);
        }
        if decides && untrusted {
            return Err(Refusal::NotCompared);
        }
        Ok(matches!(event, Event::CheckNow) && nowhere && (behind || untrusted))
    }

    /// The journal is an older copy that was not compared with this account yet.
    pub(super) fn is_copy_behind(&self) -> bool {
        self.books.is_behind() || self.books.is_behind_on(&self.sweeping.account)
    }

    /// Whether a page names a PaymentIntent of this till that its journal must have known before it was made: then the
    /// journal is an older copy of itself, whatever its mark says.
    pub(super) fn is_of_newer_journal(&mut self, intents: &[PaymentIntent]) -> bool {
        !self.books.is_behind() && intents.iter().any(|intent| self.was_lost(intent).unwrap_or(false))
    }

    fn was_lost(&mut self, intent: &PaymentIntent) -> Result<bool, JournalError> {
        let Some(OwnIntent { sale, is_shared: false }) = sweep::sale_of(intent, &self.sweeping.till) else {
            return Ok(false);
        };
        // A cancelled PaymentIntent cannot be charged, and a manager has read the findings.
        if intent.status == stripe_api::IntentStatus::Canceled || self.books.knows(&intent.id) {
            return Ok(false);
        }
        let generation = intent.metadata.get("gen").and_then(|generation| generation.parse::<u32>().ok());
        let payment = self.known(sale)?;
        Ok(payment.is_none_or(|payment| {
            let is_newer = generation.is_some_and(|generation| generation > payment.generation);
            // A card was tried on it, and the journal says that none was.
            let own = payment.intent.as_ref() == Some(&intent.id) && payment.attempts == 0;
            is_newer || (own && intent.charge_id().is_some())
        }))
    }
}
