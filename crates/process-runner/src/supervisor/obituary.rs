//! Why a worker ended, and the pool's memory of it.

use std::time::{Duration, SystemTime};

use anypool_core::{ExitCause, JobError, WorkerId};

use crate::event::PoolEvent;
use crate::supervisor::doom::Doom;
use crate::supervisor::state::Supervisor;
use crate::supervisor::worker::{Stage, Worker};
use crate::sys::process::Ended;
use crate::worker_end::{EndCause, WorkerEnd, detail};

/// How many of the last deaths are remembered.
const REMEMBERED: usize = 16;

impl Supervisor {
    /// Remembers how a worker ended.
    pub(super) fn remember_end(&mut self, end: WorkerEnd) {
        self.herald
            .tell_of_worker(|| PoolEvent::WorkerEnded(end.clone()));
        self.shared.update(|stats| {
            *stats.ends.entry(end.cause).or_default() += 1;
            if !end.cause.is_wanted() {
                if stats.deaths.len() == REMEMBERED {
                    stats.deaths.remove(0);
                }
                stats.deaths.push(end);
            }
        });
    }
}

/// The end of a worker that never was: the kernel refused what it needs.
pub(super) fn end_unborn(slot: usize, words: &str) -> WorkerEnd {
    WorkerEnd {
        worker: WorkerId(u32::try_from(slot).unwrap_or(u32::MAX)),
        pid: None,
        cause: EndCause::NotStarted,
        detail: detail(words),
        job: None,
        done: 0,
        lived: Duration::ZERO,
        at: date(),
    }
}

/// When it is, for people; nothing is timed by it.
#[expect(
    clippy::disallowed_methods,
    reason = "it is put into logs beside other dates"
)]
fn date() -> SystemTime {
    SystemTime::now()
}

/// The end of a worker whose item ended, or would have ended, as `error`.
pub(super) fn end_of(live: &Worker, error: &JobError) -> WorkerEnd {
    let (cause, words) = cause_of_end(live, error);
    WorkerEnd {
        worker: live.id(),
        pid: live.process(),
        cause,
        detail: detail(words.trim_end()),
        job: None,
        done: 0,
        lived: live.born.elapsed(),
        at: date(),
    }
}

fn cause_of_end(live: &Worker, error: &JobError) -> (EndCause, String) {
    let parting = live.parting.unwrap_or(EndCause::Stopped);
    let exit = match live.ended {
        Some((Some(Ended::Code(code)), _)) => ExitCause::Code(code),
        Some((Some(Ended::Signal(signal, _)), _)) => ExitCause::Signal(signal),
        _ => ExitCause::Unknown,
    };
    let nothing = String::new();
    match &live.stage {
        Stage::Doomed(Doom::Stopping, _) => (parting, nothing),
        Stage::Doomed(doom @ (Doom::Condemned(reason) | Doom::Unfit(reason)), _) => {
            (doom.cause(), reason.clone())
        }
        Stage::Doomed(doom, _) => (doom.cause(), nothing),
        Stage::Leaving if exit == ExitCause::Code(0) => (parting, nothing),
        _ if matches!(error, JobError::MemoryLimit(_)) => {
            (EndCause::MemoryLimit, error.to_string())
        }
        Stage::Starting => (EndCause::Died(exit), "before it said hello".to_owned()),
        Stage::Initializing => (EndCause::Died(exit), "in its initializer".to_owned()),
        Stage::Leaving => (EndCause::Died(exit), "on its way out".to_owned()),
        Stage::Serving => (EndCause::Died(exit), nothing),
    }
}
