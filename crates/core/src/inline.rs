//! The executor without workers: jobs run on the caller, at once.

use std::io::{self, Write as _};
use std::sync::Arc;

use crate::context::Context;
use crate::host::{Host, Origin, Stream, WorkerId};
use crate::job::contract::ExecutorId;
use crate::job::work::Work;
use crate::raw_executor::{Patience, RawExecutor, Refused, SubmitError};
use crate::stop::StopSignal;

/// Runs every job on the thread that submits it, before `submit` returns.
///
/// It is the reference for what executors do, the baseline that pools are compared with, and the
/// fake for tests. It cannot stop a job: a limit of time is told to the task and not enforced, and
/// jobs that ask for a limit of memory or CPU time are refused. A job never waits in a queue, so no
/// limit of that strikes; between the attempts at a job that may be tried again, the caller sleeps.
///
/// ```
/// use anypool_core::{Executor as _, InlineExecutor};
///
/// let executor = InlineExecutor::new();
/// let squares = executor.map(|n: u64| n * n, [1, 2, 3]);
/// assert_eq!(squares.collect::<Result<Vec<_>, _>>(), Ok(vec![1, 4, 9]));
/// ```
pub struct InlineExecutor {
    id: ExecutorId,
    host: Arc<dyn Host>,
}

impl InlineExecutor {
    /// An executor whose tasks write to this process's standard output and error.
    #[must_use]
    pub fn new() -> Self {
        Self::with_host(Arc::new(StandardStreams))
    }

    /// An executor whose tasks write to `host`.
    #[must_use]
    pub fn with_host(host: Arc<dyn Host>) -> Self {
        Self {
            id: ExecutorId::unique(),
            host,
        }
    }
}

impl Default for InlineExecutor {
    fn default() -> Self {
        Self::new()
    }
}

impl RawExecutor for InlineExecutor {
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
        let host = Arc::clone(&self.host);
        let ctx = Context::new(host, WorkerId(0), StopSignal::default());
        work.run(&ctx);
        Ok(())
    }
}

impl std::fmt::Debug for InlineExecutor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("InlineExecutor").finish_non_exhaustive()
    }
}

/// A [`Host`] that passes tasks' output on to this process's own streams.
#[derive(Clone, Copy, Debug, Default)]
pub struct StandardStreams;

impl Host for StandardStreams {
    fn write(&self, _: Origin, stream: Stream, lines: &[u8]) -> io::Result<()> {
        match stream {
            Stream::Out => {
                let mut out = io::stdout().lock();
                out.write_all(lines)?;
                out.flush()
            }
            Stream::Err => io::stderr().lock().write_all(lines),
        }
    }
}
