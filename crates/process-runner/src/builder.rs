//! The settings of a pool, as its owner gives them.

use std::fmt::{self, Display};
use std::sync::Arc;
use std::time::Duration;

use anypool_core::{Host, Payload};

use crate::config::{Config, OutputMode};
use crate::event::PoolEvent;
use crate::initializer::Initializer;
use crate::preloaded::keep;
use crate::sys::entry::MakeRegistry;
use crate::transport::Transport;

/// Settings for a [`ProcessPool`](crate::ProcessPool).
#[derive(Clone, Default)]
#[must_use = "a builder does nothing until `start` is called"]
pub struct ProcessPoolBuilder(pub(crate) Config);

impl ProcessPoolBuilder {
    /// How many workers there are; by default as many as this process may use CPUs.
    pub fn workers(mut self, workers: usize) -> Self {
        self.0.workers = Some(workers);
        self
    }

    /// The name of the pool's thread, as `ps -L` shows it; of longer ones it shows 15 bytes.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.0.name = name.into();
        self
    }

    /// How many jobs may wait (1 Mi by default, and at most 1 GiB of encoded inputs): `submit` waits
    /// while the queue is full.
    pub fn queue(mut self, jobs: usize) -> Self {
        self.0.queue = jobs;
        self
    }

    /// How long an item may run, unless its job says otherwise; time in the queue does not count.
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.0.terms.timeout = Some(limit);
        self
    }

    /// How long a job may wait until it starts, unless it says otherwise. The items of a map wait by
    /// the map's window and are not meant.
    pub fn queue_timeout(mut self, limit: Duration) -> Self {
        self.0.terms.queue_timeout = Some(limit);
        self
    }

    /// How much CPU time an item may use on all its threads, unless its job says otherwise.
    pub fn cpu_time(mut self, limit: Duration) -> Self {
        self.0.terms.cpu_time = Some(limit);
        self
    }

    /// How many bytes of memory a worker may use beyond what it inherited, unless a job says
    /// otherwise.
    ///
    /// The parent looks at what is resident while a job runs and kills what is over the limit; and
    /// the kernel refuses a worker allocations beyond the pool's limit and a margin of 64 MiB for
    /// what is reserved and never touched. Either way the job ends as
    /// [`MemoryLimit`](anypool_core::JobError::MemoryLimit), which says what it was inferred from.
    pub fn memory_limit(mut self, bytes: u64) -> Self {
        self.0.terms.memory_limit = Some(bytes);
        self
    }

    /// Replaces a worker when it has run this many jobs (in a map: items), exactly: for code that
    /// leaks.
    pub fn recycle_after(mut self, jobs: u64) -> Self {
        self.0.recycle_after = Some(jobs);
        self
    }

    /// Replaces a worker that has more than so many bytes in memory beyond what it inherited, when
    /// it is between two jobs. Looked at no more than 20 times a second.
    pub fn recycle_above(mut self, bytes: u64) -> Self {
        self.0.recycle_above_bytes = Some(bytes);
        self
    }

    /// Lets a worker go that has had nothing to do for so long; a new one is forked when there is
    /// work for it. By default workers stay.
    pub fn idle_timeout(mut self, idle: Duration) -> Self {
        self.0.idle_timeout = Some(idle);
        self
    }

    /// How many workers in a row may fail before they serve, by their initializer or as they start (3 by default, and
    /// at least 1): after that the pool has failed, unless another worker serves.
    ///
    /// ```
    /// use anypool_core::Executor as _;
    /// use process_runner::ProcessPool;
    ///
    /// process_runner::init(); // the first line of main
    /// let pool = ProcessPool::builder()
    ///     .workers(1)
    ///     .worker_init(|(): ()| Err::<(), _>("no licence"), ())
    ///     .max_start_failures(1)
    ///     .start()?;
    /// let error = match pool.submit(|n: u64| n, 1) {
    ///     Ok(job) => job.join().unwrap_err().to_string(),
    ///     // The pool has failed before.
    ///     Err(refused) => refused.to_string(),
    /// };
    /// assert!(error.contains("no licence"), "{error}");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn max_start_failures(mut self, workers: u32) -> Self {
        self.0.max_start_failures = workers.max(1);
        self
    }

    /// How nice workers are to other processes: 19 is the nicest, and less than this program's own
    /// value needs a privilege.
    pub fn nice(mut self, nice: i32) -> Self {
        self.0.nice = Some(nice);
        self
    }

    /// The CPUs that workers may use, by number from 0.
    pub fn cpus(mut self, cpus: impl IntoIterator<Item = usize>) -> Self {
        self.0.cpus = cpus.into_iter().collect();
        self
    }

    /// How long a process has between `SIGTERM` and `SIGKILL`; 2 s by default.
    pub fn grace(mut self, grace: Duration) -> Self {
        self.0.grace = grace;
        self
    }

    /// How jobs travel.
    pub fn transport(mut self, transport: Transport) -> Self {
        self.0.transport = transport;
        self
    }

    /// Where the workers' output goes, in whole lines; by default to this process's own streams.
    pub fn host(mut self, host: Arc<dyn Host>) -> Self {
        self.0.host = host;
        self
    }

    /// When the output reaches the host.
    pub fn output(mut self, mode: OutputMode) -> Self {
        self.0.output = mode;
        self
    }

    /// Keeps panics that handles report from being printed to the workers' standard error as well.
    pub fn quiet_panics(mut self, quiet: bool) -> Self {
        self.0.quiet_panics = quiet;
        self
    }

    /// Loads what all workers share, once, in a process from which they are forked: its memory is copied
    /// only where it is written to. [`preloaded`](crate::preloaded()) gives it to tasks and initializers.
    /// Like a task, `load` is a fn or a closure without captures: what it needs travels as its input.
    ///
    /// ```
    /// use anypool_core::Executor as _;
    /// use process_runner::{ProcessPool, preloaded};
    ///
    /// fn load(size: usize) -> Result<Vec<u64>, String> {
    ///     Ok((0..size as u64).map(|n| n * n).collect())
    /// }
    ///
    /// fn look_up(n: usize) -> Option<u64> {
    ///     preloaded::<Vec<u64>>()?.get(n).copied()
    /// }
    ///
    /// process_runner::init(); // the first line of main
    /// let pool = ProcessPool::builder().workers(2).preload(load, 1_000_000).start()?;
    /// assert_eq!(pool.submit(look_up, 1_000)?.join()?, Some(1_000_000));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// `start` waits for it, and returns its error, its panic or how its process died. It may use threads,
    /// but must have joined them when it returns; it cannot start process pools. What it prints goes to
    /// this process's standard error. The value is kept as long as the pool lives and is never dropped.
    #[expect(clippy::needless_pass_by_value, reason = "a function owns its input")]
    pub fn preload<F, I, S, E>(mut self, load: F, input: I) -> Self
    where
        F: Fn(I) -> Result<S, E> + Copy + Send + Sync + 'static,
        I: Payload,
        S: Send + Sync + 'static,
        E: Display,
    {
        let load_and_keep = move |input| load(input).map(keep);
        self.0.preload = Some(Initializer::new(load_and_keep, &input));
        self
    }

    /// Makes a state in each worker before its first job;
    /// [`Context::state`](anypool_core::Context::state) gives it to tasks. Like a task, `init` is a fn or
    /// a closure without captures: what it needs travels as its input.
    ///
    /// ```
    /// use anypool_core::{Context, Executor as _};
    /// use process_runner::ProcessPool;
    ///
    /// process_runner::init(); // the first line of main
    /// let pool = ProcessPool::builder()
    ///     .workers(2)
    ///     .worker_init(|words: Vec<String>| Ok::<_, String>(words.join(" ")), vec!["a".to_owned()])
    ///     .start()?;
    /// let said = |(): (), ctx: &Context| ctx.state::<String>().cloned();
    /// assert_eq!(pool.submit(said, ())?.join()?, Some("a".to_owned()));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// A worker whose initializer fails, panics or kills it is replaced, later each time. After three such
    /// failures in a row ([`max_start_failures`](Self::max_start_failures)), with no worker left that could serve, the pool has failed: what waits ends with
    /// [`InitFailed`](anypool_core::JobError::InitFailed), and later submissions are refused with the
    /// reason. While others serve, the pool goes on without those that fail.
    #[expect(clippy::needless_pass_by_value, reason = "a function owns its input")]
    pub fn worker_init<F, I, S, E>(mut self, init: F, input: I) -> Self
    where
        F: Fn(I) -> Result<S, E> + Copy + Send + Sync + 'static,
        I: Payload,
        S: 'static,
        E: Display,
    {
        self.0.worker_init = Some(Initializer::new(init, &input));
        self
    }

    /// How long a worker's initializer may take; without this, as long as it likes. One that takes longer
    /// has failed.
    ///
    /// `shutdown_now` and `shutdown_timeout` are bounded whatever an initializer does. `shutdown` waits
    /// for jobs, and so for the workers that they wait for.
    pub fn init_timeout(mut self, limit: Duration) -> Self {
        self.0.init_timeout = Some(limit);
        self
    }

    /// Calls `hook` with everything that happens in the pool: workers that come and go and why, jobs that
    /// end or are tried again, the pool's own end.
    ///
    /// It runs on a thread of its own, one event after the other, in the order in which the pool's
    /// thread saw them; a handle may be released before the hook hears of its job. A hook that is too
    /// slow is told how much it has missed ([`PoolEvent::Missed`]): at most some 4 000 events wait
    /// before those of jobs are left out, and some 16 000 before those of workers are. A panic in it
    /// harms nobody. When the pool ends, [`shutdown`](crate::ProcessPool::shutdown) waits until
    /// everything has been told.
    ///
    /// ```
    /// use anypool_core::{Executor as _, JobError};
    /// use process_runner::{PoolEvent, ProcessPool};
    ///
    /// process_runner::init(); // the first line of main
    /// let (told, events) = std::sync::mpsc::channel();
    /// let hook = move |event: &PoolEvent| told.send(event.clone()).unwrap_or(());
    /// let pool = ProcessPool::builder().workers(1).on_event(hook).start()?;
    /// pool.submit(|n: u64| n + 1, 1)?.join()?;
    /// drop(pool);
    /// let done = |event: &PoolEvent| matches!(event, PoolEvent::JobFinished { outcome: Ok(()), .. });
    /// assert_eq!(events.iter().filter(|event| done(event)).count(), 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn on_event(mut self, hook: impl Fn(&PoolEvent) + Send + Sync + 'static) -> Self {
        self.0.hook = Some(Arc::new(hook));
        self
    }

    /// The program's named tasks; every worker must know the same.
    pub fn registry(mut self, make: MakeRegistry) -> Self {
        self.0.registry = Some(make);
        self
    }
}

impl fmt::Debug for ProcessPoolBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProcessPoolBuilder")
            .field("workers", &self.0.workers)
            .field("transport", &self.0.transport)
            .finish_non_exhaustive()
    }
}
