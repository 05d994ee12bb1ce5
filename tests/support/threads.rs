//! The thread pool, as a subject.

use std::time::Duration;

use thread_runner::ThreadPool;

use crate::subject::{Pool, Subject};

/// How long a pool waits for jobs that will not stop, in tests where some will not.
const GRACE: Duration = Duration::from_millis(100);

macro_rules! thread_subject {
    ($(#[$doc:meta])* $subject:ident, $verify_codec:expr) => {
        $(#[$doc])*
        #[derive(Debug)]
        pub struct $subject;

        impl Subject for $subject {
            type Executor = ThreadPool;

            fn start(workers: usize, queue: usize) -> ThreadPool {
                let builder = ThreadPool::builder().workers(workers).queue(queue);
                let started = builder.grace(GRACE).verify_codec($verify_codec).start();
                started.expect("the settings are sound")
            }
        }

        impl Pool for $subject {
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
    };
}

thread_subject!(
    /// Runs jobs on threads, which move values.
    Threads,
    false
);

thread_subject!(
    /// Runs jobs on threads that encode and decode all values, as if they had to travel.
    ThreadsWithCodec,
    true
);
