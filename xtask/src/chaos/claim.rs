//! What a screen says about money, sentence by sentence.

use super::screen::{Screen, Spot};

/// What is said of a payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Says {
    /// The customer was charged.
    Charged,
    /// They were not, and will not be.
    NotCharged,
    /// They were not when Stripe was last heard.
    NotSoFar,
    /// The money is reserved.
    Held,
    /// Nobody knows yet.
    Unknown,
    /// So much was given back, or is on its way.
    Refunded(i64),
    /// The card with these last four digits was charged.
    Card(u32),
}

/// One thing said of the payment with one amount, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Claim {
    pub(super) amount: i64,
    pub(super) says: Says,
    pub(super) place: String,
    pub(super) words: String,
}

/// How a line begins, and what it says.
const BEGINNINGS: [(&str, Says); 14] = [
    ("Paid while ", Says::Charged),
    ("Paid, receipt", Says::Charged),
    ("The customer was charged", Says::Charged),
    ("The customer was not charged", Says::NotCharged),
    ("Nothing was charged", Says::NotCharged),
    ("Cancelled. Nothing was charged", Says::NotCharged),
    ("Not charged so far", Says::NotSoFar),
    ("Stripe has not charged the customer so far", Says::NotSoFar),
    ("Authorised. ", Says::Held),
    ("We don't know yet", Says::Unknown),
    ("Still not known", Says::Unknown),
    ("Not known yet. ", Says::Unknown),
    ("It is not known yet", Says::Unknown),
    ("The bank has not decided yet", Says::Unknown),
];

/// Whole lines: headlines, and the words of a list.
const LINES: [(&str, Says); 11] = [
    ("Approved", Says::Charged),
    ("Paid", Says::Charged),
    ("Disputed", Says::Charged),
    ("Cancelled", Says::NotCharged),
    ("No card charged", Says::NotCharged),
    ("Not charged yet", Says::NotSoFar),
    ("Declined", Says::NotSoFar),
    ("Authorised", Says::Held),
    ("Not known yet", Says::Unknown),
    ("Still with the bank", Says::Unknown),
    ("With the bank", Says::Unknown),
];

/// Every claim on a screen, each once.
pub(super) fn claims(screen: &Screen) -> Vec<Claim> {
    let mut found: Vec<Claim> = Vec::new();
    for claim in screen.spots().flat_map(of) {
        if !found.iter().any(|other| other.amount == claim.amount && other.says == claim.says) {
            found.push(claim);
        }
    }
    found
}

/// What one place says, by its state where that is final, and by each of its lines.
fn of(spot: &Spot) -> Vec<Claim> {
    let Some(amount) = minor(&spot.amount) else { return Vec::new() };
    let claim = |says, words: &str| Claim { amount, says, place: spot.place.clone(), words: words.to_owned() };
    let mut claims: Vec<Claim> = by_state(&spot.state).map(|says| claim(says, &spot.state)).into_iter().collect();
    for line in spot.words.lines().map(str::trim) {
        claims.extend(says(line, amount).map(|says| claim(says, line)));
    }
    if claims.iter().any(|claim| claim.says == Says::Charged) {
        claims.extend(last_four(&spot.words).map(|four| claim(Says::Card(four), "the card's last four")));
    }
    let back: i64 = spot
        .refunds
        .iter()
        .filter(|(state, _)| state == "succeeded" || state == "pending")
        .filter_map(|(_, amount)| minor(amount))
        .sum();
    if back > 0 {
        claims.push(claim(Says::Refunded(back), "the list of refunds"));
    }
    claims
}

fn by_state(state: &str) -> Option<Says> {
    match state {
        "paid" => Some(Says::Charged),
        "void" => Some(Says::NotCharged),
        "authorised" => Some(Says::Held),
        "unknown" | "processing" => Some(Says::Unknown),
        _ => None,
    }
}

fn says(line: &str, amount: i64) -> Option<Says> {
    if let Some(back) = line.strip_suffix(" of it was refunded.") {
        return minor(back).map(Says::Refunded);
    }
    match line {
        "Refunded" => return Some(Says::Refunded(amount)),
        "Part refunded" => return Some(Says::Refunded(1)),
        _ => {}
    }
    let whole = LINES.iter().find(|(whole, _)| *whole == line);
    whole.or_else(|| BEGINNINGS.iter().find(|(begin, _)| line.starts_with(begin))).map(|(_, says)| *says)
}

/// The digits that a card ends with.
fn last_four(words: &str) -> Option<u32> {
    words.split(" ending ").nth(1)?.get(..4)?.parse().ok()
}

