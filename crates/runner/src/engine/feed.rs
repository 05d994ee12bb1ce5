//! What is still to be started: units that were read from a stream, or those of a plan that are ready.

use std::collections::VecDeque;
use std::sync::Arc;

use super::graph::Graph;
use super::source::Plan;
use super::unit::Unit;

/// What is still to be started.
#[derive(Debug)]
pub(super) enum Feed {
    /// Units from a stream, as far as it was read.
    Stream(Stream),
    /// A plan, and how often it was carried out.
    Plan(Box<Graph>, Rounds),
}

/// Units from a stream.
#[derive(Debug, Default)]
pub(super) struct Stream {
    queue: VecDeque<Unit>,
    read: u64,
    ended: bool,
}

/// How often a plan was carried out, and whether it will be again.
#[derive(Debug)]
pub(super) struct Rounds {
    /// The one that runs, from 0.
    pub(super) now: u64,
}

/// A unit that can start.
#[derive(Clone, Debug)]
pub(super) struct Next {
    pub(super) unit: Arc<Unit>,
    /// What it is called; in later rounds with the round's number.
    pub(super) id: Arc<str>,
    /// Its place among all that were or will be started.
    pub(super) index: u64,
}

impl Feed {
    pub(super) fn plan(plan: Plan) -> Self {
        Self::Plan(Box::new(Graph::new(plan)), Rounds { now: 0 })
    }

    /// The next unit that can start when `room` of `workers` slots are free.
    pub(super) fn next(&mut self, room: usize, workers: usize) -> Option<Next> {
        match self {
            Self::Stream(stream) => {
                let fits = stream.queue.front()?.weight(workers) <= room;
                let unit = stream.queue.pop_front().filter(|_| fits)?;
                let id = Arc::clone(&unit.id);
                let index = stream.read - stream.queue.len() as u64 - 1;
                let unit = Arc::new(unit);
                Some(Next { unit, id, index })
            }
            Self::Plan(graph, rounds) => {
                let place = graph.next(room, workers)?;
                Some(rounds.name(graph, place))
            }
        }
    }

    /// Whether nothing is left, nor will come, when nothing runs.
    pub(super) fn is_over(&self) -> bool {
        match self {
            Self::Stream(stream) => stream.ended && stream.queue.is_empty(),
            Self::Plan(graph, _) => graph.is_done(),
        }
    }

    /// A unit of this index has ended; `well` lets those after it start. Gives those that never will, each with the
    /// name of the one that it came after.
    pub(super) fn settle(&mut self, index: u64, well: bool) -> Vec<(Next, Arc<str>)> {
        let Self::Plan(graph, rounds) = self else {
            return Vec::new();
        };
        let place = rounds.place(graph, index);
        let dropped = graph.settle(place, well);
        let named = dropped.into_iter().map(|dropped| {
            let before = rounds.name(graph, dropped.because_of);
            (rounds.name(graph, dropped.place), before.id)
        });
        named.collect()
    }

    /// Gives up all that has not started.
    pub(super) fn give_up(&mut self) -> Vec<Next> {
        match self {
            Self::Stream(stream) => {
                stream.ended = true;
                let first = stream.read - stream.queue.len() as u64;
                let rest = (first..).zip(stream.queue.drain(..));
                let next = |(index, unit): (u64, Unit)| Next {
                    id: Arc::clone(&unit.id),
                    unit: Arc::new(unit),
                    index,
                };
                rest.map(next).collect()
            }
            Self::Plan(graph, rounds) => {
                let rest = graph.give_up();
                rest.into_iter()
                    .map(|place| rounds.name(graph, place))
                    .collect()
            }
        }
    }

    /// How many units there are in all, where that is known.
    pub(super) fn total(&self) -> Option<u64> {
        match self {
            Self::Stream(stream) => stream.ended.then_some(stream.read),
            Self::Plan(graph, rounds) => Some((rounds.now + 1) * graph.len() as u64),
        }
    }

    /// How many wait, and for what.
    pub(super) fn waiting(&self) -> Vec<(usize, String)> {
        match self {
            Self::Stream(stream) if stream.queue.is_empty() => Vec::new(),
            Self::Stream(stream) => vec![(stream.queue.len(), "a worker".to_owned())],
            Self::Plan(graph, _) => graph.waiting(),
        }
    }

    /// Begins a plan again that is done.
    pub(super) fn again(&mut self) {
        if let Self::Plan(graph, rounds) = self {
            rounds.now += 1;
            graph.begin();
        }
    }
}

impl Stream {
    /// Takes a unit that was read.
    pub(super) fn push(&mut self, unit: Unit) {
        self.queue.push_back(unit);
        self.read += 1;
    }

    /// Nothing more will be read.
    pub(super) fn end(&mut self) {
        self.ended = true;
    }

    pub(super) fn len(&self) -> usize {
        self.queue.len()
    }
}

impl Rounds {
    fn name(&self, graph: &Graph, place: usize) -> Next {
        let unit = Arc::clone(graph.unit(place));
        let id = match self.now {
            0 => Arc::clone(&unit.id),
            round => format!("{} #{}", unit.id, round + 1).into(),
        };
        let index = self.now * graph.len() as u64 + place as u64;
        Next { unit, id, index }
    }

    fn place(&self, graph: &Graph, index: u64) -> usize {
        // It was a place when it was named.
        usize::try_from(index - self.now * graph.len() as u64).unwrap_or(usize::MAX)
    }
}
