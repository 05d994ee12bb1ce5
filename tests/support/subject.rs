//! What is put to the test: a kind of executor, and how to start one.

use std::time::Duration;

use anypool_core::RawExecutor;

/// A kind of executor.
pub trait Subject: 'static {
    /// The executor.
    type Executor: RawExecutor + 'static;

    /// Starts one; `workers` and `queue` mean nothing to an executor that has neither.
    fn start(workers: usize, queue: usize) -> Self::Executor;

    /// Starts one with a queue that no test fills.
    fn with_workers(workers: usize) -> Self::Executor {
        Self::start(workers, 1 << 20)
    }
}

/// A pool: it has workers of its own, runs several jobs at once, and can be shut down.
pub trait Pool: Subject {
    /// Accepts no more jobs, waits for all that were accepted.
    fn shutdown(pool: &Self::Executor);

    /// Cancels what is queued, stops what runs as far as it can be stopped.
    fn shutdown_now(pool: &Self::Executor);

    /// As `shutdown`, but after `limit` as `shutdown_now`.
    fn shutdown_timeout(pool: &Self::Executor, limit: Duration);
}
