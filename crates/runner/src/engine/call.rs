//! Calls of the catalogue: a slot gives one to a worker, and waits for it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anypool_core::{
    Executor as _, ExecutorId, ExitCause, JobError, JobHandle, JobOptions, Outcome, RawExecutor,
    StoppedBy, signal_name,
};

use super::attempt::Try;
use super::scribe::Author;
use super::slot::{Slot, nanos, nanos_since};
use super::staff::{Hands, Staff};
use crate::backend::RunnerPool;
use crate::catalogue::call::{Call, CallResult};
use crate::catalogue::measured::{Asked, Measured, run_measured};
use crate::event::{Event, TaskFinished, TaskSlow, Usage, Verdict, WorkerLost};

/// Gives calls to workers.
pub(super) struct Caller<'a> {
    pub(super) staff: Staff<'a>,
    pub(super) asked: fn(Call) -> Asked,
    pub(super) gil: Option<Duration>,
    /// Whether each call has the program started anew.
    pub(super) anew: bool,
}

/// How often it is looked whether the run stops, where nobody else stops the worker.
const LOOK: Duration = Duration::from_millis(20);

impl Caller<'_> {
    pub(super) fn run(&self, call: &Call, tried: &Try, slot: &Slot<'_>) -> TaskFinished {
        let began = Instant::now();
        let hall = slot.hall;
        hall.tell(Event::TaskStarted(slot.started(tried, None)));
        let hands = match self.staff.take(&hall.pools) {
            Ok(hands) => hands,
            Err(error) => {
                let why = format!("a worker cannot be started: {error}");
                return slot.end(tried, Verdict::Failed, why);
            }
        };
        let ended = match self.submit(call, tried, &hands) {
            Ok(handle) => {
                let job = handle.id();
                let (outcome, slow) = self.wait(handle, (tried, began), slot, &hands);
                hands.scribe.forget(job);
                let mut ended = judge(outcome, tried, slot);
                ended.slow = slow;
                if ended.run == 0 {
                    ended.run = nanos_since(began);
                } else {
                    ended.queued = nanos_since(began).saturating_sub(ended.run);
                }
                ended
            }
            Err(refusal) => {
                let outcome = match hall.is_stopping() {
                    true => Verdict::Cancelled,
                    false => Verdict::Failed,
                };
                slot.end(tried, outcome, refusal)
            }
        };
        self.staff.give_back(&hands, &hall.pools);
        ended
    }

    fn submit(
        &self,
        call: &Call,
        tried: &Try,
        hands: &Hands,
    ) -> Result<JobHandle<Measured>, String> {
        let mut options = JobOptions::new();
        options.timeout = tried.unit.terms.timeout;
        let author = Author {
            task: Arc::clone(&tried.id),
            index: tried.index,
            attempt: tried.attempt,
        };
        let mut refusal = String::new();
        let submitted = hands.scribe.submit(&author, || {
            let call = call.clone().with_attempt(tried.attempt);
            let call = call.with_gil(self.gil).anew(self.anew);
            let pool: &dyn RawExecutor = &Pool(&*hands.pool);
            match pool.submit_with(run_measured, (self.asked)(call), options) {
                Ok(handle) => Some((handle.id(), handle)),
                Err(error) => {
                    refusal = error.to_string();
                    None
                }
            }
        });
        submitted.map(|(_, handle)| handle).ok_or(refusal)
    }

    /// Waits for the outcome, and tells when it takes long. A worker that nobody else knows is stopped here when the run
    /// stops.
    fn wait(
        &self,
        mut handle: JobHandle<Measured>,
        (tried, began): (&Try, Instant),
        slot: &Slot<'_>,
        hands: &Hands,
    ) -> (Outcome<Measured>, bool) {
        let limit = tried.unit.terms.slow_after;
        let (mut slow, mut stopped) = (false, !self.staff.is_one_each());
        loop {
            let left = limit.filter(|_| !slow);
            let left = left.map(|limit| limit.saturating_sub(began.elapsed()));
            let look = (!stopped).then_some(LOOK);
            let Some(patience) = left.into_iter().chain(look).min() else {
                return (handle.join(), slow);
            };
            handle = match handle.join_timeout(patience) {
                Ok(outcome) => return (outcome, slow),
                Err(running) => running,
            };
            if !slow && limit.is_some_and(|limit| began.elapsed() >= limit) {
                slow = true;
                slot.hall.tell(Event::TaskSlow(TaskSlow {
                    task: Arc::clone(&tried.id),
                    index: tried.index,
                    attempt: tried.attempt,
                    run: nanos_since(began),
                }));
            }
            if !stopped && slot.hall.is_stopping() {
                stopped = true;
                hands.pool.shutdown_now();
            }
        }
    }
}

