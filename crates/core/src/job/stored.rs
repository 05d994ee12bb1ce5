//! An outcome on its way to the caller.

use crate::codec::CodecError;
use crate::job::answers::Settlement;
use crate::job::encoded_value::EncodedValue;
use crate::job_error::{JobError, Outcome};
use crate::lent::Lent;

/// An outcome; a value from another process is decoded by the thread that wants it.
#[derive(Debug)]
pub(crate) enum Stored<T> {
    Value(T),
    Encoded(EncodedValue),
    /// In memory of the executor's.
    Lent(Box<dyn Lent>),
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

    /// Whether it has yet to be decoded.
    pub(crate) fn is_encoded(&self) -> bool {
        matches!(self, Self::Encoded(_) | Self::Lent(_))
    }

    pub(crate) fn into_outcome(self, decode: Decode<T>) -> Outcome<T> {
        match self {
            Self::Value(value) => Ok(value),
            Self::Encoded(bytes) => decode(Encoded::Here(&bytes)).map_err(JobError::Codec),
            Self::Lent(lent) => decode(Encoded::Lent(&*lent)).map_err(JobError::Codec),
            Self::Failed(error) => Err(*error),
        }
    }
}

/// Where the encoded form of a value is.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Encoded<'a> {
    Here(&'a [u8]),
    Lent(&'a dyn Lent),
}

/// Makes a value from its encoded form.
pub(crate) type Decode<T> = fn(Encoded<'_>) -> Result<T, CodecError>;

impl<T> From<Settlement> for Stored<T> {
    fn from(settlement: Settlement) -> Self {
        match settlement {
            Settlement::Encoded(bytes) => Self::Encoded(bytes),
            Settlement::Lent(lent) => Self::Lent(lent),
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
