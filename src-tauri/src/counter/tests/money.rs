//! The sentence about money: Stripe's word, or none.

use till::books::{BookEntry, Books, Finding, Strange};
use till::cashier::{Cashier, Refusal};
use till::entry::{BlockReason, CallRecord, Closed, Entry, Then};
use till::facts::{Decline, IntentStatus};
use till::journal::{Journal, JournalError, SqliteJournal};
use till::money::AmountProblem;
use till::payment::{Blocked, Payment, Phase};
use till::refund::RefundFact;
use till::sale::{Mode, SaleId};

use super::super::refusals::{Standing, money, refusal};
use super::super::screen::Snapshot;
use super::super::views;
use super::{charge, payment, sale};
use crate::settings::Settings;
use crate::view::MoneyState::{NotTaken, Taken, Unknown};
use crate::view::{ModeView, MoneyState, PaymentState, ProblemCode};

const STATUSES: [Option<IntentStatus>; 9] = [
    None,
    Some(IntentStatus::RequiresPaymentMethod),
    Some(IntentStatus::RequiresConfirmation),
    Some(IntentStatus::RequiresAction),
    Some(IntentStatus::Processing),
    Some(IntentStatus::RequiresCapture),
    Some(IntentStatus::Succeeded),
    Some(IntentStatus::Canceled),
    Some(IntentStatus::Other),
];

fn every_refusal() -> Vec<Refusal> {
    let file = || "live.sqlite".into();
    vec![
        Refusal::UnknownSale,
        Refusal::NotNow,
        Refusal::TokenUsed,
        Refusal::AmountDiffers,
        Refusal::Amount(AmountProblem::Zero),
        Refusal::Amount(AmountProblem::TooLarge),
        Refusal::Amount(AmountProblem::TooSmall(50)),
        Refusal::Amount(AmountProblem::NotRound(10)),
        Refusal::NoteTooLong,
        Refusal::BadPaymentMethod,
        Refusal::RefundTooLarge { left: 7 },
        Refusal::StripeUnheard,
        Refusal::CardsOff,
        Refusal::NotCompared,
        Refusal::CardNumber,
        Refusal::Journal(JournalError::Full),
        Refusal::Journal(JournalError::ReadOnly(file())),
        Refusal::Journal(JournalError::Unwritable("I/O".to_owned())),
        Refusal::Journal(JournalError::Damaged("entry 7".to_owned())),
        Refusal::Journal(JournalError::Missing(file())),
        Refusal::Journal(JournalError::InUse(file())),
        Refusal::Journal(JournalError::Newer { found: 9, known: 2 }),
        Refusal::Journal(JournalError::Unsafe("sync".to_owned())),
        Refusal::Journal(JournalError::Exchanged(file())),
        Refusal::Journal(JournalError::Folder(std::io::Error::other("I/O"))),
    ]
}

/// What is not in the list above is not walked: whoever adds a refusal comes by here, and adds it to both.
#[test]
fn every_refusal_is_walked() {
    let place = |refused: &Refusal| match refused {
        Refusal::UnknownSale => 0,
        Refusal::NotNow => 1,
        Refusal::TokenUsed => 2,
        Refusal::AmountDiffers => 3,
        Refusal::Amount(AmountProblem::Zero) => 4,
        Refusal::Amount(AmountProblem::TooLarge) => 5,
        Refusal::Amount(AmountProblem::TooSmall(_)) => 6,
        Refusal::Amount(AmountProblem::NotRound(_)) => 7,
        Refusal::NoteTooLong => 8,
        Refusal::BadPaymentMethod => 9,
        Refusal::RefundTooLarge { .. } => 10,
        Refusal::StripeUnheard => 11,
        Refusal::CardsOff => 12,
        Refusal::NotCompared => 13,
        Refusal::CardNumber => 14,
        Refusal::Journal(JournalError::Full) => 15,
        Refusal::Journal(JournalError::ReadOnly(_)) => 16,
        Refusal::Journal(JournalError::Unwritable(_)) => 17,
        Refusal::Journal(JournalError::Damaged(_)) => 18,
        Refusal::Journal(JournalError::Missing(_)) => 19,
        Refusal::Journal(JournalError::InUse(_)) => 20,
        Refusal::Journal(JournalError::Newer { .. }) => 21,
        Refusal::Journal(JournalError::Unsafe(_)) => 22,
        Refusal::Journal(JournalError::Exchanged(_)) => 23,
        Refusal::Journal(JournalError::Folder(_)) => 24,
    };
    assert_eq!(every_refusal().iter().map(place).collect::<Vec<_>>(), (0..25).collect::<Vec<_>>());
}

