//! A customer as the API shows it.

use std::collections::BTreeMap;

use serde::Serialize;

use super::record::{Customer, Shipping};
use crate::address::Address;
use crate::books::Books;
use crate::expand::{Expand, Linked};
use crate::payment_methods::MethodView;

type Null = Option<()>;

/// Wire form: a customer, or what is left of one.
#[derive(Serialize)]
#[serde(untagged)]
pub(crate) enum CustomerView<'a> {
    Whole(Box<WholeView<'a>>),
    Deleted(DeletedView<'a>),
}

#[derive(Serialize)]
pub(crate) struct DeletedView<'a> {
    id: &'a str,
    object: &'static str,
    deleted: bool,
}

/// Fields in Stripe's order.
#[derive(Serialize)]
pub(crate) struct WholeView<'a> {
    id: &'a str,
    object: &'static str,
    address: Option<&'a Address>,
    balance: i64,
    created: i64,
    currency: Null,
    customer_account: Null,
    default_source: Null,
    delinquent: bool,
    description: Option<&'a str>,
    discount: Null,
    email: Option<&'a str>,
    invoice_prefix: &'a str,
    invoice_settings: InvoiceSettings<'a>,
    livemode: bool,
    metadata: &'a BTreeMap<String, String>,
    name: Option<&'a str>,
    next_invoice_sequence: i64,
    phone: Option<&'a str>,
    preferred_locales: &'a [String],
    shipping: Option<&'a Shipping>,
    tax_exempt: &'static str,
    test_clock: Null,
}

#[derive(Serialize)]
struct InvoiceSettings<'a> {
    custom_fields: Null,
    default_payment_method: Option<Linked<'a, MethodView<'a>>>,
    footer: Null,
    rendering_options: Null,
}

impl<'a> CustomerView<'a> {
    pub(crate) fn of(customer: &'a Customer, books: &'a Books, expand: &Expand) -> Self {
        if customer.deleted {
            return Self::Deleted(DeletedView { id: &customer.id, object: "customer", deleted: true });
        }
        Self::Whole(Box::new(WholeView::of(customer, books, expand)))
    }

    /// The `customer` of another object: its id, or the whole of it where that is wanted.
    pub(crate) fn linked(id: Option<&'a str>, books: &'a Books, expand: &Expand) -> Option<Linked<'a, Self>> {
        expand.link("customer", id, |id, inside| {
            books.customers.get(id).map(|customer| Self::of(customer, books, &inside))
        })
    }
}

impl<'a> WholeView<'a> {
    fn of(customer: &'a Customer, books: &'a Books, expand: &Expand) -> Self {
        let invoice_settings = InvoiceSettings {
            custom_fields: None,
            default_payment_method: expand.link(
                "invoice_settings.default_payment_method",
                customer.default_payment_method.as_deref(),
                |id, inside| books.methods.get(id).map(|method| MethodView::of(method, books, &inside)),
            ),
            footer: None,
            rendering_options: None,
        };
        Self {
            id: &customer.id,
            object: "customer",
            address: customer.address.as_ref(),
            balance: 0,
            created: customer.created,
            currency: None,
            customer_account: None,
            default_source: None,
            delinquent: false,
            description: customer.description.as_deref(),
            discount: None,
            email: customer.email.as_deref(),
            invoice_prefix: &customer.invoice_prefix,
            invoice_settings,
            livemode: false,
            metadata: &customer.metadata,
            name: customer.name.as_deref(),
            next_invoice_sequence: 1,
            phone: customer.phone.as_deref(),
            preferred_locales: &customer.preferred_locales,
            shipping: customer.shipping.as_ref(),
            tax_exempt: "none",
            test_clock: None,
        }
    }
}
