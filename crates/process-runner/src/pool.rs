//! The pool as its owner sees it.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::mpsc::sync_channel;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use anypool_core::{ExecutorId, SubmitError, calls_back_for};

use nix::sys::signal::Signal;

use crate::builder::ProcessPoolBuilder;
use crate::config::{Config, OutputMode, StartError};
use crate::courier::is_courier_of;
use crate::descriptors;
use crate::inbox::Inbox;
use crate::mail::{Mail, StopOrder};
use crate::report::{Shared, StopReport};
use crate::stats::ProcessPoolStats;
use crate::supervisor::floor::Floor;
use crate::supervisor::state::{Supervisor, Surroundings};
use crate::sys::threads;
use crate::terms::Terms;
use crate::trace::Relay;
use crate::transport::Transport;
use crate::transport::stock::Stock;
use crate::usage;

/// What the kernel may take to end processes, beyond the grace, until a stop gives up waiting.
const STOP_PATIENCE: Duration = Duration::from_secs(10);

/// A pool of worker processes.
///
/// A task that panics, crashes, is killed or exits costs exactly its own job: the handle says how it
/// ended, the worker is replaced, everybody else goes on. Dropping the pool waits for accepted work.
///
/// ```
/// use anypool_core::Executor as _;
/// use process_runner::ProcessPool;
///
/// fn square(n: u64) -> u64 {
///     n * n
/// }
///
/// process_runner::init(); // the first line of main
/// let pool = ProcessPool::builder().workers(2).start()?;
/// assert_eq!(pool.submit(square, 3)?.join()?, 9);
/// let squares: Result<Vec<u64>, _> = pool.map(square, 1..=5).collect();
/// assert_eq!(squares?, [1, 4, 9, 16, 25]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct ProcessPool {
    pub(crate) id: ExecutorId,
    pub(crate) owner_pid: u32,
    pub(crate) workers: usize,
    pub(crate) terms: Arc<Terms>,
    /// Where large inputs are written.
    pub(crate) stock: Arc<Stock>,
    grace: Duration,
    pub(crate) inbox: Arc<Inbox>,
    /// To the subscriber of whoever started the pool.
    pub(crate) relay: Relay,
    pub(crate) shared: Arc<Shared>,
    pub(crate) floor: Arc<Floor>,
    supervisor: Mutex<Option<JoinHandle<()>>>,
}

impl ProcessPool {
    /// A pool with as many workers as this process may use CPUs.
    ///
    /// # Errors
    ///
    /// As [`ProcessPoolBuilder::start`].
    pub fn start() -> Result<Self, StartError> {
        Self::builder().start()
    }

    /// Settings for a pool.
    pub fn builder() -> ProcessPoolBuilder {
        ProcessPoolBuilder::default()
    }

    pub(crate) fn start_with(mut config: Config) -> Result<Self, StartError> {
        config.check()?;
        let workers = config.worker_count();
        config.workers = Some(workers);
        descriptors::check(workers, config.transport)?;
        let failed = |what, error: String| StartError::Supervisor { what, error };
        let inbox = Inbox::new(config.queue);
        let inbox = inbox.map_err(|errno| failed("an eventfd", errno.to_string()))?;
        let (inbox, shared) = (Arc::new(inbox), Arc::<Shared>::default());
        let grace = config.grace;
        let mut terms = config.terms;
        // Output belongs to the item whose answer comes next.
        terms.one_by_one = config.output == OutputMode::PerJob;
        let terms = Arc::new(terms);
        let (starting, started) = sync_channel(1);
        let name = config.name.clone();
        let relay = Relay::current();
        let stock = Arc::new(Stock::new(config.transport == Transport::Shm));
        let surroundings = Surroundings {
            inbox: Arc::clone(&inbox),
            shared: Arc::clone(&shared),
            relay: relay.clone(),
            stock: Arc::clone(&stock),
        };
        let supervisor = Supervisor::new(config, surroundings, starting)?;
        let builder = thread::Builder::new().name(name);
        let floor = Arc::new(Floor::new(supervisor, &shared, &inbox));
        let attend = Arc::downgrade(&floor);
        inbox.lead_to(attend);
        let runs = Arc::clone(&floor);
        let thread = threads::start(builder, move || runs.run());
        let thread = thread.map_err(|error| failed("a thread", error.to_string()))?;
        let pool = Self {
            id: ExecutorId::unique(),
            owner_pid: std::process::id(),
            workers,
            terms,
            stock,
            grace,
            inbox,
            relay,
            shared,
            floor,
            supervisor: Mutex::new(Some(thread)),
        };
        match started.recv() {
            Ok(Ok(())) => Ok(pool),
            Ok(Err(error)) => Err(error),
            Err(_) => Err(failed("the supervisor", "it ended at once".to_owned())),
        }
    }

