//! A worker's book: what it runs, as a stack, and what it runs next. Plain data; its owner locks it.

use std::ops::Range;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anypool_core::{Job, TaskEntry, Work, WorkerId};

use crate::asked::Asked;
use crate::stats::RunningJob;
use crate::sync::deadline_after;
use crate::tray::{Balance, Tray};

/// One worker's book.
pub(crate) struct Book {
    pub(crate) frames: Vec<Frame>,
    pub(crate) tray: Tray<Work>,
    asked: Asked,
    /// Somebody has taken this worker's place; it leaves when its stack is empty.
    pub(crate) abandoned: bool,
    /// Every job has been told to stop.
    pub(crate) stopping: bool,
}

/// Work in progress.
pub(crate) struct Frame {
    pub(crate) job: Arc<dyn Job>,
    /// The items that run: one, or a block of those that take microseconds together.
    pub(crate) current: Range<u32>,
    /// The items that have not begun.
    pub(crate) rest: Range<u32>,
    pub(crate) limit: Option<Duration>,
    pub(crate) deadline: Option<Instant>,
    /// Since when they run, if anybody had asked for that by then.
    since: Option<Instant>,
    /// Nobody counts on the item that runs any more.
    pub(crate) given_up: bool,
    /// It has been settled, so its task may be told to stop.
    pub(crate) settled: bool,
}

/// An item that its worker is to run.
pub(crate) struct Begun {
    pub(crate) job: Arc<dyn Job>,
    pub(crate) item: u32,
    pub(crate) deadline: Option<Instant>,
    /// Whether other items of the job come after it.
    pub(crate) has_more: bool,
}

impl Book {
    /// An empty book, whose tray counts in `balance`.
    pub(crate) fn new(balance: Arc<Balance>, asked: Asked) -> Self {
        Self {
            asked,
            frames: Vec::new(),
            tray: Tray::new(balance),
            abandoned: false,
            stopping: false,
        }
    }

    /// Begins the first item of a piece of work, on top of what runs; gives the work back when nothing may
    /// begin any more. `limit` is for jobs that bring none of their own.
    pub(crate) fn open(&mut self, work: Work, limit: Option<Duration>) -> Result<Begun, Work> {
        if self.stopping {
            return Err(work);
        }
        let own = (!work.job.is_plain()).then(|| work.job.options().timeout);
        let mut frame = Frame {
            limit: own.flatten().or(limit),
            job: work.job,
            current: 0..0,
            rest: work.items,
            deadline: None,
            since: None,
            given_up: false,
            settled: false,
        };
        let Some(begun) = frame.next_item(&self.asked) else {
            let (job, items) = (frame.job, frame.rest);
            return Err(Work { job, items });
        };
        self.frames.push(frame);
        Ok(begun)
    }

    /// Takes what has not begun: of the work in progress, then what is on the tray.
    pub(crate) fn take_rests(&mut self) -> Vec<Work> {
        let take = |frame: &mut Frame| Work {
            job: Arc::clone(&frame.job),
            items: std::mem::replace(&mut frame.rest, 0..0),
        };
        let rests = self.frames.iter_mut().map(take);
        let mut rests: Vec<_> = rests.filter(|work| !work.items.is_empty()).collect();
        rests.extend(self.tray.take_all());
        rests
    }
}

impl Book {
    /// Begins the next item of the topmost work.
    pub(crate) fn next_item(&mut self) -> Option<Begun> {
        self.frames.last_mut()?.next_item(&self.asked)
    }

    /// Begins the next items of the topmost work, at most so many, of a job that needs no deadlines.
    pub(crate) fn next_block(&mut self, most: u32) -> Option<Range<u32>> {
        let block = self.frames.last_mut()?.begin(most, &self.asked);
        Some(block).filter(|block| !block.is_empty())
    }

    /// What runs, outermost first; `asked` is when that was asked for the first time.
    pub(crate) fn running(&self, worker: WorkerId, asked: Instant) -> Vec<RunningJob> {
        let running = self.frames.iter().filter(|frame| !frame.current.is_empty());
        let describe = |frame: &Frame| RunningJob {
            job: frame.job.id(),
            task: frame.job.entry().map_or(CLOSURE, TaskEntry::label),
            item: (frame.job.items() > 1).then_some(frame.current.start),
            worker,
            attempt: frame.job.attempt(frame.current.start),
            age: frame.since.unwrap_or(asked).elapsed(),
            is_leaked: frame.given_up,
        };
        running.map(describe).collect()
    }
}

/// What stands for the name of a task where there is none.
const CLOSURE: &str = "a closure";

impl Frame {
    /// The next items run, at most so many, which is a power of two; which they are. Blocks end at multiples
    /// of their size, as the pieces do in which a chunk keeps its inputs, so that those move whole.
    pub(crate) fn begin(&mut self, most: u32, asked: &Asked) -> Range<u32> {
        self.since = asked.now();
        let end = self.rest.start.saturating_add(most) & !(most - 1);
        self.current = self.rest.start..end.clamp(self.rest.start, self.rest.end);
        self.rest.start = self.current.end;
        self.current.clone()
    }

    /// Begins the next item.
    pub(crate) fn next_item(&mut self, asked: &Asked) -> Option<Begun> {
        self.begin(1, asked);
        let item = self.current.clone().next()?;
        // A clock reading only for those who need it.
        self.deadline = self.limit.and_then(deadline_after);
        Some(Begun {
            job: Arc::clone(&self.job),
            item,
            deadline: self.deadline,
            has_more: !self.rest.is_empty(),
        })
    }

    /// Whether an item runs that nobody has given up.
    pub(crate) fn is_live(&self) -> bool {
        !self.current.is_empty() && !self.given_up
    }
}
