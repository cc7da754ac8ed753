//! What the page never sees.

use serde_json::json;

use crate::stage::{Outcome, Shop};

in_both_engines!(the_page_never_sees_the_number_or_the_code);

/// Everything a curious script of the page could look at.
const LOOK: &str = "
    const seen = [document.documentElement.outerHTML, document.cookie, JSON.stringify([shop.messages, shop.events, shop.results])];
    seen.push(JSON.stringify({ ...localStorage }), JSON.stringify({ ...sessionStorage }));
    seen.push(JSON.stringify(performance.getEntries().map((entry) => entry.name)));
    for (let at = 0; at < frames.length; at += 1) {
      let inside = 'closed';
      try { inside = frames[at].document.body.innerHTML; } catch {}
      seen.push(inside);
    }
    return seen.join('\\n')";

fn the_page_never_sees_the_number_or_the_code(shop: &Shop<'_>) -> Outcome {
    let card = shop.card(&json!({}))?;
    shop.type_afresh(&card, "55555555555544441234")?;
    shop.page.press("987")?;
    shop.page.press("10001")?;
    shop.wait_event("change", |event| event["complete"] == true)?;
    let made = shop.call("shop.stripe.createPaymentMethod({ type: 'card', card: shop.made.card })")?;
    assert_eq!(made["paymentMethod"]["card"]["last4"], "4444");
    let seen = shop.js(LOOK)?;
    let seen = seen.as_str().unwrap_or_default();
    assert!(seen.contains("4444") && seen.contains("closed"), "the look was not at everything");
    for secret in ["555555", "5555 5555", "987"] {
        assert!(!seen.contains(secret), "the page can see {secret}");
    }
    Ok(())
}
