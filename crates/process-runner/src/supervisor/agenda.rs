//! What is due at a certain time. No input or output.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// Things with a time each, earliest first.
#[derive(Debug)]
pub(crate) struct Agenda<T> {
    entries: BTreeMap<(Instant, u64), T>,
    next_number: u64,
    /// Since when time stands still, if it does.
    held: Option<Instant>,
}

/// What is put off beyond what the clock can tell is due then.
const FAR: Duration = Duration::from_secs(100 * 365 * 24 * 3_600);

impl<T> Default for Agenda<T> {
    fn default() -> Self {
        Self {
            entries: BTreeMap::new(),
            next_number: 0,
            held: None,
        }
    }
}

impl<T> Agenda<T> {
    /// Adds something that is due so long after `now`.
    pub(crate) fn add(&mut self, now: Instant, after: Duration, thing: T) {
        let from = self.held.unwrap_or(now);
        let at = from.checked_add(after).unwrap_or_else(|| from + FAR);
        self.entries.insert((at, self.next_number), thing);
        self.next_number += 1;
    }

    /// Makes time stand still.
    pub(crate) fn hold(&mut self, now: Instant) {
        self.held.get_or_insert(now);
    }

    /// Lets time go on: everything is due so much later.
    pub(crate) fn go_on(&mut self, now: Instant) {
        if let Some(since) = self.held.take() {
            let lost = now.saturating_duration_since(since);
            let entries = std::mem::take(&mut self.entries).into_iter();
            let later = entries.map(|((at, number), thing)| ((at + lost, number), thing));
            self.entries = later.collect();
        }
    }

    /// Takes the earliest thing that is due by `now`.
    pub(crate) fn take_due(&mut self, now: Instant) -> Option<T> {
        let entry = self.entries.first_entry().filter(|_| self.held.is_none())?;
        (entry.key().0 <= now).then(|| entry.remove())
    }

    /// Takes out what `fits`.
    pub(crate) fn take_if(&mut self, fits: impl Fn(&T) -> bool) -> Vec<T> {
        let all = std::mem::take(&mut self.entries);
        let (taken, left): (Vec<_>, Vec<_>) = all.into_iter().partition(|(_, thing)| fits(thing));
        self.entries = left.into_iter().collect();
        taken.into_iter().map(|(_, thing)| thing).collect()
    }

    /// Takes everything out.
    pub(crate) fn take_all(&mut self) -> Vec<T> {
        std::mem::take(&mut self.entries).into_values().collect()
    }

    /// When something is due next.
    pub(crate) fn next(&self) -> Option<Instant> {
        Some(self.entries.first_key_value()?.0.0)
    }

    /// How many things there are.
    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_due_comes_out_in_its_order() {
        let start = Instant::now();
        let seconds = Duration::from_secs;
        let mut agenda = Agenda::default();
        assert_eq!((agenda.next(), agenda.is_empty()), (None, true));
        agenda.add(start, seconds(3), "late");
        agenda.add(start, seconds(1), "first");
        agenda.add(start, seconds(1), "second");
        agenda.add(start, Duration::MAX, "never");
        assert_eq!(agenda.next(), Some(start + seconds(1)));
        agenda.add(start, seconds(2), "gone");
        assert_eq!(agenda.take_if(|thing| *thing == "gone"), ["gone"]);
        assert_eq!(agenda.len(), 4);
        let mut due = || agenda.take_due(start + seconds(2));
        assert_eq!((due(), due(), due()), (Some("first"), Some("second"), None));
        assert_eq!(agenda.take_all(), ["late", "never"]);
        assert!(agenda.is_empty());
    }

    #[test]
    fn the_time_in_which_it_is_held_does_not_count() {
        let start = Instant::now();
        let seconds = Duration::from_secs;
        let mut agenda = Agenda::default();
        agenda.add(start, seconds(10), "before");
        agenda.hold(start + seconds(4));
        agenda.add(start + seconds(50), seconds(5), "meanwhile");
        assert_eq!(agenda.take_due(start + seconds(60)), None);
        agenda.go_on(start + seconds(104));
        assert_eq!(agenda.take_due(start + seconds(108)), None);
        assert_eq!(agenda.take_due(start + seconds(109)), Some("meanwhile"));
        assert_eq!(agenda.take_due(start + seconds(110)), Some("before"));
    }
}
