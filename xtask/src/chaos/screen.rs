//! What stands on the till's two windows at one moment.

use std::collections::BTreeSet;

use anyhow::Result;
use serde_json::Value;

use crate::desk::Desk;

const GLANCE: &str = include_str!("glance.js");

/// One place on a page that speaks of one payment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Spot {
    /// `panel`, `card`, `detail`, `row`, `found` or `waiting`.
    pub(super) place: String,
    pub(super) state: String,
    pub(super) number: String,
    /// As it is written.
    pub(super) amount: String,
    /// The sentences that speak of it.
    pub(super) words: String,
    /// Each refund's state, and its amount as it is written.
    pub(super) refunds: Vec<(String, String)>,
}

/// A window's page.
#[derive(Debug, Clone, Default)]
pub(super) struct Page {
    pub(super) visible: bool,
    pub(super) spots: Vec<Spot>,
    /// What can be pressed.
    pub(super) buttons: BTreeSet<String>,
    /// What is there, by its name.
    pub(super) marks: BTreeSet<String>,
    /// The bank's question is open.
    pub(super) bank: bool,
    /// The amount that is rung up or being paid, as it is written.
    pub(super) amount: String,
    pub(super) text: String,
}

/// Both windows.
#[derive(Debug, Clone, Default)]
pub(super) struct Screen {
    pub(super) till: Page,
    pub(super) card: Page,
}

impl Screen {
    /// Reads both windows as they are.
    pub(super) fn read(desk: &Desk) -> Result<Self> {
        let mut screen = Self::default();
        for said in desk.glance(GLANCE)? {
            let page = page(&said);
            if said["url"].as_str().is_some_and(|url| url.contains("card")) {
                screen.card = page;
            } else {
                screen.till = page;
            }
        }
        Ok(screen)
    }

    /// What somebody at the counter can read: a window that is put away says nothing.
    pub(super) fn spots(&self) -> impl Iterator<Item = &Spot> {
        let card = self.card.spots.iter().filter(|_| self.card.visible);
        self.till.spots.iter().chain(card)
    }

    /// The place of this name on the till's page.
    pub(super) fn spot(&self, place: &str) -> Option<&Spot> {
        self.till.spots.iter().find(|spot| spot.place == place)
    }

    /// Where the card that is being taken stands, when its window is there.
    pub(super) fn taking(&self) -> Option<&Spot> {
        self.card.spots.first().filter(|spot| self.card.visible && spot.state != "idle")
    }
}

fn page(said: &Value) -> Page {
    let text = |value: &Value| value.as_str().unwrap_or_default().trim().to_owned();
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let names = |value: &Value| list(value).iter().map(text).collect();
    let spot = |value: &Value| Spot {
        place: text(&value[0]),
        state: text(&value[1]),
        number: text(&value[2]),
        amount: text(&value[3]),
        words: text(&value[4]),
        refunds: list(&value[5]).iter().map(|refund| (text(&refund[0]), text(&refund[1]))).collect(),
    };
    Page {
        visible: said["visible"] == true,
        spots: list(&said["spots"]).iter().map(spot).collect(),
        buttons: names(&said["buttons"]),
        marks: names(&said["marks"]),
        bank: said["bank"] == true,
        amount: text(&said["amount"]),
        text: text(&said["text"]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_window_that_is_put_away_claims_nothing() {
        let said = serde_json::json!({ "visible": true, "amount": " $5.00 ", "buttons": ["pay"], "marks": ["pay", "x"],
            "spots": [["card", "ready", "K-1001", "$5.00", "Declined", []]], "bank": false, "text": "all" });
        let mut screen = Screen { card: page(&said), ..Screen::default() };
        assert_eq!(screen.taking().map(|spot| spot.number.as_str()), Some("K-1001"));
        assert_eq!((screen.card.amount.as_str(), screen.spots().count()), ("$5.00", 1));
        screen.card.visible = false;
        assert_eq!((screen.taking(), screen.spots().count()), (None, 0));
    }
}