/// Every phase, with and without whatever else may be known of a payment.
fn every_payment() -> impl Iterator<Item = Payment> {
    let froms = [None, Some(Phase::Confirming), Some(Phase::Paused), Some(Phase::Cancelling)];
    Phase::ALL.into_iter().flat_map(move |phase| {
        (0..2).flat_map(move |attempts| {
            [None, Some("pm_1".to_owned())].into_iter().flat_map(move |payment_method| {
                STATUSES.into_iter().flat_map(move |status| {
                    let payment_method = payment_method.clone();
                    froms.into_iter().map(move |from| Payment {
                        attempts,
                        payment_method: payment_method.clone(),
                        status,
                        blocked: from.map(|from| Blocked { reason: BlockReason::Mismatch, detail: None, from }),
                        ..payment(phase)
                    })
                })
            })
        })
    })
}

/// What the cashier's law lets Stripe have said by then.
fn stripe_has_said_not_taken(payment: &Payment) -> bool {
    let read_unpaid = matches!(
        payment.status,
        Some(
            IntentStatus::RequiresPaymentMethod
                | IntentStatus::RequiresConfirmation
                | IntentStatus::RequiresAction
                | IntentStatus::Canceled
        )
    );
    match payment.phase {
        Phase::Void | Phase::Authenticating => true,
        Phase::Ready => payment.attempts == 0 || payment.payment_method.is_none(),
        Phase::Paused => payment.attempts == 0 || read_unpaid,
        Phase::Blocked => {
            let paused = payment.blocked.as_ref().is_some_and(|blocked| blocked.from == Phase::Paused);
            payment.attempts == 0 || (read_unpaid && paused)
        }
        Phase::Frozen | Phase::Preparing | Phase::Cancelling => payment.attempts == 0,
        Phase::Confirming
        | Phase::Finishing
        | Phase::Processing
        | Phase::Unknown
        | Phase::Authorised
        | Phase::Capturing
        | Phase::Paid => false,
    }
}

#[test]
fn no_refusal_says_not_taken_of_a_payment_of_which_stripe_has_not_said_so() {
    let mut said = 0;
    for payment in every_payment() {
        for behind in [false, true] {
            let money = money(&payment, behind);
            let settled = matches!(payment.phase, Phase::Void);
            let may = stripe_has_said_not_taken(&payment) && (!behind || settled);
            assert_eq!(money == Some(NotTaken), may, "{behind} {payment:?}");
            assert_eq!(money == Some(Taken), payment.phase == Phase::Paid, "{payment:?}");
            for refused in every_refusal() {
                let problem = refusal(&refused);
                assert_eq!(problem.money, None, "a refusal knows nothing of money: {refused:?}");
            }
            said += u32::from(money == Some(NotTaken));
        }
    }
    assert!(said > 0);
}

fn call(key: &str) -> CallRecord {
    CallRecord { key: key.to_owned(), body: "00".to_owned(), at_stripe: Some(1) }
}

fn begun() -> Vec<Entry> {
    vec![
        Entry::SaleFrozen { sale: Box::new(sale()) },
        Entry::GenerationBegun { generation: 1, call: call("create") },
        Entry::IntentCreated { intent: "pi_1".to_owned(), created: 1 },
    ]
}

fn attempt() -> Entry {
    Entry::AttemptBegun { attempt: 1, payment_method: "pm_1".to_owned(), call: call("confirm") }
}

