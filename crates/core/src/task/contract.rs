//! What a task is.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::context::Context;

/// A value that can travel to a worker and back. Implemented for everything that fits.
///
/// **Bytes.** A `Vec<u8>` is encoded number by number; [`Bytes`](crate::Bytes) travels as one piece.
///
/// **Depth.** A type that contains itself (a list of `Option<Box<Node>>`, a tree) is encoded, decoded
/// and dropped one stack frame or more a level, by the code that `serde` and the compiler derive. A
/// value some ten thousand levels deep overflows a thread's stack of 2 MiB, which ends the program: the
/// stack of the thread that submits or joins, or of the worker. How deep a decoded value is, is for the
/// worker to say. Where it may be that deep, or where a worker that runs code nobody trusts answers
/// with such a type, let the value travel flat (a `Vec` of nodes that name each other by position), or
/// bound the depth in the type's own `Deserialize`; a value that is deep but known can be joined on a
/// thread with a larger [`stack_size`](std::thread::Builder::stack_size).
pub trait Payload: Serialize + DeserializeOwned + Send + 'static {}

impl<P: Serialize + DeserializeOwned + Send + 'static> Payload for P {}

/// A function with input and output that any executor can run.
///
/// A task has no state: its type must be zero-sized, which the build checks where it is submitted.
/// Plain functions and closures without captures are tasks as they stand, by
/// [`IntoTask`](crate::IntoTask); implement the trait for a task that wants a type of its own.
///
/// ```
/// use anypool_core::{Context, Executor as _, InlineExecutor, Task};
///
/// #[derive(Clone, Copy)]
/// struct Square;
///
/// impl Task for Square {
///     const NAME: Option<&'static str> = Some("square");
///     type Input = u64;
///     type Output = u64;
///     fn run(&self, n: u64, _: &Context) -> u64 {
///         n * n
///     }
/// }
///
/// assert_eq!(InlineExecutor::new().submit(Square, 3)?.join()?, 9);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait Task: Copy + Send + Sync + 'static {
    /// The stable name by which other programs and the command line know the task.
    const NAME: Option<&'static str> = None;
    /// What it is given.
    type Input: Payload;
    /// What it gives.
    type Output: Payload;

    /// Does the work.
    fn run(&self, input: Self::Input, ctx: &Context) -> Self::Output;
}
