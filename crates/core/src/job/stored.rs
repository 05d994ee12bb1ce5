//! An outcome on its way to the caller.

use crate::codec::CodecError;
use crate::job::answers::Settlement;
use crate::job_error::{JobError, Outcome};

/// An outcome; a value from another process is decoded by the thread that wants it.
#[derive(Debug)]
pub(crate) enum Stored<T> {
    Value(T),
    Encoded(Vec<u8>),
    /// Boxed, since most jobs end well and a million of them may wait.
    Failed(Box<JobError>),
}

impl<T> Stored<T> {
    pub(crate) fn failed(error: JobError) -> Self {
        Self::Failed(Box::new(error))
    }

    pub(crate) fn is_failed(&self) -> bool {
        matches!(self, Self::Failed(_))
    }

    pub(crate) fn error(&self) -> Option<&JobError> {
        match self {
            Self::Failed(error) => Some(error),
            _ => None,
        }
    }

    pub(crate) fn is_cancelled(&self) -> bool {
        matches!(self, Self::Failed(error) if **error == JobError::Cancelled)
    }

    pub(crate) fn into_outcome(self, decode: fn(&[u8]) -> Result<T, CodecError>) -> Outcome<T> {
        match self {
            Self::Value(value) => Ok(value),
            Self::Encoded(bytes) => decode(&bytes).map_err(JobError::Codec),
            Self::Failed(error) => Err(*error),
        }
    }
}

impl<T> From<Settlement> for Stored<T> {
    fn from(settlement: Settlement) -> Self {
        match settlement {
            Settlement::Encoded(bytes) => Self::Encoded(bytes),
            Settlement::Failed(error) => Self::failed(error),
        }
    }
}

impl<T> From<Outcome<T>> for Stored<T> {
    fn from(outcome: Outcome<T>) -> Self {
        match outcome {
            Ok(value) => Self::Value(value),
            Err(error) => Self::failed(error),
        }
    }
}
