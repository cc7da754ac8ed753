//! How a test card behaves, and what therefore happens to an attempt: pure, so a table can test it.

use serde::{Deserialize, Serialize};

use super::decline::Decline;
use super::later::Later;

/// When the card's bank wants the customer to authenticate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Asks {
    Never,
    /// On every payment, and it refuses when nobody is there to answer.
    Always,
    /// As `Always`, until the card is set up: then it works in the customer's absence.
    UntilSetUp,
    /// With the customer present only: the card is already set up for charges without them.
    WhenPresent,
    /// Wants 3-D Secure, and is content without a challenge.
    Frictionless,
    /// Only if the merchant requests it.
    IfRequested,
    /// Works until the merchant requests it: the directory then answers with an error.
    ErrorIfRequested,
    /// The directory answers with an error at every payment.
    Error,
}

/// The bank's word once it is asked for the money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Bank {
    Approves,
    Declines(Decline),
    /// Lets the card be saved and then declines every payment.
    DeclinesPayments(Decline),
}

/// Radar's opinion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Risk {
    Normal,
    Elevated,
    /// Blocked before the bank hears of it.
    Highest,
}

/// A setting of Radar that the card behaves differently under.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Setting {
    #[default]
    None,
    /// Blocked where the threshold of risk moves with the payment.
    DynamicThreshold,
    /// Blocked where abuse of free trials is looked for.
    FreeTrialAbuse,
    /// Asked for 3-D Secure where Radar may do so.
    AdaptiveThreeDs,
}

/// The result of one check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Check {
    Pass,
    Fail,
    Unavailable,
    Unchecked,
}

/// Everything that makes one test card different from another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Conduct {
    pub(crate) asks: Asks,
    pub(crate) bank: Bank,
    pub(crate) risk: Risk,
    /// What each check says *if* the customer supplied the value.
    pub(crate) line1: Check,
    pub(crate) postal_code: Check,
    pub(crate) cvc: Check,
    pub(crate) later: Later,
    #[serde(default)]
    pub(crate) setting: Setting,
}

/// What is known when an attempt begins or goes on.
#[allow(clippy::struct_excessive_bools, reason = "independent facts, each a yes or no")]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Circumstances {
    /// Taken by mail or telephone: nobody can be asked.
    pub(crate) moto: bool,
    /// The customer is absent.
    pub(crate) off_session: bool,
    /// The merchant requested 3-D Secure.
    pub(crate) requested: bool,
    /// The customer has just authenticated.
    pub(crate) authenticated: bool,
    /// The card was prepared for charges in the customer's absence.
    pub(crate) set_up: bool,
    /// The setting that the card is about is switched on.
    pub(crate) setting: bool,
    /// The merchant's own rule that the payment meets.
    pub(crate) blocked: Option<Decline>,
}

/// What happens next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Course {
    Approved,
    Declined(Decline),
    /// The customer is asked; `frictionless` answers itself.
    Asked {
        frictionless: bool,
    },
}

/// Decides an attempt.
pub(crate) fn course(conduct: Conduct, seen: Circumstances) -> Course {
    let by_setting = seen.setting && conduct.setting != Setting::AdaptiveThreeDs;
    if conduct.risk == Risk::Highest || by_setting {
        return Course::Declined(Decline::Fraudulent);
    }
    if let Some(decline) = seen.blocked {
        return Course::Declined(decline);
    }
    let verdict = match conduct.bank {
        Bank::Approves => Course::Approved,
        Bank::Declines(decline) | Bank::DeclinesPayments(decline) => Course::Declined(decline),
    };
    if seen.moto || seen.authenticated {
        return verdict;
    }
    if seen.setting && !seen.off_session {
        return Course::Asked { frictionless: false };
    }
    match (conduct.asks, seen.off_session, seen.requested) {
        (Asks::Error, ..) | (Asks::ErrorIfRequested, false, true) => Course::Declined(Decline::Generic),
        (Asks::UntilSetUp, true, _) if seen.set_up => verdict,
        (Asks::Always | Asks::UntilSetUp, true, _) => Course::Declined(Decline::AuthenticationRequired),
        (Asks::Always | Asks::UntilSetUp | Asks::WhenPresent, false, _) | (Asks::IfRequested, false, true) => {
            Course::Asked { frictionless: false }
        }
        (Asks::Frictionless, false, _) => Course::Asked { frictionless: true },
        (Asks::Never | Asks::WhenPresent | Asks::Frictionless | Asks::IfRequested | Asks::ErrorIfRequested, ..) => {
            verdict
        }
    }
}

impl Conduct {
    /// What the bank says against saving the card with a customer.
    ///
    /// A bank that wants the customer to authenticate says nothing before they do.
    pub(crate) fn declines_saving(self) -> Option<Decline> {
        match (self.bank, self.asks) {
            (Bank::Declines(decline), Asks::Never) => Some(decline),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cards::by_number;

    #[test]
    fn each_card_takes_the_course_that_stripe_documents() {
        let present = Circumstances::default();
        let moto = Circumstances { moto: true, ..present };
        let absent = Circumstances { off_session: true, ..present };
        let requested = Circumstances { requested: true, ..present };
        let done = Circumstances { authenticated: true, ..present };
        let asked = Course::Asked { frictionless: false };
        let cases = [
            ("4242424242424242", present, Course::Approved),
            ("4242424242424242", requested, Course::Approved),
            ("4000000000009995", present, Course::Declined(Decline::InsufficientFunds)),
            ("4000002760003184", present, asked),
            ("4000002760003184", moto, Course::Approved),
            ("4000002760003184", absent, Course::Declined(Decline::AuthenticationRequired)),
            ("4000002760003184", done, Course::Approved),
            ("4000002500003155", present, asked),
            ("4000002500003155", absent, Course::Declined(Decline::AuthenticationRequired)),
            ("4000002500003155", Circumstances { set_up: true, ..absent }, Course::Approved),
            (
                "4000002760003184",
                Circumstances { set_up: true, ..absent },
                Course::Declined(Decline::AuthenticationRequired),
            ),
            ("4000000000000341", present, Course::Declined(Decline::Generic)),
            ("4000003800000446", present, asked),
            ("4000003800000446", absent, Course::Approved),
            ("4000008260003178", done, Course::Declined(Decline::InsufficientFunds)),
            ("4000008400001629", done, Course::Declined(Decline::Generic)),
            ("4000008400001280", present, Course::Declined(Decline::Generic)),
            ("4000000000003055", present, Course::Approved),
            ("4000000000003055", requested, asked),
            ("4000000000003097", requested, Course::Declined(Decline::Generic)),
            ("4000000032200000", present, Course::Asked { frictionless: true }),
            ("4100000000000019", moto, Course::Declined(Decline::Fraudulent)),
        ];
        for (number, seen, expected) in cases {
            let conduct = by_number(number).map(|card| card.conduct);
            assert_eq!(conduct.map(|conduct| course(conduct, seen)), Some(expected), "{number} {seen:?}");
        }
    }
}
