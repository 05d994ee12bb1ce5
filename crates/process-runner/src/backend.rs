//! The process pool and single processes, as the command line uses them.

use std::sync::Arc;
use std::time::Duration;

use anypool_core::{ExecutorId, Patience, RawExecutor, Refused, Work};
use anypool_runner::{
    Backend, Call, CallResult, Isolation, Joined, PoolConfig, RunnerPool, SpawnConfig, Spawned,
    StartError, run_call,
};
use process_runner::{OutputMode, Process, ProcessPool, SpawnError, Transport};

/// Workers that are processes.
pub(crate) struct ProcessBackend;

impl Backend for ProcessBackend {
    fn name(&self) -> &'static str {
        "process-runner"
    }

    fn isolation(&self) -> Isolation {
        Isolation::Processes
    }

    fn start_pool(&self, config: &PoolConfig) -> Result<Arc<dyn RunnerPool>, StartError> {
        let pool = ProcessPool::builder()
            .workers(config.workers)
            .grace(config.grace)
            .transport(transport(config.transport))
            .host(Arc::clone(&config.host))
            .output(OutputMode::PerJob)
            .quiet_panics(true)
            .start();
        Ok(Arc::new(Pool(pool.map_err(StartError::new)?)))
    }

    fn spawn(&self, call: Call, config: &SpawnConfig) -> Result<Box<dyn Spawned>, StartError> {
        let mut process = Process::builder()
            .name(&config.name)
            .grace(config.grace)
            .transport(transport(config.transport))
            .host(Arc::clone(&config.host))
            .quiet_panics(true);
        if let Some(limit) = config.timeout {
            process = process.timeout(limit);
        }
        let process = process.spawn(run_call, call).map_err(refusal)?;
        Ok(Box::new(Worker(process)))
    }
}

/// What kept a process from starting. Its pool calls it worker 0, and the command line has a number of its own for it.
fn refusal(error: SpawnError) -> StartError {
    match error {
        SpawnError::Start(process_runner::StartError::Worker { what, error, .. }) => {
            StartError::new(format!("{what}: {error}"))
        }
        error => StartError::new(error),
    }
}

fn transport(wanted: Option<anypool_runner::Transport>) -> Transport {
    match wanted {
        Some(anypool_runner::Transport::Pipe) => Transport::Pipe,
        Some(anypool_runner::Transport::Ipc) => Transport::Ipc,
        Some(anypool_runner::Transport::Shm) => Transport::Shm,
        _ => Transport::default(),
    }
}

struct Pool(ProcessPool);

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

struct Worker(Process<CallResult>);

impl Spawned for Worker {
    fn join_timeout(self: Box<Self>, timeout: Duration) -> Joined {
        match self.0.join_timeout(timeout) {
            Ok(outcome) => Ok(outcome),
            Err(running) => Err(Box::new(Self(running))),
        }
    }

    fn terminate(&self) {
        self.0.terminate();
    }

    fn kill(&self) {
        self.0.kill();
    }

    fn suspend(&self) {
        self.0.suspend();
    }

    fn resume(&self) {
        self.0.resume();
    }
}
