//! Every endpoint of the API, in one table.

use http::Method;

use crate::account;
use crate::books::Books;
use crate::call::Call;
use crate::refusal::{Outcome, Refusal};
use crate::{
    balance_transactions, charges, customers, disputes, events, payment_intents, payment_methods, refunds,
    setup_intents, tokens,
};

/// Stands for an id in a path.
const ID: &str = "{}";

/// The ids of a path, in order; what a path does not have is empty.
type Ids<'p> = [&'p str; 2];

/// Makes the body of a 200 answer.
type Run = fn(&mut Books, &Call, Ids<'_>) -> Outcome<Vec<u8>>;

/// One endpoint.
struct Row {
    method: Method,
    path: &'static [&'static str],
    /// Whether a page may call it with the publishable key.
    pages: bool,
    run: Run,
}

const fn get(path: &'static [&'static str], run: Run) -> Row {
    Row { method: Method::GET, path, pages: false, run }
}

const fn post(path: &'static [&'static str], run: Run) -> Row {
    Row { method: Method::POST, path, pages: false, run }
}

const fn delete(path: &'static [&'static str], run: Run) -> Row {
    Row { method: Method::DELETE, path, pages: false, run }
}

impl Row {
    const fn for_pages(mut self) -> Self {
        self.pages = true;
        self
    }

    fn fits(&self, method: &Method, steps: &[&str]) -> bool {
        let same = |(known, step): (&&str, &&str)| known == step || (*known == ID && !step.is_empty());
        self.path.len() == steps.len() && self.method == method && self.path.iter().zip(steps).all(same)
    }
}

const INTENTS: &str = "payment_intents";
const TRANSACTIONS: &str = "balance_transactions";
const SETUPS: &str = "setup_intents";
const METHODS: &str = "payment_methods";

static ROWS: &[Row] = &[
    post(&[INTENTS], |books, call, _| payment_intents::create(books, call)),
    get(&[INTENTS], |books, call, _| payment_intents::list(books, call)),
    get(&[INTENTS, "search"], |books, call, _| payment_intents::search(books, call)),
    get(&[INTENTS, ID], |books, call, [id, _]| payment_intents::retrieve(books, call, id)).for_pages(),
    post(&[INTENTS, ID], |books, call, [id, _]| payment_intents::update(books, call, id)),
    post(&[INTENTS, ID, "confirm"], |books, call, [id, _]| payment_intents::confirm(books, call, id)).for_pages(),
    post(&[INTENTS, ID, "capture"], |books, call, [id, _]| payment_intents::capture(books, call, id)),
    post(&[INTENTS, ID, "cancel"], |books, call, [id, _]| payment_intents::cancel(books, call, id)),
    post(&[INTENTS, ID, "increment_authorization"], |books, call, [id, _]| payment_intents::increment(books, call, id)),
    post(&["3ds2", "authenticate"], |books, call, _| payment_intents::authenticate(books, call)).for_pages(),
    post(&[METHODS], |books, call, _| payment_methods::create(books, call)).for_pages(),
    get(&[METHODS], |books, call, _| payment_methods::list(books, call)),
    get(&[METHODS, ID], |books, call, [id, _]| payment_methods::retrieve(books, call, id)),
    post(&[METHODS, ID], |books, call, [id, _]| payment_methods::update(books, call, id)),
    post(&[METHODS, ID, "attach"], |books, call, [id, _]| payment_methods::attach(books, call, id)),
    post(&[METHODS, ID, "detach"], |books, call, [id, _]| payment_methods::detach(books, call, id)),
    post(&["customers"], |books, call, _| customers::create(books, call)),
    get(&["customers"], |books, call, _| customers::list(books, call)),
    get(&["customers", "search"], |books, call, _| customers::search(books, call)),
    get(&["customers", ID], |books, call, [id, _]| customers::retrieve(books, call, id)),
    post(&["customers", ID], |books, call, [id, _]| customers::update(books, call, id)),
    delete(&["customers", ID], |books, call, [id, _]| customers::delete(books, call, id)),
    get(&["customers", ID, METHODS], |books, call, [id, _]| payment_methods::list_of(books, call, id)),
    get(&["customers", ID, METHODS, ID], |books, call, [id, method]| {
        payment_methods::retrieve_of(books, call, id, method)
    }),
    get(&["charges"], |books, call, _| charges::list(books, call)),
    get(&["charges", "search"], |books, call, _| charges::search(books, call)),
    get(&["charges", ID], |books, call, [id, _]| charges::retrieve(books, call, id)),
    post(&["charges", ID], |books, call, [id, _]| charges::update(books, call, id)),
    get(&["charges", ID, "refunds"], |books, call, [id, _]| refunds::list_of(books, call, id)),
    post(&["refunds"], |books, call, _| refunds::create(books, call)),
    get(&["refunds"], |books, call, _| refunds::list(books, call)),
    get(&["refunds", ID], |books, call, [id, _]| refunds::retrieve(books, call, id)),
    post(&["refunds", ID], |books, call, [id, _]| refunds::update(books, call, id)),
    post(&["refunds", ID, "cancel"], |books, call, [id, _]| refunds::cancel(books, call, id)),
    get(&[TRANSACTIONS], |books, call, _| balance_transactions::list(books, call)),
    get(&[TRANSACTIONS, ID], |books, call, [id, _]| balance_transactions::retrieve(books, call, id)),
    get(&["disputes"], |books, call, _| disputes::list(books, call)),
    get(&["disputes", ID], |books, call, [id, _]| disputes::retrieve(books, call, id)),
    post(&["disputes", ID], |books, call, [id, _]| disputes::update(books, call, id)),
    post(&["disputes", ID, "close"], |books, call, [id, _]| disputes::close(books, call, id)),
    get(&["events"], |books, call, _| events::list(books, call)),
    get(&["events", ID], |books, call, [id, _]| events::retrieve(books, call, id)),
    post(&[SETUPS], |books, call, _| setup_intents::create(books, call)),
    get(&[SETUPS], |books, call, _| setup_intents::list(books, call)),
    get(&[SETUPS, ID], |books, call, [id, _]| setup_intents::retrieve(books, call, id)).for_pages(),
    post(&[SETUPS, ID], |books, call, [id, _]| setup_intents::update(books, call, id)),
    post(&[SETUPS, ID, "confirm"], |books, call, [id, _]| setup_intents::confirm(books, call, id)).for_pages(),
    post(&[SETUPS, ID, "cancel"], |books, call, [id, _]| setup_intents::cancel(books, call, id)),
    post(&["tokens"], |books, call, _| tokens::create(books, call)).for_pages(),
    get(&["tokens", ID], |books, call, [id, _]| tokens::retrieve(books, call, id)),
    get(&["account"], |books, call, _| account::account(books, call)),
    get(&["balance"], |books, call, _| account::balance(books, call)),
];

