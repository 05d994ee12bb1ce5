//! How earlier attempts at what is in a parcel have failed. Most have none, and a million of them may wait.

use anypool_core::JobError;

/// The causes, oldest first.
#[derive(Clone, Debug, Default)]
pub(crate) struct Causes(Option<Box<Known>>);

/// In a place of their own, so that none take no more room than a pointer.
#[derive(Clone, Debug)]
struct Known(Vec<JobError>);

impl Causes {
    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.0.as_ref().map_or(0, |known| known.0.len())
    }

    /// All of them.
    pub(crate) fn into_vec(self) -> Vec<JobError> {
        self.0.map(|known| known.0).unwrap_or_default()
    }
}

impl From<Vec<JobError>> for Causes {
    fn from(causes: Vec<JobError>) -> Self {
        Self((!causes.is_empty()).then(|| Box::new(Known(causes))))
    }
}
