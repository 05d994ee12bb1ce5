//! What one item of a job computes: a task with its input, or a closure.

use crate::annex::Draft;
use crate::codec::{self, CodecError};
use crate::context::Context;
use crate::job::stored::Encoded;
use crate::lent::decode_lent;
use crate::task::contract::Task;

/// Something to run once.
pub(crate) trait Workload: Sized + Send + 'static {
    /// What it gives.
    type Output: Send + 'static;

    /// What it is made of beside its input.
    type Seed: Copy + Send;

    /// Does the work.
    fn run(self, ctx: &Context) -> Result<Self::Output, CodecError>;

    /// Drafts the encoded input.
    fn encode_input(&self, draft: &mut Draft<'_>) -> Result<(), CodecError>;

    /// What the workload is made of beside its input.
    fn seed(&self) -> Self::Seed;

    /// Makes the workload again, from its encoded input.
    fn sprout(seed: Self::Seed, input: &[u8]) -> Result<Self, CodecError>;

    /// Makes the output from its encoded form.
    fn decode_output(encoded: Encoded<'_>) -> Result<Self::Output, CodecError>;
}

/// A task and its input.
pub(crate) struct TaskCall<T: Task> {
    pub(crate) task: T,
    pub(crate) input: T::Input,
}

impl<T: Task> Workload for TaskCall<T> {
    type Output = T::Output;
    type Seed = T;

    #[inline]
    fn run(self, ctx: &Context) -> Result<T::Output, CodecError> {
        if !ctx.verify_codec() {
            return Ok(self.task.run(self.input, ctx));
        }
        let mut bytes = Vec::new();
        codec::encode_append(&self.input, &mut bytes)?;
        let output = self.task.run(codec::decode_exact(&bytes)?, ctx);
        bytes.clear();
        codec::encode_append(&output, &mut bytes)?;
        codec::decode_exact(&bytes)
    }

    fn encode_input(&self, draft: &mut Draft<'_>) -> Result<(), CodecError> {
        codec::encode_typed(&self.input, draft)
    }

    fn seed(&self) -> T {
        self.task
    }

    fn sprout(task: T, input: &[u8]) -> Result<Self, CodecError> {
        let input = codec::decode_exact(input)?;
        Ok(Self { task, input })
    }

    fn decode_output(encoded: Encoded<'_>) -> Result<T::Output, CodecError> {
        match encoded {
            Encoded::Here(bytes) => codec::decode_typed(bytes),
            Encoded::Lent(lent) => decode_lent(lent),
        }
    }
}

/// A closure, which may capture what it likes and stays in its process.
pub(crate) struct ClosureCall<F>(pub(crate) F);

impl<R: Send + 'static, F: FnOnce() -> R + Send + 'static> Workload for ClosureCall<F> {
    type Output = R;
    type Seed = ();

    fn run(self, _: &Context) -> Result<R, CodecError> {
        Ok((self.0)())
    }

    fn encode_input(&self, _: &mut Draft<'_>) -> Result<(), CodecError> {
        Err(CodecError::NoEncodedForm)
    }

    fn seed(&self) {}

    fn sprout((): (), _: &[u8]) -> Result<Self, CodecError> {
        Err(CodecError::NoEncodedForm)
    }

    fn decode_output(_: Encoded<'_>) -> Result<R, CodecError> {
        Err(CodecError::NoEncodedForm)
    }
}
