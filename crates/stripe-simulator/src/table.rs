//! One kind of record: kept in the order it was created, found by id, its changes remembered.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::ops::Range;

use crate::form::Group;
use crate::ids;
use crate::refusal::{Outcome, Refusal};

/// Stripe's page sizes.
const DEFAULT_PAGE: usize = 10;
const MAX_PAGE: usize = 100;

/// What a table needs to know of its records.
pub(crate) trait Row {
    fn id(&self) -> &str;
    /// Unix seconds. Records are inserted in this order.
    fn created(&self) -> i64;
    /// Names every value by which lists of this record are narrowed, such as the customer it belongs to.
    fn links<'a>(&'a self, link: &mut dyn FnMut(&'a str)) {
        let _ = link;
    }
}

/// The places of the records that share a link, oldest first. Most links have one record.
#[derive(Debug)]
enum Places {
    One(usize),
    Many(Vec<usize>),
}

impl Places {
    fn as_slice(&self) -> &[usize] {
        match self {
            Self::One(at) => std::slice::from_ref(at),
            Self::Many(places) => places,
        }
    }

    /// Adds a place where it belongs; one that is known stays single.
    fn add(&mut self, at: usize) {
        let places = self.as_slice();
        let position = if places.last().is_some_and(|last| *last < at) {
            places.len()
        } else {
            let Err(position) = places.binary_search(&at) else { return };
            position
        };
        match self {
            Self::One(first) => {
                let mut places = vec![*first];
                places.insert(position, at);
                *self = Self::Many(places);
            }
            Self::Many(places) => places.insert(position, at),
        }
    }
}

/// Records of one kind.
#[derive(Debug)]
pub(crate) struct Table<R> {
    rows: Vec<R>,
    /// By the hash of the id. Two ids may share a hash, so the record is compared as well.
    by_id: ByHash,
    /// By the hash of a link. Links that a record once had stay: whoever reads by one checks the record too.
    by_link: ByHash,
    /// Places of records that changed, as they changed, and for each place whether it is among them.
    changed: Vec<usize>,
    is_changed: Vec<bool>,
}

/// Texts are kept in the records; here their hashes are enough.
type ByHash = HashMap<u64, Places, BuildHasherDefault<Hashed>>;

/// Passes on what has been hashed already.
#[derive(Debug, Default)]
struct Hashed(u64);

impl Hasher for Hashed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0 = bytes.iter().fold(self.0, |sum, byte| sum.rotate_left(8) ^ u64::from(*byte));
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}

/// Eight bytes at a time: ids are made here, so nobody chooses them to collide.
fn hash(text: &str) -> u64 {
    let mut chunks = text.as_bytes().chunks_exact(8);
    let start = text.len() as u64;
    let word = |bytes: &[u8]| bytes.iter().fold(0, |word: u64, byte| word << 8 | u64::from(*byte));
    let whole = (&mut chunks).fold(start, |sum, chunk| ids::mix(sum ^ word(chunk)));
    ids::mix(whole ^ word(chunks.remainder()))
}

fn add(index: &mut ByHash, hash: u64, at: usize) {
    index.entry(hash).and_modify(|places| places.add(at)).or_insert(Places::One(at));
}

impl<R> Default for Table<R> {
    fn default() -> Self {
        Self {
            rows: Vec::new(),
            by_id: ByHash::default(),
            by_link: ByHash::default(),
            changed: Vec::new(),
            is_changed: Vec::new(),
        }
    }
}

impl<R: Row> Table<R> {
    pub(crate) fn get(&self, id: &str) -> Option<&R> {
        self.place(id).map(|at| &self.rows[at])
    }

    /// A record to be changed; it counts as changed from here on.
    pub(crate) fn get_mut(&mut self, id: &str) -> Option<&mut R> {
        let at = self.place(id)?;
        self.mark(at);
        Some(&mut self.rows[at])
    }

    /// Adds a record, or replaces the one with its id.
    pub(crate) fn put(&mut self, row: R) {
        let at = self.place(row.id()).unwrap_or(self.rows.len());
        if at < self.rows.len() {
            self.rows[at] = row;
        } else {
            add(&mut self.by_id, hash(row.id()), at);
            self.rows.push(row);
            self.is_changed.push(false);
        }
        self.mark(at);
        self.link(at);
    }

    /// Makes a record that was changed findable by the links it has now.
    pub(crate) fn relink(&mut self, id: &str) {
        if let Some(at) = self.place(id) {
            self.link(at);
        }
    }

    fn place(&self, id: &str) -> Option<usize> {
        let places = self.by_id.get(&hash(id))?;
        places.as_slice().iter().copied().find(|&at| self.rows[at].id() == id)
    }

    fn mark(&mut self, at: usize) {
        if !std::mem::replace(&mut self.is_changed[at], true) {
            self.changed.push(at);
        }
    }

