//! Every test card that Stripe publishes, row by row, by its number and by its ready-made payment method.
//!
//! Where the notes about Stripe are at hand (see `schema.rs`), no number and no id of theirs may be missing here.

use crate::schema;
use crate::shop::{Shop, Told};

const NO_ID: &str = "";

/// Pays with a typed number or with a ready-made id; the charge is expanded.
fn pay(shop: &mut Shop, card: &str, more: &str) -> Told {
    let intent = shop.intent("");
    let method = if card.starts_with("pm_") { card.to_owned() } else { shop.card(card) };
    shop.confirm(&intent, &format!("payment_method={method}&use_stripe_sdk=true&expand[]=latest_charge&{more}"))
}

/// The number, and the id if there is one.
fn both<'a>(number: &'a str, id: &'a str) -> impl Iterator<Item = &'a str> {
    [number, id].into_iter().filter(|card| !card.is_empty())
}

#[test]
fn cards_of_every_brand_pay_and_show_their_face() {
    let rows = [
        ("4242424242424242", "pm_card_visa", "visa", "credit"),
        ("4000056655665556", "pm_card_visa_debit", "visa", "debit"),
        ("5555555555554444", "pm_card_mastercard", "mastercard", "credit"),
        ("2223003122003222", NO_ID, "mastercard", "credit"),
        ("5200828282828210", "pm_card_mastercard_debit", "mastercard", "debit"),
        ("5105105105105100", "pm_card_mastercard_prepaid", "mastercard", "prepaid"),
        ("378282246310005", "pm_card_amex", "amex", "credit"),
        ("371449635398431", NO_ID, "amex", "credit"),
        ("6011111111111117", "pm_card_discover", "discover", "credit"),
        ("6011000990139424", NO_ID, "discover", "credit"),
        ("6011981111111113", NO_ID, "discover", "debit"),
        ("3056930009020004", "pm_card_diners", "diners", "credit"),
        ("36227206271667", NO_ID, "diners", "credit"),
        ("6555900000604105", NO_ID, "discover", "credit"),
        ("3566002020360505", "pm_card_jcb", "jcb", "credit"),
        ("6200000000000005", "pm_card_unionpay", "unionpay", "credit"),
        ("6200000000000047", NO_ID, "unionpay", "debit"),
        ("6205500000000000004", NO_ID, "unionpay", "credit"),
        ("4000002500001001", "pm_card_visa_cartesBancaires", "visa", "credit"),
        ("5555552500001001", "pm_card_mastercard_cartesBancaires", "mastercard", "credit"),
        ("4000050360000001", "pm_card_visa_debit_eftposAuCoBranded", "visa", "debit"),
        ("5555050360000080", "pm_card_mastercard_debit_eftposAuCoBranded", "mastercard", "debit"),
        ("4000051230000072", "pm_card_debit_visaFsaProductCode", "visa", "debit"),
        ("4000051230000072", "pm_card_debit_visaHsaProductCode", "visa", "debit"),
        ("5200828282828897", "pm_card_mastercard_debit_mastercardFsaProductCode", "mastercard", "debit"),
    ];
    let mut shop = Shop::new();
    for (number, id, brand, funding) in rows {
        for card in both(number, id) {
            let told = pay(&mut shop, card, "");
            let face = "latest_charge.payment_method_details.card";
            assert_eq!(told.text("status"), "succeeded", "{card}");
            assert_eq!(told.text(&format!("{face}.brand")), brand, "{card}");
            assert_eq!(told.text(&format!("{face}.funding")), funding, "{card}");
            assert_eq!(told.text(&format!("{face}.last4")), number[number.len() - 4..], "{card}");
            assert!(told.at(&format!("{face}.three_d_secure")).is_null(), "{card} asks nobody");
        }
    }
    assert_eq!(shop.stripe.ledger().len(), 42);
}

