//! The thread pool, as a subject.

use std::time::Duration;

use thread_runner::ThreadPool;

use crate::subject::{Pool, Subject};

/// How long a pool waits for jobs that will not stop, in tests where some will not.
const GRACE: Duration = Duration::from_millis(100);

/// Runs jobs on threads.
#[derive(Debug)]
pub struct Threads;

impl Subject for Threads {
    type Executor = ThreadPool;

    fn start(workers: usize, queue: usize) -> ThreadPool {
        let builder = ThreadPool::builder().workers(workers).queue(queue);
        builder
            .grace(GRACE)
            .start()
            .expect("the settings are sound")
    }
}

impl Pool for Threads {
    fn shutdown(pool: &ThreadPool) {
        pool.shutdown();
    }

    fn shutdown_now(pool: &ThreadPool) {
        // Jobs that went on are expected where there are any.
        let _ = pool.shutdown_now();
    }

    fn shutdown_timeout(pool: &ThreadPool, limit: Duration) {
        // As above.
        let _ = pool.shutdown_timeout(limit);
    }
}
