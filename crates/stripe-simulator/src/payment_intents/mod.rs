//! Payment intents: the life of one promise to pay.
//!
//! ```text
//! requires_payment_method ⇄ requires_confirmation ─confirm→ succeeded | requires_capture | requires_action | declined
//! requires_action ─authenticated→ requires_confirmation (manual) or charged at once (automatic)
//! requires_action ─refused→ requires_payment_method        declined → requires_payment_method
//! requires_capture ─capture→ succeeded                      anything unpaid ─cancel→ canceled
//! ```

mod attempt;
mod authenticate;
mod change;
mod confirm;
mod create;
mod error_view;
mod extras;
mod finish;
mod increment;
mod moment;
mod read;
mod record;
mod search;
mod tables;
mod update;
mod view;

pub(crate) use authenticate::{authenticate, authenticate_by_hand};
pub(crate) use change::{check_types, method_for_intent};
pub(crate) use confirm::{check_return_url, confirm, redirect};
pub(crate) use create::create;
pub(crate) use error_view::LastErrorView;
pub(crate) use extras::{Extras, Shipping, apply as apply_extras, check as check_extras};
pub(crate) use finish::{cancel, capture, lapse};
pub(crate) use increment::increment;
pub(crate) use moment::IntentMoment;
pub(crate) use read::{list, retrieve};
pub(crate) use record::{Action, Cause, Intent, LastError};
pub(crate) use search::search;
pub(crate) use tables::{MANDATE_DATA, SHIPPING};
pub(crate) use update::update;
pub(crate) use view::{AutomaticView, IntentView, next_action};
