//! The cashier's weakened twins. The harness is tested by them: what it cannot catch in a twin, it would not catch
//! in the cashier either.
//!
//! A twin speaks to the same Stripe over the same wire and is held to the same promises. It knows no 3-D Secure, no
//! disk trouble and not the age of a key; what it remembers survives a crash.

mod wire;

use std::collections::BTreeMap;

use stripe_api::IntentStatus;
use till::cashier::{Errand, Now};
use till::sale::{Sale, SaleId};

use crate::counter::Weakness;
use crate::stripe::Outcome;
use crate::subject::{Act, Named, Order, Refused, Standing, Subject};
use wire::Word;

/// A way to be wrong.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Mutant {
    /// The control: a twin without a weakness breaks nothing.
    #[default]
    Sound,
    /// One call creates and confirms, with a fresh key for each click.
    M1,
    /// One call, with a key made of the sale and the card.
    M2,
    /// After a GET that shows "not charged", another card goes on a new PaymentIntent; the first is not cancelled.
    M3,
    /// A cancel is sent, and its answer is not awaited.
    M4,
    /// A timeout is taken for a decline.
    M5,
    /// A GET that shows "not charged" is taken as proof that it never will be.
    M6,
    /// The answers of two accounts prove together that Stripe does not have a refund.
    M7,
    /// An older copy forgets the refunds since it was taken, and nobody reads the charge before a refund.
    M8,
    /// A paid sale names the card in the hand, and not the one that was charged.
    M9,
}

impl Mutant {
    /// The weakened ones.
    pub const ALL: [Self; 9] =
        [Self::M1, Self::M2, Self::M3, Self::M4, Self::M5, Self::M6, Self::M7, Self::M8, Self::M9];

    /// By its name: `M1` to `M9`, or `sound`.
    pub fn named(name: &str) -> Option<Self> {
        if name.eq_ignore_ascii_case("sound") {
            return Some(Self::Sound);
        }
        Self::ALL.into_iter().find(|mutant| name.eq_ignore_ascii_case(&format!("{mutant:?}")))
    }

    /// The weakness that makes this mutant out of the real cashier. A twin makes no refunds.
    pub(crate) fn weakness(self) -> Option<Weakness> {
        match self {
            Self::M7 => Some(Weakness::Identity),
            Self::M8 => Some(Weakness::Refunds),
            _ => None,
        }
    }

    fn in_one_call(self) -> bool {
        matches!(self, Self::M1 | Self::M2)
    }
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Doing {
    #[default]
    Nothing,
    Creating,
    Charging,
    Looking,
    Cancelling,
}

/// One sale in a twin's hands.
#[derive(Debug)]
struct Held {
    standing: Standing,
    doing: Doing,
    intent: Option<String>,
    /// The card in the hand, and what is known of the one that was charged.
    card: String,
    last4: Option<String>,
    generation: u32,
    attempts: u32,
    cancels: u32,
    flight: u64,
}

/// A twin, and all that it remembers.
#[derive(Debug, Default)]
pub(crate) struct Twin {
    mutant: Mutant,
    sales: BTreeMap<SaleId, Held>,
    flights: u64,
}

impl Twin {
    pub(crate) fn become_of(&mut self, mutant: Mutant) {
        self.mutant = mutant;
    }

    fn begin(&mut self, sale: SaleId, doing: Doing, card: &str) -> Vec<Order> {
        self.flights += 1;
        let (flight, mutant) = (self.flights, self.mutant);
        let Some(held) = self.sales.get_mut(&sale) else {
            return Vec::new();
        };
        (held.doing, held.flight) = (doing, flight);
        let intent = held.intent.as_deref().unwrap_or_default();
        let request = match doing {
            Doing::Creating => wire::create(sale, held.generation),
            Doing::Charging if mutant.in_one_call() => {
                let key = if mutant == Mutant::M1 { format!("{sale}:{flight}") } else { format!("{sale}:{card}") };
                wire::charge(sale, card, &key)
            }
            Doing::Charging => wire::confirm(sale, intent, card, held.generation, held.attempts),
            Doing::Cancelling => wire::cancel(sale, intent, held.generation, held.cancels),
            Doing::Looking | Doing::Nothing => wire::look(intent),
        };
        vec![Order::Send { errand: Errand::Payment(sale), flight, request: Box::new(request) }]
    }

