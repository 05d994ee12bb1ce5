//! A fake backend whose workers fail.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use anypool_core::{
    Context, ExecutorId, ExitCause, JobError, Patience, RawExecutor, Refused, Settlement,
    StopSignal, Work, WorkerDeath, WorkerId,
};

use crate::backend::{
    Backend, Isolation, PoolConfig, RunnerPool, SpawnConfig, Spawned, StartError,
};
use crate::catalogue::call::Call;

/// A pool in which the job of one number ends with an error, and a system that refuses single workers.
pub(super) struct Deadly {
    pub(super) dies: usize,
    pub(super) error: fn() -> JobError,
}

impl Backend for Deadly {
    fn name(&self) -> &'static str {
        "deadly-runner"
    }

    fn isolation(&self) -> Isolation {
        Isolation::Processes
    }

    fn start_pool(&self, config: &PoolConfig) -> Result<Arc<dyn RunnerPool>, StartError> {
        Ok(Arc::new(DeadlyPool {
            id: ExecutorId::unique(),
            dies: self.dies,
            error: self.error,
            submitted: Mutex::new(0),
            config: config.clone(),
        }))
    }

    fn spawn(&self, _: Call, _: &SpawnConfig) -> Result<Box<dyn Spawned>, StartError> {
        Err(StartError::new("no more workers"))
    }
}

struct DeadlyPool {
    id: ExecutorId,
    dies: usize,
    error: fn() -> JobError,
    submitted: Mutex<usize>,
    config: PoolConfig,
}

impl RawExecutor for DeadlyPool {
    fn id(&self) -> ExecutorId {
        self.id
    }

    fn workers(&self) -> usize {
        self.config.workers
    }

    fn submit_work(&self, work: Work, _: Patience) -> Result<(), Refused> {
        let host = Arc::clone(&self.config.host);
        let ctx = Context::new(host, WorkerId(0), StopSignal::default());
        for item in work.items {
            let mut submitted = self.submitted.lock().unwrap();
            let job = Arc::clone(&work.job);
            if *submitted == self.dies {
                let how = Settlement::Failed((self.error)());
                drop(job.settle(item, how, Duration::ZERO));
            } else {
                let items = item..item + 1;
                Work { job, items }.run(&ctx);
            }
            *submitted += 1;
        }
        Ok(())
    }
}

impl RunnerPool for DeadlyPool {
    fn shutdown(&self) {}

    fn shutdown_now(&self) {}

    fn suspend(&self) {}

    fn resume(&self) {}
}

/// What a killed worker leaves.
pub(super) fn death() -> JobError {
    JobError::WorkerDied(Box::new(WorkerDeath {
        pid: 4242,
        cause: ExitCause::Signal(9),
        core_dumped: false,
        started: true,
        oom: false,
        stderr_tail: String::new(),
    }))
}