/// Country, number, and what the id has after the country.
const COUNTRIES: &str = "\
US 4242424242424242, AR 4000000320000021, BR 4000000760000002, CA 4000001240000000, CL 4000001520000001, \
CO 4000001700000003, CR 4000001880000005, EC 4000002180000000, MX 4000004840008001, PA 4000005910000000, \
PY 4000006000000066, PE 4000006040000068, UY 4000008580000003, AE 4000007840000001, AE 5200007840000022 mastercard, \
AT 4000000400000008, BE 4000000560000004, BG 4000001000000000, BY 4000001120000005, HR 4000001910000009, \
CY 4000001960000008, CZ 4000002030000002, DK 4000002080000001, EE 4000002330000009, FI 4000002460000001, \
FR 4000002500000003, DE 4000002760000016, GI 4000002920000005, GR 4000003000000030, HU 4000003480000005, \
IE 4000003720000005, IT 4000003800000008, LV 4000004280000005, LI 4000004380000004, LT 4000004400000000, \
LU 4000004420000006, MT 4000004700000007, NL 4000005280000002, NO 4000005780000007, PL 4000006160000005, \
PT 4000006200000007, RO 4000006420000001, SI 4000007050000006, SK 4000007030000001, ES 4000007240000007, \
SE 4000007520000008, CH 4000007560000009, GB 4000008260000000, GB 4000058260000005 debit, \
GB 5555558265554449 mastercard, AU 4000000360000006, CN 4000001560000002, HK 4000003440000004, IN 4000003560000008, \
JP 4000003920000003, MY 4000004580000002, NZ 4000005540000008, SG 4000007020000003, TW 4000001580000008, \
TH 4000007640000003 credit, TH 4000057640000008 debit";

#[test]
fn cards_of_every_country_pay_without_being_asked() {
    let mut shop = Shop::new();
    let mut check = |country: &str, card: &str| {
        let told = pay(&mut shop, card, "");
        assert_eq!(told.text("status"), "succeeded", "{card}");
        assert_eq!(told.text("latest_charge.payment_method_details.card.country"), country, "{card}");
    };
    for row in COUNTRIES.split(", ") {
        let words: Vec<&str> = row.split(' ').collect();
        let kind = words.get(2).map(|kind| format!("_{kind}")).unwrap_or_default();
        check(words[0], words[1]);
        check(words[0], &format!("pm_card_{}{kind}", words[0].to_lowercase()));
    }
    for (country, number) in [("SA", "4000006820000007"), ("MX", "5062210000000009"), ("JP", "3530111333300000")] {
        check(country, number);
    }
}

#[test]
fn cards_that_decline_do_so_with_stripes_codes() {
    let rows = [
        ("4000000000000002", "pm_card_visa_chargeDeclined", "card_declined", "generic_decline"),
        ("4000000000009995", "pm_card_visa_chargeDeclinedInsufficientFunds", "card_declined", "insufficient_funds"),
        ("4000000000009987", "pm_card_visa_chargeDeclinedLostCard", "card_declined", "lost_card"),
        ("4000000000009979", "pm_card_visa_chargeDeclinedStolenCard", "card_declined", "stolen_card"),
        ("4000000000000069", "pm_card_chargeDeclinedExpiredCard", "expired_card", "expired_card"),
        ("4000000000000127", "pm_card_chargeDeclinedIncorrectCvc", "incorrect_cvc", "incorrect_cvc"),
        ("4000000000000119", "pm_card_chargeDeclinedProcessingError", "processing_error", "processing_error"),
        (
            "4000000000006975",
            "pm_card_visa_chargeDeclinedVelocityLimitExceeded",
            "card_declined",
            "card_velocity_exceeded",
        ),
    ];
    let mut shop = Shop::new();
    let jane = shop.customer("");
    for (number, id, code, decline) in rows {
        for card in both(number, id) {
            let told = pay(&mut shop, card, "");
            assert_eq!((told.status, told.text("error.type")), (402, "card_error".into()), "{card}");
            assert_eq!(
                (told.text("error.code"), told.text("error.decline_code")),
                (code.into(), decline.into()),
                "{card}"
            );
            assert_eq!(told.text("error.payment_intent.status"), "requires_payment_method", "{card}");
        }
        let saved = shop.post(&format!("/v1/payment_methods/{id}/attach"), &format!("customer={jane}"));
        assert_eq!((saved.status, saved.text("error.code")), (402, code.into()), "{id} cannot be saved");
    }
    for card in both("4000000000000341", "pm_card_chargeCustomerFail") {
        let method = if card.starts_with("pm_") { card.to_owned() } else { shop.card(card) };
        let saved = shop.post(&format!("/v1/payment_methods/{method}/attach"), &format!("customer={jane}"));
        assert_eq!(saved.status, 200, "{card} can be saved");
        let form = format!(
            "amount=500&currency=usd&payment_method_types[]=card&confirm=true&customer={jane}&payment_method={}",
            saved.text("id")
        );
        assert_eq!(shop.post("/v1/payment_intents", &form).text("error.code"), "card_declined", "{card}");
    }
    assert_eq!(shop.type_card("4242424242424241", "").text("error.code"), "incorrect_number");
    assert!(shop.stripe.ledger().is_empty());
}