fn cancel() -> Entry {
    Entry::CancelBegun { attempt: 1, then: Then::Void, call: call("cancel") }
}

fn blocked() -> Entry {
    Entry::Blocked { reason: BlockReason::KeyRejected, detail: None }
}

fn paused(status: Option<IntentStatus>) -> Entry {
    Entry::Paused { status }
}

#[test]
fn each_history_says_of_the_money_what_stripe_has_said() {
    let unpaid = Some(IntentStatus::RequiresPaymentMethod);
    let closed = || Entry::GenerationClosed { how: Closed::Canceled };
    let adopted = || Entry::IntentAdopted { intent: "pi_2".to_owned(), created: 1 };
    let table: Vec<(&str, Vec<Entry>, Option<MoneyState>)> = vec![
        ("no card yet", vec![], Some(NotTaken)),
        ("a card at Stripe", vec![attempt()], Some(Unknown)),
        ("declined", vec![attempt(), Entry::Declined { decline: Decline::default() }], Some(NotTaken)),
        ("the bank asks", vec![attempt(), Entry::AuthenticationWanted], Some(NotTaken)),
        ("no answer", vec![attempt(), Entry::OutcomeUnknown], Some(Unknown)),
        ("read as unpaid", vec![attempt(), Entry::OutcomeUnknown, paused(unpaid)], Some(NotTaken)),
        ("cancelled before any card", vec![cancel()], Some(NotTaken)),
        ("cancelled after a card", vec![attempt(), Entry::OutcomeUnknown, cancel()], Some(Unknown)),
        ("blocked before any card", vec![blocked()], Some(NotTaken)),
        ("blocked after a card", vec![attempt(), blocked()], Some(Unknown)),
        ("read, then blocked", vec![attempt(), Entry::OutcomeUnknown, paused(unpaid), blocked()], Some(NotTaken)),
        (
            "the card of a second PaymentIntent, and the status of the first",
            vec![
                cancel(),
                closed(),
                Entry::GenerationBegun { generation: 2, call: call("create") },
                Entry::IntentCreated { intent: "pi_2".to_owned(), created: 2 },
                attempt(),
                blocked(),
            ],
            Some(Unknown),
        ),
        ("an older copy, paused at its start", vec![Entry::FromOlderCopy, paused(None)], Some(Unknown)),
        ("an older copy, blocked", vec![Entry::FromOlderCopy, paused(None), blocked()], Some(Unknown)),
        ("taken up from elsewhere", vec![paused(None), adopted()], Some(Unknown)),
        ("taken up from elsewhere, and blocked", vec![paused(None), adopted(), blocked()], Some(Unknown)),
        ("held", vec![attempt(), Entry::Authorised { charge: Box::new(charge()) }], None),
        ("paid", vec![attempt(), Entry::Paid { charge: Some(Box::new(charge())), while_away: false }], Some(Taken)),
        ("void", vec![cancel(), closed(), Entry::Voided], Some(NotTaken)),
        (
            "void, and what was taken for it all the same is on its way back",
            vec![
                cancel(),
                closed(),
                Entry::Voided,
                Entry::Refund {
                    refund: "r1".to_owned(),
                    what: RefundFact::Begun {
                        intent: "pi_9".to_owned(),
                        amount: 5,
                        reason: String::new(),
                        call: call("refund"),
                        finding: None,
                    },
                },
            ],
            None,
        ),
    ];
    for (what, more, expected) in table {
        let entries: Vec<Entry> = begun().into_iter().chain(more).collect();
        let payment = Payment::fold(&entries).unwrap();
        assert_eq!(money(&payment, false), expected, "{what}");
        let behind = money(&payment, true);
        assert!(payment.phase.is_final() || behind != Some(NotTaken), "{what}, in an older copy: {behind:?}");
    }
}

