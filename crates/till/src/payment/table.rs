//! Where a payment can stand, and which fact takes it where. Everything else in this crate asks this table.

use crate::entry::Kind;
use serde::{Deserialize, Serialize};

/// Where a payment stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Phase {
    /// The total is fixed, nothing is asked of Stripe yet.
    Frozen,
    /// The PaymentIntent is being created.
    Preparing,
    /// A card may be typed.
    Ready,
    /// A card is at Stripe.
    Confirming,
    /// The bank is asking the customer.
    Authenticating,
    /// The second confirm is at Stripe.
    Finishing,
    /// Stripe is still at it.
    Processing,
    /// Nobody knows yet whether the card was charged.
    Unknown,
    /// Not charged so far; a person decides.
    Paused,
    /// A cancel is at Stripe.
    Cancelling,
    /// The bank holds the money for us.
    Authorised,
    /// A capture is at Stripe.
    Capturing,
    /// Final.
    Paid,
    /// Final: never charged, and never will be.
    Void,
    /// A person has to mend something first.
    Blocked,
}

/// The transition table: the phase after a fact, or none where that history is impossible.
#[rustfmt::skip]
#[allow(clippy::too_many_lines)] // One table, in one place, is the point.
pub fn next(from: Phase, kind: Kind) -> Option<Phase> {
    use Phase::{Authenticating, Authorised, Blocked, Cancelling, Capturing, Confirming, Finishing, Frozen, Paid, Paused,
                Preparing, Processing, Ready, Unknown, Void};
    match kind {
        // The first entry makes the payment; it never comes again.
        Kind::SaleFrozen => None,
        Kind::GenerationBegun => match from {
            Frozen | Paused => Some(Preparing),
            Preparing | Ready | Confirming | Authenticating | Finishing | Processing | Unknown | Cancelling | Authorised
            | Capturing | Paid | Void | Blocked => None,
        },
        Kind::CreateRetried => match from {
            Preparing => Some(Preparing),
            Frozen | Ready | Confirming | Authenticating | Finishing | Processing | Unknown | Paused | Cancelling
            | Authorised | Capturing | Paid | Void | Blocked => None,
        },
        Kind::IntentCreated => match from {
            Preparing => Some(Ready),
            Frozen | Ready | Confirming | Authenticating | Finishing | Processing | Unknown | Paused | Cancelling
            | Authorised | Capturing | Paid | Void | Blocked => None,
        },
        Kind::AttemptBegun => match from {
            Ready => Some(Confirming),
            Frozen | Preparing | Confirming | Authenticating | Finishing | Processing | Unknown | Paused | Cancelling
            | Authorised | Capturing | Paid | Void | Blocked => None,
        },
        Kind::Declined => match from {
            Confirming | Authenticating | Finishing => Some(Ready),
            Frozen | Preparing | Ready | Processing | Unknown | Paused | Cancelling | Authorised | Capturing | Paid | Void
            | Blocked => None,
        },
        Kind::AttemptRejected => match from {
            Confirming => Some(Ready),
            Frozen | Preparing | Ready | Authenticating | Finishing | Processing | Unknown | Paused | Cancelling
            | Authorised | Capturing | Paid | Void | Blocked => None,
        },
        Kind::AuthenticationWanted => match from {
            Confirming | Finishing => Some(Authenticating),
            Frozen | Preparing | Ready | Authenticating | Processing | Unknown | Paused | Cancelling | Authorised
            | Capturing | Paid | Void | Blocked => None,
        },
        Kind::FinishBegun => match from {
            Authenticating => Some(Finishing),
            Frozen | Preparing | Ready | Confirming | Finishing | Processing | Unknown | Paused | Cancelling | Authorised
            | Capturing | Paid | Void | Blocked => None,
        },
        Kind::ProcessingSeen => match from {
            Confirming | Authenticating | Finishing | Unknown | Paused | Cancelling | Capturing | Blocked => Some(Processing),
            Frozen | Preparing | Ready | Processing | Authorised | Paid | Void => None,
        },
        Kind::OutcomeUnknown => match from {
            Confirming | Finishing => Some(Unknown),
            Frozen | Preparing | Ready | Authenticating | Processing | Unknown | Paused | Cancelling | Authorised | Capturing
            | Paid | Void | Blocked => None,
        },
        Kind::Paused => match from {
            Frozen | Ready | Authenticating | Processing | Unknown | Authorised | Capturing | Blocked => Some(Paused),
            Preparing | Confirming | Finishing | Paused | Cancelling | Paid | Void => None,
        },
        Kind::Continued => match from {
            Paused => Some(Ready),
            Frozen | Preparing | Ready | Confirming | Authenticating | Finishing | Processing | Unknown | Cancelling
            | Authorised | Capturing | Paid | Void | Blocked => None,
        },
        Kind::CancelBegun => match from {
            Ready | Authenticating | Unknown | Paused | Cancelling | Authorised | Blocked => Some(Cancelling),
            Frozen | Preparing | Confirming | Finishing | Processing | Capturing | Paid | Void => None,
        },
        Kind::GenerationClosed => match from {
            Preparing | Ready | Confirming | Authenticating | Finishing | Processing | Unknown | Paused | Cancelling
            | Authorised | Capturing | Blocked => Some(Paused),
            Frozen | Paid | Void => None,
        },
        Kind::Voided => match from {
            Paused => Some(Void),
            Frozen | Preparing | Ready | Confirming | Authenticating | Finishing | Processing | Unknown | Cancelling
            | Authorised | Capturing | Paid | Void | Blocked => None,
        },
        Kind::Authorised => match from {
            Ready | Confirming | Authenticating | Finishing | Processing | Unknown | Paused | Cancelling | Capturing
            | Blocked => Some(Authorised),
            Frozen | Preparing | Authorised | Paid | Void => None,
        },
        Kind::CaptureBegun => match from {
            Authorised => Some(Capturing),
            Frozen | Preparing | Ready | Confirming | Authenticating | Finishing | Processing | Unknown | Paused
            | Cancelling | Capturing | Paid | Void | Blocked => None,
        },
        Kind::Paid => match from {
            Ready | Confirming | Authenticating | Finishing | Processing | Unknown | Paused | Cancelling | Authorised
            | Capturing | Blocked => Some(Paid),
            Frozen | Preparing | Paid | Void => None,
        },
        Kind::Blocked => match from {
            Preparing | Ready | Confirming | Authenticating | Finishing | Processing | Unknown | Paused | Cancelling
            | Authorised | Capturing => Some(Blocked),
            Frozen | Paid | Void | Blocked => None,
        },
        Kind::ReceiptIssued => match from {
            Authorised | Paid => Some(from),
            Frozen | Preparing | Ready | Confirming | Authenticating | Finishing | Processing | Unknown | Paused
            | Cancelling | Capturing | Void | Blocked => None,
        },
        Kind::IntentAdopted => match from {
            Preparing | Paused | Blocked => Some(Paused),
            Frozen | Ready | Confirming | Authenticating | Finishing | Processing | Unknown | Cancelling | Authorised
            | Capturing | Paid | Void => None,
        },
        // Money taken for a sale that is void here is given back, too; and an older copy of the journal learns of a refund
        // before it knows that the sale is paid.
        Kind::Refund | Kind::ChargeSeen | Kind::Seen | Kind::FromOlderCopy => Some(from),
    }
}

