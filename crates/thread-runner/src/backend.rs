//! The thread pool and single threads, as the command line uses them.

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use anypool_core::{Executor as _, ExecutorId, JobHandle, Patience, RawExecutor, Refused, Work};
use anypool_runner::{
    Backend, Call, CallResult, Isolation, Joined, PoolConfig, RunnerPool, SpawnConfig, Spawned,
    StartError, run_call,
};
use thread_runner::ThreadPool;

/// Workers that are threads.
pub(crate) struct ThreadBackend;

impl Backend for ThreadBackend {
    fn name(&self) -> &'static str {
        "thread-runner"
    }

    fn isolation(&self) -> Isolation {
        Isolation::Threads
    }

    fn start_pool(&self, config: &PoolConfig) -> Result<Arc<dyn RunnerPool>, StartError> {
        let pool = ThreadPool::builder()
            .workers(config.workers)
            .grace(config.grace)
            .host(Arc::clone(&config.host))
            .quiet_panics(true)
            .start();
        Ok(Arc::new(Pool(pool.map_err(StartError::new)?)))
    }

    fn spawn(&self, call: Call, config: &SpawnConfig) -> Result<Box<dyn Spawned>, StartError> {
        let mut pool = ThreadPool::builder()
            .workers(1)
            .name(&config.name)
            .grace(config.grace)
            .host(Arc::clone(&config.host))
            .quiet_panics(true);
        if let Some(limit) = config.timeout {
            pool = pool.timeout(limit);
        }
        let pool = pool.start().map_err(StartError::new)?;
        let job = pool.submit(run_call, call).map_err(StartError::new)?;
        let pool = Arc::new(pool);
        Ok(Box::new(Worker { job, pool }))
    }
}

struct Pool(ThreadPool);

impl RawExecutor for Pool {
    fn id(&self) -> ExecutorId {
        self.0.id()
    }

    fn workers(&self) -> usize {
        self.0.workers()
    }

    fn submit_work(&self, work: Work, patience: Patience) -> Result<(), Refused> {
        self.0.submit_work(work, patience)
    }
}

impl RunnerPool for Pool {
    fn shutdown(&self) {
        self.0.shutdown();
    }

    fn shutdown_now(&self) {
        // Every job that was cut short is told where its outcome is taken.
        let _ = self.0.shutdown_now();
    }
}

/// A thread for one call: a pool of one, because that can be told to stop.
struct Worker {
    job: JobHandle<CallResult>,
    pool: Arc<ThreadPool>,
}

impl Spawned for Worker {
    fn join_timeout(self: Box<Self>, timeout: Duration) -> Joined {
        let Self { job, pool } = *self;
        match job.join_timeout(timeout) {
            Ok(outcome) => {
                pool.shutdown();
                Ok(outcome)
            }
            Err(job) => Err(Box::new(Self { job, pool })),
        }
    }

    fn terminate(&self) {
        let pool = Arc::clone(&self.pool);
        // Stopping waits for the grace, and every worker of a run has the same one.
        let stop = move || drop(pool.shutdown_now());
        let stopper = thread::Builder::new().name("stop".to_owned());
        if let Err(error) = stopper.spawn(stop) {
            // The runner leaves this worker behind, as it would leave one that does not stop.
            drop(error);
        }
    }

    fn kill(&self) {}
}
