//! The process pool and single processes, as the command line uses them.

use std::sync::Arc;
use std::time::Duration;

use anypool_core::{ExecutorId, Patience, RawExecutor, Refused, Work};
use anypool_runner::{
    Backend, Call, CallResult, Confinement, Isolation, Joined, PoolConfig, RunnerPool, Separation,
    SpawnConfig, Spawned, StartError, run_call,
};
use process_runner::{OutputMode, Process, ProcessPool, ProcessPoolBuilder, SpawnError, Transport};

/// Workers that are processes.
pub(crate) struct ProcessBackend;

impl Backend for ProcessBackend {
    fn name(&self) -> &'static str {
        "process-runner"
    }

    fn features(&self) -> Vec<&'static str> {
        let all = [
            // Without it, there is no program.
            ("cli", true),
            ("fault-points", cfg!(feature = "fault-points")),
            ("fuzzing", cfg!(feature = "fuzzing")),
            ("tracing", cfg!(feature = "tracing")),
        ];
        all.into_iter()
            .filter_map(|(name, is_on)| is_on.then_some(name))
            .collect()
    }

    fn isolation(&self) -> Isolation {
        Isolation::Processes
    }

    fn start_pool(&self, config: &PoolConfig) -> Result<Arc<dyn RunnerPool>, StartError> {
        let pool = ProcessPool::builder()
            .workers(config.workers)
            .grace(config.grace)
            .host(Arc::clone(&config.host))
            .output(OutputMode::PerJob)
            .quiet_panics(true);
        let pool = confine(pool, &config.confinement).start();
        Ok(Arc::new(Pool(pool.map_err(StartError::new)?)))
    }

    fn spawn(&self, call: Call, config: &SpawnConfig) -> Result<Box<dyn Spawned>, StartError> {
        let mut process = Process::builder()
            .name(&config.name)
            .grace(config.grace)
            .transport(transport(config.confinement.transport))
            .host(Arc::clone(&config.host))
            .quiet_panics(true);
        if let Some(limit) = config.timeout {
            process = process.timeout(limit);
        }
        if let Some(bytes) = config.confinement.memory_limit {
            process = process.memory_limit(bytes);
        }
        let process = process.spawn(run_call, call).map_err(refusal)?;
        Ok(Box::new(Worker(process)))
    }
}

fn confine(mut pool: ProcessPoolBuilder, to: &Confinement) -> ProcessPoolBuilder {
    pool = pool.transport(transport(to.transport));
    if let Some(bytes) = to.memory_limit {
        pool = pool.memory_limit(bytes);
    }
    let tasks = match to.separation {
        Separation::Fork => Some(1),
        _ => to.max_tasks_per_worker.map(Into::into),
    };
    if let Some(tasks) = tasks {
        pool = pool.recycle_after(tasks);
    }
    match to.max_start_failures {
        Some(most) => pool.max_start_failures(most.into()),
        None => pool,
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

fn transport(wanted: anypool_runner::Transport) -> Transport {
    match wanted {
        anypool_runner::Transport::Pipe => Transport::Pipe,
        anypool_runner::Transport::Ipc => Transport::Ipc,
        anypool_runner::Transport::Shm => Transport::Shm,
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
