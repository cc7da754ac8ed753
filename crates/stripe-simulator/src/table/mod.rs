//! One kind of record: kept in the order it was created, found by id, its changes remembered.

mod index;
mod page;

pub(crate) use page::Page;

use crate::refusal::{Outcome, Refusal};
pub(crate) use index::Place;
pub(crate) use index::hash as hash_text;
use index::{ByHash, Places, add, hash};

/// What a table needs to know of its records.
pub(crate) trait Row {
    fn id(&self) -> &str;
    /// Unix seconds. Records are inserted in this order.
    fn created(&self) -> i64;
    /// Names every value by which lists of this record are narrowed, such as the customer it belongs to.
    fn links<'a>(&'a self, link: &mut dyn FnMut(&'a str)) {
        let _ = link;
    }
    /// Names what a search may ask of this record word for word, see [`crate::search::fact`].
    fn facts(&self, fact: &mut dyn FnMut(u64)) {
        let _ = fact;
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
    searched: Searched,
}

/// What searches look at. It is brought up to date before it is read, so that an account that is never searched has none.
#[derive(Debug, Default)]
struct Searched {
    /// By the hash of a fact. Facts that a record once had stay, as links do.
    by_fact: ByHash,
    /// Every record before this place has been read.
    until: usize,
    /// Places before that, of records that changed since.
    stale: Vec<usize>,
}

impl<R> Default for Table<R> {
    fn default() -> Self {
        Self {
            rows: Vec::new(),
            by_id: ByHash::default(),
            by_link: ByHash::default(),
            changed: Vec::new(),
            is_changed: Vec::new(),
            searched: Searched::default(),
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
            add(&mut self.by_id, hash(row.id()), place_of(at));
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
        places.as_slice().iter().map(|&at| at as usize).find(|&at| self.rows[at].id() == id)
    }

    fn mark(&mut self, at: usize) {
        if !std::mem::replace(&mut self.is_changed[at], true) {
            self.changed.push(at);
        }
        if at < self.searched.until && self.searched.stale.last() != Some(&at) {
            self.searched.stale.push(at);
        }
    }

    fn link(&mut self, at: usize) {
        let by_link = &mut self.by_link;
        self.rows[at].links(&mut |link| add(by_link, hash(link), place_of(at)));
    }

    /// Makes what is new or has changed findable by its facts.
    pub(crate) fn make_searchable(&mut self) {
        let Searched { by_fact, until, stale } = &mut self.searched;
        let fresh = *until..self.rows.len();
        for at in stale.drain(..).chain(fresh) {
            self.rows[at].facts(&mut |fact| add(by_fact, fact, place_of(at)));
        }
        *until = self.rows.len();
    }

    /// Places of the records that say this, or once said it, oldest first.
    pub(crate) fn saying(&self, fact: u64) -> &[Place] {
        self.searched.by_fact.get(&fact).map_or(&[][..], Places::as_slice)
    }

    /// All records, oldest first.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &R> {
        self.rows.iter()
    }

    /// The records that have, or once had, this link, oldest first.
    pub(crate) fn linked(&self, link: &str) -> impl Iterator<Item = &R> {
        self.places(link).iter().map(|&at| &self.rows[at as usize])
    }

    fn places(&self, link: &str) -> &[Place] {
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
        let lists: Vec<&[Place]> = links.iter().map(|link| self.places(link)).collect();
        self.page_of(ask, Some(&lists).filter(|_| !links.is_empty()).map(Vec::as_slice), keep)
    }

    /// The same, of the records at the places of some lists.
    pub(crate) fn page_of(
        &self,
        ask: &Page,
        lists: Option<&[&[Place]]>,
        keep: impl Fn(&R) -> bool,
    ) -> Outcome<(Vec<&R>, bool)> {
        let window = ask.window(self)?;
        let wanted = ask.limit + 1;
        let upwards = ask.ending_before.is_some();
        let mut places = Vec::new();
        if lists.is_none() {
            places = self.walk(window.clone(), upwards, &keep).take(wanted).collect();
        }
        for linked in lists.unwrap_or_default() {
            let first = linked.partition_point(|at| (*at as usize) < window.start);
            let end = linked.partition_point(|at| (*at as usize) < window.end);
            places.extend(
                self.walk(linked[first..end.max(first)].iter().map(|&at| at as usize), upwards, &keep).take(wanted),
            );
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

fn place_of(at: usize) -> Place {
    Place::try_from(at).unwrap_or(Place::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::form::Group;

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
