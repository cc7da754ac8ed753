//! What the sweep makes of what Stripe lists.

use super::{
    FIRST, FormerId, Meaning, Next, OwnIntent, PAGES_AT_ONCE, RefundSweep, Sweep, TillIds, came_back, meaning,
    refund_of, sale_of,
};
use crate::books::Strange;
use crate::entry::CallRecord;
use crate::facts::IntentStatus;
use crate::made::{TOTAL, sale};
use crate::payment::{Payment, Phase};
use crate::refund::{RefundFact, RefundStatus};
use crate::sale::{Capture, SaleId};
use bytes::Bytes;
use std::time::Duration;
use stripe_api::{Answer, Body, Call, PaymentIntent, answer};

const NOW: i64 = 1_800_000_000;

fn page(intents: &[(&str, i64)], has_more: bool, date: bool) -> Answer {
    let one = |(id, created): &(&str, i64)| intent_text(id, "succeeded", *created, "till-a");
    let listed: Vec<String> = intents.iter().map(one).collect();
    let body = format!(
        r#"{{"object":"list","url":"/v1/payment_intents","has_more":{has_more},"data":[{}]}}"#,
        listed.join(",")
    );
    let mut response = http::Response::builder().header("request-id", "req_1");
    if date {
        response = response.header("date", "Fri, 15 Jan 2027 08:00:00 GMT");
    }
    answer::read(&response.body(Bytes::from(body)).unwrap())
}

fn intent_text(id: &str, status: &str, created: i64, till: &str) -> String {
    format!(
        r#"{{"id":"{id}","object":"payment_intent","amount":{TOTAL},"amount_received":{TOTAL},"currency":"usd","livemode":false,
            "status":"{status}","created":{created},"metadata":{{"app":"keytill","till_id":"{till}","sale_id":"lost"}}}}"#
    )
}

fn intent(id: &str, status: &str) -> PaymentIntent {
    let body = Bytes::from(intent_text(id, status, NOW, "till-a"));
    match answer::read(&http::Response::new(body)).body {
        Body::PaymentIntent(intent) => *intent,
        other => panic!("{other:?}"),
    }
}

fn payment(phase: Phase, intent: Option<&str>) -> Payment {
    Payment { phase, intent: intent.map(str::to_owned), ..Payment::begin(sale(Capture::AtOnce)) }
}

#[test]
fn pages_are_read_until_there_are_no_more_or_they_are_older_than_the_last_sweep() {
    let table = [
        (None, vec![("pi_1", NOW - 5)], false, Next::Done { until: NOW }),
        (None, vec![("pi_1", NOW - 5)], true, Next::Page { pause: Duration::ZERO }),
        // It says that there is more, and shows nothing.
        (None, vec![], true, Next::Anew),
        (None, vec![("pi_1", NOW - FIRST - 1)], true, Next::Done { until: NOW }),
        (Some(NOW - 60), vec![("pi_1", NOW - 61)], true, Next::Done { until: NOW }),
        (None, vec![], false, Next::Done { until: NOW }),
    ];
    for (since, intents, has_more, expected) in table {
        let mut sweep = Sweep::of(since);
        assert_eq!(sweep.read(&page(&intents, has_more, true)).1, expected, "{intents:?}");
    }
}

#[test]
fn the_next_page_begins_where_the_last_one_ended() {
    let query = |sweep: &Sweep| sweep.call().form().encode();
    let mut sweep = Sweep::of(Some(NOW));
    assert!(query(&sweep).contains(&NOW.to_string()), "{}", query(&sweep));
    sweep.read(&page(&[("pi_2", NOW), ("pi_1", NOW)], true, true));
    assert!(query(&sweep).contains("starting_after=pi_1"), "{}", query(&sweep));
}

/// However long it is, and whatever it says, a list is read page by page, with pauses, and not in a circle.
#[test]
fn a_list_that_goes_in_a_circle_is_left_and_a_long_one_is_read_with_pauses() {
    let mut sweep = Sweep::of(Some(NOW));
    let turn = |sweep: &mut Sweep, id: &str| sweep.read(&page(&[(id, NOW)], true, true)).1;
    assert_eq!(turn(&mut sweep, "pi_2"), Next::Page { pause: Duration::ZERO });
    assert_eq!(turn(&mut sweep, "pi_1"), Next::Page { pause: Duration::ZERO });
    assert_eq!(turn(&mut sweep, "pi_2"), Next::Anew);
    let mut sweep = Sweep::of(Some(NOW));
    let pauses = (0..30).map(|number| turn(&mut sweep, &format!("pi_{number}")));
    let at_once = pauses.filter(|next| *next == Next::Page { pause: Duration::ZERO }).count();
    assert_eq!(at_once, PAGES_AT_ONCE - 1);
}

