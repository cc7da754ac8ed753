//! From the draft to a frozen sale, and every reason against it.

use std::sync::Mutex;

use till::cashier::{Effect, Now};
use till::desk::DeskCashier;
use till::money::Money;
use till::sale::Sale;

use super::Answer;
use super::refusals::{self, Standing};
use super::screen::{Screen, look};
use super::showing::Showing;
use super::{unusual, views};
use crate::settings::Settings;
use crate::view::{Problem, ProblemCode};

/// What somebody asks for with one press.
#[derive(Debug)]
pub struct Asked {
    pub sale: Sale,
    /// The total that stood on the screen, in minor units.
    pub shown: i64,
    /// Somebody was asked about the amount, and means it.
    pub sure: bool,
    pub showing: Showing,
}

/// The draft as a sale; nothing when it is being charged already, by a double click.
pub fn frozen(screen: &Screen, settings: &Settings, sale: &str) -> Answer<Option<Sale>> {
    if screen.is_front(sale) {
        return Ok(None);
    }
    if let Some(problem) = views::problem_of_till(screen, settings) {
        return Err(problem);
    }
    screen.may_step_aside()?;
    screen.freeze(sale, settings).map(Some)
}

/// Charges it, on the cashier's thread, where nothing comes between the questions and what follows from them.
pub fn charge(
    screen: &Mutex<Screen>,
    cashier: &mut DeskCashier,
    now: Now,
    asked: Asked,
    settings: &Settings,
) -> Result<Vec<Effect>, Problem> {
    let Asked { sale, shown, sure, showing } = asked;
    let id = sale.id;
    if look(screen).is_front(&id.to_string()) {
        return Ok(Vec::new());
    }
    look(screen).may_step_aside()?;
    // What can't be charged at all is not asked about.
    let meant = shown == sale.total.minor && sale.total.chargeable().is_ok();
    if meant && !sure && is_unusual(screen, cashier, sale.total, settings)? {
        return Err(Problem::new(ProblemCode::AmountUnusual));
    }
    let effects = cashier.charge(now, sale, shown).map_err(|refusal| {
        let money = Standing::of(cashier, id).money_of_charge();
        Problem { money, ..refusals::refusal(&refusal) }
    })?;
    let (next, number) = cashier.next_sale();
    let mut screen = look(screen);
    screen.bring_forward(id, showing);
    screen.draft = screen.draft.next(next, number, settings.sticky_phone_order);
    Ok(effects)
}

fn is_unusual(screen: &Mutex<Screen>, cashier: &mut DeskCashier, total: Money, settings: &Settings) -> Answer<bool> {
    let above = |largest| unusual::limit(settings.limit(total.currency), total.currency, largest);
    if total.minor <= above(0) {
        return Ok(false);
    }
    let known = look(screen).largest.in_currency(total.currency);
    let largest = match known {
        Some(largest) => largest,
        None => cashier.journal().largest_paid(total.currency).map_err(|error| refusals::journal_problem(&error))?,
    };
    look(screen).largest.remember(total.currency, largest);
    Ok(total.minor > above(largest))
}
