//! Sales, payments and their journal: a sale is paid once, or not at all.
//!
//! What is absent here: HTTP, Tauri, and in the pure files (`money`, `sale`, `card_number`, `facts`, `entry`, `books`, `evidence`, `payment`,
//! `refund`, `sweep`) also clocks, chance, SQL and `async`. [`payment::step`] decides, [`journal`] remembers, [`cashier`] does both in that
//! order, [`desk`] carries requests to Stripe and answers back.

pub mod books;
pub mod card_number;
pub mod cashier;
pub mod desk;
pub mod entry;
pub mod evidence;
pub mod facts;
pub mod journal;
#[cfg(test)]
mod made;
pub mod money;
pub mod payment;
pub mod refund;
pub mod sale;
pub mod sweep;