#[test]
fn a_page_that_is_too_large_is_halved_down_to_one_object() {
    let mut sweep = Sweep::of(None);
    let sizes: Vec<String> =
        std::iter::from_fn(|| sweep.make_page_smaller().then(|| sweep.call().form().encode())).collect();
    assert_eq!(sizes, ["limit=10", "limit=5", "limit=2", "limit=1"]);
    let mut refunds = RefundSweep::of(7, 9);
    assert!(refunds.make_page_smaller());
    assert_eq!((refunds.call(), refunds.until()), (Call::list_refunds_since(7, 10, None), 9));
}

#[test]
fn an_answer_without_stripe_s_mark_or_clock_ends_no_sweep() {
    let unmarked = answer::read(&http::Response::new(Bytes::from_static(b"<html>Log in</html>")));
    let mut markless = page(&[("pi_1", NOW)], false, true);
    markless.meta.request_id = None;
    for answer in [page(&[("pi_1", NOW)], false, false), unmarked, markless] {
        let mut sweep = Sweep::of(None);
        let (intents, next) = sweep.read(&answer);
        assert!(intents.is_empty() && next == Next::Again, "{next:?}");
    }
}

#[test]
fn other_programs_and_other_tills_sales_are_not_ours() {
    let intent = intent("pi_1", "succeeded");
    let till = |id: &str| TillIds { current: id.to_owned(), former: Vec::new() };
    let table = [("till-a", Some("lost")), ("till-b", None), ("", None)];
    for (id, sale) in table {
        assert_eq!(sale_of(&intent, &till(id)), sale.map(|sale| OwnIntent { sale, is_shared: false }), "{id}");
    }
    let mut stranger = intent.clone();
    stranger.metadata.remove("app");
    assert_eq!(sale_of(&stranger, &till("till-a")), None);
    let mut nameless = intent;
    nameless.metadata.insert("till_id".to_owned(), String::new());
    assert_eq!(sale_of(&nameless, &till("")), None);
}

#[test]
fn what_a_till_made_on_another_computer_is_its_own_until_it_left() {
    let moved = |until| {
        let former = |until| FormerId { id: "till-a".to_owned(), until };
        // It came back there in between, and left again.
        TillIds { current: "till-b".to_owned(), former: vec![former(NOW - 9), former(until)] }
    };
    let intent = intent("pi_1", "succeeded");
    let ours = |is_shared| Some(OwnIntent { sale: "lost", is_shared });
    assert_eq!(sale_of(&intent, &moved(NOW + 1)), ours(false));
    assert_eq!(sale_of(&intent, &moved(NOW)), ours(true), "the other computer goes on selling under that id");
}

#[test]
fn money_that_no_payment_accounts_for_is_strange_and_nothing_else_is() {
    let table = [
        (None, Some(Strange::Orphan)),
        (Some(payment(Phase::Paid, Some("pi_1"))), None),
        (Some(payment(Phase::Unknown, Some("pi_1"))), None),
        (Some(payment(Phase::Paid, Some("pi_2"))), Some(Strange::PaidTwice)),
        (Some(payment(Phase::Authorised, Some("pi_2"))), Some(Strange::PaidTwice)),
        (Some(payment(Phase::Capturing, Some("pi_2"))), Some(Strange::PaidTwice)),
        (Some(payment(Phase::Void, None)), Some(Strange::PaidThoughVoid)),
    ];
    for (payment, expected) in table {
        for status in ["succeeded", "requires_capture", "processing"] {
            let strange = match meaning(&intent("pi_1", status), "lost", payment.as_ref(), false) {
                Meaning::Strange(found) => {
                    assert_eq!((found.sale.as_str(), found.amount), ("lost", TOTAL));
                    Some(found.strange)
                }
                _ => None,
            };
            assert_eq!(strange, expected, "{status} {payment:?}");
        }
        for status in ["requires_payment_method", "requires_confirmation", "requires_action", "canceled", "new_word"] {
            let unpaid = meaning(&intent("pi_1", status), "lost", payment.as_ref(), false);
            assert_eq!(unpaid, Meaning::Nothing, "{status}");
        }
    }
}

