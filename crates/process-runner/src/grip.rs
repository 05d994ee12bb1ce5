//! A worker's hold on the jobs it has been sent: lets anyone take back what has not started.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use anypool_core::Holder;

use crate::attend::Wait;
use crate::inbox::{Inbox, WorkerKey};
use crate::mail::Mail;
use crate::wire::status::{Claim, PLACES, StatusPage};

/// The parent's view of a worker's status page, and its own record of what it took back there.
#[derive(Debug)]
pub(crate) struct Grip {
    /// Tells its tickets from those of other workers.
    number: u64,
    worker: WorkerKey,
    inbox: Arc<Inbox>,
    page: StatusPage,
    /// For each place, the sequence and the first item that was taken back last. The page says the
    /// same, but the worker could change it. Locked while the page is changed: the worker may answer
    /// that something was taken back before this is noted.
    taken_back: Mutex<[Option<(u64, u32)>; PLACES]>,
}

impl Grip {
    pub(crate) fn new(page: StatusPage, worker: WorkerKey, inbox: Arc<Inbox>) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        Self {
            // Relaxed: only uniqueness matters.
            number: NEXT.fetch_add(1, Ordering::Relaxed),
            worker,
            inbox,
            page,
            taken_back: Mutex::new([None; PLACES]),
        }
    }

    /// The ticket of request `sequence`. No other worker of this process has the same: a job that has moved on to
    /// another worker must not be taken from there in this one's name.
    pub(crate) fn ticket(&self, sequence: u64) -> u64 {
        (self.number << 32) | (sequence & u64::from(u32::MAX))
    }

    /// Puts up a request of `items` items.
    pub(crate) fn offer(&self, sequence: u64, items: u32) {
        self.page.offer(sequence, items);
    }

    /// The first item of request `sequence` that was taken back, if any was.
    pub(crate) fn taken_back(&self, sequence: u64) -> Option<u32> {
        let (noted, first) = self.lock()[place(sequence)]?;
        (noted == sequence).then_some(first)
    }

    /// How far the worker is with request `sequence`, by its own word.
    pub(crate) fn progress(&self, sequence: u64) -> Option<Claim> {
        self.page.progress(sequence)
    }

    /// When the item that was claimed last started, by the worker's word.
    pub(crate) fn started_nanos(&self, sequence: u64) -> u64 {
        self.page.started_nanos(sequence)
    }

    /// Takes back what follows item `item` of request `sequence`, as far as it has not started.
    pub(crate) fn take_back_after(&self, sequence: u64, item: u32) -> bool {
        self.take_back_from(sequence, item + 1)
    }

    fn take_back_from(&self, sequence: u64, item: u32) -> bool {
        let mut taken_back = self.lock();
        let first = self.page.take_back(sequence, item);
        if let Some(first) = first {
            let noted = &mut taken_back[place(sequence)];
            // What was taken back once stays so, even if the worker has put it on the page again: it
            // may be another's by now.
            let before = noted.filter(|&(noted, _)| noted == sequence);
            let first = before.map_or(first, |(_, before)| first.min(before));
            *noted = Some((sequence, first));
        }
        first.is_some()
    }

    fn lock(&self) -> MutexGuard<'_, [Option<(u64, u32)>; PLACES]> {
        self.taken_back
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl Holder for Grip {
    fn take_back(&self, ticket: u64) -> bool {
        self.take_back_from(sequence_of(ticket), 0)
    }

    fn attend(&self, ticket: u64, is_over: &dyn Fn() -> bool, deadline: Option<Instant>) -> bool {
        let wait = Wait { is_over, deadline };
        let floor = self.inbox.floor();
        floor.is_some_and(|floor| floor.attend(self.worker, sequence_of(ticket), wait))
    }

    fn kill(&self, ticket: u64) -> bool {
        let order = Mail::Kill(self.worker, sequence_of(ticket));
        self.inbox.post(order);
        true
    }
}

/// The request behind a ticket: no worker gets as many as a ticket can tell apart.
fn sequence_of(ticket: u64) -> u64 {
    ticket & u64::from(u32::MAX)
}

fn place(sequence: u64) -> usize {
    usize::try_from(sequence % PLACES as u64).unwrap_or(0)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A grip on nobody's page.
    pub(crate) fn grip_of(page: StatusPage) -> Grip {
        Grip::new(page, 0, Arc::new(Inbox::new(10).unwrap()))
    }
    use crate::sys::memory::{PAGE_BYTES, SharedMemory};

    fn grip() -> Grip {
        let page = SharedMemory::map(SharedMemory::create(PAGE_BYTES).unwrap()).unwrap();
        grip_of(StatusPage::new(page))
    }

    #[test]
    fn what_the_worker_sees_taken_back_is_noted_already() {
        let grip = grip();
        for sequence in 0..2_000 {
            grip.offer(sequence, 1);
            std::thread::scope(|scope| {
                let ticket = grip.ticket(sequence);
                let grip = &grip;
                scope.spawn(move || grip.take_back(ticket));
                let seen = || grip.progress(sequence).is_some_and(|claim| claim.end == 0);
                while !seen() {
                    std::hint::spin_loop();
                }
                assert_eq!(grip.taken_back(sequence), Some(0));
            });
        }
    }

    #[test]
    fn a_scribbled_page_changes_nothing_that_was_noted() {
        let grip = grip();
        grip.offer(5, 10);
        assert!(grip.take_back_after(5, 3));
        assert_eq!(grip.taken_back(5), Some(4));
        // The worker claims what it likes.
        grip.offer(5, 1_000);
        assert_eq!(grip.taken_back(5), Some(4));
        assert!(grip.take_back_after(5, 7));
        assert_eq!(grip.taken_back(5), Some(4), "what was taken back stays so");
        assert_eq!(grip.taken_back(5 + PLACES as u64), None);
    }
}
