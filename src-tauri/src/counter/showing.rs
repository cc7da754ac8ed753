//! One showing of the card window, from when it comes forward to when it goes.
//!
//! The cashier's token lives as long as a card may be typed, and a payment may be left and taken up again meanwhile. The
//! page gets it bound to the showing: what one customer's page has kept is worth nothing once the window was away.

/// Known to the page that is shown, and to no other.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Showing(u128);

impl std::fmt::Debug for Showing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Showing(…)")
    }
}

impl Showing {
    /// Of bits that nobody can guess.
    pub fn new(chance: u128) -> Self {
        Self(chance)
    }

    /// What the page carries in place of the cashier's token.
    pub fn token_for(self, token: &str) -> String {
        format!("{token}.{:032x}", self.0)
    }

    /// The cashier's token, if the page was given it in this showing.
    pub fn read(self, text: &str) -> Option<&str> {
        let (token, _) = text.split_once('.')?;
        (self.token_for(token) == text).then_some(token)
    }
}
