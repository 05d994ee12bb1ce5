//! What one worker thread is running: a stack, since a job that waits for another of its own pool
//! runs that one on top of itself.
//!
//! The worker opens, advances and closes frames; the watchdog and `shutdown_now` give frames up.
//! Both happen under the ledger's lock, so an item is either given up before it is begun (then it is
//! not begun here) or after. The stop signal is set only here, and follows the stack.

use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use anypool_core::{Job, JobId, StopSignal, Work};

use crate::sync::{deadline_after, earlier, lock};

/// One worker thread's running work.
#[derive(Default)]
pub(crate) struct Ledger {
    pub(crate) signal: StopSignal,
    book: Mutex<Book>,
}

#[derive(Default)]
struct Book {
    frames: Vec<Frame>,
    /// Somebody has taken this worker's place; it leaves when its stack is empty.
    abandoned: bool,
    /// Every job has been told to stop.
    stopping: bool,
}

/// Work in progress.
struct Frame {
    job: Arc<dyn Job>,
    /// The items that run: one, or a block of those that take microseconds together.
    current: Range<u32>,
    /// The items that have not begun.
    rest: Range<u32>,
    limit: Option<Duration>,
    deadline: Option<Instant>,
    /// Nobody counts on the item that runs any more.
    given_up: bool,
    /// It has been settled, so its task may be told to stop.
    settled: bool,
}

/// An item that ran over its limit.
pub(crate) struct Overrun {
    pub(crate) ledger: Arc<Ledger>,
    pub(crate) job: Arc<dyn Job>,
    pub(crate) item: u32,
    pub(crate) limit: Duration,
}

/// What the watchdog found in a ledger.
#[derive(Default)]
pub(crate) struct Found {
    pub(crate) overruns: Vec<Overrun>,
    /// Items behind an overrun one; they must run elsewhere.
    pub(crate) rests: Vec<Work>,
    /// The next deadline.
    pub(crate) next: Option<Instant>,
}

impl Ledger {
    /// Begins a piece of work, on top of what runs; gives it back when nothing may begin any more.
    pub(crate) fn open(&self, work: Work, limit: Option<Duration>) -> Result<(), Work> {
        let mut book = self.lock();
        if book.stopping {
            return Err(work);
        }
        book.frames.push(Frame {
            job: work.job,
            current: 0..0,
            rest: work.items,
            limit,
            deadline: None,
            given_up: false,
            settled: false,
        });
        Ok(())
    }

    /// Begins the next item of the topmost work; gives its deadline as well.
    pub(crate) fn next_item(&self) -> Option<(u32, Option<Instant>)> {
        let mut book = self.lock();
        let frame = book.frames.last_mut()?;
        frame.begin(1);
        let item = frame.current.clone().next();
        // A clock reading only for those who need it.
        frame.deadline = item.and(frame.limit).and_then(deadline_after);
        item.map(|item| (item, frame.deadline))
    }

    /// Begins the next items of the topmost work, at most so many, of a job that needs no deadlines.
    pub(crate) fn next_block(&self, most: u32) -> Option<Range<u32>> {
        let mut book = self.lock();
        let frame = book.frames.last_mut()?;
        frame.begin(most);
        Some(frame.current.clone()).filter(|block| !block.is_empty())
    }

    /// Ends the topmost work; true when somebody may wait for a worker that was abandoned.
    pub(crate) fn close(&self) -> bool {
        let mut book = self.lock();
        let frame = book.frames.pop();
        self.tell(&book);
        let abandoned = book.abandoned;
        drop(book);
        // Dropped after the lock: the job may be the owner of user data.
        drop(frame);
        abandoned
    }

    /// Gives up every item whose deadline has passed. Then the worker has lost its place, and what
    /// it has not begun is for others.
    pub(crate) fn expire(self: &Arc<Self>, now: Instant) -> Found {
        let mut book = self.lock();
        let mut found = Found::default();
        for frame in &mut book.frames {
            let item = frame.current.clone().next();
            match (item, frame.deadline, frame.limit) {
                (Some(item), Some(deadline), Some(limit)) if deadline <= now => {
                    frame.given_up = true;
                    frame.deadline = None;
                    found.overruns.push(Overrun {
                        ledger: Arc::clone(self),
                        job: Arc::clone(&frame.job),
                        item,
                        limit,
                    });
                }
                (_, deadline, _) => found.next = earlier(found.next, deadline),
            }
        }
        if !found.overruns.is_empty() {
            book.abandoned = true;
            found.rests = book.take_rests();
        }
        found
    }

    /// Moves the deadlines by what of the time from `since` to `now` counted against them; returns
    /// the next.
    pub(crate) fn postpone(&self, since: Instant, now: Instant) -> Option<Instant> {
        let mut book = self.lock();
        let mut next = None;
        for frame in &mut book.frames {
            if let (Some(deadline), Some(limit)) = (frame.deadline, frame.limit) {
                // An item may have begun after the limits were stopped.
                let began = deadline.checked_sub(limit).unwrap_or(since);
                let counted = now.saturating_duration_since(began.max(since));
                frame.deadline = deadline.checked_add(counted);
            }
            next = earlier(next, frame.deadline);
        }
        next
    }

