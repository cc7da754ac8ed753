//! Typing a card into Stripe's frame and answering the bank's dialog, as a customer's hands would.

use std::time::Duration;

use anyhow::{Context, Result};

use super::patience::{USUAL, until};
use super::window::Window;

/// What stands on a test card.
#[derive(Debug, Clone, Copy)]
pub struct Card {
    pub number: &'static str,
    pub expiry: &'static str,
    pub cvc: &'static str,
    pub postcode: &'static str,
}

impl Card {
    pub const APPROVED: Self = Self::numbered("4242424242424242");
    /// The bank always wants to be asked.
    pub const ASKS_BANK: Self = Self::numbered("4000002500003155");
    pub const NO_FUNDS: Self = Self::numbered("4000000000009995");

    /// A card of this number that has years to go.
    pub const fn numbered(number: &'static str) -> Self {
        Self { number, expiry: "1234", cvc: "123", postcode: "10001" }
    }
}

/// The customer's answer to the bank.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BankDialog {
    Complete,
    Fail,
}

impl Window<'_> {
    /// Types a card into the frame, until the page would take it; it does not press Pay.
    ///
    /// # Errors
    /// When the frame or one of its fields never appears.
    pub fn type_card(&self, card: Card) -> Result<()> {
        let fields =
            [("cardnumber", card.number), ("exp-date", card.expiry), ("cvc", card.cvc), ("postal", card.postcode)];
        for (name, value) in fields {
            until(&format!("the card's field {name}"), USUAL, || self.type_field(name, value))
                .context("the card's frame")?;
        }
        self.wait("[data-test=pay]:enabled")
    }

    /// Types into one field of the card, if it is there yet. In a frame from elsewhere a field takes keys only after it
    /// was pressed.
    ///
    /// # Errors
    /// When the frame goes meanwhile.
    pub fn type_field(&self, name: &str, value: &str) -> Result<Option<()>> {
        self.front()?;
        let Some(frame) = self.driver.all("[data-test=card-element] iframe")?.into_iter().next() else {
            return Ok(None);
        };
        self.driver.enter_frame(&frame)?;
        let Some(field) = self.driver.all(&format!("input[name={name}]"))?.into_iter().next() else {
            return Ok(None);
        };
        if !self.driver.enabled(&field)? {
            return Ok(None);
        }
        self.driver.click(&field)?;
        self.driver.type_into(&field, value).map(Some)
    }

    /// Runs a script in the card's own frame; nothing when it is not there.
    ///
    /// # Errors
    /// When the script throws.
    pub fn run_in_card(&self, script: &str) -> Result<Option<serde_json::Value>> {
        self.front()?;
        let Some(frame) = self.driver.all("[data-test=card-element] iframe")?.into_iter().next() else {
            return Ok(None);
        };
        self.driver.enter_frame(&frame)?;
        let said = self.driver.run(script, &[]).map(Some);
        self.front()?;
        said
    }

    /// Types a card and pays.
    ///
    /// # Errors
    /// When the form never becomes ready.
    pub fn pay_with(&self, card: Card) -> Result<()> {
        self.wait_state("card-page", "ready")?;
        self.type_card(card)?;
        self.click("pay")
    }

    /// Waits until the bank's dialog can be answered.
    ///
    /// # Errors
    /// When it does not come up.
    pub fn wait_bank_dialog(&self) -> Result<()> {
        until("the bank's dialog", Duration::from_secs(30), || {
            self.in_bank_dialog("#test-source-authorize-3ds", |_| Ok(()))
        })?;
        self.front()
    }

    /// Answers the bank's dialog.
    ///
    /// # Errors
    /// When it does not come up.
    pub fn answer_bank(&self, answer: BankDialog) -> Result<()> {
        let button = match answer {
            BankDialog::Complete => "#test-source-authorize-3ds",
            BankDialog::Fail => "#test-source-fail-3ds",
        };
        until("the bank's dialog", Duration::from_secs(30), || {
            self.in_bank_dialog(button, |element| self.driver.click(element))
        })?;
        self.front()
    }

    /// Runs a script in the bank's own page, two frames deep; nothing when it is not there.
    ///
    /// # Errors
    /// When the script throws.
    pub fn run_in_bank(&self, script: &str) -> Result<Option<serde_json::Value>> {
        let said = self.in_bank_dialog("body", |_| self.driver.run(script, &[]));
        self.front()?;
        said
    }

    /// Presses something in the bank's page.
    ///
    /// # Errors
    /// When it is not there.
    pub fn press_in_bank(&self, css: &str) -> Result<Option<()>> {
        self.in_bank_dialog(css, |element| self.driver.click(element))
    }

    /// The dialog is a frame in a frame; the outer one has a generated name.
    fn in_bank_dialog<T>(&self, css: &str, act: impl Fn(&super::webdriver::Element) -> Result<T>) -> Result<Option<T>> {
        self.front()?;
        for outer in self.driver.all("iframe[name^=__privateStripeFrame]")? {
            self.front()?;
            self.driver.enter_frame(&outer)?;
            let Some(inner) = self.driver.all("iframe[name=challengeFrame]")?.into_iter().next() else {
                continue;
            };
            self.driver.enter_frame(&inner)?;
            if let Some(button) = self.driver.all(css)?.into_iter().next() {
                return act(&button).map(Some);
            }
        }
        Ok(None)
    }
}