    fn link(&mut self, at: usize) {
        let by_link = &mut self.by_link;
        self.rows[at].links(&mut |link| add(by_link, hash(link), at));
    }

    /// All records, oldest first.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &R> {
        self.rows.iter()
    }

    /// The records that have, or once had, this link, oldest first.
    pub(crate) fn linked(&self, link: &str) -> impl Iterator<Item = &R> {
        self.places(link).iter().map(|&at| &self.rows[at])
    }

    fn places(&self, link: &str) -> &[usize] {
        self.by_link.get(&hash(link)).map_or(&[][..], Places::as_slice)
    }

    /// The records changed since the last call, oldest first.
    pub(crate) fn take_changed(&mut self) -> impl Iterator<Item = &R> {
        let mut changed = std::mem::take(&mut self.changed);
        for &at in &changed {
            self.is_changed[at] = false;
        }
        changed.sort_unstable();
        changed.into_iter().map(|at| &self.rows[at])
    }

    pub(crate) fn is_changed(&self) -> bool {
        !self.changed.is_empty()
    }

    pub(crate) fn forget_changes(&mut self) {
        self.changed.drain(..).for_each(|at| self.is_changed[at] = false);
    }

    /// One page, newest first, of the records that `keep` accepts, and whether there are more.
    ///
    /// With `links`, only records that have one of them are looked at: the cost does not grow with the table.
    pub(crate) fn page(&self, ask: &Page, links: &[&str], keep: impl Fn(&R) -> bool) -> Outcome<(Vec<&R>, bool)> {
        let window = ask.window(self)?;
        let wanted = ask.limit + 1;
        let upwards = ask.ending_before.is_some();
        let mut places = Vec::new();
        if links.is_empty() {
            places = self.walk(window.clone(), upwards, &keep).take(wanted).collect();
        }
        for link in links {
            let linked = self.places(link);
            let first = linked.partition_point(|at| *at < window.start);
            let end = linked.partition_point(|at| *at < window.end);
            places.extend(self.walk(linked[first..end.max(first)].iter().copied(), upwards, &keep).take(wanted));
        }
        places.sort_unstable();
        places.dedup();
        let more = places.len() > ask.limit;
        let cut = places.len().saturating_sub(ask.limit);
        // The page that ends just before a cursor is made of the nearest newer ones.
        let page = if upwards { &places[..places.len() - cut] } else { &places[cut..] };
        Ok((page.iter().rev().map(|&at| &self.rows[at]).collect(), more))
    }

    /// The places whose records `keep` accepts, from the old end or from the new one.
    fn walk(
        &self,
        places: impl DoubleEndedIterator<Item = usize>,
        upwards: bool,
        keep: impl Fn(&R) -> bool,
    ) -> impl Iterator<Item = usize> {
        let mut places = places;
        let step = move || if upwards { places.next() } else { places.next_back() };
        std::iter::from_fn(step).filter(move |&at| keep(&self.rows[at]))
    }

    fn cursor(&self, id: &str, param: &str, object: &str) -> Outcome<usize> {
        self.place(id).ok_or_else(|| Refusal::missing(object, id, param).status(http::StatusCode::BAD_REQUEST))
    }
}

/// Which part of a list is wanted.
#[derive(Debug, Clone)]
pub(crate) struct Page<'a> {
    object: &'static str,
    limit: usize,
    starting_after: Option<&'a str>,
    ending_before: Option<&'a str>,
    /// Unix seconds, both inclusive.
    from: i64,
    until: i64,
}

impl<'a> Page<'a> {
    /// Reads `limit`, the cursors and `created`. `object` is Stripe's word for what is listed.
    pub(crate) fn read(form: &'a Group, object: &'static str) -> Outcome<Self> {
        let (starting_after, ending_before) = (form.filled("starting_after"), form.filled("ending_before"));
        if starting_after.is_some() && ending_before.is_some() {
            let message = "You cannot parameterize both `starting_after` and `ending_before` in a single request.";
            return Err(Refusal::invalid(message));
        }
        let (from, until) = created_window(form);
        Ok(Self { object, limit: read_limit(form)?, starting_after, ending_before, from, until })
    }

    /// One page of a search: everything until a time, after the last that was shown.
    pub(crate) fn for_search(form: &'a Group, until: i64) -> Outcome<Self> {
        let starting_after = form.filled("page");
        let limit = read_limit(form)?;
        Ok(Self { object: "page", limit, starting_after, ending_before: None, from: i64::MIN, until })
    }

    /// The places between the cursors and inside the times.
    fn window<R: Row>(&self, table: &Table<R>) -> Outcome<Range<usize>> {
        let rows = &table.rows;
        let mut first = rows.partition_point(|row| row.created() < self.from);
        let mut end = rows.partition_point(|row| row.created() <= self.until);
        if let Some(id) = self.starting_after {
            end = end.min(table.cursor(id, "starting_after", self.object)?);
        }
        if let Some(id) = self.ending_before {
            first = first.max(table.cursor(id, "ending_before", self.object)? + 1);
        }
        Ok(first..end.max(first))
    }
}

