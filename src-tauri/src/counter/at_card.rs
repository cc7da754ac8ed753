//! What the card window may ask for: something of the payment that it shows, and of no other.
//!
//! Which one that is, is asked on the cashier's thread: a window that is being closed cannot charge a card any more.

use stripe_api::ClientSecret;
use till::cashier::{Effect, Now, Refusal};
use till::desk::DeskCashier;
use till::payment::step::Event;
use till::sale::SaleId;

use super::{Answer, Counter, about};
use crate::view::{Problem, ProblemCode};

impl Counter {
    /// Closing is a wish. It is granted unless a card is at Stripe, which the cashier's thread knows.
    pub async fn close_card(&self) -> Answer<()> {
        let desk = self.desk_slot().clone();
        let counter = self.clone();
        let closed = match &desk {
            Some(desk) => desk.ask(move |_, _| counter.screen().close_card()).await.unwrap_or(Ok(None)),
            None => self.screen().close_card(),
        };
        self.publish();
        let cut_off = closed?;
        self.shell().card_window.hide();
        if let (Some(desk), Some(sale)) = (desk, cut_off) {
            // Whatever is refused here, the payment is looked at by itself.
            let _ = desk.act(move |cashier, now| cashier.handle(now, sale, Event::PageGone)).await;
        }
        self.publish();
        Ok(())
    }

    /// The card field has the focus.
    pub fn card_takes_keys(&self) {
        self.shell().card_window.takes_keys();
    }

    /// The card page was led away and thrown away. A new one is being made; what it was doing is looked up.
    pub async fn card_page_lost(&self) {
        if self.close_card().await.is_err() {
            self.screen().stop_taking_card();
            self.publish();
        }
    }

    /// Does something with the payment that the card window shows; commands from there reach no other.
    pub async fn on_card<F>(&self, sale: &str, act: F) -> Answer<()>
    where
        F: FnOnce(&mut DeskCashier, Now, SaleId) -> Result<Vec<Effect>, Refusal> + Send + 'static,
    {
        let counter = self.clone();
        self.on_sale(sale, move |cashier, now, sale| {
            let shown = counter.screen().at_card_page().is_some_and(|shown| shown.payment.sale.id == sale);
            if shown { act(cashier, now, sale) } else { Err(Refusal::UnknownSale) }
        })
        .await
    }

    /// Does what a token of the card page allows; `act` gets the cashier's own.
    pub async fn with_token<F>(&self, token: String, act: F) -> Answer<()>
    where
        F: FnOnce(&mut DeskCashier, Now, &str) -> Result<Vec<Effect>, Refusal> + Send + 'static,
    {
        let counter = self.clone();
        self.act(move |cashier, now| {
            let (sale, token) = counter.read_card_token(&token)?;
            act(cashier, now, &token).map_err(|refusal| about(cashier, sale, &refusal))
        })
        .await
    }

    /// The client secret for the bank's dialog.
    pub async fn secret(&self, token: String) -> Answer<ClientSecret> {
        let counter = self.clone();
        self.ask(move |cashier, _| {
            let (sale, token) = counter.read_card_token(&token)?;
            cashier.secret(&token).map_err(|refusal| about(cashier, sale, &refusal))
        })
        .await?
    }

    fn read_card_token(&self, token: &str) -> Answer<(SaleId, String)> {
        let screen = self.screen();
        let (sale, token) = screen.read_card_token(token).ok_or_else(|| Problem::new(ProblemCode::TokenUsed))?;
        Ok((sale, token.to_owned()))
    }
}
