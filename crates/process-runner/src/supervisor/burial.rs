//! Workers that have ended: what becomes of their jobs, and who comes after them.

use std::thread;
use std::time::{Duration, Instant};

use anypool_core::{ExitCause, JobError, MemoryEvidence, MemoryOverrun, SubmitError, WorkerDeath};

use crate::config::StartError;
use crate::event::PoolEvent;
use crate::fault::{self, Point};
use crate::inbox::WorkerKey;
use crate::seat::Seat;
use crate::supervisor::doom::Doom;
use crate::supervisor::obituary::{end_of, end_unborn};
use crate::supervisor::setback::Setback;
use crate::supervisor::state::{Phase, Supervisor};
use crate::supervisor::worker::{Stage, Succession, Worker};
use crate::sys::process::{Ended, kill_group_of};
use crate::trace;
use crate::usage;

/// How long a worker whose end nobody has reported, since the zygote is gone, may take to be gone, too.
const LAST_WORDS: Duration = Duration::from_millis(500);

/// The wait before the first retry of a worker that did not start; it doubles with each.
const RETRY_AFTER: Duration = Duration::from_millis(20);

impl Supervisor {
    /// A worker's pidfd says that it has ended; the zygote's report says how, and is on its way. However long that
    /// takes, what the worker has not started need not wait for it.
    pub(super) fn notice_end(&mut self, key: WorkerKey) {
        let live = self.workers.get(&key);
        if let Some(pidfd) = live.and_then(|live| live.pidfd.as_ref()) {
            // It is kept: it names what the worker has left in its process group.
            self.poller.forget(pidfd);
        }
        self.desk.close(key);
        let parcels = self.desk.seat(key).map(Seat::take_back_all);
        self.put_back(parcels.unwrap_or_default());
    }

    /// Buries the workers that have ended.
    pub(super) fn bury_ended(&mut self) {
        let now = Instant::now();
        let due = |live: &Worker| self.burial_at(live).is_some_and(|at| at <= now);
        let ended = self.workers.iter().filter(|(_, live)| due(live));
        let ended: Vec<WorkerKey> = ended.map(|(&key, _)| key).collect();
        for key in ended {
            self.bury(key);
        }
    }

    /// When a worker that has ended is buried.
    pub(super) fn burial_at(&self, live: &Worker) -> Option<Instant> {
        let (how, since) = live.ended?;
        let is_over = how.is_some() || live.words.descriptor().is_none();
        Some(if is_over { since } else { since + LAST_WORDS })
    }

    fn bury(&mut self, key: WorkerKey) {
        self.stock.remove(key);
        self.take_last_words(key);
        self.take_gathered(key);
        self.take_all_output(key, true);
        if let Some(portrait) = self.portrait(key) {
            self.tally.add(&portrait);
        }
        let Some(live) = self.workers.remove(&key) else {
            return;
        };
        let error = self.cause_of_death(key, &live);
        let mut end = end_of(&live, &error);
        let mut is_told = false;
        if let Some(mut seat) = self.desk.remove(key) {
            end.done = seat.done();
            let remains = seat.end(&error);
            end.job = remains.lost.first().map(|lost| lost.job.id());
            fault::reach(Point::ParentBurying);
            self.put_back(remains.returned);
            is_told = !remains.lost.is_empty();
            for lost in remains.lost {
                self.finish_item(live.id(), lost);
            }
        }
        self.guests.part_with(key);
        if is_told {
            // Who waited has often been woken on this core, even where another one is free, and would have the news only when
            // the replacement has been ordered.
            thread::yield_now();
        }
        self.remember_end(end);
        if !self.config.replaces && self.workers.is_empty() {
            self.forsake(&error);
        }
        self.shared.update(|stats| {
            if stats.pids.get(&live.slot) == Some(&live.pid.cast_unsigned()) {
                stats.pids.remove(&live.slot);
            }
        });
        if let Some(setback) = Setback::of(&live, &error) {
            return self.retry(live.slot, &setback);
        }
        if self.replaces() && live.succession != Succession::Settled {
            self.vacancies.push((Instant::now(), live.slot));
        }
    }

    /// When the item started with which a worker has died: what it said before is not that item's. 0 when
    /// it ran none.
    fn start_of_item(&mut self, key: WorkerKey) -> u64 {
        let seat = self.desk.seat(key);
        seat.and_then(|seat| seat.started_nanos()).unwrap_or(0)
    }

    /// A worker with a memory limit that aborted with the words of a failed allocation, or was killed
    /// for its size while it did (what it says about it takes memory, too).
    fn refused_memory(&mut self, key: WorkerKey, live: &Worker) -> Option<MemoryOverrun> {
        let of_job = self.desk.seat(key).and_then(|seat| seat.memory_limit());
        let limit_bytes = of_job.or(self.config.terms.memory_limit)?;
        let aborted = matches!(live.ended, Some((Some(Ended::Signal(libc::SIGABRT, _)), _)));
        let of_memory = match &live.stage {
            Stage::Doomed(doom, _) => matches!(doom, Doom::Memory { .. }),
            _ => aborted,
        };
        if !of_memory {
            return None;
        }
        let said = live.outputs[1].lines.newest(self.start_of_item(key));
        let words = said.lines().rev().find(|line| tells_of_refusal(line))?;
        Some(MemoryOverrun {
            pid: live.pid.cast_unsigned(),
            limit_bytes,
            resident_bytes: live.last_size(),
            evidence: MemoryEvidence::Refused(words.to_owned()),
        })
    }

