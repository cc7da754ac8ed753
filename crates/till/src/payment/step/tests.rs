//! Every phase meets every event.

use super::{At, Event, Live, MOST_SENDS, RESEND_WINDOW, Step, What, step};
use crate::entry::{BlockReason, CallRecord, Closed, Entry, Kind, Then};
use crate::evidence::Evidence;
use crate::facts::{Card, ChargeFacts, Decline, IntentFacts, IntentStatus};
use crate::made::{TOTAL, sale};
use crate::payment::{Payment, Phase, calls};
use crate::sale::{Capture, Entered};
use std::time::Duration;

mod asked;
mod paid;
mod unpaid;

const AT: At = At { monotonic: Duration::from_secs(100), stripe: Some(1_800_000_000) };

fn record() -> CallRecord {
    CallRecord { key: "k".to_owned(), body: String::new(), at_stripe: Some(1_800_000_000) }
}

fn charge() -> ChargeFacts {
    ChargeFacts {
        id: "ch_1".to_owned(),
        card: Card { brand: "visa".to_owned(), last4: "4242".to_owned() },
        created: 1,
        payment_method: None,
        authorisation_code: None,
        statement_name: None,
        capture_before: Some(2),
    }
}

/// The shortest history that leads to a phase.
fn history(phase: Phase) -> Vec<Entry> {
    let begun = || Entry::GenerationBegun { generation: 1, call: record() };
    let created = || Entry::IntentCreated { intent: "pi_1".to_owned(), created: 1 };
    let attempt = || Entry::AttemptBegun { attempt: 1, payment_method: "pm_1".to_owned(), call: record() };
    let cancel = || Entry::CancelBegun { attempt: 1, then: Then::Void, call: record() };
    let authorised = || Entry::Authorised { charge: Box::new(charge()) };
    let paused = || Entry::Paused { status: Some(IntentStatus::RequiresPaymentMethod) };
    let to_ready = || vec![begun(), created()];
    let with = |more: Vec<Entry>| to_ready().into_iter().chain(more).collect();
    match phase {
        Phase::Frozen => vec![],
        Phase::Preparing => vec![begun()],
        Phase::Ready => to_ready(),
        Phase::Confirming => with(vec![attempt()]),
        Phase::Authenticating => with(vec![attempt(), Entry::AuthenticationWanted]),
        Phase::Finishing => with(vec![attempt(), Entry::AuthenticationWanted, Entry::FinishBegun { call: record() }]),
        Phase::Processing => with(vec![attempt(), Entry::ProcessingSeen]),
        Phase::Unknown => with(vec![attempt(), Entry::OutcomeUnknown]),
        Phase::Paused => with(vec![attempt(), Entry::OutcomeUnknown, paused()]),
        Phase::Cancelling => with(vec![cancel()]),
        Phase::Authorised => with(vec![attempt(), authorised()]),
        Phase::Capturing => with(vec![attempt(), authorised(), Entry::CaptureBegun { attempt: 1, call: record() }]),
        Phase::Paid => with(vec![attempt(), Entry::Paid { charge: Some(Box::new(charge())), while_away: false }]),
        Phase::Void => with(vec![cancel(), Entry::GenerationClosed { how: Closed::Canceled }, Entry::Voided]),
        Phase::Blocked => with(vec![attempt(), Entry::Blocked { reason: BlockReason::KeyRejected, detail: None }]),
    }
}

fn payment(phase: Phase, capture: Capture) -> Payment {
    let frozen = Entry::SaleFrozen { sale: Box::new(sale(capture)) };
    let entries: Vec<_> = std::iter::once(frozen).chain(history(phase)).collect();
    let payment = Payment::fold(&entries).unwrap();
    assert_eq!(payment.phase, phase);
    payment
}

fn facts(status: IntentStatus) -> IntentFacts {
    let paid = matches!(status, IntentStatus::Succeeded | IntentStatus::RequiresCapture);
    IntentFacts {
        id: "pi_1".to_owned(),
        created: 1,
        status,
        amount_received: if status == IntentStatus::Succeeded { TOTAL } else { 0 },
        charge: paid.then(charge),
        decline: Some(Decline::default()),
        secret: None,
    }
}

