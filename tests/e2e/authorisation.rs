//! Authorise only: money is reserved first, and taken or given back later.

use xtask::desk::Card;

use crate::stage::{Outcome, Shop, authorise_only, connected};

fn authorised() -> anyhow::Result<Shop> {
    let shop = connected()?;
    authorise_only(&shop.desk)?;
    shop.desk.charge("8000")?;
    shop.desk.card()?.pay_with(Card::APPROVED)?;
    shop.desk.wait_payment("authorised")?;
    assert!(shop.charges()?.is_empty(), "only reserved");
    Ok(shop)
}

#[test]
fn an_authorisation_is_captured_once() -> Outcome {
    let shop = authorised()?;
    shop.desk.till()?.click("capture")?;
    shop.desk.wait_payment("paid")?;
    let charges = shop.charges()?;
    assert_eq!(charges.len(), 1);
    assert_eq!(charges[0]["amount"], 8000);
    Ok(())
}

#[test]
fn a_released_authorisation_takes_nothing() -> Outcome {
    let shop = authorised()?;
    shop.desk.till()?.click("release")?;
    shop.desk.wait_payment("void")?;
    assert!(shop.charges()?.is_empty());
    Ok(())
}
