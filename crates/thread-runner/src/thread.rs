//! One task on a thread of its own: a pool of one worker that is closed behind its one job.

use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use anypool_core::{
    Executor as _, ExecutorId, Host, IntoTask, JobHandle, Outcome, Patience, RawExecutor, Refused,
    Task, Work,
};

use crate::config::Config;
use crate::executor::accept;
use crate::hub::Hub;
use crate::state::Phase;
use crate::stopping;
use crate::suspension;
use crate::worker::hire;

/// What the thread of `F` gives.
type ThreadOf<F, M> = Thread<<<F as IntoTask<M>>::Task as Task>::Output>;
/// What it is given.
type InputOf<F, M> = <<F as IntoTask<M>>::Task as Task>::Input;

/// A thread that runs one task.
///
/// Dropping it detaches the thread, which runs on until its task returns or the program ends; this
/// is the rule of `std::thread`, and differs from Python's, whose programs wait for their threads.
///
/// ```
/// use thread_runner::Thread;
///
/// let thread = Thread::spawn(|n: u64| n * n, 3)?;
/// assert_eq!(thread.join()?, 9);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use = "a dropped thread is detached; nobody will see how its task ended"]
pub struct Thread<T> {
    job: JobHandle<T>,
    hub: Arc<Hub>,
}

impl Thread<()> {
    /// Settings for a thread: its name, its limit, where its output goes.
    pub fn builder() -> ThreadBuilder {
        let config = Config {
            workers: 1,
            name: "anypool-thread".to_owned(),
            numbered: false,
            ..Config::default()
        };
        ThreadBuilder { config }
    }

    /// Starts a thread that runs `task` on `input`.
    ///
    /// # Errors
    ///
    /// The operating system refuses another thread.
    pub fn spawn<M, F: IntoTask<M>>(task: F, input: InputOf<F, M>) -> io::Result<ThreadOf<F, M>> {
        Self::builder().spawn(task, input)
    }
}

impl<T: 'static> Thread<T> {
    /// Waits for the task, and for the thread to be gone, and returns the task's value.
    ///
    /// A task that ran over its limit is not waited for.
    ///
    /// # Errors
    ///
    /// Says why there is no value.
    pub fn join(self) -> Outcome<T> {
        let outcome = self.job.join();
        stopping::drain(&self.hub, None);
        outcome
    }

    /// As [`Thread::join`], but waits for the task at most `timeout`.
    ///
    /// # Errors
    ///
    /// Gives the thread back when the task has not ended in time.
    pub fn join_timeout(self, timeout: Duration) -> Result<Outcome<T>, Self> {
        let Self { job, hub } = self;
        match job.join_timeout(timeout) {
            Ok(outcome) => {
                stopping::drain(&hub, None);
                Ok(outcome)
            }
            Err(job) => Err(Self { job, hub }),
        }
    }
}

impl<T> Thread<T> {
    /// Tells the task to stop, through its [`Context`](anypool_core::Context). Does not wait; a task
    /// that asks nobody goes on.
    ///
    /// ```
    /// use anypool_core::{Context, JobError};
    /// use thread_runner::Thread;
    ///
    /// fn endless(_: (), ctx: &Context) {
    ///     loop {
    ///         ctx.checkpoint();
    ///     }
    /// }
    ///
    /// let thread = Thread::spawn(endless, ())?;
    /// thread.stop();
    /// assert_eq!(thread.join(), Err(JobError::Cancelled));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn stop(&self) {
        stopping::call_here(stopping::ask(&self.hub).calls);
    }

    /// Gives the thread up: its task counts as [`Killed`](anypool_core::JobError::Killed) from now
    /// on, though it runs until it returns.
    pub fn abandon(&self) {
        self.stop();
        stopping::call_here(stopping::leave_behind(&self.hub));
    }

    /// Stops the clock of the task's limit until [`Thread::resume`]. The task itself goes on.
    pub fn suspend(&self) {
        suspension::suspend(&self.hub);
    }

    /// Lets the clock go on; the time since [`Thread::suspend`] does not count.
    pub fn resume(&self) {
        suspension::resume(&self.hub);
    }

    /// Whether the thread has not ended; true as well for one whose task ran over its limit and
    /// has not returned.
    #[must_use]
    pub fn is_alive(&self) -> bool {
        !self.hub.lock().roster.is_empty()
    }

    /// The thread's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.hub.config.name
    }
}

impl<T> fmt::Debug for Thread<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Thread({}, {:?})", self.name(), self.job)
    }
}

/// Settings for a [`Thread`]; made by [`Thread::builder`].
///
/// ```
/// use std::time::Duration;
/// use thread_runner::Thread;
///
/// let builder = Thread::builder().name("squarer").timeout(Duration::from_secs(60));
/// let thread = builder.spawn(|n: u64| n * n, 3)?;
/// assert_eq!(thread.name(), "squarer");
/// assert_eq!(thread.join()?, 9);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use = "a builder does nothing until it spawns"]
pub struct ThreadBuilder {
    config: Config,
}

impl ThreadBuilder {
    /// Names the thread; `anypool-thread` unless given. Linux shows its first 15 bytes.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.config.name = name.into();
        self
    }

    /// Where the task's output goes; this process's own streams unless given.
    pub fn host(mut self, host: Arc<dyn Host>) -> Self {
        self.config.host = host;
        self
    }

    /// Limits how long the task may run. It cannot be killed: when it runs over, joining returns,
    /// the task is told to stop through its [`Context`](anypool_core::Context), and the thread is
    /// left behind.
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.config.timeout = Some(limit);
        self
    }

    /// Keeps the panic hook from printing the task's panic.
    pub fn quiet_panics(mut self, quiet: bool) -> Self {
        self.config.quiet_panics = quiet;
        self
    }

    /// Starts the thread, which runs `task` on `input`.
    ///
    /// # Errors
    ///
    /// The operating system refuses another thread, or the name contains a zero byte.
    pub fn spawn<M, F: IntoTask<M>>(
        self,
        task: F,
        input: InputOf<F, M>,
    ) -> io::Result<ThreadOf<F, M>> {
        let invalid = |error| io::Error::new(io::ErrorKind::InvalidInput, error);
        self.config.check().map_err(invalid)?;
        let hub = Arc::new(Hub::new(self.config));
        hire(&hub, &mut hub.lock())?;
        let submitted = Solo(&hub).submit(task, input);
        // The thread ends behind its one job.
        hub.turn_to(&mut hub.lock(), Phase::Draining);
        let job = submitted.map_err(io::Error::other)?;
        Ok(Thread { job, hub })
    }
}

impl fmt::Debug for ThreadBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ThreadBuilder")
            .field("name", &self.config.name)
            .finish_non_exhaustive()
    }
}

/// A hub without a pool around it, which would wait for its thread when dropped.
struct Solo<'h>(&'h Arc<Hub>);

impl RawExecutor for Solo<'_> {
    fn id(&self) -> ExecutorId {
        self.0.id
    }

    fn workers(&self) -> usize {
        1
    }

    fn submit_work(&self, work: Work, patience: Patience) -> Result<(), Refused> {
        accept(self.0, work, patience)
    }
}