const STATUSES: [IntentStatus; 8] = [
    IntentStatus::RequiresPaymentMethod,
    IntentStatus::RequiresConfirmation,
    IntentStatus::RequiresAction,
    IntentStatus::Processing,
    IntentStatus::RequiresCapture,
    IntentStatus::Succeeded,
    IntentStatus::Canceled,
    IntentStatus::Other,
];
const WHATS: [What; 7] =
    [What::Create, What::Confirm, What::Finish, What::Capture, What::Cancel, What::Look, What::Find];

fn all_evidence() -> Vec<Evidence> {
    let intents = STATUSES.map(|status| Evidence::Intent(facts(status)));
    let wrong = STATUSES.map(|status| Evidence::WrongState(facts(status)));
    let short = IntentFacts { amount_received: TOTAL - 1, ..facts(IntentStatus::Succeeded) };
    let others = [
        Evidence::Intent(short),
        Evidence::Declined(facts(IntentStatus::RequiresPaymentMethod)),
        Evidence::Found(facts(IntentStatus::RequiresPaymentMethod)),
        Evidence::NotFound { next_page: None },
        Evidence::NotFound { next_page: Some("pi_0".to_owned()) },
        Evidence::Busy { after: None },
        Evidence::ServerError,
        Evidence::Unanswered,
        Evidence::KeyReused,
        Evidence::Rejected { code: None, message: None },
        Evidence::Blocked { reason: BlockReason::KeyRejected, detail: None },
    ];
    intents.into_iter().chain(wrong).chain(others).collect()
}

/// What this phase may be waiting for.
fn awaited(phase: Phase) -> &'static [What] {
    match phase {
        Phase::Frozen | Phase::Paid | Phase::Void => &[],
        Phase::Preparing => &[What::Create, What::Find],
        Phase::Confirming => &[What::Confirm],
        Phase::Finishing => &[What::Finish],
        Phase::Cancelling => &[What::Cancel, What::Look],
        Phase::Capturing => &[What::Capture, What::Look],
        Phase::Ready
        | Phase::Authenticating
        | Phase::Processing
        | Phase::Unknown
        | Phase::Paused
        | Phase::Authorised
        | Phase::Blocked => &[What::Look],
    }
}

fn events(phase: Phase) -> Vec<Event> {
    let by_person = [
        Event::Submit { payment_method: "pm_2".to_owned() },
        Event::ActionDone { completed: true },
        Event::ActionDone { completed: false },
        Event::PageGone,
        Event::TakeCard,
        Event::Cancel,
        Event::CheckNow,
        Event::Capture,
        Event::Release,
        Event::Restarted,
        Event::ReceiptIssued,
        Event::Seen,
        Event::SeenElsewhere { intent: "pi_9".to_owned(), created: 9 },
    ];
    let answers = awaited(phase)
        .iter()
        .flat_map(|&what| all_evidence().into_iter().map(move |evidence| Event::Answered(what, Box::new(evidence))));
    by_person.into_iter().chain(answers).collect()
}

/// A live state in which `what` was sent `sends` times.
fn sent(payment: &Payment, what: What, sends: u32) -> Live {
    let call = match what {
        What::Create => calls::create(payment, 1, 1),
        What::Confirm => calls::confirm(payment, "pi_1", 1, "pm_1"),
        What::Finish => calls::finish(payment, "pi_1"),
        What::Capture => calls::capture(payment, "pi_1", 1),
        What::Cancel => calls::cancel(payment, "pi_1", 1),
        What::Look => calls::look("pi_1"),
        What::Find => calls::find(0, None),
    };
    Live { call: Some(call), sends, first_sent: AT.monotonic, ..Live::default() }
}

fn walk(mut visit: impl FnMut(&Payment, &Live, Event)) {
    for phase in Phase::ALL {
        for capture in [Capture::AtOnce, Capture::Later] {
            for wants_card in [false, true] {
                for event in events(phase) {
                    let payment = payment(phase, capture);
                    let live = match &event {
                        Event::Answered(what, _) => Live { wants_card, ..sent(&payment, *what, 1) },
                        _ => Live { wants_card, ..Live::default() },
                    };
                    visit(&payment, &live, event);
                }
            }
        }
    }
}