/// Minor units of the first figure in a text with two decimals: `$1,234.50 USD` is 123450.
pub(super) fn minor(text: &str) -> Option<i64> {
    let figure: String = text
        .chars()
        .skip_while(|c| !c.is_ascii_digit())
        .take_while(|c| c.is_ascii_digit() || *c == ',' || *c == '.')
        .filter(|c| *c != ',')
        .collect();
    let (whole, cents) = figure.trim_end_matches('.').split_once('.')?;
    if cents.len() != 2 {
        return None;
    }
    format!("{whole}{cents}").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spot(place: &str, state: &str, words: &str) -> Spot {
        Spot {
            place: place.into(),
            state: state.into(),
            number: "K-1042".into(),
            amount: "$23.45".into(),
            words: words.into(),
            refunds: Vec::new(),
        }
    }

    fn said(place: &str, state: &str, words: &str) -> Vec<Says> {
        of(&spot(place, state, words)).into_iter().map(|claim| claim.says).collect()
    }

    #[test]
    fn amounts_are_read_as_they_are_written() {
        let table = [
            ("$23.45", Some(2_345)),
            ("$1,234.50 USD", Some(123_450)),
            ("Charge $0.07 ⏎", Some(7)),
            ("$12.00.", Some(1_200)),
            ("12", None),
            ("", None),
        ];
        for (text, expected) in table {
            assert_eq!(minor(text), expected, "{text}");
        }
    }

    #[test]
    fn each_sentence_about_money_is_a_claim() {
        let table = [
            ("Approved", Says::Charged),
            ("Paid while Keytill was closed, receipt not printed yet.", Says::Charged),
            ("The customer was charged.", Says::Charged),
            ("The customer was not charged.", Says::NotCharged),
            ("Nothing was charged.", Says::NotCharged),
            ("Cancelled. Nothing was charged.", Says::NotCharged),
            ("Not charged so far. Continue with a card, or cancel it.", Says::NotSoFar),
            ("Stripe has not charged the customer so far. Continue with a card, or cancel this sale.", Says::NotSoFar),
            ("Not charged yet", Says::NotSoFar),
            ("Declined", Says::NotSoFar),
            ("Authorised. Capture before Friday.", Says::Held),
            ("We don't know yet whether the card was charged. Next look in 3 s.", Says::Unknown),
            ("Not known yet. Keytill is asking Stripe.", Says::Unknown),
            ("$3.05 of it was refunded.", Says::Refunded(305)),
            ("Refunded", Says::Refunded(2_345)),
            ("Part refunded", Says::Refunded(1)),
        ];
        for (line, expected) in table {
            assert_eq!(said("panel", "", line), [expected], "{line}");
        }
        for silent in ["Waiting for the card", "Making sure with Stripe that nothing is charged.", "Payment K-1042", ""]
        {
            assert_eq!(said("panel", "", silent), [], "{silent}");
        }
    }

    #[test]
    fn a_state_claims_as_much_as_its_words() {
        assert_eq!(said("row", "void", "Cancelled"), [Says::NotCharged, Says::NotCharged]);
        assert_eq!(said("panel", "paid", "Refunded\nVisa 4242"), [Says::Charged, Says::Refunded(2_345)]);
        assert_eq!(said("card", "confirming", "Charging $23.45 …"), []);
        assert_eq!(said("found", "paused", "Not known yet. Keytill is asking Stripe."), [Says::Unknown]);
    }

    #[test]
    fn a_card_is_claimed_where_it_was_charged_and_nowhere_else() {
        let line = "Visa ending 4242, 14:03. Receipt K-1042.";
        assert_eq!(said("panel", "paid", line), [Says::Charged, Says::Card(4_242)]);
        assert_eq!(said("panel", "confirming", line), []);
    }

    #[test]
    fn refunds_that_are_certain_add_up() {
        let refund = |state: &str, amount: &str| (state.to_owned(), amount.to_owned());
        let refunds = vec![
            refund("succeeded", "$1.00"),
            refund("pending", "$0.50"),
            refund("unknown", "$9.00"),
            refund("rejected", "$2.00"),
        ];
        let claims = of(&Spot { refunds, ..spot("detail", "", "Paid") });
        assert_eq!(claims.last().map(|claim| claim.says), Some(Says::Refunded(150)));
    }

    #[test]
    fn the_same_said_in_two_places_is_one_claim() {
        let mut screen = Screen::default();
        screen.till.spots = vec![spot("row", "paid", "Paid"), spot("panel", "paid", "Approved")];
        let claims = claims(&screen);
        assert_eq!(claims.len(), 1, "{claims:?}");
        assert_eq!((claims[0].amount, claims[0].place.as_str()), (2_345, "row"));
    }
}