    fn stand(&mut self, sale: SaleId, standing: Standing) -> Vec<Order> {
        if let Some(held) = self.sales.get_mut(&sale) {
            (held.standing, held.doing, held.flight) = (standing, Doing::Nothing, 0);
        }
        Vec::new()
    }

    /// Another PaymentIntent.
    fn next_generation(&mut self, sale: SaleId) -> Vec<Order> {
        if let Some(held) = self.sales.get_mut(&sale) {
            held.standing = Standing::Waiting;
            held.generation += 1;
            held.intent = None;
        }
        self.begin(sale, Doing::Creating, "")
    }

    fn submit(&mut self, sale: SaleId, card: &str) -> Vec<Order> {
        if let Some(held) = self.sales.get_mut(&sale) {
            held.attempts += 1;
            held.standing = Standing::Waiting;
            card.clone_into(&mut held.card);
        }
        self.begin(sale, Doing::Charging, card)
    }

    fn cancel(&mut self, sale: SaleId) -> Vec<Order> {
        let mutant = self.mutant;
        let Some(held) = self.sales.get_mut(&sale) else {
            return Vec::new();
        };
        let local = match mutant {
            Mutant::M1 | Mutant::M2 | Mutant::M5 => held.standing == Standing::Form,
            Mutant::M6 => held.standing == Standing::Paused,
            _ => false,
        };
        if local || held.intent.is_none() {
            return self.stand(sale, Standing::Void);
        }
        held.cancels += 1;
        held.standing = Standing::Waiting;
        let orders = self.begin(sale, Doing::Cancelling, "");
        if mutant == Mutant::M4 {
            self.stand(sale, Standing::Void);
        }
        orders
    }

    /// Nobody knows what became of it.
    fn unanswered(&mut self, sale: SaleId, doing: Doing) -> Vec<Order> {
        match (doing, self.mutant) {
            (Doing::Charging, Mutant::M1 | Mutant::M2) => self.stand(sale, Standing::Form),
            (Doing::Charging, Mutant::M5) => self.next_generation(sale),
            (Doing::Charging | Doing::Cancelling, _) => self.begin(sale, Doing::Looking, ""),
            (Doing::Creating | Doing::Looking | Doing::Nothing, _) => {
                self.flights += 1;
                let flight = self.flights;
                if let Some(held) = self.sales.get_mut(&sale) {
                    held.flight = flight;
                    // A 500 is repeated for its key; an unconfirmed create may be sent under another.
                    held.generation += u32::from(doing == Doing::Creating);
                }
                vec![Order::Wake { errand: Errand::Payment(sale), flight, after_ms: 2_000 }]
            }
        }
    }

    fn stands_at(&mut self, sale: SaleId, doing: Doing, stands: (String, IntentStatus, Option<String>)) -> Vec<Order> {
        let (id, status, last4) = stands;
        let is_named = last4.is_some();
        if let Some(held) = self.sales.get_mut(&sale) {
            held.intent.get_or_insert(id);
            held.last4 = last4.or(held.last4.take());
        }
        match (&status, doing) {
            // Which card was charged stands in no error.
            (IntentStatus::Succeeded, _) if !is_named && self.mutant != Mutant::M9 => {
                self.begin(sale, Doing::Looking, "")
            }
            (IntentStatus::Succeeded, _) => self.stand(sale, Standing::Paid),
            (IntentStatus::Canceled, Doing::Charging) => self.next_generation(sale),
            (IntentStatus::Canceled, _) => self.stand(sale, Standing::Void),
            (_, Doing::Looking) => self.stand(sale, Standing::Paused),
            (_, Doing::Cancelling) => self.unanswered(sale, doing),
            _ => self.stand(sale, Standing::Form),
        }
    }
}

impl Subject for Twin {
    type Disk = Self;
    const KEEPS_TIME: bool = false;

    fn open(disk: Self, _seed: u64) -> Self {
        disk
    }

