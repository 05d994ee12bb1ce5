//! The caller's end of a job.

use std::fmt;
use std::future::Future;
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context as Wake, Poll};
use std::time::{Duration, Instant};

use crate::helper;
use crate::host::JobId;
use crate::job::ending::Help;
use crate::job::outlet::Outlet;
use crate::job::underway;
use crate::job::work::Work;
use crate::job_error::{JobError, Outcome};
use crate::process_id::process_id;
use crate::sync::deadline_after;

/// A submitted job: wait for its value, watch it, cancel it while it is queued, or end it.
///
/// Dropping a handle detaches the job: it still runs. A handle is also a future; dropping that
/// future detaches as well. Once the future was ready, the outcome is gone: as other futures do, it
/// panics when it is polled again, and so do the methods that would wait for the outcome or take it.
///
/// Inside a worker of the same thread pool, waiting without a limit for a job that has not started
/// runs it on the spot, so that a pool whose workers all wait for its own jobs never hangs. Polling
/// the handle as a future counts as such a wait.
///
/// ```
/// use anypool_core::{Executor as _, InlineExecutor};
///
/// let handle = InlineExecutor::new().submit(|n: u32| n + 1, 41)?;
/// assert!(handle.is_finished());
/// assert_eq!(handle.join()?, 42);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use = "a dropped handle detaches its job; nobody will see how it ended"]
pub struct JobHandle<T> {
    outlet: Arc<dyn Outlet<T>>,
}

/// Takes the outcome of a finished job, in one form or another.
type TakeOutcome<T, R> = fn(&dyn Outlet<T>) -> Option<Outcome<R>>;

impl<T> JobHandle<T> {
    pub(crate) fn new(outlet: Arc<dyn Outlet<T>>) -> Self {
        Self { outlet }
    }

    /// The job's number.
    #[must_use]
    pub fn id(&self) -> JobId {
        self.outlet.id()
    }

    /// Waits for the job and returns its value.
    ///
    /// # Errors
    ///
    /// Says why there is no value.
    pub fn join(self) -> Outcome<T>
    where
        T: 'static,
    {
        self.join_by(|outlet| outlet.take())
    }

    /// Waits for the job at most `timeout`.
    ///
    /// It runs nothing on the spot, which could take longer: inside a worker of the same pool, a job
    /// that finds no other worker free has not started when the time is up.
    ///
    /// # Errors
    ///
    /// Gives the handle back when the job has not ended in time.
    pub fn join_timeout(self, timeout: Duration) -> Result<Outcome<T>, Self>
    where
        T: 'static,
    {
        self.wait_and_take(deadline_after(timeout), |outlet| outlet.take())
            .ok_or(self)
    }

    /// The outcome, if the job has ended; does not wait.
    ///
    /// # Errors
    ///
    /// Gives the handle back when the job has not ended.
    pub fn try_join(self) -> Result<Outcome<T>, Self> {
        self.take_by(|outlet| outlet.take()).ok_or(self)
    }

    /// Whether the job has ended: with a value, with an error, or cancelled.
    #[must_use]
    pub fn is_finished(&self) -> bool {
        self.outlet.is_finished()
    }

