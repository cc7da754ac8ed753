//! What a sale is going to be, as the seed says.

use super::dice::Dice;
use crate::desk::{BankDialog, Card};

/// A prime above any number of sales: each gets an amount of its own.
const AMOUNTS: u64 = 9_973;

/// One sale, and what its customer and cashier are like.
#[derive(Debug, Clone)]
pub(super) struct Sale {
    pub(super) amount: i64,
    /// The last of them pays in the end.
    pub(super) cards: Vec<Card>,
    pub(super) bank: BankDialog,
    pub(super) authorise_only: bool,
    /// What was authorised is taken, or else given back.
    pub(super) capture: bool,
    /// The card window is closed once, before a card is in it.
    pub(super) closes: bool,
    /// So much in a hundred is given back.
    pub(super) refund: Option<i64>,
    /// The power goes so many milliseconds after the card was sent.
    pub(super) power_cut: Option<u64>,
}

const MASTERCARD: Card = Card::numbered("5555555555554444");
const NO_REASON: Card = Card::numbered("4000000000000002");

impl Sale {
    /// The `nth` sale of a seed.
    pub(super) fn planned(seed: u64, nth: u64) -> Self {
        let mut dice = Dice::of(seed, "sale", nth);
        let amount = 200 + i64::try_from((nth + 1) * 7_919 % AMOUNTS).unwrap_or(0);
        let hands: [&[Card]; 6] = [
            &[Card::APPROVED],
            &[MASTERCARD],
            &[Card::NO_FUNDS, Card::APPROVED],
            &[NO_REASON, MASTERCARD],
            &[Card::ASKS_BANK, Card::APPROVED],
            &[Card::NO_FUNDS, Card::ASKS_BANK, MASTERCARD],
        ];
        let hand = dice.weighed(&[(0, 6), (1, 3), (2, 3), (3, 1), (4, 3), (5, 1)]).unwrap_or(0_usize);
        Self {
            amount,
            cards: hands[hand].to_vec(),
            bank: if dice.one_in(3) { BankDialog::Fail } else { BankDialog::Complete },
            authorise_only: dice.one_in(12),
            capture: dice.one_in(2),
            closes: dice.one_in(8),
            refund: dice.one_in(4).then(|| if dice.one_in(2) { 100 } else { dice.between(10, 60).cast_signed() }),
            power_cut: dice.one_in(6).then(|| dice.between(1, 900)),
        }
    }

    /// The next card; the last one stays in the hand.
    pub(super) fn next_card(&mut self) -> Card {
        if self.cards.len() > 1 { self.cards.remove(0) } else { self.cards[0] }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_two_sales_have_the_same_amount() {
        let amounts: BTreeSet<_> = (0..2_000).map(|nth| Sale::planned(3, nth).amount).collect();
        assert_eq!(amounts.len(), 2_000);
        assert!(amounts.iter().all(|amount| (200..20_000).contains(amount)));
    }

    #[test]
    fn the_same_seed_plans_the_same_sales() {
        let told = |seed| (0..50).map(|nth| format!("{:?}", Sale::planned(seed, nth))).collect::<Vec<_>>();
        assert_eq!(told(4), told(4));
        assert_ne!(told(4), told(5));
    }

    #[test]
    fn a_declined_card_is_followed_by_another_and_the_last_one_stays() {
        let mut sale = Sale { cards: vec![Card::NO_FUNDS, Card::APPROVED], ..Sale::planned(1, 1) };
        let numbers = [sale.next_card(), sale.next_card(), sale.next_card()].map(|card| card.number);
        assert_eq!(numbers, [Card::NO_FUNDS.number, Card::APPROVED.number, Card::APPROVED.number]);
    }
}
