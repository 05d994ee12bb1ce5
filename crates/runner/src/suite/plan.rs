//! From the chosen instances of suites to the plan that is run.

use std::collections::HashMap;
use std::sync::Arc;

use super::choice::{Chosen, Flags};
use super::order::Target;
use super::task::Task;
use crate::engine::source::{Gate, Plan};
use crate::engine::terms::Terms;
use crate::engine::unit::{Unit, Work};

/// A task that is not run, and why.
#[derive(Debug)]
pub(crate) struct Skipped {
    /// The place of its suite among those that are run.
    pub(super) suite: usize,
    /// Its place in the suite.
    pub(super) task: usize,
    pub(super) why: String,
}

/// Makes a plan of what was chosen. With several suites, ids begin with their suite's name. What is skipped is not run,
/// nor is what comes after it.
pub(crate) fn plan(chosen: &[Chosen<'_>], flags: &Flags, skipped: &[Skipped]) -> Plan {
    let mut plan = Plan::default();
    for (place, one) in chosen.iter().enumerate() {
        let mine = skipped.iter().filter(|skipped| skipped.suite == place);
        let planner = Planner {
            chosen: one,
            flags,
            prefix: match chosen.len() {
                1 => String::new(),
                _ => format!("{}/", one.suite.name),
            },
            groups: plan.groups.len(),
            starts: starts(one, plan.units.len()),
            skips: skips(one, mine),
        };
        plan.groups.extend(one.suite.groups.iter().cloned());
        planner.add(&mut plan);
    }
    plan
}

/// The place of each task's first unit.
fn starts(chosen: &Chosen<'_>, first: usize) -> Vec<usize> {
    let mut next = first;
    let lengths = chosen.rows.iter().map(Vec::len);
    let starts = lengths.map(|length| {
        let start = next;
        next += length;
        start
    });
    starts.collect()
}

/// Why each task is not run, if it is not.
fn skips<'a>(
    chosen: &Chosen<'_>,
    skipped: impl Iterator<Item = &'a Skipped>,
) -> Vec<Option<Arc<str>>> {
    let tasks = &chosen.suite.tasks;
    let mut followers = vec![Vec::new(); tasks.len()];
    for (place, targets) in chosen.suite.after.iter().enumerate() {
        for target in targets {
            followers[target.task].push(place);
        }
    }
    let mut skips: Vec<Option<Arc<str>>> = vec![None; tasks.len()];
    let mut next: Vec<_> = skipped
        .map(|skipped| (skipped.task, Arc::from(&*skipped.why)))
        .collect();
    while let Some((task, why)) = next.pop() {
        if skips[task].is_none() {
            skips[task] = Some(why);
            let why: Arc<str> = format!("comes after {}, which is skipped", tasks[task].id).into();
            next.extend(
                followers[task]
                    .iter()
                    .map(|&place| (place, Arc::clone(&why))),
            );
        }
    }
    skips
}

/// Adds a suite's units to a plan.
struct Planner<'p> {
    chosen: &'p Chosen<'p>,
    flags: &'p Flags,
    /// What ids begin with.
    prefix: String,
    /// The place of its first group in the plan.
    groups: usize,
    starts: Vec<usize>,
    skips: Vec<Option<Arc<str>>>,
}

impl Planner<'_> {
    fn add(&self, plan: &mut Plan) {
        let mut gates = HashMap::new();
        for (place, task) in self.chosen.suite.tasks.iter().enumerate() {
            let rows = &self.chosen.rows[place];
            let skip = self.skips[place].as_ref();
            let after = match (rows.is_empty(), skip) {
                (false, None) => self.gates(place, &mut gates, plan),
                _ => Arc::default(),
            };
            let terms = Arc::new(self.terms(task));
            for &index in rows {
                let row = task.rows.row(index);
                let (work, key) = task.doing.work(&row);
                let id = format!("{}{}", self.prefix, task.rows.id(&task.id, &row));
                plan.units.push(Arc::new(Unit {
                    id: id.into(),
                    key,
                    work: skip.map_or(work, |why| Work::Skip(Arc::clone(why))),
                    terms: Arc::clone(&terms),
                    after: Arc::clone(&after),
                }));
            }
        }
    }

    /// The gates that a task's units wait at.
    fn gates<'t>(
        &'t self,
        place: usize,
        known: &mut HashMap<&'t Target, Option<usize>>,
        plan: &mut Plan,
    ) -> Arc<[usize]> {
        let targets = self.chosen.suite.after[place].iter();
        let mut gates: Vec<_> = targets
            .filter_map(|target| {
                *known.entry(target).or_insert_with(|| {
                    let of = self.places(target);
                    let is_one = !of.is_empty();
                    is_one.then(|| {
                        plan.gates.push(Gate { of });
                        plan.gates.len() - 1
                    })
                })
            })
            .collect();
        gates.sort_unstable();
        gates.dedup();
        gates.into()
    }

    /// The places of the units that are meant.
    fn places(&self, target: &Target) -> Vec<usize> {
        let task = &self.chosen.suite.tasks[target.task];
        let rows = self.chosen.rows[target.task].iter();
        let places = rows.zip(self.starts[target.task]..).filter(|(index, _)| {
            target.only.as_ref().is_none_or(|pattern| {
                let id = task.rows.id(&task.id, &task.rows.row(**index));
                pattern.matches(&id)
            })
        });
        places.map(|(_, place)| place).collect()
    }

    fn terms(&self, task: &Task) -> Terms {
        let terms = self.chosen.terms(task, self.flags);
        Terms {
            group: terms.group.map(|group| self.groups + group),
            ..terms
        }
    }
}
