//! What a cashier does all day, in the fewest words.

use std::time::Duration;

use anyhow::Result;

use super::Desk;

/// Characters on a line of an 80 mm receipt.
const WIDTH: usize = 42;

impl Desk {
    /// Opens the training door of a first start.
    ///
    /// # Errors
    /// When there is no such door.
    pub fn open_training(&self) -> Result<()> {
        let till = self.till()?;
        till.click("door-training")?;
        till.wait("[data-test=charge]")
    }

    /// Types an amount on the keyboard: `2345` is 23.45.
    ///
    /// # Errors
    /// When the till's window does not take keys.
    pub fn ring_up(&self, digits: &str) -> Result<()> {
        let till = self.till()?;
        till.wait("[data-test=charge]")?;
        till.type_by_hand(digits)
    }

    /// Types an amount and charges it; ends when the card window is ready for a card.
    ///
    /// # Errors
    /// When the card window does not become ready.
    pub fn charge(&self, digits: &str) -> Result<()> {
        self.ring_up(digits)?;
        self.till()?.click("charge")?;
        self.wait_ready()
    }

    /// Charges with the keyboard: `strokes` again and again until the card window stands there, since a key pressed
    /// in the moment when the screen changes is ignored.
    ///
    /// # Errors
    /// When the card window does not become ready.
    pub fn charge_by_key(&self, strokes: &str) -> Result<()> {
        let (till, card) = (self.till()?, self.card()?);
        super::until("Enter to open the card window", Duration::from_secs(10), || {
            till.type_by_hand(strokes)?;
            Ok(card.is_visible()?.then_some(()))
        })?;
        self.wait_ready()
    }

    /// Waits until the card window is on the screen and takes a card.
    ///
    /// # Errors
    /// When it does not.
    pub fn wait_ready(&self) -> Result<()> {
        let card = self.card()?;
        card.wait_state("card-page", "ready")?;
        super::until("the card window on the screen", Duration::from_secs(10), || Ok(card.is_visible()?.then_some(())))
    }

    /// Waits until the till says what became of the payment.
    ///
    /// # Errors
    /// When it never says so.
    pub fn wait_payment(&self, state: &str) -> Result<()> {
        self.till()?.wait_state("payment-panel", state)
    }

    /// From a payment's outcome to the next sale.
    ///
    /// # Errors
    /// When the till does not go on.
    pub fn next_sale(&self) -> Result<()> {
        let till = self.till()?;
        till.click("new-sale")?;
        till.wait("[data-test=charge]")
    }

    /// The receipt of the newest payment, as it stands on the Payments screen: one line each, amounts on the right.
    ///
    /// # Errors
    /// When the newest payment has none.
    pub fn receipt(&self) -> Result<Vec<String>> {
        const LINES: &str = "return [...document.querySelectorAll('[data-test=receipt] :is(p, dl > div)')]
            .map((line) => line.children.length > 1 ? [...line.children].map((part) => part.textContent) : [line.innerText])";
        let till = self.till()?;
        till.click("rail-payments")?;
        till.click("payment-row")?;
        till.wait("[data-test=receipt]")?;
        let lines: Vec<Vec<String>> = serde_json::from_value(till.run(LINES, &[])?)?;
        Ok(lines.iter().map(|line| on_paper(line)).filter(|line| !line.trim().is_empty()).collect())
    }
}

/// A label on the left and what belongs to it on the right, or one text in the middle.
fn on_paper(parts: &[String]) -> String {
    match parts {
        [label, value] => format!("{label}{value:>room$}", room = WIDTH.saturating_sub(label.chars().count())),
        other => format!("{:^WIDTH$}", other.join(" ")),
    }
}
