//! The pool: its start, what it offers beside [`Executor`](anypool_core::Executor), and its end.

use std::fmt;
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use anypool_core::{JobHandle, SubmitError, submit_closure};

use crate::config::{StartError, ThreadPoolBuilder};
use crate::hub::Hub;
use crate::report::StopReport;
use crate::stats::ThreadPoolStats;
use crate::stopping;
use crate::suspension;

/// Worker threads that run jobs.
///
/// Submitting, mapping and the rest come from [`Executor`](anypool_core::Executor), and are the same
/// for every pool. Closures that capture what cannot leave the process go through
/// [`submit_fn`](ThreadPool::submit_fn) and [`scope`](ThreadPool::scope).
///
/// Workers that wait for jobs of their own pool run them, so nested jobs need no spare worker; joining
/// with a limit of time does not, since it could take longer than that.
///
/// A thread cannot be stopped, which decides what the pool can promise: a job over its limit of time
/// is settled as timed out, left behind, and *not* tried again whatever retries it asks for, since its
/// first attempt may still run; [`kill`](JobHandle::kill) ends queued jobs only; limits of memory and
/// CPU time are refused as [`Unsupported`](SubmitError::Unsupported).
///
/// Dropping the pool waits for all accepted work, as [`shutdown`](ThreadPool::shutdown) does; while
/// the dropping thread panics, it is [`shutdown_now`](ThreadPool::shutdown_now).
///
/// ```
/// use anypool_core::Executor as _;
/// use thread_runner::ThreadPool;
///
/// let pool = ThreadPool::builder().workers(4).start()?;
/// let cubes: Vec<u64> = pool.map(|n| n * n * n, 1u64..=4).collect::<Result<_, _>>()?;
/// assert_eq!(cubes, [1, 8, 27, 64]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct ThreadPool {
    pub(crate) hub: Arc<Hub>,
}

impl ThreadPoolBuilder {
    /// Makes the pool. Its threads start when there is work for them.
    ///
    /// # Errors
    ///
    /// A setting cannot work; the error says which and what to do.
    pub fn start(self) -> Result<ThreadPool, StartError> {
        self.config.check()?;
        let hub = Arc::new(Hub::new(self.config));
        Ok(ThreadPool { hub })
    }
}

impl ThreadPool {
    /// The settings of a new pool: a worker for each core, unless told otherwise.
    pub fn builder() -> ThreadPoolBuilder {
        ThreadPoolBuilder::default()
    }

    /// Submits a closure, which may capture what it likes; waits while the queue is full.
    ///
    /// # Errors
    ///
    /// The pool was shut down or has failed.
    ///
    /// ```
    /// use std::sync::{Arc, Mutex};
    /// use thread_runner::ThreadPool;
    ///
    /// let pool = ThreadPool::builder().workers(2).start()?;
    /// let log = Arc::new(Mutex::new(Vec::new()));
    /// let own = Arc::clone(&log);
    /// pool.submit_fn(move || own.lock().unwrap().push("done"))?.join()?;
    /// assert_eq!(*log.lock().unwrap(), ["done"]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn submit_fn<R, F>(&self, closure: F) -> Result<JobHandle<R>, SubmitError>
    where
        R: Send + 'static,
        F: FnOnce() -> R + Send + 'static,
    {
        submit_closure(self, closure)
    }

    /// The pool at this moment.
    #[must_use]
    pub fn stats(&self) -> ThreadPoolStats {
        self.hub.stats()
    }

    /// Accepts no more work, waits for all accepted work and for the threads to end. A second call
    /// waits as well, and returns at once when there is nothing left to wait for.
    ///
    /// It does not wait for threads whose job has timed out. Called from one of the pool's own
    /// workers it waits for nothing: that worker could not end.
    pub fn shutdown(&self) {
        stopping::drain(&self.hub, None);
    }

    /// As [`ThreadPool::shutdown`], but waits at most `timeout`; then as
    /// [`ThreadPool::shutdown_now`].
    ///
    /// # Errors
    ///
    /// Says what was not let finish.
    pub fn shutdown_timeout(&self, timeout: Duration) -> Result<(), StopReport> {
        if stopping::drain(&self.hub, Some(timeout)) {
            return Ok(());
        }
        Err(stopping::stop(&self.hub))
    }

    /// Stops in bounded time: cancels what has not begun, tells running tasks to stop through their
    /// [`Context`](anypool_core::Context), waits for them for the pool's grace, and leaves behind
    /// what still runs; those jobs end with [`JobError::Killed`](anypool_core::JobError::Killed).
    /// Callbacks of the jobs that it ends have as long, at least a second, and are left behind as well;
    /// those that have not been called then are dropped.
    ///
    /// The report names what was cancelled and which threads still run. Called from one of the
    /// pool's own workers it does not wait.
    pub fn shutdown_now(&self) -> StopReport {
        stopping::stop(&self.hub)
    }

    /// Stops the clocks that running jobs are measured by, until [`resume`](ThreadPool::resume): none
    /// is given up for its limit. For a program that is about to stop itself, as on Ctrl-Z.
    ///
    /// Threads cannot be held from outside: what runs goes on, and so do the moments that tasks were
    /// told ([`Context::deadline`](anypool_core::Context::deadline)).
    ///
    /// ```
    /// use anypool_core::Executor as _;
    /// use std::time::Duration;
    /// use thread_runner::ThreadPool;
    ///
    /// let pool = ThreadPool::builder().timeout(Duration::from_secs(60)).start()?;
    /// pool.suspend();
    /// assert_eq!(pool.submit(|n: u64| n + 1, 1)?.join()?, 2);
    /// pool.resume();
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn suspend(&self) {
        suspension::suspend(&self.hub);
    }

    /// Lets the clocks go on; the time since [`suspend`](ThreadPool::suspend) does not count.
    pub fn resume(&self) {
        suspension::resume(&self.hub);
    }
}

impl Drop for ThreadPool {
    fn drop(&mut self) {
        if thread::panicking() {
            // Whoever unwinds has no use for the report.
            let _ = stopping::stop(&self.hub);
        } else {
            stopping::drain(&self.hub, None);
        }
    }
}

// What a panic could leave half done is behind a lock that no user code runs under.
impl UnwindSafe for ThreadPool {}
impl RefUnwindSafe for ThreadPool {}

impl fmt::Debug for ThreadPool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ThreadPool")
            .field("workers", &self.hub.config.workers)
            .field("stats", &self.stats())
            .finish_non_exhaustive()
    }
}
