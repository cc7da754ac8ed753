//! What will happen by itself, and when: nobody has to look for a refund to fail or a hold to lapse.
//!
//! The agenda is not kept. Every record says what it waits for, and a restored account makes its agenda of that.

use std::collections::BTreeSet;

use crate::books::Books;
use crate::events::Occasion;
use crate::ids::Id;
use crate::{charges, disputes, payment_intents, refunds};

/// One thing that happens by the clock, with the id of what it happens to.
///
/// Things of the same second happen in the order of this list, so that a restored account does the same.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Due {
    /// The balance transaction of a charge appears.
    Settles(Id),
    /// The hold of a payment intent is over.
    Lapses(Id),
    /// A charge is disputed.
    Disputed(Id),
    /// A refund becomes what it was going to become.
    Turns(Id),
    /// A bank decides a dispute.
    Decided(Id),
}

/// Everything that is due, soonest first.
#[derive(Debug, Default)]
pub(crate) struct Agenda {
    entries: BTreeSet<(i64, Due)>,
}

impl Agenda {
    /// `at` in unix seconds.
    pub(crate) fn add(&mut self, at: i64, due: Due) {
        self.entries.insert((at, due));
    }

    fn take(&mut self, now: i64) -> Option<(i64, Due)> {
        if self.entries.first()?.0 > now {
            return None;
        }
        self.entries.pop_first()
    }
}

/// Does everything that is due by `now` (unix seconds), each at its own time.
pub(crate) fn catch_up(books: &mut Books, now: i64) {
    while let Some((at, due)) = books.agenda.take(now) {
        books.occasion = Occasion::by_itself(at);
        match due {
            Due::Settles(charge) => charges::settle_late(books, &charge, at),
            Due::Lapses(intent) => payment_intents::lapse(books, &intent, at),
            Due::Disputed(charge) => disputes::open(books, &charge, at),
            Due::Turns(refund) => refunds::turn(books, &refund, at),
            Due::Decided(dispute) => disputes::decide(books, &dispute, at),
        }
    }
}

/// The agenda that the records imply.
pub(crate) fn rebuild(books: &mut Books) {
    let charges = books.charges.iter().flat_map(charges::Charge::due);
    let refunds = books.refunds.iter().filter_map(refunds::Refund::due);
    let disputes = books.disputes.iter().filter_map(disputes::Dispute::due);
    books.agenda = Agenda { entries: charges.chain(refunds).chain(disputes).collect() };
}
