//! Setup intents: a card is prepared for charges to come, and none is made.

mod attempt_view;
mod confirm;
mod read;
mod record;
mod tables;
mod view;
mod write;

pub(crate) use confirm::{answer_question, confirm};
pub(crate) use read::{list, retrieve};
pub(crate) use record::{Setup, SetupMoment};
pub(crate) use view::SetupView;
pub(crate) use write::{cancel, create, update};
