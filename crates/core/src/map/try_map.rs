//! Maps that stop at the first failure.

use crate::job_error::JobError;
use crate::map::iterator::MapUnordered;
use crate::raw_executor::RawExecutor;
use crate::task::contract::Task;

/// The first failure of a [`try_map`](crate::Executor::try_map).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("item {index}: {cause}")]
pub struct TryMapError<E> {
    /// The position of the input in the source.
    pub index: usize,
    /// What went wrong.
    pub cause: TryMapCause<E>,
}

/// Why an item of a [`try_map`](crate::Executor::try_map) failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TryMapCause<E> {
    /// The task returned `Err`.
    #[error("{0}")]
    Task(E),
    /// The job has no value.
    #[error("{0}")]
    Job(JobError),
}

/// Collects the values in the order of the inputs, or the first failure to come.
pub(crate) fn collect<T, S, X, U, E>(
    outcomes: MapUnordered<'_, T, S, X>,
) -> Result<Vec<U>, TryMapError<E>>
where
    T: Task<Output = Result<U, E>>,
    S: Iterator<Item = T::Input>,
    X: RawExecutor + ?Sized,
{
    let mut values = Vec::new();
    for (index, outcome) in outcomes {
        let value = match outcome {
            Ok(Ok(value)) => value,
            Ok(Err(error)) => return failure(index, TryMapCause::Task(error)),
            Err(error) => return failure(index, TryMapCause::Job(error)),
        };
        if values.len() <= index {
            values.resize_with(index + 1, || None);
        }
        values[index] = Some(value);
    }
    Ok(values.into_iter().flatten().collect())
}

fn failure<U, E>(index: usize, cause: TryMapCause<E>) -> Result<U, TryMapError<E>> {
    Err(TryMapError { index, cause })
}
