//! Answering tiny items together.
//!
//! An answer by itself costs a frame and a system call, a hundred times what a tiny task takes. Where nobody
//! waits for answers one by one, they are gathered, and sent when the request is over, when they are many, or
//! when the first of them has waited for [`PATIENCE`]. Each item is still claimed before it starts. Gathered
//! answers lie on the slate, in shared memory, as soon as their items have ended: a worker that dies takes
//! none of them along.
//!
//! The clock is read for a group of items. A group begins with one and grows while it takes microseconds, so
//! the time at which an item is said to have started is never far off, and an item that takes its time
//! waits for nobody.

use std::io::{self, Write as _};
use std::time::Duration;

use anypool_core::{Answers, Context, JobError, JobId, TaskEntry};

use crate::clock::monotonic_nanos;
use crate::fault::{self, Point};
use crate::sys::process::exit_now;
use crate::trace;
use crate::wire::frame;
use crate::wire::reply::{self, Header};
use crate::wire::request::Request;
use crate::worker::kit::Worker;

/// How long an answer waits for others.
const PATIENCE: Duration = Duration::from_micros(100);

/// A group of items that takes longer than this was too large.
const BRIEF: Duration = Duration::from_micros(20);

/// A larger group saves nothing more.
const MOST_IN_GROUP: u32 = 64;

/// Answers are sent when they have so many bytes: a pipe holds twice as much.
const MOST_BYTES: usize = 30 * 1024;

/// Runs the items of a request whose answers may be gathered.
pub(super) fn run(
    worker: &mut Worker,
    ctx: &Context,
    entry: Option<&'static TaskEntry>,
    request: &mut Request<'_>,
) -> io::Result<()> {
    let job = JobId(request.header.job);
    let previous = ctx.enter(job, request.header.attempt, None);
    trace::enter_job(Some(job));
    let ran = Gathering::new(worker, request.header.sequence).run(ctx, entry, request);
    trace::enter_job(None);
    ctx.leave(&previous);
    ran
}

/// A request in progress.
struct Gathering<'w> {
    worker: &'w mut Worker,
    sequence: u64,
    /// The item that is next.
    item: u32,
    answers: Answers,
    frame: Vec<u8>,
    clock: GroupClock,
}

impl<'w> Gathering<'w> {
    fn new(worker: &'w mut Worker, sequence: u64) -> Self {
        worker.slate.begin(sequence, 0);
        Self {
            worker,
            sequence,
            item: 0,
            answers: Answers::default(),
            frame: Vec::new(),
            clock: GroupClock::start(),
        }
    }

    fn run(
        &mut self,
        ctx: &Context,
        entry: Option<&'static TaskEntry>,
        request: &mut Request<'_>,
    ) -> io::Result<()> {
        let malformed = |_| io::Error::from(io::ErrorKind::InvalidData);
        while let Some(input) = request.next_input().map_err(malformed)? {
            fault::reach(Point::WorkerClaiming);
            let now = self.clock.last_nanos;
            if !self.worker.page.claim(self.sequence, self.item, now) {
                self.send()?;
                frame::append(&mut self.frame, |out| {
                    reply::append_skipped(out, self.sequence);
                });
                return self.worker.end.send(&self.frame);
            }
            fault::reach(Point::WorkerClaimed);
            self.answers.push(|out| match entry {
                Some(entry) => entry.run(input, ctx, out),
                None => Err(unknown_task()),
            });
            ctx.turn();
            if self.worker.identity.is_copied() {
                // As for any item: see `serve`.
                exit_now(0);
            }
            fault::reach(Point::WorkerRan);
            self.item += 1;
            let is_kept = self.worker.slate.write(self.answers.records());
            let is_due = self.clock.step() >= PATIENCE;
            if is_due || !is_kept || self.answers.records().len() >= MOST_BYTES {
                self.send()?;
            }
            fault::reach(Point::WorkerReplied);
        }
        self.send()
    }

    /// Sends what has been gathered.
    fn send(&mut self) -> io::Result<()> {
        self.frame.clear();
        if self.answers.is_empty() {
            return Ok(());
        }
        // What the items printed is in the pipe before their answers are.
        let _ = io::stdout().flush();
        let header = Header {
            sequence: self.sequence,
            item: self.item - self.answers.len(),
            busy: self.clock.restart(),
        };
        frame::append(&mut self.frame, |out| {
            reply::append_gathered(out, &header, &self.answers);
        });
        self.worker.end.send(&self.frame)?;
        self.worker.slate.begin(self.sequence, self.item);
        self.frame.clear();
        self.answers.clear();
        Ok(())
    }
}

fn unknown_task() -> JobError {
    let reason = "the worker does not know the task".to_owned();
    JobError::PoolFailed { reason }
}

/// Reads the clock once for a group of items.
#[derive(Debug)]
struct GroupClock {
    /// When it was read last.
    last_nanos: u64,
    /// When the items that have not been answered began.
    first_nanos: u64,
    group: u32,
    /// How many items of the group are left.
    left: u32,
}

impl GroupClock {
    fn start() -> Self {
        let now = monotonic_nanos();
        Self {
            last_nanos: now,
            first_nanos: now,
            group: 1,
            left: 1,
        }
    }

    /// An item has ended. Returns how long the first one has not been answered, as far as is known.
    #[inline]
    fn step(&mut self) -> Duration {
        self.left -= 1;
        if self.left == 0 {
            self.turn(monotonic_nanos());
        }
        Duration::from_nanos(self.last_nanos.saturating_sub(self.first_nanos))
    }

    /// The group has ended.
    fn turn(&mut self, now: u64) {
        let took = Duration::from_nanos(now.saturating_sub(self.last_nanos));
        self.last_nanos = now;
        self.group = match took {
            took if took < BRIEF / 2 => (self.group * 2).min(MOST_IN_GROUP),
            took if took < BRIEF => self.group,
            _ => 1,
        };
        self.left = self.group;
    }

    /// Everything has been answered. Returns how long that took.
    fn restart(&mut self) -> Duration {
        let now = monotonic_nanos();
        let took = Duration::from_nanos(now.saturating_sub(self.first_nanos));
        self.last_nanos = now;
        self.first_nanos = now;
        took
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_grow_while_they_are_brief_and_slow_items_are_alone() {
        let mut clock = GroupClock::start();
        let mut now = clock.last_nanos;
        let mut groups = Vec::new();
        for micros in [1, 1, 1, 1, 1, 1, 1, 15, 900, 15] {
            now += micros * 1_000;
            clock.turn(now);
            groups.push(clock.group);
        }
        assert_eq!(groups, [2, 4, 8, 16, 32, 64, 64, 64, 1, 1]);
        assert_eq!(clock.left, 1);
    }
}
