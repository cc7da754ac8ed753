//! The ways a bank says no, with the words that Stripe answers for each.

use serde::{Deserialize, Serialize};

/// Why an attempt with a card did not go through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Decline {
    Generic,
    InsufficientFunds,
    LostCard,
    StolenCard,
    ExpiredCard,
    IncorrectCvc,
    IncorrectNumber,
    /// A rule of the merchant blocks what fails a check.
    IncorrectZip,
    CvcCheckFailed,
    ProcessingError,
    VelocityExceeded,
    /// Stopped by Radar before it reached the bank.
    Fraudulent,
    AuthenticationRequired,
    /// The customer authenticated, and more than an hour went by.
    AttemptExpired,
    /// A real card number with a test key.
    LiveCard,
    InvalidMonth,
    InvalidYear,
    InvalidCvc,
    InvalidNumber,
}

/// One decline as the API tells it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Words {
    pub(crate) code: &'static str,
    pub(crate) decline_code: Option<&'static str>,
    pub(crate) message: &'static str,
    pub(crate) param: Option<&'static str>,
    pub(crate) advice: Option<&'static str>,
    pub(crate) network_advice: Option<&'static str>,
    pub(crate) network_decline: Option<&'static str>,
    /// For the merchant only.
    pub(crate) seller_message: &'static str,
}

const DECLINED: &str = "Your card was declined.";
const NO_DETAILS: &str = "The bank did not return any further details with this decline.";
const AGAIN: Option<&str> = Some("try_again_later");
const NEVER: Option<&str> = Some("do_not_try_again");
const CONFIRM: Option<&str> = Some("confirm_card_data");

const fn declined(decline_code: &'static str) -> Words {
    Words {
        code: "card_declined",
        decline_code: Some(decline_code),
        message: DECLINED,
        param: None,
        advice: None,
        network_advice: None,
        network_decline: None,
        seller_message: NO_DETAILS,
    }
}

/// A decline whose code and decline code are the same word.
const fn coded(code: &'static str, message: &'static str, param: Option<&'static str>) -> Words {
    Words { code, decline_code: Some(code), message, param, ..declined(code) }
}

/// Card data that is wrong before any bank sees it.
const fn wrong(code: &'static str, message: &'static str, param: &'static str) -> Words {
    Words { code, decline_code: None, message, param: Some(param), ..declined(code) }
}

const fn network(
    words: Words,
    advice: Option<&'static str>,
    network_advice: Option<&'static str>,
    network_decline: &'static str,
) -> Words {
    Words { advice, network_advice, network_decline: Some(network_decline), ..words }
}

impl Decline {
    pub(crate) const fn words(self) -> Words {
        match self {
            Self::Generic => network(declined("generic_decline"), AGAIN, None, "01"),
            Self::InsufficientFunds => Words {
                message: "Your card has insufficient funds.",
                seller_message: "The bank returned the decline code `insufficient_funds`.",
                ..network(declined("insufficient_funds"), AGAIN, Some("02"), "51")
            },
            Self::LostCard => Words {
                seller_message: "The bank returned the decline code `lost_card`.",
                ..network(declined("lost_card"), NEVER, Some("01"), "41")
            },
            Self::StolenCard => Words {
                seller_message: "The bank returned the decline code `stolen_card`.",
                ..network(declined("stolen_card"), NEVER, Some("01"), "43")
            },
            Self::VelocityExceeded => Words {
                message: "Your card was declined for making repeated attempts too frequently or exceeding its amount limit.",
                seller_message: "The bank returned the decline code `card_velocity_exceeded`.",
                ..network(declined("card_velocity_exceeded"), AGAIN, Some("02"), "61")
            },
            Self::ExpiredCard => {
                network(coded("expired_card", "Your card has expired.", Some("exp_month")), CONFIRM, Some("03"), "54")
            }
            Self::IncorrectCvc => network(
                coded("incorrect_cvc", "Your card's security code is incorrect.", Some("cvc")),
                CONFIRM,
                Some("03"),
                "N7",
            ),
            Self::ProcessingError => network(
                coded(
                    "processing_error",
                    "An error occurred while processing your card. Try again in a little bit.",
                    None,
                ),
                AGAIN,
                None,
                "06",
            ),
            Self::Fraudulent => {
                Words { seller_message: "Stripe blocked this payment as too risky.", ..declined("fraudulent") }
            }
            Self::AuthenticationRequired => Words {
                seller_message: "The bank requested authentication.",
                ..coded(
                    "authentication_required",
                    "Your card was declined. This transaction requires authentication.",
                    None,
                )
            },
            Self::AttemptExpired => Words {
                decline_code: None,
                ..coded(
                    "payment_intent_payment_attempt_expired",
                    "The latest payment attempt of this PaymentIntent has expired. Provide a new payment method to try again.",
                    None,
                )
            },
            Self::LiveCard => Words {
                message: "Your card was declined. Your request was in test mode, but used a non test card. For a list of valid test cards, visit: https://stripe.com/docs/testing.",
                ..declined("test_mode_live_card")
            },
            Self::IncorrectZip => wrong(
                "incorrect_zip",
                "Your card could not be authorized using the postal code provided. Please update the postal code, or contact your card issuer for further details.",
                "address_zip",
            ),
            Self::CvcCheckFailed => wrong("incorrect_cvc", "Your card's security code is incorrect.", "cvc"),
            Self::IncorrectNumber => wrong("incorrect_number", "Your card number is incorrect.", "number"),
            Self::InvalidNumber => {
                wrong("invalid_number", "The card number is not a valid credit card number.", "number")
            }
            Self::InvalidMonth => {
                wrong("invalid_expiry_month", "Your card's expiration month is invalid.", "exp_month")
            }
            Self::InvalidYear => wrong("invalid_expiry_year", "Your card's expiration year is invalid.", "exp_year"),
            Self::InvalidCvc => wrong("invalid_cvc", "Your card's security code is invalid.", "cvc"),
        }
    }
}