#[test]
fn a_payment_of_an_older_copy_is_not_shown_as_paused_before_stripe_was_asked() {
    let state = |attempts, behind| {
        let snapshot =
            Snapshot { behind, ..Snapshot::at_rest(Payment { attempts, status: None, ..payment(Phase::Paused) }) };
        views::payment(&snapshot, &Settings::default(), false).state
    };
    assert_eq!(state(1, true), PaymentState::Unknown);
    assert_eq!((state(1, false), state(0, false)), (PaymentState::Paused, PaymentState::Paused));
}

#[test]
fn what_stands_on_a_payment_says_of_its_money_what_is_known() {
    let shown = |payment| views::payment(&Snapshot::at_rest(payment), &Settings::default(), false).problem.unwrap();
    let blocked = |attempts| Payment {
        attempts,
        blocked: Some(Blocked { reason: BlockReason::Mismatch, detail: None, from: Phase::Unknown }),
        ..payment(Phase::Blocked)
    };
    assert_eq!((shown(blocked(1)).code, shown(blocked(1)).money), (ProblemCode::Mismatch, Some(Unknown)));
    assert_eq!(shown(blocked(0)).money, Some(NotTaken));
    let rejected = Payment { rejected: Some("No such card.".to_owned()), ..payment(Phase::Ready) };
    assert_eq!((shown(rejected.clone()).code, shown(rejected).money), (ProblemCode::StripeRejected, Some(NotTaken)));
}

#[test]
fn each_mode_is_written_into_the_journal_as_itself() {
    for (view, mode) in
        [(ModeView::Training, Mode::Training), (ModeView::Test, Mode::Test), (ModeView::Live, Mode::Live)]
    {
        assert_eq!(views::mode(view), mode);
    }
}

#[test]
fn a_sale_is_looked_up_in_hand_and_in_the_journal_and_its_money_is_said_from_there() {
    let folder = tempfile::tempdir().unwrap();
    let mut journal = SqliteJournal::open(&folder.path().join("training.sqlite")).unwrap();
    let history = |id: u128, number: u32, more: Vec<Entry>| -> Vec<Entry> {
        let sale = till::sale::Sale { id: SaleId::from_bits(id), number, ..sale() };
        let frozen = Entry::SaleFrozen { sale: Box::new(sale) };
        [frozen].into_iter().chain(begun().into_iter().skip(1)).chain(more).collect()
    };
    let void = || vec![cancel(), Entry::GenerationClosed { how: Closed::Canceled }, Entry::Voided];
    let paid = Entry::Paid { charge: Some(Box::new(charge())), while_away: false };
    let histories = [
        history(1, 1001, vec![attempt(), paid]),
        history(2, 1002, void()),
        history(3, 1003, void()),
        history(4, 1004, vec![attempt()]),
    ];
    journal.append_histories(7, &histories).unwrap();
    let finding = Finding {
        strange: Strange::PaidThoughVoid,
        intent: "pi_9".to_owned(),
        sale: SaleId::from_bits(3).to_string(),
        amount: 2345,
        currency: "usd".to_owned(),
        status: IntentStatus::Succeeded,
        created: 1,
    };
    let found = [BookEntry::Found { finding }, BookEntry::Read];
    let mut books = Books::default();
    for entry in &found {
        books.apply(entry);
    }
    journal.append_books(8, &books, &found).unwrap();
    let mut cashier = Cashier::open(journal, Box::new(|| 7)).unwrap();
    let mut standing = |id| Standing::of(&mut cashier, SaleId::from_bits(id));
    assert_eq!(standing(1), Standing::Money(Some(Taken)));
    assert_eq!(standing(2), Standing::Money(Some(NotTaken)));
    assert_eq!(standing(3), Standing::Money(None), "Stripe has money of this void sale");
    assert_eq!(standing(4), Standing::Money(Some(Unknown)), "in hand");
    assert_eq!(standing(5), Standing::Unheard);
    // Only a charge that never began may say so of a sale that nobody has heard of.
    assert_eq!((Standing::Unheard.money(), Standing::Unheard.money_of_charge()), (None, Some(NotTaken)));
    assert_eq!(Standing::Money(Some(Taken)).money_of_charge(), Some(Taken));
}
