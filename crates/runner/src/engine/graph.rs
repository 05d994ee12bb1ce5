//! A plan while it is carried out: which of its units can start, and which never will.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::Arc;

use super::source::{Group, Plan};
use super::unit::{Unit, Work};

/// A plan while it is carried out.
#[derive(Debug)]
pub(super) struct Graph {
    units: Vec<Arc<Unit>>,
    /// The gates that each unit is waited for at.
    awaited: Vec<Vec<usize>>,
    states: Vec<State>,
    gates: Vec<Gate>,
    /// The units that nothing keeps from starting but a limit, by group; those without a group are last. The first of
    /// a plan is the first of its heap.
    ready: Vec<BinaryHeap<Reverse<usize>>>,
    /// How many run, by group.
    running: Vec<usize>,
    groups: Vec<Group>,
    unsettled: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// So many gates have to open before.
    Waits(usize),
    /// It is ready, it runs, or it has ended.
    Gone,
}

/// A gate while its plan is carried out.
#[derive(Debug)]
struct Gate {
    /// How many are waited for, in all.
    of: usize,
    /// How many of them have not ended well yet.
    left: usize,
    /// Whether one of them has ended otherwise, or never will: it never opens.
    is_shut: bool,
    /// Who waits here.
    followers: Vec<usize>,
}

/// A unit that will not start, because of another one.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Dropped {
    /// Its place in the plan.
    pub(super) place: usize,
    /// The place of the one that it came after.
    pub(super) because_of: usize,
}

impl Graph {
    pub(super) fn new(plan: Plan) -> Self {
        let Plan {
            units,
            gates,
            groups,
        } = plan;
        let gate = |gate: &super::source::Gate| Gate {
            of: gate.of.len(),
            left: 0,
            is_shut: false,
            followers: Vec::new(),
        };
        let mut graph = Self {
            awaited: vec![Vec::new(); units.len()],
            states: Vec::new(),
            gates: gates.iter().map(gate).collect(),
            ready: vec![BinaryHeap::new(); groups.len() + 1],
            running: vec![0; groups.len() + 1],
            groups,
            unsettled: 0,
            units,
        };
        for (number, gate) in gates.iter().enumerate() {
            for &place in &gate.of {
                graph.awaited[place].push(number);
            }
        }
        for (place, unit) in graph.units.iter().enumerate() {
            for &gate in &*unit.after {
                graph.gates[gate].followers.push(place);
            }
        }
        graph.begin();
        graph
    }

    /// Begins from the beginning; every unit was settled, or there was none yet.
    pub(super) fn begin(&mut self) {
        self.unsettled = self.units.len();
        let waits = self.units.iter().map(|unit| State::Waits(unit.after.len()));
        self.states = waits.collect();
        for gate in &mut self.gates {
            gate.left = gate.of;
            gate.is_shut = false;
        }
        for place in 0..self.units.len() {
            if self.states[place] == State::Waits(0) {
                self.make_ready(place);
            }
        }
    }

    pub(super) fn len(&self) -> usize {
        self.units.len()
    }

    pub(super) fn is_done(&self) -> bool {
        self.unsettled == 0
    }

    pub(super) fn unit(&self, place: usize) -> &Arc<Unit> {
        &self.units[place]
    }

    /// Takes the first unit that can start when `room` worker slots are free.
    ///
    /// One that needs more slots than are free holds up the ones behind it: else they would take every slot that
    /// becomes free, and it would never start.
    pub(super) fn next(&mut self, room: usize, workers: usize) -> Option<usize> {
        let open = (0..self.ready.len()).filter(|&group| {
            let limit = self
                .groups
                .get(group)
                .map_or(usize::MAX, |group| group.max_running);
            self.running[group] < limit
        });
        let first = open.filter_map(|group| Some((self.ready[group].peek()?.0, group)));
        let (place, group) = first.min()?;
        if self.units[place].weight(workers) > room {
            return None;
        }
        self.ready[group].pop();
        self.running[group] += 1;
        Some(place)
    }

    /// A unit that was taken has ended; `well` lets those after it start. Tells who will not.
    pub(super) fn settle(&mut self, place: usize, well: bool) -> Vec<Dropped> {
        let group = self.group(place);
        self.running[group] -= 1;
        self.unsettled -= 1;
        let mut dropped = Vec::new();
        if well {
            self.let_follow(place);
        } else {
            self.drop_after(place, &mut dropped);
        }
        dropped
    }

    /// Drops all that have not started.
    pub(super) fn give_up(&mut self) -> Vec<usize> {
        let mut rest: Vec<_> = self.ready.iter_mut().flat_map(BinaryHeap::drain).collect();
        rest.sort_by_key(|&Reverse(place)| place);
        let mut rest: Vec<_> = rest.into_iter().map(|Reverse(place)| place).collect();
        for place in 0..self.states.len() {
            if self.states[place] != State::Gone {
                self.states[place] = State::Gone;
                rest.push(place);
            }
        }
        self.unsettled -= rest.len();
        rest
    }

    /// How many wait, and for what.
    pub(super) fn waiting(&self) -> Vec<(usize, String)> {
        let waits = |state: &&State| matches!(state, State::Waits(_));
        let mut waiting = vec![(
            self.states.iter().filter(waits).count(),
            "others to end".to_owned(),
        )];
        for (group, ready) in self.ready.iter().enumerate() {
            let reason = match self.groups.get(group) {
                Some(limit) if self.running[group] >= limit.max_running => {
                    let (name, most) = (&limit.name, limit.max_running);
                    format!("group {name} full ({}/{most})", self.running[group])
                }
                _ => "a worker".to_owned(),
            };
            waiting.push((ready.len(), reason));
        }
        waiting.retain(|(count, _)| *count > 0);
        waiting
    }

    fn let_follow(&mut self, place: usize) {
        for at in 0..self.awaited[place].len() {
            let gate = &mut self.gates[self.awaited[place][at]];
            gate.left -= 1;
            if gate.left > 0 {
                continue;
            }
            // They are needed again in the next round.
            let followers = std::mem::take(&mut gate.followers);
            for &follower in &followers {
                self.let_through(follower);
            }
            self.gates[self.awaited[place][at]].followers = followers;
        }
    }

    /// One gate less stands before this unit.
    fn let_through(&mut self, follower: usize) {
        if let State::Waits(gates) = self.states[follower] {
            self.states[follower] = State::Waits(gates - 1);
            if gates == 1 {
                self.make_ready(follower);
            }
        }
    }

    fn drop_after(&mut self, first: usize, dropped: &mut Vec<Dropped>) {
        let mut ended = vec![first];
        while let Some(because_of) = ended.pop() {
            for &gate in &self.awaited[because_of] {
                let gate = &mut self.gates[gate];
                if gate.is_shut {
                    continue;
                }
                gate.is_shut = true;
                for &place in &gate.followers {
                    if self.states[place] != State::Gone {
                        self.states[place] = State::Gone;
                        self.unsettled -= 1;
                        dropped.push(Dropped { place, because_of });
                        ended.push(place);
                    }
                }
            }
        }
    }

    fn make_ready(&mut self, place: usize) {
        self.states[place] = State::Gone;
        let group = self.group(place);
        self.ready[group].push(Reverse(place));
    }

    fn group(&self, place: usize) -> usize {
        let without = self.groups.len();
        // What is skipped takes nobody's place.
        let unit = &self.units[place];
        match unit.work {
            Work::Skip(_) | Work::Impossible(_) => without,
            _ => unit.terms.group.unwrap_or(without),
        }
    }
}

#[cfg(test)]
mod tests;
