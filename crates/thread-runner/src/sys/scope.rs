//! Closures that borrow from their submitter, in a queue that knows no lifetimes.
//!
//! What makes it sound: each closure travels in an [`Errand`] beside a [`Ticket`] that is dropped
//! after it, on every path: run, unwound, or dropped unrun because the job was refused, cancelled or
//! timed out in the queue. [`enclose`] alone makes a [`Scope`] and does not return, nor unwind,
//! while a ticket is out. So nothing borrowed is touched after the scope. Outcomes play no part in
//! it: a job that overran its limit is settled while its closure runs, and its ticket stays out.
#![expect(
    unsafe_code,
    reason = "a queue cannot name the lifetime of a scope's closures"
)]

use std::fmt;
use std::marker::PhantomData;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Arc, Condvar, Mutex};

use anypool_core::{JobError, JobHandle, JobId, Outcome, SubmitError};

use crate::sync::{lock, wait_until};

/// What a scope needs of its pool.
pub(crate) trait Backstage: Sync {
    /// Submits a job.
    fn submit(&self, call: Call<'static>) -> Result<JobHandle<()>, SubmitError>;

    /// Runs a job of the scope that has not started, if this thread may; else returns false.
    fn help(&self) -> bool;
}

/// A closure on its way to a worker.
pub(crate) type Call<'scope> = Box<dyn FnOnce() + Send + 'scope>;

/// Accepts closures that borrow; made by [`ThreadPool::scope`](crate::ThreadPool::scope).
///
/// ```
/// use thread_runner::ThreadPool;
///
/// let pool = ThreadPool::builder().workers(2).start()?;
/// let mut halves = [vec![1, 2], vec![3, 4]];
/// pool.scope(|scope| {
///     for half in &mut halves {
///         scope.submit(|| half.push(0))?;
///     }
///     Ok::<_, Box<dyn std::error::Error>>(())
/// })?;
/// assert_eq!(halves, [[1, 2, 0], [3, 4, 0]]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Scope<'scope, 'env: 'scope> {
    backstage: &'scope dyn Backstage,
    latch: Arc<Latch>,
    // Invariant in both, as in std: a scope must not pass for a shorter or a longer one.
    scope: PhantomData<&'scope mut &'scope ()>,
    env: PhantomData<&'env mut &'env ()>,
}

impl<'scope> Scope<'scope, '_> {
    /// Submits a closure that may borrow what outlives the scope; waits while the queue is full.
    ///
    /// A dropped handle detaches the job; the scope waits for it all the same.
    ///
    /// # Errors
    ///
    /// The pool was shut down or has failed.
    pub fn submit<R, F>(&'scope self, closure: F) -> Result<ScopedHandle<'scope, R>, SubmitError>
    where
        R: Send + 'scope,
        F: FnOnce() -> R + Send + 'scope,
    {
        let packet = Arc::new(Mutex::new(None));
        let place = Arc::clone(&packet);
        let call: Call<'scope> = Box::new(move || {
            let value = closure();
            *lock(&place) = Some(value);
        });
        let errand = Errand {
            call: forget_lifetime(call),
            ticket: Ticket::take(&self.latch),
        };
        let job = self.backstage.submit(Box::new(move || errand.run()))?;
        self.latch.poke();
        Ok(ScopedHandle {
            job,
            packet,
            scope: PhantomData,
        })
    }
}

impl fmt::Debug for Scope<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scope").finish_non_exhaustive()
    }
}

/// A job of a [`Scope`]: wait for its value, or watch it.
///
/// ```
/// use thread_runner::ThreadPool;
///
/// let pool = ThreadPool::builder().workers(2).start()?;
/// let words = ["to", "be"];
/// let length = pool.scope(|scope| {
///     let handle = scope.submit(|| words.concat().len())?;
///     Ok::<_, Box<dyn std::error::Error>>(handle.join()?)
/// })?;
/// assert_eq!(length, 4);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// It cannot leave its scope, whose borrows its value may contain:
///
/// ```compile_fail,E0521
/// # let pool = thread_runner::ThreadPool::builder().start().unwrap();
/// let mut kept = None;
/// pool.scope(|scope| kept = scope.submit(|| 1).ok());
/// ```
#[must_use = "a dropped handle detaches its job; nobody will see how it ended"]
pub struct ScopedHandle<'scope, R> {
    job: JobHandle<()>,
    packet: Arc<Mutex<Option<R>>>,
    scope: PhantomData<&'scope ()>,
}

