//! What one worker thread is running: a stack, since a job that waits for another of its own pool
//! runs that one on top of itself; and the tray of what it runs next.
//!
//! The worker opens, advances and closes frames; the watchdog and `shutdown_now` give frames up.
//! Both happen under the ledger's lock, so an item is either given up before it is begun (then it is
//! not begun here) or after. The stop signal is set only here, and follows the stack.
//!
//! From one job to the next a worker takes this lock once, and hardly ever has to wait for it.

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use anypool_core::{Job, JobId, StopSignal, Work, WorkerId};

use crate::asked::Asked;
use crate::book::{Begun, Book, Frame};
use crate::stats::RunningJob;
use crate::sync::{earlier, lock};
use crate::tray::Balance;

/// One worker thread's running work.
pub(crate) struct Ledger {
    pub(crate) signal: StopSignal,
    /// The worker, if it is one.
    pub(crate) worker: Option<WorkerId>,
    book: Mutex<Book>,
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

/// What a worker does after a piece of work.
pub(crate) enum Turn {
    /// It runs what was next on its tray.
    Begun(Begun),
    /// What was next on its tray may not begin any more.
    Refused(Work),
    /// It looks for work elsewhere.
    Dry,
    /// Somebody else has its place.
    Leave,
}

impl Ledger {
    /// The ledger of a thread whose tray counts in `balance`: that of `worker`, if it is one.
    pub(crate) fn new(worker: Option<WorkerId>, balance: Arc<Balance>, asked: Asked) -> Self {
        Self {
            signal: StopSignal::default(),
            worker,
            book: Mutex::new(Book::new(balance, asked)),
        }
    }

    /// As [`Book::open`].
    pub(crate) fn open(&self, work: Work, limit: Option<Duration>) -> Result<Begun, Work> {
        self.lock().open(work, limit)
    }

    /// Begins the next item of the topmost work.
    pub(crate) fn next_item(&self) -> Option<Begun> {
        self.lock().next_item()
    }

    /// As [`Book::next_block`].
    pub(crate) fn next_block(&self, most: u32) -> Option<Range<u32>> {
        self.lock().next_block(most)
    }

    /// Ends the topmost work, which is all that runs, and begins the next from the tray. What has ended is
    /// to be dropped by the caller, after the lock: the job may be the owner of user data.
    pub(crate) fn turn(&self, limit: Option<Duration>) -> (Option<Frame>, Turn) {
        let mut book = self.lock();
        let ended = book.frames.pop();
        if ended.as_ref().is_some_and(|frame| frame.settled) {
            self.tell(&book);
        }
        if book.abandoned {
            return (ended, Turn::Leave);
        }
        let turn = match book.tray.pop() {
            Some(work) => match book.open(work, limit) {
                Ok(begun) => Turn::Begun(begun),
                Err(work) => Turn::Refused(work),
            },
            None => Turn::Dry,
        };
        (ended, turn)
    }

    /// Puts work on the tray, of which others may come for some; gives it back when its worker will run
    /// no more.
    pub(crate) fn lay<W: IntoIterator<Item = Work>>(&self, works: W) -> Result<(), W> {
        let mut book = self.lock();
        if book.abandoned || book.stopping {
            return Err(works);
        }
        book.tray.extend(works);
        Ok(())
    }

    /// Takes half of what is on the tray.
    pub(crate) fn take_half(&self) -> VecDeque<Work> {
        self.lock().tray.take_half()
    }

    /// Takes all that is on the tray.
    pub(crate) fn take_tray(&self) -> VecDeque<Work> {
        self.lock().tray.take_all()
    }

    /// How much is on the tray.
    pub(crate) fn laid(&self) -> usize {
        self.lock().tray.len()
    }

    /// Ends the topmost work, which the caller drops after the lock: the job may be the owner of user data.
    /// Tells as well whether somebody may wait for a worker that was abandoned.
    pub(crate) fn close(&self) -> (Option<Frame>, bool) {
        let mut book = self.lock();
        let ended = book.frames.pop();
        self.tell(&book);
        (ended, book.abandoned)
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

    /// What runs, outermost first; see [`Book::running`].
    pub(crate) fn running(&self, worker: WorkerId, asked: Instant) -> Vec<RunningJob> {
        self.lock().running(worker, asked)
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

#[cfg(test)]
mod tests;
