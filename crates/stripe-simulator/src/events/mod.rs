//! Events: what happened, for those who look now and then instead of being told.

mod kind;
mod moment;
mod record;
mod view;

pub(crate) use kind::Kind;
pub(crate) use record::{Event, Occasion};

use moment::{Moment, Snapshot};
use view::EventView;

use crate::answer;
use crate::books::Books;
use crate::call::Call;
use crate::params::{self, Kind as Takes, Param, TEXT, TIME_WINDOW, takes};
use crate::refusal::{Outcome, Refusal};
use crate::table::Page;

/// Stripe forgets events after thirty days.
const KEPT_FOR: i64 = 30 * 86_400;

const RETRIEVE: &[Param] = &[takes("expand", Takes::Texts)];

const LIST: &[Param] = &[
    takes("created", TIME_WINDOW),
    takes("type", TEXT),
    takes("types", Takes::Texts),
    takes("limit", Takes::Integer),
    takes("starting_after", TEXT),
    takes("ending_before", TEXT),
    takes("expand", Takes::Texts),
    takes("delivery_success", Takes::Unplayed),
];

/// Writes down that something happened to the object `id`, which stands as it does now.
pub(crate) fn note(books: &mut Books, kind: Kind, id: &str) {
    let (object, moment) = Moment::now(books, kind, id);
    let event = Event {
        id: books.next_id("evt_1"),
        created: books.occasion.at,
        kind,
        object: object.unwrap_or_else(|| id.into()),
        moment,
        request: books.occasion.request.clone(),
        idempotency_key: books.occasion.idempotency_key.clone(),
    };
    books.events.put(event);
}

/// `GET /v1/events/{id}`
pub(crate) fn retrieve(books: &Books, call: &Call, id: &str) -> Outcome<Vec<u8>> {
    params::check(&call.form, RETRIEVE)?;
    call.expand.only("event")?;
    let event = books.events.get(id).filter(|event| is_kept(event, call.now()));
    let event = event.ok_or_else(|| Refusal::missing("event", id, "id"))?;
    let object = look_back(event, books).ok_or_else(|| Refusal::server("An object disappeared."))?;
    Ok(answer::json(&EventView::of(event, &object, books, call.now())))
}

/// `GET /v1/events`
pub(crate) fn list(books: &Books, call: &Call) -> Outcome<Vec<u8>> {
    params::check(&call.form, LIST)?;
    call.expand.only_in_list("event")?;
    let mut wanted = call.form.list("types");
    if let Some(one) = call.form.filled("type") {
        if !wanted.is_empty() {
            let message = "You may only specify one of these parameters: type, types.";
            return Err(Refusal::invalid(message).code("parameters_exclusive"));
        }
        wanted.push(one);
    }
    let page = Page::read(&call.form, "event")?;
    let keep = |event: &Event| {
        let is_wanted = wanted.is_empty() || wanted.iter().any(|kind| is_of(event, kind));
        is_wanted && is_kept(event, call.now())
    };
    let links: Vec<&str> = wanted.iter().flat_map(|kind| Kind::named(kind)).collect();
    if links.is_empty() && !wanted.is_empty() {
        return Ok(answer::list::<EventView<'_>>("/v1/events", Vec::new(), false));
    }
    let (events, more) = books.events.page(&page, &links, keep)?;
    let objects: Vec<(&Event, Snapshot<'_>)> =
        events.into_iter().filter_map(|event| Some((event, look_back(event, books)?))).collect();
    let views = objects.iter().map(|(event, object)| EventView::of(event, object, books, call.now())).collect();
    Ok(answer::list("/v1/events", views, more))
}

/// Whether an event is of a type, or of a group of types such as `charge.*`.
fn is_of(event: &Event, kind: &str) -> bool {
    let name = event.kind.as_str();
    kind.strip_suffix('*').map_or(name == kind, |group| name.starts_with(group))
}

fn is_kept(event: &Event, now: i64) -> bool {
    now - event.created <= KEPT_FOR
}

fn look_back<'b>(event: &Event, books: &'b Books) -> Option<Snapshot<'b>> {
    event.moment.look_back(books, &event.object)
}