#[test]
fn every_event_in_every_phase_gives_a_possible_history() {
    let mut steps = 0;
    walk(|payment, live, event| {
        let told = format!("{:?} {event:?}", payment.phase);
        let Ok(step) = step(payment, live, AT, event) else { return };
        let mut after = payment.clone();
        for entry in &step.entries {
            after.apply(entry).unwrap_or_else(|impossible| panic!("{told}: {impossible}"));
        }
        steps += 1;
    });
    assert!(steps > 1_000, "{steps}");
}

#[test]
fn only_a_submit_begins_a_confirm_and_only_the_banks_dialog_a_second_one() {
    walk(|payment, live, event| {
        let told = format!("{:?} {event:?}", payment.phase);
        let submitted = matches!(event, Event::Submit { .. });
        let completed = matches!(event, Event::ActionDone { completed: true });
        let repeated = matches!(event, Event::Answered(What::Confirm | What::Finish, _));
        let Ok(step) = step(payment, live, AT, event) else { return };
        let kinds: Vec<Kind> = step.entries.iter().map(Entry::kind).collect();
        assert_eq!(kinds.contains(&Kind::AttemptBegun), submitted, "{told}");
        assert_eq!(kinds.contains(&Kind::FinishBegun), completed, "{told}");
        if let Some(send) = &step.send {
            let confirms = matches!(send.what, What::Confirm | What::Finish);
            assert!(!confirms || submitted || completed || repeated, "{told}");
        }
    });
}

#[test]
fn no_changing_request_leaves_unless_its_key_was_written_first() {
    walk(|payment, live, event| {
        let told = format!("{:?} {event:?}", payment.phase);
        let Ok(Step { entries, send: Some(send) }) = step(payment, live, AT, event) else { return };
        let Some(key) = send.call.idempotency_key() else { return };
        let written = entries.iter().filter_map(call_of).any(|call| {
            call.key == key && call.body == calls::record(&send.call, None).body && call.at_stripe == AT.stripe
        });
        let repeated = live.call.as_ref().and_then(stripe_api::Call::idempotency_key) == Some(key);
        assert!(written || repeated, "{told}");
    });
}

fn call_of(entry: &Entry) -> Option<&CallRecord> {
    match entry {
        Entry::GenerationBegun { call, .. }
        | Entry::CreateRetried { call, .. }
        | Entry::AttemptBegun { call, .. }
        | Entry::FinishBegun { call }
        | Entry::CancelBegun { call, .. }
        | Entry::CaptureBegun { call, .. } => Some(call),
        _ => None,
    }
}

#[test]
fn a_settled_payment_is_moved_by_nothing() {
    walk(|payment, live, event| {
        if !payment.phase.is_final() {
            return;
        }
        let told = format!("{:?} {event:?}", payment.phase);
        let Ok(step) = step(payment, live, AT, event) else { return };
        let harmless = |entry: &Entry| matches!(entry.kind(), Kind::Seen | Kind::ReceiptIssued);
        assert!(step.send.is_none() && step.entries.iter().all(harmless), "{told}");
    });
}

#[test]
fn a_restart_never_sends_anything_but_a_look() {
    for phase in Phase::ALL {
        let payment = payment(phase, Capture::AtOnce);
        let step = step(&payment, &Live::default(), AT, Event::Restarted).unwrap();
        let what = step.send.map(|send| send.what);
        assert!(matches!(what, None | Some(What::Look | What::Find)), "{phase:?} {what:?}");
    }
}

#[test]
fn a_second_paymentintent_comes_only_after_the_first_can_never_be_charged() {
    walk(|payment, live, event| {
        let told = format!("{:?} {event:?}", payment.phase);
        let confirmed = payment.attempts > 0;
        let seen_canceled = matches!(&event, Event::Answered(_, evidence)
            if matches!(&**evidence, Evidence::Intent(f) | Evidence::WrongState(f) | Evidence::Declined(f)
                if f.status == IntentStatus::Canceled));
        let Ok(step) = step(payment, live, AT, event) else { return };
        let ends = |entry: &Entry| matches!(entry.kind(), Kind::GenerationBegun | Kind::Voided);
        if confirmed && payment.intent.is_some() && step.entries.iter().any(ends) {
            assert!(seen_canceled, "{told}");
        }
    });
}

