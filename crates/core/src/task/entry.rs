//! A task as an address: what a forked worker needs to run it without having its value.

use std::marker::PhantomData;
use std::panic::AssertUnwindSafe;

use crate::annex::Draft;
use crate::codec;
use crate::context::Context;
use crate::job_error::JobError;
use crate::panics;
use crate::task::contract::Task;
use crate::task::sys;

/// The encoded form of a task's function: input bytes in, output bytes drafted, or why not.
pub type EncodedFn = fn(&[u8], &Context, &mut Draft<'_>) -> Result<(), JobError>;

/// A task's entry in the program image; there is one a type of task, at an address that is the same
/// in every process forked from this one.
#[derive(Debug)]
pub struct TaskEntry {
    magic: u64,
    name: Option<&'static str>,
    type_name: fn() -> &'static str,
    signature: fn() -> (&'static str, &'static str),
    run: EncodedFn,
}

/// Marks memory as a [`TaskEntry`]: a frame with a wrong address is refused, not called.
const MAGIC: u64 = u64::from_le_bytes(*b"AnyTask1");

impl TaskEntry {
    /// The entry of `task`.
    #[must_use]
    pub fn of<T: Task>(task: T) -> &'static Self {
        // The value is the proof that `T` is inhabited, which `run_encoded` relies on.
        let _ = task;
        EntryOf::<T>::ENTRY
    }

    /// The task's stable name, if it has one.
    #[must_use]
    pub fn name(&self) -> Option<&'static str> {
        self.name
    }

    /// The stable name, or the Rust type for a task without one; for a function, its path.
    #[must_use]
    pub fn label(&self) -> &'static str {
        self.name.unwrap_or_else(|| unwrapped((self.type_name)()))
    }

    /// The Rust types of input and output.
    #[must_use]
    pub fn signature(&self) -> (&'static str, &'static str) {
        (self.signature)()
    }

    /// Whether this is what it claims to be.
    #[must_use]
    pub fn is_genuine(&self) -> bool {
        self.magic == MAGIC
    }

    /// Runs the task on an encoded input and appends its encoded output to `output`.
    ///
    /// # Errors
    ///
    /// The task panicked or stopped, or its input or output has no valid encoding.
    pub fn run(&self, input: &[u8], ctx: &Context, output: &mut Vec<u8>) -> Result<(), JobError> {
        self.run_into(input, ctx, &mut Draft::new(output))
    }

    /// Runs the task on an encoded input and drafts its encoded output; on an error the draft is empty.
    ///
    /// # Errors
    ///
    /// As [`TaskEntry::run`].
    #[inline]
    pub fn run_into(
        &self,
        input: &[u8],
        ctx: &Context,
        output: &mut Draft<'_>,
    ) -> Result<(), JobError> {
        (self.run)(input, ctx, output)
    }
}

/// The type of the function in a type of the wrapper that makes functions tasks; any other type as it is.
fn unwrapped(type_name: &'static str) -> &'static str {
    let wrapped = type_name.split_once("::FnTask<").map(|(_, inside)| inside);
    let function = wrapped.and_then(|inside| inside.rsplit_once(", anypool_core::"));
    function.map_or(type_name, |(function, _)| function)
}

struct EntryOf<T>(PhantomData<T>);

impl<T: Task> EntryOf<T> {
    const ENTRY: &'static TaskEntry = &TaskEntry {
        magic: MAGIC,
        name: T::NAME,
        type_name: std::any::type_name::<T>,
        signature: signature_of::<T>,
        run: run_encoded::<T>,
    };
}

fn signature_of<T: Task>() -> (&'static str, &'static str) {
    (
        std::any::type_name::<T::Input>(),
        std::any::type_name::<T::Output>(),
    )
}

fn run_encoded<T: Task>(
    input: &[u8],
    ctx: &Context,
    output: &mut Draft<'_>,
) -> Result<(), JobError> {
    let mut step = Step::Decoding;
    // One guard for all steps: tiny tasks would feel three.
    let ran = panics::catch(AssertUnwindSafe(|| {
        let input = codec::decode_unguarded::<T::Input>(input)?;
        step = Step::Running;
        let value = sys::conjure::<T>().run(input, ctx);
        step = Step::Encoding;
        codec::encode_unguarded(&value, output)?;
        step = Step::Dropping;
        Ok(())
    }));
    let error = match ran {
        Ok(Ok(())) => return Ok(()),
        Ok(Err(error)) => JobError::Codec(error),
        Err(unwound) => match step {
            Step::Decoding => codec::undecodable::<T::Input>(input.len(), &unwound).into(),
            Step::Encoding => codec::unencodable::<T::Output>(&unwound).into(),
            Step::Running | Step::Dropping => unwound.into(),
        },
    };
    output.discard();
    Err(error)
}

/// How far a task has come that runs on encoded values.
#[derive(Clone, Copy)]
enum Step {
    Decoding,
    Running,
    Encoding,
    /// The value has been encoded, and is not needed any more.
    Dropping,
}