fn read_limit(form: &Group) -> Outcome<usize> {
    let Some(limit) = form.integer("limit") else { return Ok(DEFAULT_PAGE) };
    match usize::try_from(limit) {
        Ok(limit @ 1..=MAX_PAGE) => Ok(limit),
        Ok(0) | Err(_) => {
            let refusal = Refusal::invalid("This value must be greater than or equal to 1.");
            Err(refusal.code("parameter_invalid_integer").at("limit"))
        }
        Ok(_) => {
            let refusal = Refusal::invalid(format!("This value must be less than or equal to {MAX_PAGE}."));
            Err(refusal.code("parameter_invalid_integer").at("limit"))
        }
    }
}

fn created_window(form: &Group) -> (i64, i64) {
    if let Some(exactly) = form.integer("created") {
        return (exactly, exactly);
    }
    let Some(window) = form.group("created") else { return (i64::MIN, i64::MAX) };
    let after = window.integer("gt").map_or(i64::MIN, |gt| gt.saturating_add(1));
    let before = window.integer("lt").map_or(i64::MAX, |lt| lt.saturating_sub(1));
    let from = window.integer("gte").map_or(after, |gte| gte.max(after));
    let until = window.integer("lte").map_or(before, |lte| lte.min(before));
    (from, until)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Note(String, i64, String);

    impl Row for Note {
        fn id(&self) -> &str {
            &self.0
        }
        fn created(&self) -> i64 {
            self.1
        }
        fn links<'a>(&'a self, link: &mut dyn FnMut(&'a str)) {
            link(&self.2);
        }
    }

    fn ids(query: &str) -> (Vec<String>, bool) {
        linked_ids(query, &[])
    }

    fn linked_ids(query: &str, links: &[&str]) -> (Vec<String>, bool) {
        let mut table = Table::default();
        for n in 0..10 {
            table.put(Note(format!("n{n}"), 100 + n / 2, format!("by{}", n % 3)));
        }
        let form = Group::decode(query.as_bytes()).unwrap();
        let page = Page::read(&form, "note").unwrap();
        let (rows, more) =
            table.page(&page, links, |note| links.is_empty() || links.contains(&note.2.as_str())).unwrap();
        (rows.into_iter().map(|note| note.0.clone()).collect(), more)
    }

    #[test]
    fn pages_are_newest_first_and_say_whether_more_follow() {
        assert_eq!(ids("limit=2"), (vec!["n9".into(), "n8".into()], true));
        assert_eq!(ids("limit=2&starting_after=n8"), (vec!["n7".into(), "n6".into()], true));
        assert_eq!(ids("limit=5&starting_after=n2"), (vec!["n1".into(), "n0".into()], false));
        assert_eq!(ids("limit=2&ending_before=n5"), (vec!["n7".into(), "n6".into()], true));
        assert_eq!(ids("limit=9&ending_before=n8"), (vec!["n9".into()], false));
    }

    #[test]
    fn links_narrow_a_page_as_reading_everything_would() {
        assert_eq!(linked_ids("", &["by0"]), (vec!["n9".into(), "n6".into(), "n3".into(), "n0".into()], false));
        assert_eq!(linked_ids("limit=2", &["by0"]), (vec!["n9".into(), "n6".into()], true));
        assert_eq!(linked_ids("starting_after=n6", &["by0", "by2"]).0, ["n5", "n3", "n2", "n0"]);
        assert_eq!(linked_ids("limit=2&ending_before=n3", &["by0", "by1"]), (vec!["n6".into(), "n4".into()], true));
        assert_eq!(linked_ids("created[lte]=101", &["by0"]).0, ["n3", "n0"]);
        assert!(linked_ids("", &["by7"]).0.is_empty());
    }

    #[test]
    fn a_changed_link_is_found_after_relinking() {
        let mut table = Table::default();
        table.put(Note("n1".into(), 1, "a".into()));
        table.get_mut("n1").unwrap().2 = "b".into();
        table.relink("n1");
        let form = Group::default();
        let page = Page::read(&form, "note").unwrap();
        let has = |link: &str| table.page(&page, &[link], |note| note.2 == link).unwrap().0.len();
        assert_eq!((has("a"), has("b")), (0, 1));
    }

    #[test]
    fn created_windows_include_and_exclude_their_ends() {
        assert_eq!(ids("created=101").0, ["n3", "n2"]);
        assert_eq!(ids("created[gte]=101&created[lt]=102").0, ["n3", "n2"]);
        assert_eq!(ids("created[gt]=103&created[lte]=104").0, ["n9", "n8"]);
        assert!(ids("created[gt]=9223372036854775807").0.is_empty());
    }
}
