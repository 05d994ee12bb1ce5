//! The iterators that maps return.

use std::collections::{BTreeMap, VecDeque};
use std::fmt;

use crate::job_error::Outcome;
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
    ready: VecDeque<Outcome<T::Output>>,
    /// Chunks that ended before their turn.
    early: BTreeMap<usize, Vec<Outcome<T::Output>>>,
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
            ready: VecDeque::new(),
            early: BTreeMap::new(),
            turn: 0,
        }
    }
}

impl<T, S, E> Iterator for Map<'_, T, S, E>
where
    T: Task,
    S: Iterator<Item = T::Input>,
    E: RawExecutor + ?Sized,
{
    type Item = Outcome<T::Output>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(outcome) = self.ready.pop_front() {
                self.feed.unyielded -= 1;
                self.feed.fill();
                return Some(outcome);
            }
            if let Some(outcomes) = self.early.remove(&self.turn) {
                self.turn += 1;
                self.feed.kept = self.early.len();
                self.ready.extend(outcomes);
                continue;
            }
            let (number, done) = self.feed.collect_one()?;
            self.early.insert(number, done.outcomes);
            self.feed.kept = self.early.len();
            self.feed.fill();
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
    ready: VecDeque<(usize, Outcome<T::Output>)>,
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
            ready: VecDeque::new(),
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
        if self.ready.is_empty() {
            let (_, done) = self.feed.collect_one()?;
            self.ready.extend((done.first..).zip(done.outcomes));
        }
        let next = self.ready.pop_front()?;
        self.feed.unyielded -= 1;
        self.feed.fill();
        Some(next)
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
