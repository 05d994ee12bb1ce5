//! Anypool's process pool: tasks run in processes of their own, and whatever happens to one of them
//! happens to one job.
//!
//! ```
//! use anypool_core::{Executor as _, JobError};
//! use process_runner::ProcessPool;
//!
//! fn checked(n: u32) -> u32 {
//!     if n == 13 {
//!         std::process::abort();
//!     }
//!     n
//! }
//!
//! process_runner::init(); // the first line of main: the fork server starts while there is one thread
//! let pool = ProcessPool::builder().workers(2).start()?;
//! let unlucky = pool.submit(checked, 13)?;
//! assert_eq!(pool.submit(checked, 7)?.join(), Ok(7));
//! assert!(matches!(unlucky.join(), Err(JobError::WorkerDied(_))));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Workers are forked by a small server process, the *zygote*, which [`init`] forks before the program
//! has a second thread. **Workers see the program as of that moment**: statics, environment, loggers; what comes
//! later travels as a task's input.
//!
//! How the parts work together is told in the modules: `zygote` forks and reaps, `worker` runs jobs,
//! `wire` is what they say, `transport` how it travels, `supervisor` is the thread that runs a pool.

#[cfg(not(target_os = "linux"))]
compile_error!("the process pool needs Linux: pidfds, memfds and the parent-death signal");

mod sync;
mod clock;
mod worker_end;
mod stats;
mod event;
mod trace;
mod usage;
mod sys;
#[cfg(feature = "fault-points")]
#[doc(hidden)]
pub mod fault;
#[cfg(not(feature = "fault-points"))]
mod fault;
mod sealed;
mod initializer;
mod preloaded;
mod wire;
mod transport;
mod worker;
mod zygote;
mod terms;
mod config;
mod descriptors;
mod builder;
mod owed;
mod parcel;
mod acting;
mod attend;
mod mail;
mod inbox;
mod pauses;
mod grip;
mod pace;
mod flight;
mod seat;
mod lines;
mod courier;
mod herald;
mod report;
mod supervisor;
mod pool;
mod holding;
mod executor;
mod process;
#[cfg(any(test, feature = "fuzzing"))]
#[doc(hidden)]
pub mod fuzz;

pub use builder::ProcessPoolBuilder;
pub use config::{OutputMode, StartError};
pub use event::PoolEvent;
pub use pool::ProcessPool;
pub use preloaded::preloaded;
pub use process::{Process, ProcessBuilder, SpawnError};
pub use report::{KilledJob, LeftBehind, StopReport};
pub use stats::{ProcessPoolStats, RunningJob, WorkerState, WorkerStats};
pub use sys::entry::MakeRegistry;
pub use transport::{Transport, UnknownTransport};
pub use worker_end::{EndCause, WorkerEnd};
pub use zygote::link::{InitError, init};
