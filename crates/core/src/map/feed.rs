//! The part that ordered and unordered maps share: pulling from the source, sending chunks, and
//! knowing which are on their way.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Instant;

use crate::bell::Bell;
use crate::helper;
use crate::job::chunk::{ChunkCell, ChunkYield, Measure, Place};
use crate::job::contract::Job;
use crate::job::lane::Lane;
use crate::job::options::JobOptions;
use crate::job::row::ChunkOutcomes;
use crate::job::stored::Stored;
use crate::job::work::Work;
use crate::job_error::JobError;
use crate::map::options::MapOptions;
use crate::map::planner::{CHUNKS_A_WORKER, ChunkPlanner};
use crate::raw_executor::{Patience, RawExecutor, SubmitError};
use crate::sync::deadline_after;
use crate::task::contract::Task;

/// Chunks for each worker that may have ended and wait for their turn: bounds the memory of a map
/// whose first item is slow.
const KEPT_A_WORKER: usize = 64;

/// A map in progress.
pub(super) struct Feed<'e, T: Task, S, E: RawExecutor + ?Sized> {
    executor: &'e E,
    task: T,
    /// `None` when it is exhausted.
    source: Option<S>,
    planner: ChunkPlanner,
    options: JobOptions,
    deadline: Option<Instant>,
    window: usize,
    bell: Arc<Bell>,
    /// Chunks on their way, by number.
    sent: BTreeMap<usize, Arc<ChunkCell<T>>>,
    next_number: usize,
    /// Items that were taken from the source.
    taken: usize,
    /// Chunks that have ended and must wait for their turn.
    pub(super) kept: usize,
    /// Items that were taken from the source and not yet yielded.
    pub(super) unyielded: usize,
}

