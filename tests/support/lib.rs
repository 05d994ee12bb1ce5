//! What the contract suite stands on: the executors under test, and ways for a test to talk with its
//! tasks wherever they run.
//!
//! A task in another process shares no memory with its test, so nothing here does: a [`Gate`] is a
//! socket at which a task announces itself and waits to be let go, a [`Tally`] is a file to which
//! each run adds a mark. Tests wait for such events, never for time to pass.
#![forbid(unsafe_code)]

mod background;
mod gate;
mod tally;
mod holdings;
mod recorder;
mod subject;
mod inline;
mod threads;
mod processes;
mod contract;

pub use background::{LONG, in_background, within, within_limit};
pub use gate::{Gate, Pass, Visitor};
pub use holdings::{Holdings, children_of};
pub use inline::Inline;
pub use processes::{ProcessesOverIpc, ProcessesOverPipe, ProcessesOverShm};
pub use recorder::Recorder;
pub use subject::{Pool, Subject};
pub use tally::{Mark, Tally};
pub use threads::{Threads, ThreadsWithCodec};
