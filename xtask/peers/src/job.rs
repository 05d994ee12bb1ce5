//! The jobs that every pool runs.
//!
//! A job is a type, so that its function can be a plain `fn` for each pool, whatever form that wants.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_bytes::ByteBuf;

use crate::gate::Pass;

/// What crosses from one process to another.
pub(crate) trait Payload: Serialize + DeserializeOwned + Send + 'static {}
impl<T: Serialize + DeserializeOwned + Send + 'static> Payload for T {}

/// One function from a payload to a payload.
pub(crate) trait Job: 'static {
    /// What it takes.
    type Input: Payload;
    /// What it gives.
    type Output: Payload;
    /// Runs it.
    fn run(input: Self::Input) -> Self::Output;
}

/// The smallest job whose value can be checked.
///
/// The optimiser cannot look into it: a loop over many would become vector code, and it is not loops that are measured.
pub(crate) struct Next;

impl Job for Next {
    type Input = u64;
    type Output = u64;

    fn run(number: u64) -> u64 {
        std::hint::black_box(number) + 1
    }
}

/// Gives bytes back as they came.
pub(crate) struct Echo;

impl Job for Echo {
    type Input = ByteBuf;
    type Output = ByteBuf;

    fn run(bytes: ByteBuf) -> ByteBuf {
        bytes
    }
}

/// Gives a list of bytes back, each of which is serialised alone.
pub(crate) struct EchoList;

impl Job for EchoList {
    type Input = Vec<u8>;
    type Output = Vec<u8>;

    fn run(bytes: Vec<u8>) -> Vec<u8> {
        bytes
    }
}

/// Says in which process it runs.
pub(crate) struct Where;

impl Job for Where {
    type Input = ();
    type Output = u32;

    fn run((): ()) -> u32 {
        std::process::id()
    }
}

/// Says that it runs, and holds its worker until it is let go.
pub(crate) struct Hold;

impl Job for Hold {
    type Input = Pass;
    type Output = ();

    fn run(pass: Pass) {
        pass.enter();
    }
}