/// One endpoint, with the ids from its path.
pub(crate) struct Endpoint<'p> {
    row: &'static Row,
    ids: Ids<'p>,
}

impl<'p> Endpoint<'p> {
    /// Finds the endpoint of a path below `/v1/`.
    pub(crate) fn find(method: &Method, path: &'p str) -> Outcome<Self> {
        let mut steps = [""; 5];
        let mut count = 0;
        for step in path.trim_end_matches('/').split('/').take(steps.len()) {
            steps[count] = step;
            count += 1;
        }
        let row = ROWS.iter().find(|row| row.fits(method, &steps[..count])).ok_or_else(|| {
            let message = format!(
                "Unrecognized request URL ({method}: /v1/{path}). Please see https://stripe.com/docs or we can help at https://support.stripe.com/."
            );
            Refusal::not_found(message)
        })?;
        let mut ids = row.path.iter().zip(steps).filter(|(known, _)| **known == ID).map(|(_, step)| step);
        Ok(Self { row, ids: [ids.next().unwrap_or_default(), ids.next().unwrap_or_default()] })
    }

    /// The object that it is about, if its path names one.
    pub(crate) fn object(&self) -> Option<&'p str> {
        Some(self.ids[0]).filter(|id| !id.is_empty())
    }

    /// Whether it may change anything.
    pub(crate) fn is_write(&self) -> bool {
        self.row.method != Method::GET
    }

    /// Whether a page may call it with the publishable key.
    pub(crate) fn is_for_pages(&self) -> bool {
        self.row.pages
    }

    /// Runs it; the body of a 200 answer.
    pub(crate) fn run(&self, books: &mut Books, call: &Call) -> Outcome<Vec<u8>> {
        (self.row.run)(books, call, self.ids)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_finds_its_endpoint_and_its_ids() {
        let ids = |method: Method, path| Endpoint::find(&method, path).ok().map(|found| found.ids);
        assert_eq!(ids(Method::POST, "payment_intents/pi_1/confirm"), Some(["pi_1", ""]));
        assert_eq!(ids(Method::GET, "customers/cus_1/payment_methods/pm_1/"), Some(["cus_1", "pm_1"]));
        assert_eq!(ids(Method::GET, "customers/search"), Some(["", ""]));
        for path in ["payment_intents//confirm", "payment_intents/a/b/c/d/e", "", "charges/ch_1/refunds"] {
            assert_eq!(ids(Method::POST, path), None, "{path}");
        }
    }
}
