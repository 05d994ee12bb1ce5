//! Workers that are none: each task runs on the runner's own thread, one after another. `--inline` asks for it, and
//! tests of the driver need nothing more.

use std::sync::Arc;

use anypool_core::{
    Context, Executor as _, ExecutorId, Host, JobError, Outcome, Patience, RawExecutor, Refused,
    StopSignal, SubmitError, Work, WorkerId,
};

use crate::backend::{
    Backend, Isolation, PoolConfig, RunnerPool, SpawnConfig, Spawned, StartError, Stopper,
};
use crate::catalogue::call::{Call, CallResult, run_call};

/// A backend without workers.
///
/// ```
/// use anypool_runner::{Backend as _, Inline, Isolation};
///
/// let inline = Inline::named("example");
/// assert_eq!(inline.isolation(), Isolation::Threads);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Inline {
    name: &'static str,
}

impl Inline {
    /// The inline backend of the program of this name.
    #[must_use]
    pub fn named(name: &'static str) -> Self {
        Self { name }
    }
}

impl Backend for Inline {
    fn name(&self) -> &'static str {
        self.name
    }

    fn isolation(&self) -> Isolation {
        Isolation::Threads
    }

    fn start_pool(&self, config: &PoolConfig) -> Result<Arc<dyn RunnerPool>, StartError> {
        Ok(Arc::new(InlinePool::new(Arc::clone(&config.host))))
    }

    fn spawn(&self, call: Call, config: &SpawnConfig) -> Result<Box<dyn Spawned>, StartError> {
        let pool = InlinePool::new(Arc::clone(&config.host));
        Ok(Box::new(InlineCall { pool, call }))
    }
}

/// Runs jobs at once; unlike core's inline executor, it can be told to stop.
struct InlinePool {
    id: ExecutorId,
    host: Arc<dyn Host>,
    stop: StopSignal,
}

impl InlinePool {
    fn new(host: Arc<dyn Host>) -> Self {
        Self {
            id: ExecutorId::unique(),
            host,
            stop: StopSignal::default(),
        }
    }
}

impl RawExecutor for InlinePool {
    fn id(&self) -> ExecutorId {
        self.id
    }

    fn workers(&self) -> usize {
        1
    }

    fn submit_work(&self, work: Work, _: Patience) -> Result<(), Refused> {
        anypool_core::set_quiet(true);
        let ctx = Context::new(Arc::clone(&self.host), WorkerId(0), self.stop.clone());
        for item in work.items.clone() {
            if ctx.is_stopped() {
                let items = item..work.items.end;
                let job = Arc::clone(&work.job);
                Work { job, items }.fail(&JobError::Shutdown);
                break;
            }
            Arc::clone(&work.job).run(item, &ctx);
        }
        anypool_core::set_quiet(false);
        Ok(())
    }
}

impl RunnerPool for InlinePool {
    fn shutdown(&self) {}

    fn shutdown_now(&self) {
        self.stop.stop_all();
    }
}

/// A call that runs when it is joined.
struct InlineCall {
    pool: InlinePool,
    call: Call,
}

impl Spawned for InlineCall {
    fn join(self: Box<Self>) -> Outcome<CallResult> {
        match self.pool.submit(run_call, self.call) {
            Ok(handle) => handle.join(),
            Err(SubmitError::Shutdown) => Err(JobError::Shutdown),
            Err(error) => Err(JobError::PoolFailed {
                reason: error.to_string(),
            }),
        }
    }

    fn stopper(&self) -> Box<dyn Stopper> {
        Box::new(InlineStopper(self.pool.stop.clone()))
    }
}

struct InlineStopper(StopSignal);

impl Stopper for InlineStopper {
    fn terminate(&self) {
        self.0.stop_all();
    }

    fn kill(&self) {}
}