    /// No worker will come any more: what had not started ends as what had, and what may yet be
    /// submitted is refused.
    fn forsake(&mut self, error: &JobError) {
        let mut error = error.clone();
        let reason = match &mut error {
            JobError::WorkerDied(death) => {
                death.started = false;
                format!("worker {} {}", death.pid, death.cause)
            }
            error => error.to_string(),
        };
        self.inbox.close(SubmitError::PoolFailed { reason });
        self.fail_queue(&error);
    }

    fn cause_of_death(&mut self, key: WorkerKey, live: &Worker) -> JobError {
        let pid = live.pid.cast_unsigned();
        if let Some(overrun) = self.refused_memory(key, live) {
            return JobError::MemoryLimit(Box::new(overrun));
        }
        if let Stage::Doomed(doom, killed) = &live.stage
            && let Some(error) = doom.error(pid, *killed)
        {
            return error;
        }
        let (cause, core_dumped) = match live.ended {
            Some((Some(Ended::Code(code)), _)) => (ExitCause::Code(code), false),
            Some((Some(Ended::Signal(signal, core)), _)) => (ExitCause::Signal(signal), core),
            _ => (ExitCause::Unknown, false),
        };
        let oom = cause == ExitCause::Signal(9) && self.is_out_of_memory();
        let since = self.start_of_item(key);
        let mut stderr_tail = trace::readable(live.outputs[1].lines.tail(since));
        if let Stage::Doomed(Doom::Condemned(reason), _) = &live.stage {
            stderr_tail.push_str(reason);
        }
        JobError::WorkerDied(Box::new(WorkerDeath {
            pid,
            cause,
            core_dumped,
            started: true,
            oom,
            stderr_tail,
        }))
    }

    /// Whether the kernel has killed a process for memory since this was last asked.
    pub(super) fn is_out_of_memory(&mut self) -> bool {
        let kills = usage::oom_kills();
        std::mem::replace(&mut self.oom_kills, kills) < kills
    }

    /// A worker did not come to serve: tries again, later each time, and gives up after too many in a
    /// row when no other is left.
    pub(super) fn retry(&mut self, slot: usize, setback: &Setback) {
        self.failures += 1;
        if !self.replaces() {
            return;
        }
        let alone = self.workers.values().all(|live| live.ended.is_some());
        if self.failures >= setback.most(self.config.max_start_failures) && alone {
            return self.fail_with(setback.last_of(self.failures));
        }
        // Others serve meanwhile: the pool is smaller until the machine can do better.
        let after = RETRY_AFTER * 2u32.pow((self.failures - 1).min(6));
        self.vacancies.push((Instant::now() + after, slot));
    }

    pub(super) fn replaces(&self) -> bool {
        self.config.replaces && self.failed.is_none() && self.phase != Phase::Ending
    }

    /// Fills the vacancies that are due, as far as there is room for orders.
    pub(super) fn fill_vacancies(&mut self) {
        let now = Instant::now();
        let (mut due, later): (Vec<_>, _) = self.vacancies.iter().partition(|(at, _)| *at <= now);
        self.vacancies = later;
        let room = self.room_for_orders().min(due.len());
        self.vacancies.extend(due.drain(room..));
        for (_, slot) in due {
            match self.hire(slot) {
                Ok(()) => self.shared.update(|stats| stats.restarts += 1),
                Err(error) => {
                    let reason = error.to_string();
                    self.remember_end(end_unborn(slot, &reason));
                    self.retry(slot, &Setback::Refused(reason));
                }
            }
        }
    }

    /// The zygote is gone, and so are its workers.
    pub(super) fn lose_zygote(&mut self) {
        self.poller.forget(&self.session);
        for live in self.workers.values_mut() {
            // The kernel ends the workers with the fork server, but not what they have started.
            if let Some(pidfd) = &live.pidfd {
                kill_group_of(pidfd);
            }
            live.ended.get_or_insert((None, Instant::now()));
        }
        // Of those that it had not reported, if there are any, the end is heard so.
        for key in std::mem::take(&mut self.ordered).into_values() {
            self.watch_worker(key);
        }
        self.announce(Err(StartError::Supervisor {
            what: "the fork server",
            error: "it is gone".to_owned(),
        }));
        self.fail("the fork server is gone, and its workers with it".to_owned());
        self.session.collect_server();
    }

    /// The pool can serve no more: everything that waits fails with the reason.
    pub(super) fn fail(&mut self, reason: String) {
        self.fail_with(JobError::PoolFailed { reason });
    }

    fn fail_with(&mut self, error: JobError) {
        if self.failed.is_some() {
            return;
        }
        let reason = match &error {
            JobError::PoolFailed { reason } => reason.clone(),
            error => error.to_string(),
        };
        self.failed = Some(error);
        self.unhired.clear();
        self.guests.stirred = true;
        self.herald.tell_of_pool(PoolEvent::PoolFailed {
            reason: reason.clone(),
        });
        self.inbox.close(SubmitError::PoolFailed { reason });
        self.end_workers();
    }
}

/// Whether a line on standard error is what a program says that aborts for want of memory: Rust's
/// standard library, C++'s.
fn tells_of_refusal(line: &str) -> bool {
    (line.contains("memory allocation of") && line.contains("failed"))
        || line.contains("std::bad_alloc")
}
