//! A pool of threads for Anypool's tasks.
//!
//! ```
//! use anypool_core::Executor as _;
//! use thread_runner::ThreadPool;
//!
//! fn square(n: u64) -> u64 {
//!     n * n
//! }
//!
//! let pool = ThreadPool::builder().workers(4).start()?;
//! let nine = pool.submit(square, 3)?.join()?; // a typed handle; also a std Future
//! let squares: Vec<u64> = pool.map(square, 1..=5).collect::<Result<_, _>>()?;
//! assert_eq!((nine, squares), (9, vec![1, 4, 9, 16, 25]));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! - [`ThreadPool`] runs jobs on a bounded number of threads, which start when they are needed.
//!   Submitting and mapping come from [`Executor`](anypool_core::Executor).
//! - [`ThreadPool::submit_fn`] and [`ThreadPool::scope`] take closures with captures; so does
//!   [`ThreadPool::map_slice`], the fastest way from a list to a list.
//! - [`Thread`] runs one task on a thread of its own.
//!
//! In Rust, threads scale work that needs the CPU as well. A pool of processes is for isolation:
//! crashes, memory limits, and tasks that must be stopped by force. A thread cannot be killed: a
//! task that runs over its limit is told to stop, replaced, and left behind if it does not.

mod sync;
mod sys;
mod init;
mod config;
mod stats;
mod report;
mod asked;
mod trace;
mod deadlines;
mod pace;
mod tray;
mod book;
mod ledger;
mod badge;
mod expiries;
mod queue;
mod pauses;
mod roster;
mod state;
mod hub;
mod search;
mod retrying;
mod courier;
mod worker;
mod watchdog;
mod aside;
mod stopping;
mod suspension;
mod pool;
mod executor;
mod scope;
mod slice;
mod thread;
#[cfg(doctest)]
mod escapes;

pub use config::{StartError, ThreadPoolBuilder};
pub use pool::ThreadPool;
pub use report::{LeftBehind, StopReport};
pub use stats::{RunningJob, ThreadPoolStats};
pub use sys::scope::{Scope, ScopedHandle};
pub use thread::{Thread, ThreadBuilder};