    /// Keeps the job from starting. Returns whether it worked: false when the job has started or
    /// ended, true when it is or was already cancelled. Never waits.
    #[expect(
        clippy::must_use_candidate,
        reason = "a cancellation may be a mere wish"
    )]
    pub fn cancel(&self) -> bool {
        Arc::clone(&self.outlet).cancel()
    }

    /// Ends the job whether it has started or not: one that has not is cancelled, one that runs in a
    /// process is stopped (`SIGTERM` to the process group, after the grace `SIGKILL`) and ends as
    /// [`Killed`](JobError::Killed). Never waits, and costs no other job anything.
    ///
    /// Returns false when the job has ended, or runs where it cannot be stopped: a thread cannot. A
    /// job that ends by itself before the order arrives keeps its outcome.
    #[expect(
        clippy::must_use_candidate,
        reason = "as with `cancel`, it may be a mere wish"
    )]
    pub fn kill(&self) -> bool {
        Arc::clone(&self.outlet).kill()
    }

    /// Calls `callback` with the outcome when the job has ended, before anyone who waits for it is
    /// released; at once, on this thread, if it has ended already.
    ///
    /// Callbacks run in the order in which they were added, on a thread of the executor (a thread
    /// pool's worker that ran the job, a process pool's callback thread), on the thread that
    /// cancels the job, or on one that waits for the job inside another callback. A panic in one is
    /// reported by the panic hook and does not keep the others from being called.
    ///
    /// A callback may submit jobs and wait for them: with [`join`](Self::join), [`wait`](crate::wait),
    /// [`as_completed`](crate::as_completed), a map, or by polling the handle as a future. Callbacks of
    /// what it waits for are called meanwhile, on its thread if need be; with a time limit they are not,
    /// as when a task waits. Only the callback's own job, and the jobs whose callbacks wait for it,
    /// cannot end before it does: to join one of those gives
    /// [`WouldDeadlock`](JobError::WouldDeadlock), and `wait` leaves it pending. Jobs that wait for each
    /// other on several threads, and a callback that blocks on its own job as a future, are not found
    /// out.
    ///
    /// # Panics
    ///
    /// When the handle, as a future, has given its outcome.
    pub fn on_done(&mut self, callback: impl FnOnce(&Outcome<T>) + Send + 'static) {
        self.refuse_taken();
        self.outlet.on_done(Box::new(callback));
    }

    /// As [`JobHandle::join`], for the outcome as `take` has it.
    pub(crate) fn join_by<R>(self, take: TakeOutcome<T, R>) -> Outcome<R>
    where
        T: 'static,
    {
        let outcome = self.wait_and_take(None, take);
        outcome.unwrap_or(Err(JobError::WouldDeadlock))
    }

    /// Waits until the deadline, or without end.
    fn wait_and_take<R>(
        &self,
        deadline: Option<Instant>,
        take: TakeOutcome<T, R>,
    ) -> Option<Outcome<R>>
    where
        T: 'static,
    {
        if self.outlet.is_seen_finished() {
            return self.take_by(take);
        }
        // With a deadline nothing is run on the spot: it could take longer than that.
        let on_the_spot = deadline.is_none();
        let help = Help {
            runs: on_the_spot && self.helps(),
            calls_back: on_the_spot && self.may_call_back(),
        };
        while !self.outlet.is_finished() {
            if let Some(error) = self.wrong_process() {
                return Some(Err(error));
            }
            if self.ends_here() {
                return Some(Err(JobError::WouldDeadlock));
            }
            if help.runs {
                self.help();
            }
            if !self.outlet.wait(deadline, help) {
                return None;
            }
        }
        self.take_by(take)
    }

    fn take_by<R>(&self, take: TakeOutcome<T, R>) -> Option<Outcome<R>> {
        let outcome = take(&*self.outlet);
        if outcome.is_none() {
            self.refuse_taken();
        }
        outcome
    }

    fn refuse_taken(&self) {
        let taken = self.outlet.is_taken();
        assert!(
            !taken,
            "this handle was polled until ready and has given its outcome"
        );
    }

    fn wrong_process(&self) -> Option<JobError> {
        let (owner, here) = (self.outlet.owner_pid(), process_id());
        (owner != here).then_some(JobError::WrongProcess { owner, here })
    }

    /// Whether this thread is a worker of the executor that has the job.
    fn helps(&self) -> bool {
        helper::current_executor() == Some(self.outlet.executor())
    }

    pub(crate) fn help(&self)
    where
        T: 'static,
    {
        helper::help(self.outlet.executor(), || {
            Work::all(Arc::clone(&self.outlet).into_job())
        });
    }

    /// Whether the job cannot end before this thread goes on.
    pub(crate) fn ends_here(&self) -> bool {
        underway::is_here(self.id()) && !self.is_finished()
    }

    /// Calls callbacks that wait to be called, if the thread for them may be this one or wait for it.
    pub(crate) fn call_back(&self) {
        if self.may_call_back() {
            self.outlet.call_back();
        }
    }

    fn may_call_back(&self) -> bool {
        underway::is_calling_back() || self.helps()
    }

    pub(crate) fn outlet(&self) -> &dyn Outlet<T> {
        &*self.outlet
    }
}

impl<T: 'static> Future for JobHandle<T> {
    type Output = Outcome<T>;

    fn poll(self: Pin<&mut Self>, wake: &mut Wake<'_>) -> Poll<Outcome<T>> {
        if self.outlet.register(wake.waker()) {
            // In another process nobody would ever wake it.
            if let Some(error) = self.wrong_process() {
                return Poll::Ready(Err(error));
            }
            if !self.may_call_back() {
                return Poll::Pending;
            }
            // A worker of the same pool, or a callback, that sleeps until it is woken could sleep for
            // ever.
            self.help();
            self.outlet.call_back();
            if !self.outlet.is_finished() {
                return Poll::Pending;
            }
        }
        match self.take_by(|outlet| outlet.take()) {
            Some(outcome) => Poll::Ready(outcome),
            None => Poll::Pending,
        }
    }
}

// What a panic could leave half done is behind a lock that no user code runs under.
impl<T> UnwindSafe for JobHandle<T> {}
impl<T> RefUnwindSafe for JobHandle<T> {}

impl<T> fmt::Debug for JobHandle<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "JobHandle({}, {})", self.id(), self.outlet.phase())
    }
}

#[cfg(test)]
mod tests;
