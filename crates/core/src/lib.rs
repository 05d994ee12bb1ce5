//! The task model of Anypool: what a task is, what an executor promises, and what a caller gets.
//!
//! This crate has no threads, no processes and no terminal; pools live in crates of their own and
//! implement [`RawExecutor`]. It can be used alone by any tool that wants to hand work to an
//! executor of its own: see `examples/spool.rs`.
//!
//! ```
//! use anypool_core::{Executor, InlineExecutor, RawExecutor};
//!
//! fn square(n: u64) -> u64 {
//!     n * n
//! }
//!
//! // The same text serves threads and processes.
//! fn sum_of_squares(pool: &dyn RawExecutor) -> u64 {
//!     pool.map(square, 1..=5).map(|outcome| outcome.unwrap_or(0)).sum()
//! }
//!
//! assert_eq!(sum_of_squares(&InlineExecutor::new()), 55);
//! ```
//!
//! - A [`Task`] is a function with serialisable input and output; plain functions and closures
//!   without captures are tasks ([`IntoTask`]), [`task!`] names them, [`registry!`] collects them.
//! - An [`Executor`] accepts jobs; [`JobHandle`], [`wait`] and [`as_completed`] give their outcomes.
//! - A [`JobError`] says why a job has no value.
//! - A [`Context`] is a running task's view of its job.
#![forbid(unsafe_op_in_unsafe_fn)]

mod sys;
mod sync;
mod process_id;
mod cores;
mod awake;
mod host;
mod ran_by;
mod panics;
mod room;
mod annex;
mod codec;
mod bytes;
mod lent;
mod worker_death;
mod memory_overrun;
mod job_error;
mod stop;
mod global_lock;
mod context;
mod task;
mod bell;
mod job;
mod helper;
mod handle;
mod result_view;
mod wait;
mod raw_executor;
mod map;
mod executor;
mod inline;

pub use annex::{Annex, Draft};
pub use awake::AwakeWorker;
pub use bytes::Bytes;
pub use codec::records::{Record, Records, append_record};
pub use codec::{
    CODEC_ID, CodecError, MAX_PAYLOAD_BYTES, decode_exact, decode_untrusted, encode_append,
    encode_into,
};
pub use context::output::Output;
pub use context::{Assignment, Context};
pub use executor::{Executor, submit_closure};
pub use global_lock::GlobalLock;
pub use handle::JobHandle;
pub use helper::{Helper, HelperGuard, current_executor, help, serve};
pub use host::{Host, JobId, Origin, Stream, WorkerId};
pub use inline::{InlineExecutor, StandardStreams};
pub use job::answers::{Answers, NoAnswers, Settlement};
pub use job::contract::{Callbacks, ExecutorId, Holder, Job};
pub use job::encoded_value::EncodedValue;
pub use job::options::JobOptions;
pub use job::retries::Retries;
pub use job::underway::calls_back_for;
pub use job::witness::Witness;
pub use job::work::Work;
pub use job_error::{JobError, Outcome, StoppedBy};
pub use lent::Lent;
pub use map::iterator::{Map, MapUnordered};
pub use map::options::MapOptions;
pub use map::try_map::{TryMapCause, TryMapError};
pub use memory_overrun::{MemoryEvidence, MemoryOverrun};
pub use panics::{PanicReport, Unwound, catch, panic_again, set_quiet};
pub use process_id::process_id;
pub use ran_by::RanBy;
pub use raw_executor::{Patience, RawExecutor, Refused, SubmitError, TrySubmitError};
pub use result_view::{ResultReader, ResultView};
pub use stop::{StopSignal, StopToken};
pub use task::contract::{Payload, Task};
pub use task::entry::{EncodedFn, TaskEntry};
pub use task::function::{FnTask, IntoTask, IsTask, OneInput, TwoInputs, WithContext};
pub use task::init_entry::{EncodedInit, InitEntry};
pub use task::named::{NamedTask, Naming};
pub use task::registry::{Registry, RegistryError};
pub use wait::any_handle::AnyHandle;
pub use wait::as_completed::{AsCompleted, as_completed};
pub use wait::wait_for::{WaitUntil, Waited, wait};
pub use worker_death::{ExitCause, WorkerDeath, signal_name};