impl<'e, T, S, E> Feed<'e, T, S, E>
where
    T: Task,
    S: Iterator<Item = T::Input>,
    E: RawExecutor + ?Sized,
{
    /// Starts a map and fills its first window.
    pub(super) fn start(executor: &'e E, task: T, source: S, options: &MapOptions) -> Self {
        let workers = executor.workers();
        let mut feed = Self {
            executor,
            task,
            source: Some(source),
            planner: ChunkPlanner::new(options.chunk, workers),
            options: options.of_chunks(),
            deadline: options.deadline.and_then(deadline_after),
            window: options.window.map_or(usize::MAX, NonZeroUsize::get),
            bell: Arc::default(),
            sent: BTreeMap::new(),
            next_number: 0,
            taken: 0,
            kept: 0,
            unyielded: 0,
        };
        feed.fill();
        feed
    }

    /// Sends chunks until the window is full or the source is empty.
    pub(super) fn fill(&mut self) {
        while self.has_room() && !self.is_late() {
            let room = self.window.saturating_sub(self.unyielded);
            let Some(source) = &mut self.source else {
                return;
            };
            let size = self.planner.next_chunk(source.size_hint().1, room);
            let place = Place {
                bell: Arc::clone(&self.bell),
                number: self.next_number,
                first: self.taken,
            };
            let chunk = ChunkCell::pull(self.task, source, size, self.options, place);
            let items = chunk.len();
            if items < size {
                self.source = None;
            }
            if items > 0 {
                self.send(chunk);
            }
        }
    }

    /// Whether another chunk may be on its way, or waiting for its turn behind a slow one.
    fn has_room(&self) -> bool {
        let workers = self.executor.workers().max(1);
        self.sent.len() < CHUNKS_A_WORKER.saturating_mul(workers)
            && self.kept < KEPT_A_WORKER.saturating_mul(workers)
            && self.unyielded < self.window
    }

    fn send(&mut self, chunk: Arc<ChunkCell<T>>) {
        self.taken += chunk.len();
        self.unyielded += chunk.len();
        self.sent.insert(self.next_number, Arc::clone(&chunk));
        self.next_number += 1;
        let patience = self.deadline.map_or(Patience::Endless, Patience::Until);
        if let Err(refused) = self.executor.submit_work(Work::all(chunk), patience) {
            // What was taken from the source fails with the reason. An input that cannot be encoded
            // is to blame itself; for any other reason, no more will be accepted.
            if !matches!(refused.reason, SubmitError::Codec(_)) {
                self.source = None;
            }
            refused.work.fail(&refusal(refused.reason));
        }
    }

    /// The outcomes of the chunk that ends next, with its number, waiting for them.
    ///
    /// `None` when the map has ended. Past the deadline, what has not ended is cancelled.
    pub(super) fn collect_one(&mut self) -> Option<(usize, ChunkYield<T::Output>)> {
        loop {
            if self.sent.is_empty() {
                return self.cut_short();
            }
            // Each time: a ring that turns out to be no chunk's end may have kept it from helping.
            self.help();
            let number = match self.bell.next(self.deadline) {
                Some(number) if self.is_to_be_tried_again(number) => continue,
                Some(number) => number,
                None => self.give_up()?,
            };
            // A chunk that was given up may end all the same, and ring.
            let Some(chunk) = self.sent.remove(&number) else {
                continue;
            };
            let done = chunk.take();
            self.planner.record(done.measure);
            if done.was_cancelled && self.is_late() {
                self.source = None;
            }
            return Some((number, done));
        }
    }

    /// Past the deadline with all that was sent ended in time: takes one more item, if there is one,
    /// so that a map with unread inputs ends with a failure and not as if it were complete.
    fn cut_short(&mut self) -> Option<(usize, ChunkYield<T::Output>)> {
        if !self.is_late() {
            return None;
        }
        let mut source = self.source.take()?;
        drop(source.next()?);
        let (number, first) = (self.next_number, self.taken);
        self.unyielded += 1;
        let cancelled = Lane::single(0, Stored::failed(JobError::Cancelled));
        let unread = ChunkYield {
            first,
            outcomes: ChunkOutcomes::new(vec![cancelled]),
            measure: Measure::default(),
            was_cancelled: true,
        };
        Some((number, unread))
    }

    /// On a worker of the same pool: runs what has not started, oldest first, until a chunk rings.
    fn help(&self) {
        for chunk in self.sent.values() {
            if !self.bell.is_silent() {
                return;
            }
            self.help_with(chunk);
        }
    }

    /// Whether the chunk has rung only because an item of it is queued again, after an attempt that
    /// failed; on a worker of the same pool, it is run here.
    fn is_to_be_tried_again(&self, number: usize) -> bool {
        let chunk = self.sent.get(&number);
        let Some(chunk) = chunk.filter(|chunk| !chunk.is_finished()) else {
            return false;
        };
        self.help_with(chunk);
        true
    }

    fn help_with(&self, chunk: &Arc<ChunkCell<T>>) {
        helper::help(self.executor.id(), || {
            Work::all(Arc::clone(chunk) as Arc<dyn Job>)
        });
    }

    /// The deadline has passed: cancels everything, returns the oldest chunk.
    fn give_up(&self) -> Option<usize> {
        for chunk in self.sent.values() {
            chunk.cancel();
        }
        self.sent.keys().next().copied()
    }

    fn is_late(&self) -> bool {
        self.deadline
            .is_some_and(|deadline| deadline <= Instant::now())
    }

    /// An outcome has been taken: pulls one more where the caller has fixed how many may be under way.
    /// Elsewhere it is chunks that make room.
    #[inline]
    pub(super) fn yielded(&mut self) {
        self.unyielded -= 1;
        if self.window < usize::MAX {
            self.fill();
        }
    }

    /// How many more items there will be: at least, and at most.
    pub(super) fn size_hint(&self) -> (usize, Option<usize>) {
        let most = self.source_hint().1;
        let upper = most.and_then(|most| most.checked_add(self.unyielded));
        (self.unyielded, upper)
    }

    /// How many more items the source says that it has.
    pub(super) fn source_hint(&self) -> (usize, Option<usize>) {
        let source = self.source.as_ref();
        source.map_or((0, Some(0)), Iterator::size_hint)
    }
}

impl<T: Task, S, E: RawExecutor + ?Sized> Drop for Feed<'_, T, S, E> {
    fn drop(&mut self) {
        for chunk in self.sent.values() {
            chunk.cancel();
        }
    }
}

fn refusal(reason: SubmitError) -> JobError {
    match reason {
        SubmitError::Shutdown => JobError::Shutdown,
        SubmitError::QueueFull { .. } => JobError::Cancelled,
        SubmitError::Codec(error) => JobError::Codec(error),
        SubmitError::PoolFailed { reason } => JobError::PoolFailed { reason },
        SubmitError::Unsupported { what } => JobError::Unsupported {
            what: what.to_owned(),
        },
        SubmitError::WrongProcess { owner, here } => JobError::WrongProcess { owner, here },
    }
}
