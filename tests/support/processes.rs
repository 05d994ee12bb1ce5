//! The process pool, as a subject for each transport.

use std::time::Duration;

use process_runner::{ProcessPool, Transport};

use crate::subject::{Pool, Subject};

/// How long a worker has between the polite signal and the other one.
const GRACE: Duration = Duration::from_millis(100);

macro_rules! process_subject {
    ($(#[$doc:meta])* $subject:ident, $transport:expr) => {
        $(#[$doc])*
        #[derive(Debug)]
        pub struct $subject;

        impl Subject for $subject {
            type Executor = ProcessPool;

            fn start(workers: usize, queue: usize) -> ProcessPool {
                let builder = ProcessPool::builder().workers(workers).queue(queue);
                let started = builder.grace(GRACE).transport($transport).start();
                started.expect("the fork server runs")
            }
        }

        impl Pool for $subject {
            fn shutdown(pool: &ProcessPool) {
                pool.shutdown();
            }

            fn shutdown_now(pool: &ProcessPool) {
                // Jobs that were ended are expected where there are any.
                let _ = pool.shutdown_now();
            }

            fn shutdown_timeout(pool: &ProcessPool, limit: Duration) {
                // As above.
                let _ = pool.shutdown_timeout(limit);
            }
        }
    };
}

process_subject!(
    /// Runs jobs in processes that are sent frames through pipes.
    ProcessesOverPipe,
    Transport::Pipe
);

process_subject!(
    /// Runs jobs in processes that are sent bytes over ipc-channel.
    ProcessesOverIpc,
    Transport::Ipc
);

process_subject!(
    /// Runs jobs in processes that share memory with this one.
    ProcessesOverShm,
    Transport::Shm
);
