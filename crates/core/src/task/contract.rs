//! What a task is.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::context::Context;

/// A value that can travel to a worker and back. Implemented for everything that fits.
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
