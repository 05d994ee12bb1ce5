//! Both regions of a worker, as far as it has them.

use std::sync::Arc;

use crate::transport::inputs::Inputs;
use crate::transport::results::Results;

/// Where a worker's large payloads lie; what is missing travels in the stream.
#[derive(Debug, Default)]
pub(crate) struct Regions {
    pub(crate) inputs: Option<Arc<Inputs>>,
    pub(crate) results: Option<Arc<Results>>,
}

impl Regions {
    /// How much memory they take, as far as is known. It is among what the worker has in memory.
    pub(crate) fn bytes(&self) -> u64 {
        let inputs = self.inputs.as_ref().map_or(0, |inputs| inputs.bytes());
        let results = self.results.as_ref().map_or(0, |results| results.bytes());
        (inputs + results) as u64
    }
}
