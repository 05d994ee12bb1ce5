//! The injector: where accepted work waits for a worker. Plain data; its owner locks it.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use anypool_core::Work;

use crate::expiries::Expiries;

/// Places that work has left early are closed up when they are the greater part, and more than this.
const FEW: usize = 64;

/// Work in the order in which it was accepted.
pub(crate) struct Injector {
    /// What had been given to a worker before: it goes first.
    returned: VecDeque<Work>,
    /// Nothing where work has left before its turn.
    waiting: VecDeque<Option<Work>>,
    /// The number of the first place of `waiting`.
    first: u64,
    /// How many places of `waiting` are free.
    free: usize,
    expiries: Expiries,
    limit: usize,
}

impl Injector {
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            returned: VecDeque::new(),
            waiting: VecDeque::new(),
            first: 0,
            free: 0,
            expiries: Expiries::default(),
            limit,
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.returned.len() + self.waiting.len() - self.free
    }

    /// Whether a submission from outside has room.
    pub(crate) fn has_room(&self) -> bool {
        self.len() < self.limit
    }

    /// Queues `work`, which must have left before `expiry`.
    pub(crate) fn push(&mut self, work: Work, expiry: Option<Instant>) {
        if let Some(when) = expiry {
            let place = self.first + self.waiting.len() as u64;
            let waiting = self.waiting.len();
            self.expiries.note(when, place, self.first, waiting);
        }
        self.waiting.push_back(Some(work));
    }

    /// Puts back work that a worker had been given, before all other, in its order.
    pub(crate) fn put_back(&mut self, rests: Vec<Work>) {
        for work in rests.into_iter().rev() {
            self.returned.push_front(work);
        }
    }

    pub(crate) fn pop(&mut self) -> Option<Work> {
        if let Some(work) = self.returned.pop_front() {
            return Some(work);
        }
        loop {
            let place = self.waiting.pop_front()?;
            self.first += 1;
            match place {
                Some(work) => return Some(work),
                None => self.free -= 1,
            }
        }
    }

    /// Takes out so much from the front, where nothing expires: those leave one by one.
    pub(crate) fn take_some(&mut self, most: usize) -> impl Iterator<Item = Work> {
        let plain = self.returned.is_empty() && self.free == 0 && self.expiries.next().is_none();
        let count = if plain {
            most.min(self.waiting.len())
        } else {
            0
        };
        self.first += count as u64;
        self.waiting.drain(..count).flatten()
    }

    pub(crate) fn take_all(&mut self) -> Vec<Work> {
        self.expiries = Expiries::default();
        self.free = 0;
        self.first += self.waiting.len() as u64;
        let waiting = std::mem::take(&mut self.waiting).into_iter().flatten();
        std::mem::take(&mut self.returned)
            .into_iter()
            .chain(waiting)
            .collect()
    }

    /// Takes out work that has expired, some of it if there is much.
    pub(crate) fn expire(&mut self, now: Instant, most: usize) -> Vec<Work> {
        let mut expired = Vec::new();
        while expired.len() < most
            && let Some(place) = self.expiries.take_due(now)
        {
            expired.extend(self.leave(place));
        }
        if self.free > FEW && self.free > self.waiting.len() / 2 {
            self.close_up();
        }
        expired
    }

    /// When somebody has to look for expired work again.
    pub(crate) fn next_expiry(&self) -> Option<Instant> {
        self.expiries.next()
    }

    /// Puts every expiry off by `time`.
    pub(crate) fn postpone(&mut self, time: Duration) {
        self.expiries.postpone(time);
    }

    /// Frees a place.
    fn leave(&mut self, place: u64) -> Option<Work> {
        let index = usize::try_from(place.checked_sub(self.first)?).ok()?;
        let work = self.waiting.get_mut(index)?.take();
        self.free += usize::from(work.is_some());
        work
    }

    /// Gives the free places up.
    fn close_up(&mut self) {
        let first = self.first;
        let mut next = first;
        let number = |place: &Option<Work>| {
            let taken = place.is_some().then_some(next);
            next += u64::from(taken.is_some());
            taken
        };
        let moved: Vec<_> = self.waiting.iter().map(number).collect();
        self.expiries.renumber(|place| {
            let index = usize::try_from(place.checked_sub(first)?).ok()?;
            *moved.get(index)?
        });
        self.waiting.retain(Option::is_some);
        self.free = 0;
    }
}

#[cfg(test)]
mod tests;
