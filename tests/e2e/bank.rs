//! 3-D Secure: the bank's own dialog, in a frame of a frame that is not ours.

use xtask::desk::{BankDialog, Card, until};

use crate::stage::{Outcome, connected, payment};

#[test]
fn a_bank_that_is_answered_lets_the_payment_through() -> Outcome {
    let shop = connected()?;
    shop.desk.charge("5000")?;
    let card = shop.desk.card()?;
    card.pay_with(Card::ASKS_BANK)?;
    card.answer_bank(BankDialog::Complete)?;
    shop.desk.wait_payment("paid")?;
    assert_eq!(shop.charges()?.len(), 1);
    Ok(())
}

#[test]
fn a_bank_that_says_no_leaves_the_sale_open_for_another_card() -> Outcome {
    let shop = connected()?;
    shop.desk.charge("5000")?;
    let card = shop.desk.card()?;
    card.pay_with(Card::ASKS_BANK)?;
    card.answer_bank(BankDialog::Fail)?;
    card.wait("[data-test=declined]")?;
    assert!(shop.charges()?.is_empty());
    let before = payment(&shop.desk)?;
    card.pay_with(Card::APPROVED)?;
    shop.desk.wait_payment("paid")?;
    assert_eq!(payment(&shop.desk)?["reference"], before["reference"]);
    assert_eq!(shop.charges()?.len(), 1);
    Ok(())
}

#[test]
fn a_window_closed_while_the_bank_asks_never_takes_money_and_loses_nothing() -> Outcome {
    let shop = connected()?;
    shop.desk.charge("5000")?;
    let card = shop.desk.card()?;
    card.pay_with(Card::ASKS_BANK)?;
    card.wait_bank_dialog()?;
    shop.desk.press_close_button("Card payment")?;
    until("the card window to leave", std::time::Duration::from_secs(20), || Ok((!card.is_visible()?).then_some(())))?;
    assert!(shop.charges()?.is_empty());
    let till = shop.desk.till()?;
    till.click("cancel-payment")?;
    shop.desk.wait_payment("void")?;
    assert!(shop.charges()?.is_empty());
    Ok(())
}