#[test]
fn radar_and_the_checks_say_what_the_card_is_about() {
    // number, id, risk level, then the checks of line 1, postal code and security code
    let rows = [
        ("4000000000009235", "pm_card_riskLevelElevated", "elevated", ["pass", "pass", "pass"]),
        ("4000000000000101", "pm_card_cvcCheckFail", "normal", ["pass", "pass", "fail"]),
        ("4000000000000036", "pm_card_avsZipFail", "normal", ["pass", "fail", "pass"]),
        ("4000058400307872", "pm_card_cvcCheckFailElevatedRisk", "elevated", ["pass", "pass", "fail"]),
        ("4000058400306072", "pm_card_avsZipFailElevatedRisk", "elevated", ["pass", "fail", "pass"]),
        ("4000000000000028", "pm_card_avsLine1Fail", "normal", ["fail", "pass", "pass"]),
        ("4000000000000010", "pm_card_avsFail", "normal", ["fail", "fail", "pass"]),
        ("4000000000000044", "pm_card_avsUnchecked", "normal", ["unavailable", "unavailable", "pass"]),
        ("4000008400000407", "pm_card_highFraudDisputeScore", "normal", ["pass", "pass", "pass"]),
        ("4000008400000159", "pm_card_highEfwScore", "normal", ["pass", "pass", "pass"]),
        ("4000008400001017", "pm_card_radarDynamicRiskThreshold", "normal", ["pass", "pass", "pass"]),
        ("4001858821843804", "pm_card_freeTrialAbuseBlock", "normal", ["pass", "pass", "pass"]),
        ("4000008405600003", "pm_card_adaptive3dsChallenge", "normal", ["pass", "pass", "pass"]),
    ];
    let mut shop = Shop::new();
    for (number, id, risk, checks) in rows {
        let address = "billing_details[address][line1]=1%20Quay&billing_details[address][postal_code]=12345";
        let method = shop.type_card(number, address).text("id");
        let told = pay(&mut shop, &method, "");
        assert_eq!(
            (told.text("status"), told.text("latest_charge.outcome.risk_level")),
            ("succeeded".into(), risk.into())
        );
        let told_checks = ["address_line1_check", "address_postal_code_check", "cvc_check"]
            .map(|check| told.text(&format!("latest_charge.payment_method_details.card.checks.{check}")));
        assert_eq!(told_checks, checks, "{number}");
        let told = pay(&mut shop, id, "");
        assert_eq!(told.text("latest_charge.outcome.risk_level"), risk, "{id}");
        assert!(
            told.at("latest_charge.payment_method_details.card.checks.address_postal_code_check").is_null(),
            "{id}"
        );
    }
    for card in
        both("4100000000000019", "pm_card_radarBlock").chain(both("4000000000004954", "pm_card_riskLevelHighest"))
    {
        let told = pay(&mut shop, card, "");
        assert_eq!((told.status, told.text("error.decline_code")), (402, "fraudulent".into()), "{card}");
        let charge = shop.get(&format!("/v1/charges/{}", told.text("error.charge")), "");
        assert_eq!(
            (charge.text("outcome.type"), charge.text("outcome.network_status"), charge.text("outcome.risk_level")),
            ("blocked".into(), "not_sent_to_network".into(), "highest".into()),
            "{card}"
        );
    }
}

