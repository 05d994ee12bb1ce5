//! Items that failed and wait for their next attempt, by the time it is due. Plain data; its owner
//! locks it.

use std::collections::{BTreeSet, HashMap};
use std::time::{Duration, Instant};

use anypool_core::Work;

/// The items between two attempts. They are accepted work, so they are owned here.
#[derive(Default)]
pub(crate) struct Pauses {
    by_time: BTreeSet<(Instant, u64)>,
    by_ticket: HashMap<u64, (Instant, Work)>,
    last_ticket: u64,
}

impl Pauses {
    /// Keeps `work` until `due`; gives the ticket by which it can be had before.
    pub(crate) fn add(&mut self, due: Instant, work: Work) -> u64 {
        self.last_ticket += 1;
        self.by_time.insert((due, self.last_ticket));
        self.by_ticket.insert(self.last_ticket, (due, work));
        self.last_ticket
    }

    /// Takes out the work of `ticket`, if it is still here.
    pub(crate) fn remove(&mut self, ticket: u64) -> Option<Work> {
        let (due, work) = self.by_ticket.remove(&ticket)?;
        self.by_time.remove(&(due, ticket));
        Some(work)
    }

    /// Takes out all that is due.
    pub(crate) fn take_due(&mut self, now: Instant) -> Vec<Work> {
        let mut due = Vec::new();
        while let Some(&(when, ticket)) = self.by_time.first()
            && when <= now
        {
            due.extend(self.remove(ticket));
        }
        due
    }

    /// Takes out all.
    pub(crate) fn take_all(&mut self) -> Vec<Work> {
        self.by_time.clear();
        let all = std::mem::take(&mut self.by_ticket);
        all.into_values().map(|(_, work)| work).collect()
    }

    /// Puts every attempt off by `time`.
    pub(crate) fn postpone(&mut self, time: Duration) {
        let old = std::mem::take(&mut self.by_time).into_iter();
        self.by_time = old.map(|(due, ticket)| (due + time, ticket)).collect();
        for (due, _) in self.by_ticket.values_mut() {
            *due += time;
        }
    }

    /// When the next attempt is due.
    pub(crate) fn next(&self) -> Option<Instant> {
        self.by_time.first().map(|&(due, _)| due)
    }

    pub(crate) fn len(&self) -> usize {
        self.by_ticket.len()
    }
}
