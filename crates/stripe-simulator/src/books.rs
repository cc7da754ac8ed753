//! Everything that this Stripe knows of its one account.

use std::collections::HashMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::agenda::Agenda;
use crate::balance_transactions::{Funds, Transaction};
use crate::cards::{Check, Checks, Decline, Face, Setting};
use crate::charges::Charge;
use crate::customers::Customer;
use crate::disputes::Dispute;
use crate::events::{Event, Occasion};
use crate::ids::{self, Id};
use crate::payment_intents::Intent;
use crate::payment_methods::Method;
use crate::refunds::Refund;
use crate::setup_intents::Setup;
use crate::table::Table;
use crate::tokens::Token;

/// What Stripe grants some accounts, or a merchant may switch on: here only if the control API says so.
#[allow(clippy::struct_excessive_bools, reason = "independent switches")]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Features {
    /// Holds may be raised.
    pub(crate) incremental_authorization: bool,
    /// Radar rules of the merchant: a check that comes back `fail` blocks the payment.
    pub(crate) block_if_cvc_fails: bool,
    pub(crate) block_if_postal_code_fails: bool,
    /// Settings of Radar that some test cards are about.
    pub(crate) dynamic_risk_threshold: bool,
    pub(crate) block_free_trial_abuse: bool,
    pub(crate) adaptive_three_d_secure: bool,
    /// Restricted keys may read the account. Those that are made by a link of permissions may not.
    pub(crate) restricted_keys_read_account: bool,
}

impl Features {
    /// Whether the setting that a card is about is switched on.
    pub(crate) fn has(self, setting: Setting) -> bool {
        match setting {
            Setting::None => false,
            Setting::DynamicThreshold => self.dynamic_risk_threshold,
            Setting::FreeTrialAbuse => self.block_free_trial_abuse,
            Setting::AdaptiveThreeDs => self.adaptive_three_d_secure,
        }
    }

    /// The merchant's own rule that a payment with these checks meets.
    pub(crate) fn blocks(self, checks: Checks) -> Option<Decline> {
        let failed = |check: Option<Check>| check == Some(Check::Fail);
        if self.block_if_cvc_fails && failed(checks.cvc_check) {
            return Some(Decline::CvcCheckFailed);
        }
        (self.block_if_postal_code_fails && failed(checks.address_postal_code_check)).then_some(Decline::IncorrectZip)
    }
}

/// The records, and the count from which their ids are made.
#[derive(Debug, Default)]
pub(crate) struct Books {
    seed: u64,
    /// Ids given out so far.
    pub(crate) count: u64,
    pub(crate) customers: Table<Customer>,
    pub(crate) intents: Table<Intent>,
    pub(crate) methods: Table<Method>,
    pub(crate) charges: Table<Charge>,
    pub(crate) refunds: Table<Refund>,
    pub(crate) transactions: Table<Transaction>,
    pub(crate) disputes: Table<Dispute>,
    pub(crate) events: Table<Event>,
    pub(crate) setups: Table<Setup>,
    pub(crate) tokens: Table<Token>,
    /// Made of the records; not kept.
    pub(crate) agenda: Agenda,
    pub(crate) funds: Funds,
    /// The faces of cards, by their place in the table and their expiry: many payments, few faces.
    pub(crate) faces: HashMap<(u64, i64, i64), Arc<Face>>,
    pub(crate) features: Features,
    /// Why things happen at this moment, for their events.
    pub(crate) occasion: Occasion,
}

impl Books {
    pub(crate) fn new(seed: u64) -> Self {
        Self { seed, ..Self::default() }
    }

    pub(crate) fn seed(&self) -> u64 {
        self.seed
    }

    pub(crate) fn next_id(&mut self, prefix: &str) -> Id {
        self.count += 1;
        ids::object_id(prefix, self.seed, self.count).into()
    }

    /// The id and the client secret of a new intent.
    pub(crate) fn next_intent_id(&mut self, prefix: &str) -> (Id, String) {
        let id = self.next_id(prefix);
        let secret = ids::client_secret(&id, self.seed, self.count);
        (id, secret)
    }

    /// A number for codes that only have to look random.
    pub(crate) fn next_number(&mut self) -> u64 {
        self.count += 1;
        ids::mix(self.seed ^ ids::mix(self.count))
    }

    /// The fingerprint of the test card at `place` of the table.
    pub(crate) fn fingerprint(&self, place: u64) -> String {
        ids::fingerprint(self.seed, place)
    }

    pub(crate) fn account_id(&self) -> String {
        ids::object_id("acct_1", self.seed, 0)
    }

    pub(crate) fn make_searchable(&mut self) {
        self.intents.make_searchable();
        self.charges.make_searchable();
        self.customers.make_searchable();
    }

    pub(crate) fn forget_changes(&mut self) {
        self.customers.forget_changes();
        self.intents.forget_changes();
        self.methods.forget_changes();
        self.charges.forget_changes();
        self.refunds.forget_changes();
        self.transactions.forget_changes();
        self.disputes.forget_changes();
        self.events.forget_changes();
        self.setups.forget_changes();
        self.tokens.forget_changes();
    }
}