    /// The pool's figures now.
    ///
    /// They are taken when this is called and cost nothing otherwise. Never hangs: when the pool's
    /// thread does not answer within a second, and from inside a waker that it calls, the last figures
    /// come, with their [`age`](ProcessPoolStats::age); when the pool has ended, the final ones.
    #[must_use]
    pub fn stats(&self) -> ProcessPoolStats {
        let mut stats = if self.owner_pid == std::process::id() {
            self.shared.inquire(|| self.inbox.post(Mail::Census))
        } else {
            self.shared.stats()
        };
        (stats.queued, stats.queued_bytes) = self.inbox.waiting();
        // Read here, not by the supervisor: it costs a microsecond or ten a worker.
        for worker in &mut stats.workers {
            let pid = worker.pid.map(u32::cast_signed);
            worker.resident_bytes = pid.and_then(usage::resident_bytes);
        }
        stats
    }

    /// The process ids of the workers, by slot.
    pub(crate) fn pids(&self) -> BTreeMap<usize, u32> {
        self.shared.stats().pids
    }

    /// Accepts no more jobs, waits until all accepted ones have ended, and ends the workers.
    ///
    /// Waits as long as that takes. Further calls wait for the same end; a call from a callback or a
    /// waker only gives the order.
    pub fn shutdown(&self) {
        self.order(StopOrder::Drain);
        self.wait(None);
    }

    /// Accepts no more jobs, cancels those that wait, and ends those that run: `SIGTERM` to each
    /// worker's process group, after the grace `SIGKILL`.
    ///
    /// Bounded, whatever runs. A host that does not come back from a write and a callback that does not
    /// return get the grace, too; then they are left behind, and the report says so.
    pub fn shutdown_now(&self) -> StopReport {
        self.order(StopOrder::Now);
        let bound = self.grace.saturating_mul(2).saturating_add(STOP_PATIENCE);
        self.wait(Instant::now().checked_add(bound))
    }

    /// As [`ProcessPool::shutdown`] for at most `timeout`, then as [`ProcessPool::shutdown_now`].
    ///
    /// Called in a callback or a waker that the pool itself waits for, it only gives the order to end
    /// when the accepted jobs have ended, and returns `Ok`: nothing is cancelled there after `timeout`.
    ///
    /// # Errors
    ///
    /// Tells what had to be cancelled or ended, if anything had.
    pub fn shutdown_timeout(&self, timeout: Duration) -> Result<(), StopReport> {
        self.order(StopOrder::Drain);
        let deadline = Instant::now().checked_add(timeout);
        // The pool waits for a callback or a waker in turn: its end comes without it.
        let is_awaited = self.is_awaited_here();
        if is_awaited || deadline.is_none() || self.shared.wait_finished(deadline).is_some() {
            self.wait(None);
            return Ok(());
        }
        let report = self.shutdown_now();
        if report == StopReport::default() {
            return Ok(());
        }
        Err(report)
    }

    /// Whether this is the process that started the pool, and not a copy of it.
    pub(crate) fn is_owned_here(&self) -> bool {
        self.owner_pid == std::process::id()
    }

    /// Sends a signal to all workers' process groups.
    pub(crate) fn signal(&self, signal: Signal) {
        self.inbox.post(Mail::Signal(signal));
    }

    /// Accepts no more jobs, and ends the workers when all accepted ones have ended. Does not wait.
    pub(crate) fn drain(&self) {
        self.order(StopOrder::Drain);
    }

    fn order(&self, order: StopOrder) {
        self.inbox.close(SubmitError::Shutdown);
        self.inbox.post(Mail::Stop(order));
    }

    /// Whether the pool's end waits for this thread: it runs a callback or a waker.
    fn is_awaited_here(&self) -> bool {
        is_courier_of(Arc::as_ptr(&self.inbox).addr())
            || calls_back_for(self.id)
            || self.shared.is_own_thread()
    }

    /// Waits until the supervisor has ended, at most until `deadline`.
    fn wait(&self, deadline: Option<Instant>) -> StopReport {
        if self.is_awaited_here() {
            return self.shared.report();
        }
        let Some(report) = self.shared.wait_finished(deadline) else {
            return self.shared.report();
        };
        let thread = self
            .supervisor
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(thread) = thread {
            // Its last act was to say so; a panic in it has been reported on standard error.
            let _ = thread.join();
        }
        report
    }
}

impl ProcessPoolBuilder {
    /// Starts the workers. When it returns, all have been forked.
    ///
    /// # Errors
    ///
    /// There is no fork server (see [`init`](crate::init)), a setting makes no sense, or the kernel
    /// refuses what a worker needs.
    pub fn start(self) -> Result<ProcessPool, StartError> {
        ProcessPool::start_with(self.0)
    }
}

impl Drop for ProcessPool {
    fn drop(&mut self) {
        if !self.is_owned_here() {
            // A copy in a forked process: the pool belongs to another one.
        } else if thread::panicking() {
            self.shutdown_now();
        } else {
            self.shutdown();
        }
    }
}

impl fmt::Debug for ProcessPool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProcessPool")
            .field("workers", &self.workers)
            .field("pids", &self.pids())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
