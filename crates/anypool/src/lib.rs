//! Write a task once, run it on a pool of threads or on a pool of processes.
//!
#![cfg_attr(feature = "processes", doc = "```")]
#![cfg_attr(not(feature = "processes"), doc = "```ignore")]
//! use anypool::{Executor as _, ProcessPool as Pool}; // or `ThreadPool as Pool`: the rest is the same
//!
//! fn square(n: u64) -> u64 {
//!     n * n
//! }
//!
//! fn main() -> anyhow::Result<()> {
//!     anypool::init(); // first line: the fork server starts while there is one thread
//!     let pool = Pool::builder().workers(4).start()?;
//!     let nine = pool.submit(square, 3)?.join()?; // a typed handle; also a std Future
//!     let squares: Vec<u64> = pool.map(square, 1..=5).collect::<Result<_, _>>()?;
//!     assert_eq!((nine, squares), (9, vec![1, 4, 9, 16, 25]));
//!     Ok(())
//! }
//! ```
//!
//! **Workers see the program as of [`init`]**: statics, environment, loggers. A `OnceLock` that is
//! set later is empty in a worker; later values travel as inputs. Where main's first line is out of
//! reach, as under `cargo test`, [`init_at_load!`] does it before main.
//!
//! # Threads or processes
//!
//! Rust has no global interpreter lock: threads scale work that needs the CPU as well as processes do,
//! and share memory. Choose processes for isolation: for tasks that may crash, abort, leak or never
//! return, for C libraries that are not safe to call from two threads, and for limits that can be
//! enforced. A task cannot tell where it runs, so the choice is one line and can be measured.
//!
//! # What there is
//!
//! - A *task* is a function with serialisable input and output: [`Task`], [`task!`], [`registry!`].
//! - An *executor* runs tasks: [`ThreadPool`], [`ProcessPool`], [`InlineExecutor`] on the caller, or
//!   one of your own ([`RawExecutor`]). All have the methods of [`Executor`].
//! - A *handle* is the caller's end of a job: [`JobHandle`], [`wait`], [`as_completed`].
//! - [`Process`] and [`Thread`] run one task each, without a pool.
//! - [`JobError`] says why a job has no value: it panicked, its worker died, it ran too long.
//!
//! The same program text on any executor:
//!
#![cfg_attr(feature = "threads", doc = "```")]
#![cfg_attr(not(feature = "threads"), doc = "```ignore")]
//! use anypool::{Executor as _, InlineExecutor, RawExecutor, ThreadPool};
//!
//! fn is_prime(n: u64) -> bool {
//!     n > 1 && (2..).take_while(|d| d * d <= n).all(|d| n % d != 0)
//! }
//!
//! fn primes_below(executor: &dyn RawExecutor, end: u64) -> usize {
//!     executor.map(is_prime, 0..end).filter(|outcome| *outcome == Ok(true)).count()
//! }
//!
//! assert_eq!(primes_below(&InlineExecutor::new(), 100), 25);
//! assert_eq!(primes_below(&ThreadPool::builder().workers(2).start()?, 100), 25);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Features
//!
//! `threads` and `processes`, both on unless switched off; `processes` needs Linux. `tracing`, off unless
//! switched on: pools tell the program's subscriber of their jobs, and of what is logged inside. This crate has no
//! code of its own: all that the two pools have beside their names here is in [`threads`] and
//! [`processes`].
#![forbid(unsafe_code)]
// What users copy must compile without a word from the compiler.
#![doc(test(attr(deny(warnings))))]

pub use anypool_core::*;

/// Everything of the thread pool.
#[cfg(feature = "threads")]
pub use thread_runner as threads;
#[cfg(feature = "threads")]
pub use thread_runner::{Scope, Thread, ThreadBuilder, ThreadPool, ThreadPoolBuilder};

/// Everything of the process pool.
#[cfg(feature = "processes")]
pub use process_runner as processes;
#[cfg(feature = "processes")]
pub use process_runner::{
    Process, ProcessBuilder, ProcessPool, ProcessPoolBuilder, Transport, init, init_at_load,
    preloaded,
};

/// The first screen of the README, as a test.
#[cfg(all(doctest, feature = "processes"))]
#[allow(
    rustdoc::invalid_codeblock_attributes,
    reason = "the README's blocks say more than rustdoc reads"
)]
#[doc = include_str!("../../../README.md")]
struct Readme;