#[test]
fn an_open_payment_takes_in_what_was_charged_elsewhere_and_an_older_copy_fences_what_was_not() {
    let sale = SaleId::from_bits(8).to_string();
    let word = |status, phase, held: Option<&str>, behind| match meaning(
        &intent("pi_1", status),
        &sale,
        Some(&payment(phase, held)),
        behind,
    ) {
        Meaning::Adopt { intent, .. } if intent == "pi_1" => "adopt",
        Meaning::Fence { intent, .. } if intent == "pi_1" => "fence",
        Meaning::Nothing => "nothing",
        Meaning::News { sale } if sale == SaleId::from_bits(7) => "news",
        other => panic!("{other:?}"),
    };
    for phase in [Phase::Paused, Phase::Ready, Phase::Unknown, Phase::Cancelling] {
        assert_eq!(word("succeeded", phase, Some("pi_1"), false), "news", "{phase:?}");
        assert_eq!(word("requires_capture", phase, Some("pi_1"), false), "news", "{phase:?}");
    }
    assert_eq!(word("succeeded", Phase::Authorised, Some("pi_1"), false), "news");
    assert_eq!(word("requires_capture", Phase::Authorised, Some("pi_1"), false), "nothing");
    assert_eq!(word("processing", Phase::Processing, Some("pi_1"), false), "nothing");
    // The answer to the request itself is on its way, or a person is waited for.
    for phase in [Phase::Confirming, Phase::Finishing, Phase::Capturing, Phase::Blocked, Phase::Paid] {
        assert_eq!(word("succeeded", phase, Some("pi_1"), false), "nothing", "{phase:?}");
    }
    assert_eq!(word("succeeded", Phase::Paused, None, false), "adopt");
    assert_eq!(word("succeeded", Phase::Paused, None, true), "adopt");
    assert_eq!(word("succeeded", Phase::Ready, Some("pi_2"), false), "adopt");
    assert_eq!(word("requires_payment_method", Phase::Paused, None, false), "nothing");
    assert_eq!(word("requires_payment_method", Phase::Paused, None, true), "fence");
    assert_eq!(word("requires_confirmation", Phase::Unknown, Some("pi_2"), true), "fence");
    assert_eq!(word("requires_action", Phase::Preparing, None, true), "fence");
    assert_eq!(word("requires_payment_method", Phase::Paused, Some("pi_1"), true), "nothing");
    assert_eq!(word("canceled", Phase::Paused, None, true), "nothing");
    assert_eq!(word("requires_payment_method", Phase::Void, None, true), "nothing");
    let lost = SaleId::from_bits(9).to_string();
    let of_lost = |sale: &str, behind| meaning(&intent("pi_1", "requires_payment_method"), sale, None, behind);
    assert!(matches!(of_lost(&lost, true), Meaning::Fence { sale, .. } if sale.to_string() == lost));
    assert_eq!(of_lost(&lost, false), Meaning::Nothing);
    assert_eq!(of_lost("no sale's id", true), Meaning::Nothing);
}

#[test]
fn a_hold_is_told_with_what_it_may_take() {
    let mut held = intent("pi_1", "requires_capture");
    held.amount_received = 0;
    let Meaning::Strange(found) = meaning(&held, "lost", None, false) else { panic!("it is an orphan") };
    assert_eq!((found.amount, found.status), (TOTAL, IntentStatus::RequiresCapture));
}

#[test]
fn a_refund_is_news_only_when_it_came_back_and_was_believed_to_have_gone() {
    let refund = |status: &str| -> stripe_api::Refund {
        let json = format!(
            r#"{{"id":"re_1","object":"refund","amount":500,"currency":"usd","status":"{status}","created":9,
                "metadata":{{"app":"keytill","sale_id":"s","refund_id":"r"}}}}"#
        );
        serde_json::from_str(&json).unwrap()
    };
    let known = |seen: Option<RefundStatus>| {
        let mut payment = payment(Phase::Paid, Some("pi_1"));
        let call = CallRecord { key: "k".to_owned(), body: String::new(), at_stripe: None };
        let begun =
            RefundFact::Begun { intent: "pi_1".to_owned(), amount: 500, reason: String::new(), call, finding: None };
        assert!(begun.apply("r", &mut payment.refunds));
        if let Some(status) = seen {
            let seen = RefundFact::Seen { stripe: "re_1".to_owned(), status, why: None };
            assert!(seen.apply("r", &mut payment.refunds));
        }
        payment
    };
    let table = [
        (Some(RefundStatus::Succeeded), "failed", true),
        (Some(RefundStatus::Pending), "canceled", true),
        (Some(RefundStatus::Succeeded), "succeeded", false),
        (Some(RefundStatus::Pending), "succeeded", false),
        // Stripe has called it failed from the first: the screen said so. What is still open is looked at by itself.
        (Some(RefundStatus::Bounced), "failed", false),
        (None, "failed", false),
    ];
    for (seen, status, told) in table {
        let finding = came_back(&refund(status), "r", &known(seen));
        let found = finding.map(|found| (found.strange, found.amount));
        assert_eq!(found, told.then_some((Strange::RefundBounced, 500)), "{seen:?} {status}");
        assert_eq!(came_back(&refund(status), "another", &known(seen)), None);
    }
    // This till has looked before the comparison did, and seen it come back.
    let mut looked = known(Some(RefundStatus::Pending));
    let bounced = RefundFact::Seen { stripe: "re_1".to_owned(), status: RefundStatus::Bounced, why: None };
    assert!(bounced.apply("r", &mut looked.refunds));
    assert!(came_back(&refund("failed"), "r", &looked).is_some());
    assert_eq!(refund_of(&refund("failed")), Some(("s", "r")));
    let mut stranger = refund("failed");
    stranger.metadata.remove("app");
    assert_eq!(refund_of(&stranger), None);
    assert_eq!(RefundSweep::of_the_month(40 * 86_400).call(), Call::list_refunds_since(8 * 86_400, 20, None));
}
