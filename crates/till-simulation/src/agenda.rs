//! What happens when, in virtual time.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Milliseconds since the history began.
pub(crate) type Moment = u64;

pub(crate) const SECOND: Moment = 1_000;
pub(crate) const MINUTE: Moment = 60 * SECOND;
pub(crate) const HOUR: Moment = 60 * MINUTE;

/// Things to come, in order of their time and then of their making.
#[derive(Debug)]
pub(crate) struct Agenda<T> {
    order: BinaryHeap<Reverse<(Moment, u32)>>,
    things: Vec<Option<T>>,
}

impl<T> Default for Agenda<T> {
    fn default() -> Self {
        Self { order: BinaryHeap::new(), things: Vec::new() }
    }
}

impl<T> Agenda<T> {
    pub(crate) fn add(&mut self, at: Moment, thing: T) {
        let place = u32::try_from(self.things.len()).unwrap_or(u32::MAX);
        self.things.push(Some(thing));
        self.order.push(Reverse((at, place)));
    }

    /// When the next thing comes.
    pub(crate) fn next(&self) -> Option<Moment> {
        self.order.peek().map(|Reverse((at, _))| *at)
    }

    /// The next thing and its time.
    pub(crate) fn take(&mut self) -> Option<(Moment, T)> {
        while let Some(Reverse((at, place))) = self.order.pop() {
            if let Some(thing) = self.take_place(place) {
                return Some((at, thing));
            }
        }
        None
    }

    fn take_place(&mut self, place: u32) -> Option<T> {
        self.things.get_mut(usize::try_from(place).unwrap_or(usize::MAX))?.take()
    }

    /// Everything to come, in order; the agenda is empty then.
    pub(crate) fn take_all(&mut self) -> Vec<(Moment, T)> {
        let mut all = Vec::new();
        while let Some(next) = self.take() {
            all.push(next);
        }
        self.things.clear();
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn things_come_in_order_of_time_and_then_of_making() {
        let mut agenda = Agenda::default();
        for (at, thing) in [(5, 'c'), (1, 'a'), (5, 'd'), (1, 'b')] {
            agenda.add(at, thing);
        }
        assert_eq!(agenda.take(), Some((1, 'a')));
        assert_eq!(agenda.take_all(), [(1, 'b'), (5, 'c'), (5, 'd')]);
        assert_eq!(agenda.take(), None);
    }
}