#[test]
fn paid_is_said_only_when_stripe_said_succeeded_for_the_whole_amount() {
    walk(|payment, live, event| {
        let told = format!("{:?} {event:?}", payment.phase);
        let succeeded = matches!(&event, Event::Answered(_, evidence)
            if matches!(&**evidence, Evidence::Intent(f) | Evidence::WrongState(f)
                if f.status == IntentStatus::Succeeded && f.amount_received == TOTAL));
        let Ok(step) = step(payment, live, AT, event) else { return };
        let paid = step.entries.iter().any(|entry| entry.kind() == Kind::Paid);
        assert!(!paid || succeeded, "{told}");
    });
}

#[test]
fn a_lost_answer_is_asked_for_twice_with_the_same_key_and_then_looked_up() {
    for (phase, what) in [(Phase::Confirming, What::Confirm), (Phase::Finishing, What::Finish)] {
        let payment = payment(phase, Capture::AtOnce);
        for sends in 1..=MOST_SENDS {
            let live = sent(&payment, what, sends);
            let answer = Event::Answered(what, Box::new(Evidence::Unanswered));
            let step = step(&payment, &live, AT, answer).unwrap();
            let send = step.send.unwrap();
            if sends < MOST_SENDS {
                assert!(step.entries.is_empty());
                assert_eq!(send.call.idempotency_key(), live.call.unwrap().idempotency_key());
            } else {
                assert_eq!(step.entries, [Entry::OutcomeUnknown]);
                assert_eq!(send.what, What::Look);
            }
        }
    }
}

#[test]
fn a_confirm_is_not_sent_again_ten_minutes_later_even_if_stripe_was_only_busy() {
    let payment = payment(Phase::Confirming, Capture::AtOnce);
    let live = sent(&payment, What::Confirm, 1);
    let busy = || Event::Answered(What::Confirm, Box::new(Evidence::Busy { after: None }));
    let late = At { monotonic: AT.monotonic + RESEND_WINDOW, ..AT };
    assert_eq!(step(&payment, &live, AT, busy()).unwrap().send.unwrap().what, What::Confirm);
    assert_eq!(step(&payment, &live, late, busy()).unwrap().send.unwrap().what, What::Look);
}

#[test]
fn the_second_confirm_names_no_card_and_every_step_has_a_key_of_its_own() {
    let payment = payment(Phase::Authenticating, Capture::AtOnce);
    assert!(!calls::finish(&payment, "pi_1").body().contains("payment_method"));
    let calls = WHATS.map(|what| sent(&payment, what, 1).call.unwrap());
    let keys: Vec<_> = calls.iter().filter_map(stripe_api::Call::idempotency_key).collect();
    let sale = payment.sale.id;
    let expected = ["g1:create", "g1:a1:c1", "g1:a1:c2", "g1:capture:1", "g1:cancel:1"];
    assert_eq!(keys, expected.map(|step| format!("{sale}:{step}")));
    assert_eq!(calls::create(&payment, 2, 3).idempotency_key(), Some(format!("{sale}:g2:create:3").as_str()));
}

#[test]
fn a_paymentintent_is_left_behind_as_never_confirmed_only_if_no_card_was_sent() {
    walk(|payment, live, event| {
        let told = format!("{:?} {event:?}", payment.phase);
        let mut older = payment.clone();
        older.apply(&Entry::FromOlderCopy).unwrap();
        for payment in [payment, &older] {
            let again = match &event {
                Event::Answered(what, evidence) => Event::Answered(*what, evidence.clone()),
                Event::SeenElsewhere { intent, created } => {
                    Event::SeenElsewhere { intent: intent.clone(), created: *created }
                }
                Event::Cancel => Event::Cancel,
                Event::CheckNow => Event::CheckNow,
                _ => return,
            };
            let Ok(step) = step(payment, live, AT, again) else { continue };
            let left = step.entries.contains(&Entry::GenerationClosed { how: Closed::NeverConfirmed });
            assert!(!left || payment.attempts == 0 || payment.intent.is_none(), "{told}");
        }
    });
}

#[test]
fn a_phone_order_is_marked_as_one_when_it_is_confirmed() {
    let mut payment = payment(Phase::Ready, Capture::AtOnce);
    assert!(!calls::confirm(&payment, "pi_1", 1, "pm_1").body().contains("moto"));
    payment.sale.entered = Entered::PhoneOrder;
    assert!(calls::confirm(&payment, "pi_1", 1, "pm_1").body().contains("moto%5D=true"));
}
