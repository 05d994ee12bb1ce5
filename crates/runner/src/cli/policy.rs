//! The flags of what holds for a whole run.

use std::num::NonZeroU64;
use std::time::Duration;

use clap::Args;

use super::lock::LockAsk;
use crate::audience::opening::opening;
use crate::engine::policy::{MaxFail, Policy, Repeat};
use crate::engine::terms::{Backoff, Retries, Terms};
use crate::event::RunStarted;
use crate::report::Report;
use crate::size;
use crate::workers::WorkerCount;

pub(super) const POOL: &str = "Pool";
pub(super) const POLICY: &str = "Policy";

// What describes these would take the place of what describes the command that they are added to.

// What holds for runs on as many workers as one likes.
#[derive(Debug, Args)]
pub(super) struct PolicyAsk {
    /// How many run side by side: auto (one for each processor that may be used), N, N%, or +N and -N from auto
    #[arg(short = 'j', long, value_name = "N", default_value_t = WorkerCount::Auto, allow_hyphen_values = true, help_heading = POOL)]
    pub(super) workers: WorkerCount,
    /// How many are read ahead of those that run [default: twice the workers]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=1_000_000), help_heading = POOL)]
    queue: Option<u64>,
    #[command(flatten)]
    pub(super) rules: RulesAsk,
}

// What holds for runs on any workers.
#[derive(Debug, Args)]
pub(super) struct RulesAsk {
    /// What chance goes by, which shortens the pauses between tries
    #[arg(long, value_name = "N", default_value_t = 0, help_heading = POOL)]
    seed: u64,
    /// Do all of it so often, or again and again for so long
    #[arg(long, value_name = "N|TIME", default_value = "1", help_heading = POOL)]
    pub(super) repeat: Repeat,
    /// How long each may run, like 30s or 500ms
    #[arg(long, value_name = "TIME", value_parser = limit, help_heading = POLICY)]
    pub(super) timeout: Option<Duration>,
    /// What is to stop gets so long to do so, before it is made to
    #[arg(long, value_name = "TIME", default_value = "2s", value_parser = humantime::parse_duration, help_heading = POLICY)]
    pub(super) grace: Duration,
    /// Tell of those that run for longer than this
    #[arg(long, value_name = "TIME", value_parser = limit, help_heading = POLICY)]
    slow_after: Option<Duration>,
    /// How long all of it may take
    #[arg(long, value_name = "TIME", value_parser = limit, help_heading = POLICY)]
    run_timeout: Option<Duration>,
    /// How often what failed is tried again, which must do no harm
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = clap::value_parser!(u32).range(0..=1_000), help_heading = POLICY)]
    retries: u32,
    /// The pause before the first retry; it doubles with each one, and chance shortens it by up to half
    #[arg(long, value_name = "TIME", default_value = "0s", value_parser = humantime::parse_duration, help_heading = POLICY)]
    retry_delay: Duration,
    /// What to make of those that are ok only after a retry
    #[arg(long, value_name = "VERDICT", value_enum, default_value = "pass", help_heading = POLICY)]
    flaky: Flaky,
    /// Start nothing more after so many failures: N, N% or all; with :now, stop what runs
    #[arg(long, value_name = "N", default_value_t = MaxFail::default(), help_heading = POLICY)]
    max_fail: MaxFail,
    /// Stop all the rest when so many have ended well
    #[arg(long, value_name = "N", help_heading = POLICY)]
    until_success: Option<NonZeroU64>,
    /// The least time between two starts
    #[arg(long, value_name = "TIME", value_parser = humantime::parse_duration, help_heading = POLICY)]
    delay: Option<Duration>,
    /// Start nothing while so many threads of the machine want a processor
    #[arg(long, value_name = "LOAD", value_parser = load, help_heading = POLICY)]
    max_load: Option<f64>,
    /// Start nothing while less memory is available, like 1G
    #[arg(long, value_name = "SIZE", value_parser = size::parse, help_heading = POLICY)]
    min_free_mem: Option<u64>,
    /// Give way to other programs: from 0 to 19
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(i32).range(0..=19), help_heading = POLICY)]
    nice: Option<i32>,
    #[command(flatten)]
    pub(super) lock: LockAsk,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Flaky {
    /// They are ok
    Pass,
    /// They have failed
    Fail,
}

impl PolicyAsk {
    pub(super) fn policy(&self) -> Policy {
        let policy = self.rules.policy(self.workers.here());
        let queue = self.queue.and_then(|queue| usize::try_from(queue).ok());
        Policy {
            queue: queue.unwrap_or(policy.queue),
            ..policy
        }
    }

    /// The first event of a run like this.
    pub(super) fn opening(&self, runner: &str, command: &str) -> RunStarted {
        RunStarted {
            workers: self.workers.here() as u64,
            workers_from: self.workers.why(),
            seed: Some(self.rules.seed),
            ..opening(runner, command)
        }
    }

    /// Whether it says nothing but what any pool does.
    pub(super) fn is_plain(&self) -> bool {
        self.queue.is_none() && self.rules.is_plain()
    }
}

impl RulesAsk {
    /// The policy of a run on so many workers.
    pub(super) fn policy(&self, workers: usize) -> Policy {
        Policy {
            workers,
            queue: 2 * workers,
            max_fail: self.max_fail,
            until_success: self.until_success,
            flaky_fails: self.flaky == Flaky::Fail,
            run_timeout: self.run_timeout,
            delay: self.delay,
            max_load: self.max_load,
            min_free_mem: self.min_free_mem,
            seed: self.seed,
            repeat: self.repeat,
            gil: self.lock.gil,
        }
    }

    /// Whether it says nothing but how long a task may run, and how it is stopped.
    pub(super) fn is_plain(&self) -> bool {
        let usual = Policy {
            seed: self.seed,
            gil: self.lock.gil,
            flaky_fails: self.flaky == Flaky::Fail,
            ..Policy::default()
        };
        self.policy(usual.workers) == usual
            && self.retries == 0
            && self.slow_after.is_none()
            && self.nice.is_none()
    }

    /// Whether tasks may be tried again, or the run end before all of them have, or somebody wants to know who is slow.
    pub(super) fn is_unsteady(&self) -> bool {
        self.retries > 0
            || self.slow_after.is_some()
            || self.run_timeout.is_some()
            || self.until_success.is_some()
            || self.max_fail != MaxFail::default()
    }

    /// Lets other programs go first, if that was asked for.
    ///
    /// # Errors
    ///
    /// The system refuses it.
    pub(super) fn give_way(&self) -> Result<(), Report> {
        let Some(nice) = self.nice else {
            return Ok(());
        };
        let given = crate::sys::nice::give_way(nice);
        given.map_err(|error| Report::new(format!("--nice {nice} cannot be set: {error}")))
    }

    pub(super) fn terms(&self) -> Terms {
        let retries = Retries {
            count: self.retries,
            backoff: Backoff::Exponential,
            delay: self.retry_delay,
            jitter: true,
            ..Retries::default()
        };
        Terms {
            timeout: self.timeout,
            grace: self.grace,
            slow_after: self.slow_after,
            retries,
            ..Terms::default()
        }
    }
}

fn limit(text: &str) -> Result<Duration, String> {
    match humantime::parse_duration(text) {
        Ok(Duration::ZERO) => {
            Err("nothing can end in no time; leave it out for no limit".to_owned())
        }
        Ok(limit) => Ok(limit),
        Err(error) => Err(error.to_string()),
    }
}

fn load(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(load) if load > 0.0 && f64::is_finite(load) => Ok(load),
        _ => Err("expected a number above 0, like 4 or 1.5".to_owned()),
    }
}