    fn crash(self) -> Self {
        self
    }

    fn recover(&mut self, _now: Now) -> Vec<Order> {
        let open: Vec<(SaleId, Doing)> = self.sales.iter().map(|(sale, held)| (*sale, held.doing)).collect();
        let again = |(sale, doing)| match doing {
            Doing::Nothing => Vec::new(),
            Doing::Creating => self.begin(sale, doing, ""),
            doing if self.sales[&sale].intent.is_none() => self.unanswered(sale, doing),
            _ => self.begin(sale, Doing::Looking, ""),
        };
        open.into_iter().flat_map(again).collect()
    }

    fn charge(&mut self, _now: Now, sale: Sale) -> Result<Vec<Order>, Refused> {
        let id = sale.id;
        if self.sales.contains_key(&id) {
            return Ok(Vec::new());
        }
        let form = self.mutant.in_one_call();
        let standing = if form { Standing::Form } else { Standing::Waiting };
        let doing = Doing::Nothing;
        let (card, generation) = (String::new(), 1);
        let held =
            Held { standing, doing, intent: None, card, last4: None, generation, attempts: 0, cancels: 0, flight: 0 };
        self.sales.insert(id, held);
        Ok(if form { Vec::new() } else { self.begin(id, Doing::Creating, "") })
    }

    fn act(&mut self, _now: Now, sale: SaleId, act: Act<'_>) -> Result<Vec<Order>, Refused> {
        let standing = self.standing(sale);
        Ok(match (act, standing) {
            (Act::Submit(card), Standing::Form) => self.submit(sale, card),
            (Act::SubmitAgain(card), Standing::Waiting) if self.mutant == Mutant::M1 => self.submit(sale, card),
            (Act::TakeCard, Standing::Paused) if self.mutant == Mutant::M3 => self.next_generation(sale),
            (Act::TakeCard, Standing::Paused) => self.stand(sale, Standing::Form),
            (Act::Cancel, Standing::Form | Standing::Paused | Standing::Blocked) => self.cancel(sale),
            (Act::CheckNow, Standing::Paused | Standing::Blocked) => {
                let known = self.sales.get(&sale).is_some_and(|held| held.intent.is_some());
                self.sales.get_mut(&sale).into_iter().for_each(|held| held.standing = Standing::Waiting);
                self.begin(sale, if known { Doing::Looking } else { Doing::Creating }, "")
            }
            _ => return Err(Refused),
        })
    }

    fn answered(&mut self, _now: Now, errand: Errand, flight: u64, outcome: &Outcome) -> Vec<Order> {
        let Errand::Payment(sale) = errand else { return Vec::new() };
        let Some(held) = self.sales.get(&sale).filter(|held| held.flight == flight) else {
            return Vec::new();
        };
        let doing = held.doing;
        match wire::read(sale, held.intent.as_deref(), outcome) {
            Word::Stands(id, status, last4) => self.stands_at(sale, doing, (id, status, last4)),
            Word::Declined if doing == Doing::Charging => self.stand(sale, Standing::Form),
            Word::Refused => self.stand(sale, Standing::Blocked),
            Word::Declined | Word::Nothing => self.unanswered(sale, doing),
        }
    }

    fn due(&mut self, _now: Now, errand: Errand, flight: u64) -> Vec<Order> {
        let Errand::Payment(sale) = errand else { return Vec::new() };
        match self.sales.get(&sale) {
            Some(held) if held.flight == flight => self.begin(sale, held.doing, ""),
            _ => Vec::new(),
        }
    }

    fn standing(&mut self, sale: SaleId) -> Standing {
        self.sales.get(&sale).map_or(Standing::Absent, |held| held.standing)
    }

    fn intent(&mut self, _sale: SaleId) -> Option<String> {
        None
    }

    fn names_card(&mut self, sale: SaleId) -> Option<Named> {
        let held = self.sales.get(&sale)?;
        match self.mutant {
            Mutant::M9 => Some(Named::PaymentMethod(held.card.clone())),
            _ => held.last4.clone().map(Named::Last4),
        }
    }
}