impl Phase {
    /// Every phase, for walks over the whole table.
    pub const ALL: [Self; 15] = [
        Self::Frozen,
        Self::Preparing,
        Self::Ready,
        Self::Confirming,
        Self::Authenticating,
        Self::Finishing,
        Self::Processing,
        Self::Unknown,
        Self::Paused,
        Self::Cancelling,
        Self::Authorised,
        Self::Capturing,
        Self::Paid,
        Self::Void,
        Self::Blocked,
    ];

    /// Paid and Void: nothing moves the payment any more.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Paid | Self::Void)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_leaves_a_final_phase() {
        for phase in [Phase::Paid, Phase::Void] {
            for kind in Kind::ALL {
                assert!(next(phase, kind).is_none_or(|to| to == phase), "{phase:?} {kind:?}");
            }
        }
    }

    #[test]
    fn a_card_is_confirmed_only_from_ready_and_a_sale_is_voided_only_behind_a_fence() {
        for from in Phase::ALL {
            assert_eq!(next(from, Kind::AttemptBegun).is_some(), from == Phase::Ready);
            assert_eq!(next(from, Kind::Voided).is_some(), from == Phase::Paused);
            assert_eq!(next(from, Kind::GenerationBegun).is_some(), matches!(from, Phase::Frozen | Phase::Paused));
        }
    }

    #[test]
    fn every_phase_but_the_final_ones_has_a_way_out_and_all_but_the_first_a_way_in() {
        for phase in Phase::ALL {
            let out = Kind::ALL.iter().filter_map(|&kind| next(phase, kind)).any(|to| to != phase);
            assert_eq!(out, !phase.is_final(), "{phase:?}");
            let reached = |from: Phase| Kind::ALL.iter().any(|&kind| from != phase && next(from, kind) == Some(phase));
            assert_eq!(Phase::ALL.into_iter().any(reached), phase != Phase::Frozen, "{phase:?}");
        }
    }
}
