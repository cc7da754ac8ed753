//! Stripe's own loader from npm, in a page that has the simulator's script.

use serde_json::json;

use crate::stage::{Outcome, Shop};

in_both_engines!(stripes_own_loader_takes_the_simulators_script);

const LOAD: &str = "const done = arguments[arguments.length - 1];
    const warnings = [];
    console.warn = (...words) => warnings.push(words.join(' '));
    import('/loader.mjs')
      .then(({ loadStripe }) => loadStripe('pk_test_shop', { locale: 'en' }))
      .then((stripe) => { shop.stripe = stripe; done({ warnings, scripts: document.scripts.length, played: typeof stripe.handleCardAction }); })
      .catch((error) => done({ error: String(error) }));";

fn stripes_own_loader_takes_the_simulators_script(shop: &Shop<'_>) -> Outcome {
    let before = shop.js("return document.scripts.length")?;
    let loaded = shop.page.run_async(LOAD, &[])?;
    assert_eq!(loaded, json!({ "warnings": [], "scripts": before, "played": "function" }));
    shop.card(&json!({}))?;
    Ok(())
}