impl<R> ScopedHandle<'_, R> {
    /// Waits for the job and returns its value.
    ///
    /// # Errors
    ///
    /// Says why there is no value.
    pub fn join(self) -> Outcome<R> {
        self.job.join()?;
        // A job that ended well has left its value there.
        lock(&self.packet).take().ok_or(JobError::Cancelled)
    }

    /// The job's number.
    #[must_use]
    pub fn id(&self) -> JobId {
        self.job.id()
    }

    /// Whether the job has ended.
    #[must_use]
    pub fn is_finished(&self) -> bool {
        self.job.is_finished()
    }

    /// Keeps the job from starting. Returns whether it worked. Never waits.
    #[expect(
        clippy::must_use_candidate,
        reason = "a cancellation may be a mere wish"
    )]
    pub fn cancel(&self) -> bool {
        self.job.cancel()
    }
}

impl<R> fmt::Debug for ScopedHandle<'_, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ScopedHandle({:?})", self.job)
    }
}

/// Calls `body` with a scope and waits for all the scope's closures, also when `body` panics.
pub(crate) fn enclose<'env, R>(
    backstage: &dyn Backstage,
    body: impl for<'scope> FnOnce(&'scope Scope<'scope, 'env>) -> R,
) -> R {
    let latch = Arc::new(Latch::default());
    let scope = Scope {
        backstage,
        latch: Arc::clone(&latch),
        scope: PhantomData,
        env: PhantomData,
    };
    let result = catch_unwind(AssertUnwindSafe(|| body(&scope)));
    let must_not_unwind = AbortOnDrop;
    latch.wait_clear(backstage);
    std::mem::forget(must_not_unwind);
    match result {
        Ok(value) => value,
        Err(payload) => resume_unwind(payload),
    }
}

/// Ends the process if the wait for the closures unwinds: to go on would free what they borrow.
struct AbortOnDrop;

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        std::process::abort();
    }
}

/// A closure and the proof that it may still run. The fields are dropped in this order.
struct Errand {
    call: Call<'static>,
    ticket: Ticket,
}

impl Errand {
    fn run(self) {
        // Declared first, so that it is dropped last, also by unwinding.
        let ticket = self.ticket;
        (self.call)();
        drop(ticket);
    }
}

/// Counts the closures of a scope that may still run.
#[derive(Default)]
struct Latch {
    count: Mutex<Count>,
    changed: Condvar,
}

#[derive(Default)]
struct Count {
    out: usize,
    /// Whether a job was submitted since the scope's owner last looked for one to run.
    more: bool,
}

impl Latch {
    fn poke(&self) {
        lock(&self.count).more = true;
        self.changed.notify_all();
    }

    fn wait_clear(&self, backstage: &dyn Backstage) {
        loop {
            lock(&self.count).more = false;
            while backstage.help() {}
            let mut count = lock(&self.count);
            while count.out > 0 && !count.more {
                (count, _) = wait_until(&self.changed, count, None);
            }
            if count.out == 0 {
                return;
            }
        }
    }
}

/// One closure that may still run.
struct Ticket(Arc<Latch>);

impl Ticket {
    fn take(latch: &Arc<Latch>) -> Self {
        lock(&latch.count).out += 1;
        Self(Arc::clone(latch))
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        lock(&self.0.count).out -= 1;
        self.0.changed.notify_all();
    }
}

/// Lets `call` be queued beside work that borrows nothing; its caller puts it into an [`Errand`].
fn forget_lifetime<'scope>(call: Call<'scope>) -> Call<'static> {
    // SAFETY: the two types differ in a lifetime alone, so their layout is the same. Nothing borrowed
    // is used after its end: the one caller puts the box beside a ticket in an `Errand`, which drops
    // the ticket after the box, and `enclose` keeps `'scope` alive while a ticket is out.
    unsafe { std::mem::transmute::<Call<'scope>, Call<'static>>(call) }
}
