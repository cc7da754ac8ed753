//! What the pages may ask for. Each command is one call long; which window may use it stands in
//! `permissions/`; its errors are `ProblemCode`s, with words for each in `ui/src/problems.ts`.
#![allow(clippy::missing_errors_doc, reason = "the line above")]

pub mod books;
pub mod card;
pub mod settings;
pub mod till;
