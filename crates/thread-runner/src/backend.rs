//! The thread pool and single threads, as the command line uses them.

use std::sync::Arc;
use std::time::Duration;

use anypool_core::{ExecutorId, Patience, RawExecutor, Refused, Work};
use anypool_runner::{
    Backend, Call, CallResult, Isolation, Joined, PoolConfig, RunnerPool, SpawnConfig, Spawned,
    StartError, run_call,
};
use thread_runner::{Thread, ThreadPool};

/// Workers that are threads.
pub(crate) struct ThreadBackend;

impl Backend for ThreadBackend {
    fn name(&self) -> &'static str {
        "thread-runner"
    }

    fn features(&self) -> Vec<&'static str> {
        let all = [
            // Without it, there is no program.
            ("cli", true),
            ("tracing", cfg!(feature = "tracing")),
        ];
        all.into_iter()
            .filter_map(|(name, is_on)| is_on.then_some(name))
            .collect()
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
        let mut thread = Thread::builder()
            .name(&config.name)
            .host(Arc::clone(&config.host))
            .quiet_panics(true);
        if let Some(limit) = config.timeout {
            thread = thread.timeout(limit);
        }
        let thread = thread.spawn(run_call, call).map_err(StartError::new)?;
        Ok(Box::new(Worker(thread)))
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

    fn suspend(&self) {
        self.0.suspend();
    }

    fn resume(&self) {
        self.0.resume();
    }
}

struct Worker(Thread<CallResult>);

impl Spawned for Worker {
    fn join_timeout(self: Box<Self>, timeout: Duration) -> Joined {
        match self.0.join_timeout(timeout) {
            Ok(outcome) => Ok(outcome),
            Err(running) => Err(Box::new(Self(running))),
        }
    }

    fn terminate(&self) {
        self.0.stop();
    }

    fn kill(&self) {
        self.0.abandon();
    }

    fn suspend(&self) {
        self.0.suspend();
    }

    fn resume(&self) {
        self.0.resume();
    }
}
