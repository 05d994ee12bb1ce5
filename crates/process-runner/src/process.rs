//! A single process that runs one task, without a pool around it.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use anypool_core::{Executor as _, Host, IntoTask, JobHandle, Outcome, SubmitError, Task};
use nix::sys::signal::Signal;

use crate::config::{Config, OutputMode, StartError};
use crate::pool::ProcessPool;
use crate::transport::Transport;

/// A process that runs one task and ends.
///
/// `join` gives the task's value, or says how the process died. Everything that it prints reaches the
/// host before `join` returns. Dropping a process waits for it.
///
/// ```
/// use process_runner::Process;
///
/// fn greet(name: String) -> usize {
///     println!("hello {name}");
///     name.len()
/// }
///
/// process_runner::init(); // the first line of main
/// let started = ["Ada", "Grace"].map(|name| Process::spawn(greet, name.to_owned()));
/// for process in started {
///     assert!(process?.join()? > 2);
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Process<T> {
    // Taken before the pool is dropped: the handle is what the pool's end is waited for.
    handle: JobHandle<T>,
    pool: Box<ProcessPool>,
    pid: u32,
}

impl<T: Send + 'static> Process<T> {
    /// Starts a process that runs `task` on `input`.
    ///
    /// # Errors
    ///
    /// There is no fork server, the kernel refuses the process, or the input cannot be encoded.
    pub fn spawn<M, F>(task: F, input: <F::Task as Task>::Input) -> Result<Self, SpawnError>
    where
        F: IntoTask<M>,
        F::Task: Task<Output = T>,
    {
        Process::builder().spawn(task, input)
    }

    /// Waits for the process to end and returns the task's value.
    ///
    /// # Errors
    ///
    /// The task panicked, the process died, or it was stopped.
    pub fn join(self) -> Outcome<T> {
        let outcome = self.handle.join();
        self.pool.shutdown();
        outcome
    }

    /// Waits for the process at most `timeout`.
    ///
    /// # Errors
    ///
    /// Gives the process back when it has not ended in time.
    pub fn join_timeout(self, timeout: Duration) -> Result<Outcome<T>, Self> {
        let Self { handle, pool, pid } = self;
        match handle.join_timeout(timeout) {
            Ok(outcome) => {
                pool.shutdown();
                Ok(outcome)
            }
            Err(handle) => Err(Self { handle, pool, pid }),
        }
    }

    /// Stops the process and its descendants in its process group (`SIGSTOP`), and the clock of its
    /// limit, until [`Process::resume`].
    pub fn suspend(&self) {
        self.pool.suspend();
    }

    /// Lets the process go on. The time since [`Process::suspend`] does not count.
    pub fn resume(&self) {
        self.pool.resume();
    }

    /// Asks the process and its descendants in its process group to end: `SIGTERM`.
    pub fn terminate(&self) {
        self.pool.signal(Signal::SIGTERM);
    }

    /// Ends the process and its descendants in its process group: `SIGKILL`.
    pub fn kill(&self) {
        self.pool.signal(Signal::SIGKILL);
    }
}

impl Process<()> {
    /// Settings for a process.
    pub fn builder() -> ProcessBuilder {
        ProcessBuilder(Config {
            workers: Some(1),
            output: OutputMode::PerJob,
            replaces: false,
            ..Config::default()
        })
    }
}

impl<T> Process<T> {
    /// The process id. It names this process only while [`Process::is_alive`].
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.pid
    }

    /// Whether the process exists.
    #[must_use]
    pub fn is_alive(&self) -> bool {
        !self.pool.pids().is_empty()
    }
}

impl<T> fmt::Debug for Process<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Process({}, {:?})", self.pid, self.handle)
    }
}

/// Why a single process did not start.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SpawnError {
    /// There is no process.
    #[error(transparent)]
    Start(#[from] StartError),
    /// The task could not be handed over.
    #[error(transparent)]
    Submit(#[from] SubmitError),
}

/// Settings for a [`Process`].
#[derive(Clone)]
#[must_use = "a builder does nothing until `spawn` is called"]
pub struct ProcessBuilder(Config);

impl ProcessBuilder {
    /// The name of the thread that looks after the process.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.0.name = name.into();
        self
    }

    /// How long the task may run.
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.0.terms.timeout = Some(limit);
        self
    }

    /// How much CPU time the task may use on all its threads.
    pub fn cpu_time(mut self, limit: Duration) -> Self {
        self.0.terms.cpu_time = Some(limit);
        self
    }

    /// How many bytes of memory the process may use beyond what it inherited; see
    /// [`memory_limit`](crate::ProcessPoolBuilder::memory_limit) of pools.
    pub fn memory_limit(mut self, bytes: u64) -> Self {
        self.0.terms.memory_limit = Some(bytes);
        self
    }

    /// How nice the process is to others.
    pub fn nice(mut self, nice: i32) -> Self {
        self.0.nice = Some(nice);
        self
    }

    /// How long the process has between `SIGTERM` and `SIGKILL`; 2 s by default.
    pub fn grace(mut self, grace: Duration) -> Self {
        self.0.grace = grace;
        self
    }

    /// How the input travels, and the value back.
    pub fn transport(mut self, transport: Transport) -> Self {
        self.0.transport = transport;
        self
    }

    /// Where the process's output goes, in whole lines; by default to this process's own streams.
    pub fn host(mut self, host: Arc<dyn Host>) -> Self {
        self.0.host = host;
        self
    }

    /// Keeps a panic that `join` reports from being printed to standard error as well.
    pub fn quiet_panics(mut self, quiet: bool) -> Self {
        self.0.quiet_panics = quiet;
        self
    }

    /// Starts a process that runs `task` on `input`.
    ///
    /// # Errors
    ///
    /// As [`Process::spawn`].
    pub fn spawn<M, F>(
        self,
        task: F,
        input: <F::Task as Task>::Input,
    ) -> Result<Process<<F::Task as Task>::Output>, SpawnError>
    where
        F: IntoTask<M>,
    {
        let pool = Box::new(ProcessPool::start_with(self.0)?);
        let pid = pool.pids().values().next().copied().unwrap_or(0);
        let handle = pool.submit(task, input)?;
        // The process is to end with its task, whether anybody joins it or not.
        pool.drain();
        Ok(Process { handle, pool, pid })
    }
}

impl fmt::Debug for ProcessBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProcessBuilder")
            .field("transport", &self.0.transport)
            .finish_non_exhaustive()
    }
}
