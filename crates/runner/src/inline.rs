//! Workers that are none: each task runs in the runner itself, one after another. `--inline` asks for it, and tests of
//! the driver need nothing more.

use std::io;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use anypool_core::{
    Context, Executor as _, ExecutorId, Host, JobError, JobHandle, Outcome, Patience, RawExecutor,
    Refused, StopSignal, SubmitError, Work, WorkerId,
};

use crate::backend::{
    Backend, Isolation, Joined, PoolConfig, RunnerPool, SpawnConfig, Spawned, StartError,
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
        Ok(Box::new(InlineCall::new(Arc::clone(&config.host), call)))
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
        if let Some(what) = work.job.options().what_needs_isolation() {
            let reason = SubmitError::Unsupported { what };
            return Err(Refused { reason, work });
        }
        anypool_core::set_quiet(true);
        let ctx = Context::new(Arc::clone(&self.host), WorkerId(0), self.stop.clone());
        for item in work.items.clone() {
            let job = Arc::clone(&work.job);
            if ctx.is_stopped() {
                let items = item..work.items.end;
                Work { job, items }.fail(&JobError::Shutdown);
                break;
            }
            let items = item..item + 1;
            Work { job, items }.run(&ctx);
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

    // What runs is part of the runner, and nothing runs against a limit.

    fn suspend(&self) {}

    fn resume(&self) {}
}

/// A call that starts when it is first waited for. It has a thread of its own only so that the runner can listen to
/// its user meanwhile.
struct InlineCall {
    stop: StopSignal,
    phase: Phase,
}

enum Phase {
    Waiting(InlinePool, Call),
    Running(Receiver<Outcome<CallResult>>),
}

impl InlineCall {
    fn new(host: Arc<dyn Host>, call: Call) -> Self {
        let pool = InlinePool::new(host);
        Self {
            stop: pool.stop.clone(),
            phase: Phase::Waiting(pool, call),
        }
    }
}

impl Spawned for InlineCall {
    fn join_timeout(mut self: Box<Self>, timeout: Duration) -> Joined {
        let outcome = match self.phase {
            Phase::Running(outcome) => outcome,
            Phase::Waiting(pool, call) => match start(pool, call) {
                Ok(outcome) => outcome,
                Err(error) => return Ok(Err(refused(error.to_string()))),
            },
        };
        match outcome.recv_timeout(timeout) {
            Ok(ended) => Ok(ended),
            Err(RecvTimeoutError::Disconnected) => Ok(Err(JobError::Cancelled)),
            Err(RecvTimeoutError::Timeout) => {
                self.phase = Phase::Running(outcome);
                Err(self)
            }
        }
    }

    fn terminate(&self) {
        self.stop.stop_all();
    }

    fn kill(&self) {}

    // As for the pool.

    fn suspend(&self) {}

    fn resume(&self) {}
}

fn start(pool: InlinePool, call: Call) -> io::Result<Receiver<Outcome<CallResult>>> {
    let (sender, outcome) = mpsc::channel();
    let run = move || {
        let submitted = pool.submit(run_call, call);
        let ended = submitted
            .map_err(|error| refused(error.to_string()))
            .and_then(JobHandle::join);
        // Who has given up waiting does not want to know.
        let _ = sender.send(ended);
    };
    let thread = thread::Builder::new().name("inline".to_owned());
    thread.spawn(run).map(|_| outcome)
}

fn refused(reason: String) -> JobError {
    JobError::PoolFailed { reason }
}
