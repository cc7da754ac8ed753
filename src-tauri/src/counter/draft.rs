//! The sale being rung up. It lives in memory: nothing is owed until it is frozen.

use till::card_number::holds_card_number;
use till::sale::{LONGEST_NOTE, SaleId, number_name};

use crate::counter::Answer;
use crate::view::{DraftView, Problem, ProblemCode};

#[derive(Debug, Clone, Default)]
pub struct Draft {
    pub sale: Option<SaleId>,
    pub number: u32,
    /// Minor units.
    pub total: i64,
    pub note: String,
    pub phone_order: bool,
    pub authorise_only: bool,
}

impl Draft {
    pub fn new(sale: SaleId, number: u32) -> Self {
        Self { sale: Some(sale), number, ..Self::default() }
    }

    /// The one after it; `sticky`: it keeps the switch for phone orders.
    pub fn next(&self, sale: SaleId, number: u32, sticky: bool) -> Self {
        Self { phone_order: sticky && self.phone_order, ..Self::new(sale, number) }
    }

    /// Replaces the content of the draft that the page has before it.
    pub fn ring_up(
        &mut self,
        sale: &str,
        total: i64,
        note: &str,
        phone_order: bool,
        authorise_only: bool,
    ) -> Answer<()> {
        if !self.is(sale) {
            return Err(Problem::new(ProblemCode::UnknownSale));
        }
        if note.chars().count() > LONGEST_NOTE {
            return Err(Problem::new(ProblemCode::NoteTooLong));
        }
        if holds_card_number(note) {
            return Err(Problem::new(ProblemCode::CardNumberInText));
        }
        *self = Self { total, note: note.trim().to_owned(), phone_order, authorise_only, ..*self };
        Ok(())
    }

    pub fn is(&self, sale: &str) -> bool {
        self.sale.is_some_and(|id| id.to_string() == sale)
    }

    pub fn view(&self) -> DraftView {
        DraftView {
            sale_id: self.sale.map(|sale| sale.to_string()).unwrap_or_default(),
            number: number_name(self.number),
            total: self.total,
            note: self.note.clone(),
            phone_order: self.phone_order,
            authorise_only: self.authorise_only,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The page refuses it at the last digit; whatever reaches this side is refused here, by the same rule.
    #[test]
    fn a_card_number_in_the_note_is_refused_wherever_the_page_would_refuse_it() {
        let texts: serde_json::Value = serde_json::from_str(include_str!("../../../ui/src/cardNumbers.json")).unwrap();
        let sale = SaleId::from_bits(1);
        let rung_up = |text: &serde_json::Value| {
            let mut draft = Draft::new(sale, 1);
            let answer = draft.ring_up(&sale.to_string(), 500, text.as_str().unwrap(), false, false);
            (answer.err().map(|problem| problem.code), draft.note)
        };
        let (refused, taken) = (texts["refused"].as_array().unwrap(), texts["taken"].as_array().unwrap());
        assert!(refused.len() >= 25 && taken.len() >= 25);
        for text in refused {
            assert_eq!(rung_up(text), (Some(ProblemCode::CardNumberInText), String::new()), "{text}");
        }
        for text in taken {
            assert_eq!(rung_up(text).0, None, "{text}");
        }
    }
}
