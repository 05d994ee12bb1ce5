//! Holding a pool for a while.

use std::sync::mpsc::sync_channel;

use crate::mail::Mail;
use crate::pool::ProcessPool;

impl ProcessPool {
    /// Holds the pool until [`resume`](ProcessPool::resume): its workers' process groups are stopped
    /// (`SIGSTOP`), nothing more starts, and time limits stand still. Returns when that is under way;
    /// for a program that is about to stop itself, as on Ctrl-Z.
    ///
    /// Jobs can be submitted and cancelled meanwhile. A pool that is told to stop goes on.
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
    /// let pool = ProcessPool::builder().workers(1).start()?;
    /// pool.suspend();
    /// let job = pool.submit(square, 3)?;
    /// pool.resume();
    /// assert_eq!(job.join()?, 9);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn suspend(&self) {
        let (done, answer) = sync_channel(1);
        if self.is_owned_here() {
            self.inbox.post(Mail::Suspend(done));
            // No answer means that the pool has no workers any more. A waker runs on the thread that
            // would have to answer.
            if !self.shared.is_own_thread() {
                let _ = answer.recv();
            }
        }
    }

    /// Lets the pool go on. The time since [`suspend`](ProcessPool::suspend) counts against no limit.
    pub fn resume(&self) {
        self.inbox.post(Mail::Resume);
    }
}
