//! What the tests share: a pool under a recorder, one test at a time.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use anypool_core::{Host, Origin, Stream};
use process_runner::{OutputMode, ProcessPool, ProcessPoolBuilder, Transport};
use tracing::subscriber::DefaultGuard;

use crate::recorder::Recorder;

/// How long anything may take on the slowest machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// All ways for jobs to travel, and for output to be delivered.
pub(crate) const WAYS: [(Transport, OutputMode); 6] = [
    (Transport::Pipe, OutputMode::PerWorker),
    (Transport::Pipe, OutputMode::PerJob),
    (Transport::Ipc, OutputMode::PerWorker),
    (Transport::Ipc, OutputMode::PerJob),
    (Transport::Shm, OutputMode::PerWorker),
    (Transport::Shm, OutputMode::PerJob),
];

/// A recorder that is this thread's subscriber while it lives. The level that workers are told is the
/// most that any subscriber of the process wants, so there is one at a time.
pub(crate) struct Recording {
    pub(crate) recorder: Recorder,
    _default: DefaultGuard,
    _only: MutexGuard<'static, ()>,
}

impl Recording {
    pub(crate) fn with(recorder: Recorder) -> Self {
        static ONLY: Mutex<()> = Mutex::new(());
        let only = ONLY.lock().unwrap_or_else(PoisonError::into_inner);
        Self {
            _default: tracing::subscriber::set_default(recorder.clone()),
            recorder,
            _only: only,
        }
    }
}

/// A host that keeps what is printed.
#[derive(Default)]
pub(crate) struct Paper(pub(crate) Mutex<Vec<u8>>);

impl Paper {
    pub(crate) fn text(&self) -> String {
        let bytes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

impl Host for Paper {
    fn write(&self, _: Origin, _: Stream, lines: &[u8]) -> io::Result<()> {
        let mut bytes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        bytes.extend_from_slice(lines);
        Ok(())
    }
}

/// A builder for a pool with one worker, and what it prints.
pub(crate) fn builder(way: (Transport, OutputMode)) -> (ProcessPoolBuilder, Arc<Paper>) {
    let paper = Arc::new(Paper::default());
    let builder = ProcessPool::builder().workers(1).transport(way.0);
    (builder.output(way.1).host(Arc::clone(&paper) as _), paper)
}

/// A task that kills its worker.
pub(crate) fn abort(_: ()) {
    std::process::abort();
}

/// Waits until `happened`.
#[track_caller]
pub(crate) fn eventually(what: &str, happened: impl Fn() -> bool) {
    let start = Instant::now();
    while !happened() {
        assert!(start.elapsed() < PATIENCE, "{what} has not happened");
        std::thread::sleep(Duration::from_millis(1));
    }
}
