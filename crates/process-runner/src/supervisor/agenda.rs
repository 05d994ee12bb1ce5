//! What is due at a certain time. No input or output.

use std::collections::BTreeMap;
use std::time::Instant;

/// Things with a time each, earliest first.
#[derive(Debug)]
pub(crate) struct Agenda<T> {
    entries: BTreeMap<(Instant, u64), T>,
    next_number: u64,
}

impl<T> Default for Agenda<T> {
    fn default() -> Self {
        Self {
            entries: BTreeMap::new(),
            next_number: 0,
        }
    }
}

impl<T> Agenda<T> {
    /// Adds something that is due `at` that time.
    pub(crate) fn add(&mut self, at: Instant, thing: T) {
        self.entries.insert((at, self.next_number), thing);
        self.next_number += 1;
    }

    /// Takes the earliest thing that is due by `now`.
    pub(crate) fn take_due(&mut self, now: Instant) -> Option<T> {
        let entry = self.entries.first_entry()?;
        (entry.key().0 <= now).then(|| entry.remove())
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
    use std::time::Duration;

    use super::*;

    #[test]
    fn what_is_due_comes_out_in_its_order() {
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        let mut agenda = Agenda::default();
        assert_eq!((agenda.next(), agenda.is_empty()), (None, true));
        agenda.add(at(3), "late");
        agenda.add(at(1), "first");
        agenda.add(at(1), "second");
        assert_eq!(agenda.next(), Some(at(1)));
        let mut due = || agenda.take_due(at(2));
        assert_eq!((due(), due(), due()), (Some("first"), Some("second"), None));
        assert_eq!(agenda.take_all(), ["late"]);
        assert!(agenda.is_empty());
    }
}
