//! Jobs that borrow from their submitter: `ThreadPool::scope`.

use std::sync::{Arc, Mutex};

use anypool_core::{
    ExecutorId, Job, JobHandle, Patience, RawExecutor, Refused, SubmitError, Work,
    current_executor, help, submit_closure,
};

use crate::pool::ThreadPool;
use crate::sync::lock;
use crate::sys::scope::{Backstage, Call, Scope, enclose};

impl ThreadPool {
    /// Runs jobs that borrow local variables; returns when all jobs submitted to the scope have
    /// ended, also when `body` or a job panics.
    ///
    /// The scope waits for the closures themselves: one that runs over its limit is settled on
    /// time, but keeps the scope from returning until it does. A job's panic is seen through its
    /// handle and does not leave the scope.
    ///
    /// # Panics
    ///
    /// When `body` panics.
    ///
    /// ```
    /// use thread_runner::ThreadPool;
    ///
    /// let pool = ThreadPool::builder().workers(2).start()?;
    /// let text = String::from("one two");
    /// let mut words = 0;
    /// let bytes = pool.scope(|scope| {
    ///     scope.submit(|| words = text.split(' ').count())?;
    ///     let bytes = scope.submit(|| text.len())?;
    ///     Ok::<_, Box<dyn std::error::Error>>(bytes.join()?)
    /// })?;
    /// assert_eq!((words, bytes), (2, 7));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// What a closure borrows must outlive the scope:
    ///
    /// ```compile_fail,E0373
    /// # let pool = thread_runner::ThreadPool::builder().start().unwrap();
    /// pool.scope(|scope| {
    ///     let local = 7;
    ///     let _ = scope.submit(|| local + 1);
    /// });
    /// ```
    pub fn scope<'env, R>(
        &self,
        body: impl for<'scope> FnOnce(&'scope Scope<'scope, 'env>) -> R,
    ) -> R {
        let backstage = PoolBackstage {
            pool: self,
            on_worker: current_executor() == Some(self.id()),
            jobs: Mutex::default(),
        };
        enclose(&backstage, body)
    }
}

/// A scope's way to its pool.
struct PoolBackstage<'p> {
    pool: &'p ThreadPool,
    /// Whether the scope's owner is one of the pool's workers, which must help where it waits.
    on_worker: bool,
    /// The jobs that the owner can help with.
    jobs: Mutex<Vec<Arc<dyn Job>>>,
}

impl Backstage for PoolBackstage<'_> {
    fn submit(&self, call: Call<'static>) -> Result<JobHandle<()>, SubmitError> {
        submit_closure(self, call)
    }

    fn help(&self) -> bool {
        let job = lock(&self.jobs).pop();
        match job {
            Some(job) => help(self.id(), || Work::all(job)),
            None => return false,
        }
        true
    }
}

impl RawExecutor for PoolBackstage<'_> {
    fn id(&self) -> ExecutorId {
        self.pool.id()
    }

    fn workers(&self) -> usize {
        self.pool.workers()
    }

    fn submit_work(&self, work: Work, patience: Patience) -> Result<(), Refused> {
        let job = Arc::clone(&work.job);
        self.pool.submit_work(work, patience)?;
        if self.on_worker {
            lock(&self.jobs).push(job);
        }
        Ok(())
    }
}
