//! How a pool is to be: the builder's settings, checked, and what can keep a pool from starting.

use std::num::NonZero;
use std::sync::Arc;
use std::thread::available_parallelism;
use std::time::Duration;

use anypool_core::{Host, StandardStreams};
use nix::sched::sched_getaffinity;
use nix::unistd::Pid;

use crate::event::Hook;
use crate::initializer::Initializer;
use crate::sys::entry::MakeRegistry;
use crate::terms::Terms;
use crate::transport::Transport;
use crate::zygote::link::InitError;
use crate::zygote::session::OpenError;

/// How many jobs wait at most, unless the builder says otherwise.
const DEFAULT_QUEUE: usize = 1 << 20;

/// How long a worker has between `SIGTERM` and `SIGKILL`, unless the builder says otherwise.
const DEFAULT_GRACE: Duration = Duration::from_secs(2);

/// How many workers in a row may fail before they serve, unless the builder says otherwise.
const DEFAULT_START_FAILURES: u32 = 3;

/// When a job's output reaches the host.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum OutputMode {
    /// As it comes, tagged with the worker. The fastest.
    #[default]
    PerWorker,
    /// Tagged with the job that wrote it, and all of it before the job's handle is released.
    PerJob,
}

/// A pool's settings.
#[derive(Clone)]
pub(crate) struct Config {
    pub(crate) name: String,
    /// As many as this process may use CPUs, unless the builder says otherwise.
    pub(crate) workers: Option<usize>,
    pub(crate) queue: usize,
    pub(crate) terms: Terms,
    pub(crate) grace: Duration,
    pub(crate) transport: Transport,
    pub(crate) host: Arc<dyn Host>,
    pub(crate) output: OutputMode,
    pub(crate) quiet_panics: bool,
    pub(crate) registry: Option<MakeRegistry>,
    /// How many items a worker runs before it is replaced.
    pub(crate) recycle_after: Option<u64>,
    /// Beyond which size, in bytes, a worker is replaced between two items.
    pub(crate) recycle_above_bytes: Option<u64>,
    /// How long a worker may have nothing to do before it leaves.
    pub(crate) idle_timeout: Option<Duration>,
    /// After how many workers in a row that failed before they served the pool gives up.
    pub(crate) max_start_failures: u32,
    pub(crate) nice: Option<i32>,
    /// The CPUs that workers may use; all that the program may, when empty.
    pub(crate) cpus: Vec<usize>,
    pub(crate) preload: Option<Initializer>,
    pub(crate) worker_init: Option<Initializer>,
    pub(crate) init_timeout: Option<Duration>,
    /// Whoever wants to be told what happens.
    pub(crate) hook: Option<Hook>,
    /// Whether workers that end are replaced.
    pub(crate) replaces: bool,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            name: "anypool".to_owned(),
            workers: None,
            queue: DEFAULT_QUEUE,
            terms: Terms::default(),
            grace: DEFAULT_GRACE,
            transport: Transport::default(),
            host: Arc::new(StandardStreams),
            output: OutputMode::default(),
            quiet_panics: false,
            registry: None,
            recycle_after: None,
            recycle_above_bytes: None,
            idle_timeout: None,
            max_start_failures: DEFAULT_START_FAILURES,
            nice: None,
            cpus: Vec::new(),
            preload: None,
            worker_init: None,
            init_timeout: None,
            hook: None,
            replaces: true,
        }
    }
}

impl Config {
    pub(crate) fn check(&self) -> Result<(), StartError> {
        match self {
            Self {
                workers: Some(0), ..
            } => Err(StartError::NoWorkers),
            Self { queue: 0, .. } => Err(StartError::NoQueue),
            Self {
                recycle_after: Some(0),
                ..
            } => Err(StartError::NoJobsAWorker),
            _ if self.name.contains('\0') => Err(StartError::BadName),
            _ => self.check_cpus(),
        }
    }

    /// How many workers there are. Found out only now: it takes a dozen files of the kernel's.
    pub(crate) fn worker_count(&self) -> usize {
        let all = || available_parallelism().map_or(1, NonZero::get);
        self.workers.unwrap_or_else(all)
    }

    /// Refuses CPUs that this process may not use: every worker would fail for them.
    fn check_cpus(&self) -> Result<(), StartError> {
        if self.cpus.is_empty() {
            return Ok(());
        }
        let allowed = sched_getaffinity(Pid::from_raw(0));
        let usable = |&&cpu: &&usize| allowed.is_ok_and(|set| set.is_set(cpu).unwrap_or(false));
        match self.cpus.iter().find(|cpu| !usable(cpu)) {
            Some(&cpu) => Err(StartError::NoSuchCpu { cpu }),
            None => Ok(()),
        }
    }
}

/// Why a pool or a single worker did not start.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// There is no fork server.
    #[error(transparent)]
    Init(#[from] InitError),
    /// The pool was to have no workers.
    #[error("a pool needs at least one worker: `workers(0)` would run nothing")]
    NoWorkers,
    /// The pool was to have no queue.
    #[error("a pool needs room for at least one waiting job: `queue(0)` would accept nothing")]
    NoQueue,
    /// The pool's name contains a zero byte.
    #[error("a thread's name cannot contain a zero byte: give another name(…)")]
    BadName,
    /// Workers were to be replaced before their first job.
    #[error("`recycle_after(0)` would replace every worker before its first job; give 1 or more")]
    NoJobsAWorker,
    /// Workers were to run on a CPU that this process may not use.
    #[error(
        "workers cannot run on CPU {cpu}: there is no such CPU, or this process may not use it"
    )]
    NoSuchCpu {
        /// The CPU's number, from 0.
        cpu: usize,
    },
    /// The pool needs more descriptors than this process may open. Nothing was started.
    #[error(
        "{needed} descriptors are needed for {workers} worker{}, and {available} are free of the {limit} \
         that this process may have open (`ulimit -n`)",
        if *workers == 1 { "" } else { "s" }
    )]
    Descriptors {
        /// How many workers were asked for.
        workers: usize,
        /// How many descriptors they need, with the pool itself.
        needed: usize,
        /// How many can still be opened.
        available: usize,
        /// The limit on the number of open descriptors.
        limit: usize,
    },
    /// What a setting's function is to be given cannot travel.
    #[error("the input of `{setting}` cannot be passed on: {error}")]
    Input {
        /// The setting.
        setting: &'static str,
        /// Why it cannot.
        error: String,
    },
    /// The preload failed: with an error, by a panic, or with its process.
    #[error("the preload failed: {reason}")]
    Preload {
        /// Its own words, or how it ended.
        reason: String,
    },
    /// The kernel refused what a worker needs.
    #[error("worker {worker} could not be started: {what}: {error}")]
    Worker {
        /// The worker's number, from 0.
        worker: usize,
        /// What was asked for.
        what: &'static str,
        /// The kernel's words.
        error: String,
    },
    /// The kernel refused what the pool itself needs.
    #[error("the pool could not be started: {what}: {error}")]
    Supervisor {
        /// What was asked for.
        what: &'static str,
        /// The kernel's words.
        error: String,
    },
}

impl From<OpenError> for StartError {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::Init(error) => Self::Init(error),
            OpenError::Preload(reason) => Self::Preload { reason },
            OpenError::Template(error) => Self::Supervisor {
                what: "a template process",
                error,
            },
        }
    }
}
