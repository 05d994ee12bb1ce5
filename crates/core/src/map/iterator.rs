//! The iterators that maps return.

use std::collections::BTreeMap;
use std::fmt;

use crate::job::row::ChunkOutcomes;
use crate::job_error::{JobError, Outcome};
use crate::map::feed::Feed;
use crate::map::options::MapOptions;
use crate::raw_executor::RawExecutor;
use crate::task::contract::Task;

/// Outcomes in the order of the inputs; made by [`Executor::map`](crate::Executor::map).
///
/// Dropping it cancels what has not started.
#[must_use = "a map pulls its source as its outcomes are taken; dropped, it cancels the rest"]
pub struct Map<'e, T: Task, S, E: RawExecutor + ?Sized> {
    feed: Feed<'e, T, S, E>,
    /// The outcomes that come next.
    ready: ChunkOutcomes<T::Output>,
    /// Chunks that ended before their turn.
    early: BTreeMap<usize, ChunkOutcomes<T::Output>>,
    turn: usize,
}

impl<'e, T, S, E> Map<'e, T, S, E>
where
    T: Task,
    S: Iterator<Item = T::Input>,
    E: RawExecutor + ?Sized,
{
    pub(crate) fn start(executor: &'e E, task: T, source: S, options: &MapOptions) -> Self {
        Self {
            feed: Feed::start(executor, task, source, options),
            ready: ChunkOutcomes::none(),
            early: BTreeMap::new(),
            turn: 0,
        }
    }

    /// All values in the order of the inputs, if there is one for each; faster than collecting the
    /// outcomes one by one, since values are moved by the chunk.
    ///
    /// # Errors
    ///
    /// The first failure, in the order of the inputs. What has not started then is cancelled.
    ///
    /// ```
    /// use anypool_core::{Executor as _, InlineExecutor};
    ///
    /// let pool = InlineExecutor::new();
    /// assert_eq!(pool.map(|n: u64| n * n, 1..=4).values(), Ok(vec![1, 4, 9, 16]));
    /// ```
    pub fn values(mut self) -> Result<Vec<T::Output>, JobError> {
        let mut values = Vec::new();
        if let (least, Some(most)) = self.source_hint()
            && least == most
        {
            values.reserve(most.min(MOST_RESERVED));
        }
        // What the shortest way does not reach: the first value of each piece, and failures.
        while let Some(outcome) = self.next() {
            values.push(outcome?);
            self.feed.unyielded -= self.ready.take_run(&mut values);
        }
        Ok(values)
    }

    fn source_hint(&self) -> (usize, Option<usize>) {
        let (least, most) = self.feed.source_hint();
        let under_way = self.feed.unyielded;
        (
            least.saturating_add(under_way),
            most.and_then(|most| most.checked_add(under_way)),
        )
    }

    /// The next outcome, where it is not a value at hand.
    #[cold]
    fn next_slowly(&mut self) -> Option<Outcome<T::Output>> {
        loop {
            if let Some(outcome) = self.ready.next() {
                self.feed.yielded();
                return Some(outcome);
            }
            if let Some(outcomes) = self.early.remove(&self.turn) {
                self.turn += 1;
                self.feed.kept = self.early.len();
                self.ready = outcomes;
                // There may have been no room while many chunks waited for this one.
                self.feed.fill();
                continue;
            }
            let (number, done) = self.feed.collect_one()?;
            self.early.insert(number, done.outcomes);
            self.feed.kept = self.early.len();
            self.feed.fill();
        }
    }
}

/// Room for more values than this is made as they come: a source may promise what it likes.
const MOST_RESERVED: usize = 1 << 24;

impl<T, S, E> Iterator for Map<'_, T, S, E>
where
    T: Task,
    S: Iterator<Item = T::Input>,
    E: RawExecutor + ?Sized,
{
    type Item = Outcome<T::Output>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        match self.ready.next_value() {
            Some(value) => {
                self.feed.yielded();
                Some(Ok(value))
            }
            None => self.next_slowly(),
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.feed.size_hint()
    }
}

/// Outcomes in the order in which they come, each with its input's position; made by
/// [`Executor::map_unordered`](crate::Executor::map_unordered).
///
/// Dropping it cancels what has not started.
#[must_use = "a map pulls its source as its outcomes are taken; dropped, it cancels the rest"]
pub struct MapUnordered<'e, T: Task, S, E: RawExecutor + ?Sized> {
    feed: Feed<'e, T, S, E>,
    ready: ChunkOutcomes<T::Output>,
    /// The position of the next of those.
    position: usize,
}

impl<'e, T, S, E> MapUnordered<'e, T, S, E>
where
    T: Task,
    S: Iterator<Item = T::Input>,
    E: RawExecutor + ?Sized,
{
    pub(crate) fn start(executor: &'e E, task: T, source: S, options: &MapOptions) -> Self {
        Self {
            feed: Feed::start(executor, task, source, options),
            ready: ChunkOutcomes::none(),
            position: 0,
        }
    }
}

impl<T, S, E> Iterator for MapUnordered<'_, T, S, E>
where
    T: Task,
    S: Iterator<Item = T::Input>,
    E: RawExecutor + ?Sized,
{
    type Item = (usize, Outcome<T::Output>);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(outcome) = self.ready.next() {
                let position = self.position;
                self.position += 1;
                self.feed.yielded();
                return Some((position, outcome));
            }
            let (_, done) = self.feed.collect_one()?;
            self.position = done.first;
            self.ready = done.outcomes;
            // The chunk has made room: the workers go on while its outcomes are taken.
            self.feed.fill();
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.feed.size_hint()
    }
}

impl<T: Task, S, E: RawExecutor + ?Sized> fmt::Debug for Map<'_, T, S, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Map({} items under way)", self.feed.unyielded)
    }
}

impl<T: Task, S, E: RawExecutor + ?Sized> fmt::Debug for MapUnordered<'_, T, S, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MapUnordered({} items under way)", self.feed.unyielded)
    }
}