    /// Tells what was given up to stop. Not earlier: a task that stops at once must not settle its
    /// job as cancelled before somebody else has settled it as timed out.
    pub(crate) fn tell_given_up(&self) {
        let mut book = self.lock();
        for frame in &mut book.frames {
            frame.settled = frame.given_up;
        }
        self.tell(&book);
    }

    /// Tells everything that runs to stop; returns what has not begun.
    pub(crate) fn stop(&self) -> Vec<Work> {
        let mut book = self.lock();
        book.stopping = true;
        self.tell(&book);
        book.take_rests()
    }

    /// Gives up everything that still runs, for good.
    pub(crate) fn abandon(&self) -> Vec<Work> {
        let mut book = self.lock();
        book.abandoned = true;
        let live = book.frames.iter_mut().filter(|frame| frame.is_live());
        let give_up = |frame: &mut Frame| {
            frame.given_up = true;
            frame.deadline = None;
            let (job, items) = (Arc::clone(&frame.job), frame.current.clone());
            Work { job, items }
        };
        live.map(give_up).collect()
    }

    /// Whether the worker has lost its place.
    pub(crate) fn is_abandoned(&self) -> bool {
        self.lock().abandoned
    }

    /// Whether an item runs that nobody has given up.
    pub(crate) fn is_live(&self) -> bool {
        self.lock().frames.iter().any(Frame::is_live)
    }

    /// The jobs on the stack, outermost first.
    pub(crate) fn jobs(&self) -> Vec<JobId> {
        self.lock().frames.iter().map(|f| f.job.id()).collect()
    }

    /// Points the stop signal at what must stop: the topmost job that was settled, or all.
    fn tell(&self, book: &Book) {
        if book.stopping {
            return self.signal.stop_all();
        }
        let told = book.frames.iter().rev().find(|frame| frame.settled);
        // No job has the number 0: a chunk that ran over here may come back with other items.
        self.signal.stop(told.map_or(JobId(0), |f| f.job.id()));
    }

    fn lock(&self) -> MutexGuard<'_, Book> {
        lock(&self.book)
    }
}

impl Book {
    fn take_rests(&mut self) -> Vec<Work> {
        let take = |frame: &mut Frame| Work {
            job: Arc::clone(&frame.job),
            items: std::mem::replace(&mut frame.rest, 0..0),
        };
        let rests = self.frames.iter_mut().map(take);
        rests.filter(|work| !work.items.is_empty()).collect()
    }
}

impl Frame {
    /// The next items run, at most so many.
    fn begin(&mut self, most: u32) {
        let end = self.rest.start.saturating_add(most).min(self.rest.end);
        self.current = self.rest.start..end.max(self.rest.start);
        self.rest.start = self.current.end;
    }

    fn is_live(&self) -> bool {
        !self.current.is_empty() && !self.given_up
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Sender, channel};

    use anypool_core::{Executor as _, ExecutorId, Patience, RawExecutor, Refused};

    use super::*;

    /// Hands on the work that is submitted.
    struct Catcher(Sender<Work>);

    impl RawExecutor for Catcher {
        fn id(&self) -> ExecutorId {
            ExecutorId::unique()
        }

        fn workers(&self) -> usize {
            1
        }

        fn submit_work(&self, work: Work, _: Patience) -> Result<(), Refused> {
            self.0.send(work).unwrap();
            Ok(())
        }
    }

    #[test]
    fn what_a_worker_took_just_before_it_was_stopped_does_not_begin() {
        let (catcher, caught) = channel();
        let _handle = Catcher(catcher).submit(|n: u32| n, 7).unwrap();
        let ledger = Ledger::default();
        assert!(ledger.stop().is_empty());
        let refused = ledger.open(caught.recv().unwrap(), None);
        assert_eq!(refused.unwrap_err().items, 0..1);
        assert!(ledger.next_item().is_none());
    }

    #[test]
    fn time_in_which_limits_stood_still_does_not_count() {
        let (catcher, caught) = channel();
        let _handle = Catcher(catcher).submit(|n: u32| n, 7).unwrap();
        let limit = Duration::from_secs(10);
        let ledger = Ledger::default();
        ledger.open(caught.recv().unwrap(), Some(limit)).unwrap();
        let (_, deadline) = ledger.next_item().unwrap();
        let deadline = deadline.unwrap();
        let began = deadline - limit;
        let second = Duration::from_secs(1);
        // Two seconds of which all count, then three of which the item missed the first.
        let later = ledger.postpone(began + second, began + 3 * second);
        assert_eq!(later, Some(deadline + 2 * second));
        let later = ledger.postpone(began, began + 5 * second);
        assert_eq!(later, Some(deadline + 5 * second));
    }
}