/// A pool as the trait that has the typed methods.
struct Pool<'a>(&'a dyn RunnerPool);

impl RawExecutor for Pool<'_> {
    fn id(&self) -> ExecutorId {
        self.0.id()
    }

    fn workers(&self) -> usize {
        self.0.workers()
    }

    fn submit_work(
        &self,
        work: anypool_core::Work,
        patience: anypool_core::Patience,
    ) -> Result<(), anypool_core::Refused> {
        self.0.submit_work(work, patience)
    }
}

fn judge(outcome: Outcome<Measured>, tried: &Try, slot: &Slot<'_>) -> TaskFinished {
    match outcome {
        Ok(Measured {
            result,
            run,
            usage,
            left,
        }) => {
            let mut ended = value(result, tried, slot);
            ended.run = nanos(run);
            ended.usage = used(usage);
            ended.leaked = left.is_some();
            if let Some(what) = left.filter(|_| ended.outcome == Verdict::Ok) {
                ended.outcome = Verdict::Leaked;
                ended.message = Some(format!("left {what} running"));
            }
            ended
        }
        Err(error) => failure(&error, tried, slot),
    }
}

fn used(figures: crate::catalogue::measured::Figures) -> Usage {
    Usage {
        user: figures.user,
        sys: figures.sys,
        max_rss: figures.max_rss,
        switches: figures.switches,
    }
}

fn value(result: CallResult, tried: &Try, slot: &Slot<'_>) -> TaskFinished {
    match result {
        Ok(answer) => {
            let mut ended = slot.end(tried, Verdict::Ok, "");
            ended.value = Some(answer.value.to_string());
            ended.digest = Some(format!("{:016x}", answer.digest));
            ended
        }
        Err(failure) => slot.end(tried, Verdict::Failed, failure.to_string()),
    }
}

fn failure(error: &JobError, tried: &Try, slot: &Slot<'_>) -> TaskFinished {
    let outcome = match error {
        JobError::Panicked(_) => Verdict::Panicked,
        JobError::WorkerDied(_) | JobError::MemoryLimit(_) => Verdict::Crashed,
        JobError::TimedOut { .. } | JobError::CpuTime { .. } => Verdict::TimedOut,
        JobError::Cancelled | JobError::Killed | JobError::Shutdown if slot.hall.is_stopping() => {
            Verdict::Cancelled
        }
        _ => Verdict::Failed,
    };
    let mut ended = slot.end(tried, outcome, error.to_string());
    match error {
        JobError::Panicked(report) => {
            ended.message = Some(format!("{:?}", report.message));
            ended.location.clone_from(&report.location);
        }
        JobError::TimedOut {
            stopped_by: StoppedBy::Abandoned,
            ..
        } => ended.leaked = true,
        JobError::WorkerDied(death) => {
            let mut lost = WorkerLost {
                worker: slot.number as u64,
                pid: Some(death.pid),
                signal: None,
                code: None,
                task: Some(Arc::clone(&tried.id)),
            };
            match death.cause {
                ExitCause::Signal(number) => {
                    lost.signal = signal_name(number).map(str::to_owned);
                    ended.signal.clone_from(&lost.signal);
                    ended.core = Some(death.core_dumped);
                }
                ExitCause::Code(code) => {
                    lost.code = Some(code);
                    ended.code = Some(code);
                }
                ExitCause::Unknown => {}
            }
            slot.hall.tell(Event::WorkerLost(lost));
        }
        _ => {}
    }
    ended
}