#[test]
fn the_merchants_own_rules_block_where_they_are_switched_on() {
    let rows = [
        ("block_if_cvc_fails", "4000000000000101", "incorrect_cvc"),
        ("block_if_postal_code_fails", "4000000000000036", "incorrect_zip"),
        ("dynamic_risk_threshold", "4000008400001017", "card_declined"),
        ("block_free_trial_abuse", "4001858821843804", "card_declined"),
    ];
    for (rule, number, code) in rows {
        let mut shop = Shop::new();
        assert_eq!(pay(&mut shop, number, "").text("status"), "succeeded", "{number}");
        shop.control("features", &format!(r#"{{"{rule}":true}}"#));
        let told = pay(&mut shop, number, "");
        assert_eq!((told.status, told.text("error.code")), (402, code.into()), "{rule}");
        assert_eq!(pay(&mut shop, "4242424242424242", "").text("status"), "succeeded", "{rule}");
    }
    let mut shop = Shop::new();
    shop.control("features", r#"{"adaptive_three_d_secure":true}"#);
    assert_eq!(pay(&mut shop, "pm_card_adaptive3dsChallenge", "").text("status"), "requires_action");
}

/// What a card does when it is charged, and then when the customer has answered their bank.
#[derive(Debug, Clone, Copy)]
enum Asked {
    Never,
    ThenPaid,
    ThenDeclined(&'static str),
    Declined,
}

#[test]
fn the_cards_of_3_d_secure_ask_as_published() {
    use Asked::{Declined, Never, ThenDeclined, ThenPaid};
    let rows = [
        ("4000002760003184", "pm_card_authenticationRequired", ThenPaid, ThenPaid),
        ("4000002500003155", "pm_card_authenticationRequiredOnSetup", ThenPaid, ThenPaid),
        ("4000003800000446", "pm_card_authenticationRequiredSetupForOffSession", ThenPaid, ThenPaid),
        (
            "4000008260003178",
            "pm_card_authenticationRequiredChargeDeclinedInsufficientFunds",
            ThenDeclined("insufficient_funds"),
            ThenDeclined("insufficient_funds"),
        ),
        ("4000000000003220", "pm_card_threeDSecure2Required", ThenPaid, ThenPaid),
        ("4000008400000027", NO_ID, ThenPaid, ThenPaid),
        (
            "4000008400001629",
            "pm_card_threeDSecureRequiredChargeDeclined",
            ThenDeclined("generic_decline"),
            ThenDeclined("generic_decline"),
        ),
        ("4000008400001280", "pm_card_threeDSecureRequiredProcessingError", Declined, Declined),
        ("4000000000003055", "pm_card_threeDSecureOptional", Never, ThenPaid),
        ("4000000000003097", "pm_card_threeDSecureOptionalProcessingError", Never, Declined),
        ("4242424242424242", "pm_card_visa", Never, Never),
        ("378282246310005", "pm_card_amex_threeDSecureNotSupported", Never, Never),
        ("4000000032200000", NO_ID, ThenPaid, ThenPaid),
        ("4000582600000094", NO_ID, Never, Never),
        ("4000582600000045", NO_ID, Never, Never),
        ("4000582600000102", NO_ID, Never, Never),
        ("4000582600000110", NO_ID, Never, Never),
        ("4000000000001208", NO_ID, Never, Never),
        ("4000000000003725", NO_ID, Never, Never),
    ];
    let mut shop = Shop::new();
    for (number, id, plain, requested) in rows {
        for card in both(number, id) {
            assert_asks(&mut shop, card, "", plain);
            assert_asks(&mut shop, card, "payment_method_options[card][request_three_d_secure]=any", requested);
        }
    }
}

fn assert_asks(shop: &mut Shop, card: &str, more: &str, expected: Asked) {
    let told = pay(shop, card, more);
    match expected {
        Asked::Never => {
            assert_eq!(told.text("status"), "succeeded", "{card} {more}");
            let result = told.at("latest_charge.payment_method_details.card.three_d_secure.result");
            assert_eq!(result.as_str(), (!more.is_empty()).then_some("attempt_acknowledged"), "{card}");
        }
        Asked::Declined => assert_eq!((told.status, told.text("error.code")), (402, "card_declined".into()), "{card}"),
        Asked::ThenPaid | Asked::ThenDeclined(_) => {
            assert_eq!(told.text("status"), "requires_action", "{card} {more}");
            let intent = told.text("id");
            assert_eq!(shop.authenticate(&intent, true).text("status"), "requires_confirmation", "{card}");
            let told = shop.confirm(&intent, "");
            if let Asked::ThenDeclined(code) = expected {
                assert_eq!((told.status, told.text("error.decline_code")), (402, code.into()), "{card}");
            } else {
                assert_eq!(told.text("status"), "succeeded", "{card}");
            }
        }
    }
}

#[test]
fn nobody_is_asked_on_the_phone_and_the_absent_are_declined() {
    let mut shop = Shop::new();
    let moto = pay(&mut shop, "4000002760003184", "payment_method_options[card][moto]=true");
    assert_eq!(moto.text("status"), "succeeded");
    for (card, code) in [
        ("4000002760003184", Some("authentication_required")),
        ("4000002500003155", Some("authentication_required")),
        ("4000003800000446", None),
        ("4242424242424242", None),
    ] {
        let told = pay(&mut shop, card, "off_session=true");
        assert_eq!(told.at("error.code").as_str(), code, "{card}");
    }
}

#[test]
fn refunds_and_the_balance_turn_as_their_cards_say() {
    let mut shop = Shop::new();
    for (card, at_once, later) in [
        ("4000000000007726", "pending", "succeeded"),
        ("pm_card_pendingRefund", "pending", "succeeded"),
        ("4000000000005126", "succeeded", "failed"),
        ("pm_card_refundFail", "succeeded", "failed"),
        ("4242424242424242", "succeeded", "succeeded"),
    ] {
        let intent = pay(&mut shop, card, "").text("id");
        let refund = shop.post("/v1/refunds", &format!("payment_intent={intent}"));
        assert_eq!(refund.text("status"), at_once, "{card}");
        shop.later(600);
        assert_eq!(shop.get(&format!("/v1/refunds/{}", refund.text("id")), "").text("status"), later, "{card}");
    }
    for card in ["4000000000000077", "pm_card_bypassPending", "4000003720000278", "pm_card_bypassPendingInternational"]
    {
        let charge = pay(&mut shop, card, "").text("latest_charge.id");
        shop.later(10);
        let moved = shop.get("/v1/balance_transactions", &format!("source={charge}"));
        assert_eq!(moved.text("data.0.status"), "available", "{card}");
    }
}

#[test]
fn cards_that_dispute_do_so_on_their_grounds() {
    let rows = [
        ("4000000000000259", "pm_card_createDispute", "fraudulent", "needs_response"),
        ("4000000000002685", "pm_card_createDisputeProductNotReceived", "product_not_received", "needs_response"),
        ("4000000000001976", "pm_card_createDisputeInquiry", "general", "warning_needs_response"),
        ("4000000404000079", "pm_card_createMultipleDisputes", "product_not_received", "needs_response"),
        ("4000000404000038", "pm_card_createCe3EligibleDispute", "fraudulent", "needs_response"),
        ("4000008400000779", "pm_card_createComplianceDispute", "noncompliant", "needs_response"),
        ("5105008400000002", "pm_card_createMastercardComplianceDispute", "noncompliant", "needs_response"),
        ("4000000001000043", "pm_card_createAutoRepresentmentEligibleDispute", "fraudulent", "needs_response"),
    ];
    let mut shop = Shop::new();
    for (number, id, reason, status) in rows {
        for card in both(number, id) {
            let intent = pay(&mut shop, card, "").text("id");
            shop.later(10);
            let told = shop.get("/v1/disputes", &format!("payment_intent={intent}"));
            assert_eq!(
                (told.text("data.0.reason"), told.text("data.0.status")),
                (reason.into(), status.into()),
                "{card}"
            );
            assert_eq!(told.count(), if number == "4000000404000079" { 2 } else { 1 }, "{card}");
        }
    }
    for card in both("4000000000005423", "pm_card_createIssuerFraudRecord") {
        assert_eq!(pay(&mut shop, card, "").text("status"), "succeeded", "{card}");
    }
}

#[test]
fn no_published_number_and_no_published_id_is_unknown() {
    let Some(facts) = schema::shared_text("facts.md") else { return assert_eq!(COUNTRIES.split(", ").count(), 61) };
    let from = facts.find("\n## g. ").expect("section g");
    let until = facts[from + 1..].find("\n## ").map_or(facts.len(), |end| from + 1 + end);
    let mut shop = Shop::new();
    let mut seen = 0;
    for word in facts[from..until].split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')) {
        let number = (14..=19).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_digit());
        // One fails the checksum, and of one it is said that it was withdrawn.
        if number && !["4242424242424241", "30569309025904"].contains(&word) {
            assert_eq!(shop.type_card(word, "").status, 200, "{word}");
            seen += 1;
        } else if word.starts_with("pm_card_") && word.len() > "pm_card_".len() {
            assert_ne!(pay(&mut shop, word, "").at("error.code").as_str(), Some("resource_missing"), "{word}");
            seen += 1;
        }
    }
    assert!(seen > 150, "{seen}");
}
