//! A place where a task, in whatever process it runs, tells its test that it is there and waits to be
//! let go.
//!
//! A gate is a Unix socket whose path travels in the task's input. The task connects and says its
//! number; the test sees a [`Visitor`]. Letting the visitor go, dropping it or dropping the gate all
//! end the task's wait, so a failing test leaves nobody waiting. The kernel closes a killed task's
//! end, so a test can also wait for a task's disappearance.

use std::io::{Read as _, Write as _};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{Builder, JoinHandle};

use serde::{Deserialize, Serialize};
use tempfile::TempDir;

use crate::background::LONG;

/// The number by which a gate closes itself.
const CLOSE: u64 = u64::MAX;

/// The test's side.
#[derive(Debug)]
pub struct Gate {
    folder: TempDir,
    arrivals: Receiver<Visitor>,
    porter: Option<JoinHandle<()>>,
}

/// The task's side; travels as an input.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Pass {
    path: PathBuf,
    number: u64,
}

/// A task that has come to the gate.
#[derive(Debug)]
pub struct Visitor {
    /// The number of its pass.
    pub number: u64,
    stream: UnixStream,
}

impl Gate {
    /// A gate at a place of its own.
    ///
    /// # Panics
    ///
    /// When the machine has no place for it.
    #[must_use]
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let listener = UnixListener::bind(folder.path().join("gate")).expect("a socket");
        let (tell, arrivals) = channel();
        let porter = Builder::new().name("porter".to_owned());
        let porter = porter.spawn(move || admit(&listener, &tell));
        Self {
            folder,
            arrivals,
            porter: Some(porter.expect("a thread can be started")),
        }
    }

    /// The way to the gate for a task that is to be known by `number`.
    #[must_use]
    pub fn pass(&self, number: u64) -> Pass {
        let path = self.folder.path().join("gate");
        Pass { path, number }
    }

    /// The next task to come, waiting for it.
    ///
    /// # Panics
    ///
    /// When none comes within [`LONG`].
    #[must_use]
    pub fn next(&self) -> Visitor {
        let arrival = self.arrivals.recv_timeout(LONG);
        arrival.expect("a task comes to the gate")
    }

    /// The next `count` tasks to come, by number.
    #[must_use]
    pub fn next_sorted(&self, count: usize) -> Vec<Visitor> {
        let mut visitors: Vec<_> = (0..count).map(|_| self.next()).collect();
        visitors.sort_by_key(|visitor| visitor.number);
        visitors
    }

    /// Whether nobody has come since the last look.
    #[must_use]
    pub fn is_silent(&self) -> bool {
        self.arrivals.try_recv().is_err()
    }
}

impl Default for Gate {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for Gate {
    fn drop(&mut self) {
        drop(self.pass(CLOSE).call());
        if let Some(porter) = self.porter.take() {
            // It ends by itself; there is nothing to be learned from how.
            let _ = porter.join();
        }
    }
}

impl Pass {
    /// In a task: says that it is here, and goes on. Returns its number.
    #[must_use]
    pub fn announce(self) -> u64 {
        drop(self.call());
        self.number
    }

    /// In a task: says that it is here, and waits to be let go. Returns its number.
    #[must_use]
    pub fn enter(self) -> u64 {
        if let Some(mut stream) = self.call() {
            // The end of the stream or an error: the task may go in either case.
            let _ = stream.read_to_end(&mut Vec::new());
        }
        self.number
    }

    /// Nothing when the gate is gone, as it is when its test has failed.
    fn call(&self) -> Option<UnixStream> {
        let mut stream = UnixStream::connect(&self.path).ok()?;
        stream.write_all(&self.number.to_le_bytes()).ok()?;
        Some(stream)
    }
}

impl Visitor {
    /// Lets the task go on.
    pub fn let_go(self) {
        drop(self);
    }

    /// Waits until the task has left the gate or has ceased to be.
    ///
    /// # Panics
    ///
    /// When it is still there after [`LONG`].
    pub fn wait_gone(mut self) {
        let limited = self.stream.set_read_timeout(Some(LONG));
        limited.expect("a socket takes a timeout");
        if let Err(error) = self.stream.read_to_end(&mut Vec::new()) {
            let reset = error.kind() == std::io::ErrorKind::ConnectionReset;
            assert!(reset, "task {} is still there: {error}", self.number);
        }
    }
}

/// Passes on everybody who comes, until the gate closes itself.
fn admit(listener: &UnixListener, tell: &Sender<Visitor>) {
    while let Ok((mut stream, _)) = listener.accept() {
        let mut number = [0; 8];
        if stream.read_exact(&mut number).is_err() {
            continue;
        }
        let number = u64::from_le_bytes(number);
        if number == CLOSE || tell.send(Visitor { number, stream }).is_err() {
            return;
        }
    }
}
