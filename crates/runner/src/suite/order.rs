//! What comes after what: names become tasks, and cycles are found.

use std::collections::HashMap;
use std::ops::Range;

use super::files::MOST;
use super::task::Task;
use super::wrong::Wrong;
use crate::nearest::nearest;
use crate::pattern::Pattern;
use crate::report::Report;

/// What a task comes after: another one, or those of its instances that have such a name.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Target {
    pub(super) task: usize,
    pub(super) only: Option<Pattern>,
}

/// Tasks by their ids.
pub(super) struct Register<'s> {
    tasks: &'s [Task],
    by_id: HashMap<&'s str, usize>,
}

impl<'s> Register<'s> {
    pub(super) fn of(tasks: &'s [Task]) -> Self {
        let ids = tasks.iter().enumerate();
        let by_id = ids.map(|(place, task)| (&*task.id, place)).collect();
        Self { tasks, by_id }
    }

    /// The tasks or instances that go by this name or fit this pattern.
    pub(super) fn find(&self, written: &str) -> Vec<Target> {
        let pattern = Pattern::new(written);
        if pattern.is_open() {
            let places = 0..self.tasks.len();
            return places
                .filter_map(|place| self.among(place, &pattern))
                .collect();
        }
        // No id has a bracket in it.
        let id = written.split('[').next().unwrap_or(written);
        let place = self.by_id.get(id);
        place
            .and_then(|&place| self.among(place, &pattern))
            .into_iter()
            .collect()
    }

    fn among(&self, place: usize, pattern: &Pattern) -> Option<Target> {
        let task = self.tasks.get(place)?;
        if pattern.matches(&task.id) {
            return Some(Target {
                task: place,
                only: None,
            });
        }
        has_instance(task, pattern).then(|| Target {
            task: place,
            only: Some(pattern.clone()),
        })
    }
}

/// What is meant by each `after` of each task, in their order. All that means nothing is told, and so are cycles.
pub(super) fn resolve(wrong: &mut Wrong<'_>, tasks: &[Task]) -> Vec<Vec<Target>> {
    let register = Register::of(tasks);
    let mut all = Vec::with_capacity(tasks.len());
    let mut edges: Vec<Vec<Step>> = Vec::with_capacity(tasks.len());
    let mut count = 0;
    for (place, task) in tasks.iter().enumerate() {
        let mut targets = Vec::new();
        let mut before = Vec::new();
        for (written, at) in &task.after {
            let mut found = register.find(written);
            if Pattern::new(written).is_open() {
                // Who comes after everything does not mean itself.
                found.retain(|target| target.task != place);
            }
            count += found.len() as u64;
            if found.is_empty() {
                unknown(wrong, tasks, written, at.clone());
            } else if count > MOST {
                let what = format!("more than {MOST} tasks are named by `after`");
                wrong.tell(wrong.at(at.clone(), "here it is too much", what));
                return all;
            }
            before.extend(found.iter().map(|target| (target.task, at.clone())));
            targets.extend(found);
        }
        all.push(targets);
        edges.push(before);
    }
    for cycle in cycles(&edges) {
        tell(wrong, tasks, &cycle);
    }
    all
}

fn has_instance(task: &Task, pattern: &Pattern) -> bool {
    let rows = &task.rows;
    (0..rows.len()).any(|index| pattern.matches(&rows.id(&task.id, &rows.row(index))))
}

fn unknown(wrong: &mut Wrong<'_>, tasks: &[Task], written: &str, at: Range<usize>) {
    let ids = tasks.iter().map(|task| &*task.id);
    let label = match nearest(written, ids) {
        Some(near) if near != written => format!("did you mean `{near}`?"),
        _ => "no task or instance is called so".to_owned(),
    };
    let what = format!("`after` names `{written}`, which is not there");
    let report = wrong.at(at, &label, what);
    wrong.tell(
        report.note("expected: an id, an instance like `hash[a.bin]`, or a pattern like `hash*`"),
    );
}

/// An `after` that is part of a cycle: who has it, and where.
type Step = (usize, Range<usize>);

/// Cycles, each of which has an edge that no other one has; all are broken when these are.
fn cycles(edges: &[Vec<Step>]) -> Vec<Vec<Step>> {
    #[derive(Clone, Copy, PartialEq)]
    enum Seen {
        Never,
        OnTheWay,
        Done,
    }
    let mut seen = vec![Seen::Never; edges.len()];
    let mut found = Vec::new();
    for start in 0..edges.len() {
        if seen[start] != Seen::Never {
            continue;
        }
        // The tasks on the way, each with the edge that is looked at.
        let mut way = vec![(start, 0)];
        seen[start] = Seen::OnTheWay;
        while let Some(&mut (task, ref mut next)) = way.last_mut() {
            let Some((before, _)) = edges[task].get(*next) else {
                seen[task] = Seen::Done;
                way.pop();
                continue;
            };
            *next += 1;
            match seen[*before] {
                Seen::Never => {
                    seen[*before] = Seen::OnTheWay;
                    way.push((*before, 0));
                }
                Seen::OnTheWay => {
                    let from = way.iter().position(|(task, _)| task == before);
                    let steps = way[from.unwrap_or(0)..].iter();
                    let step =
                        |&(task, next): &(usize, usize)| (task, edges[task][next - 1].1.clone());
                    found.push(steps.map(step).collect());
                }
                Seen::Done => {}
            }
        }
    }
    found
}

/// So many tasks of a cycle are named.
const SHOWN: usize = 8;

fn tell(wrong: &mut Wrong<'_>, tasks: &[Task], cycle: &[Step]) {
    let name = |(task, _): &Step| &*tasks[*task].id;
    let mut names: Vec<_> = cycle.iter().take(SHOWN).map(name).collect();
    if cycle.len() > SHOWN {
        names.push("…");
    }
    names.extend(cycle.first().map(name));
    let mut report = Report::new(format!("dependency cycle: {}", names.join(" → ")));
    for (task, at) in cycle.iter().take(SHOWN) {
        report = report.at(wrong.text.spot(at.clone()).label(&*tasks[*task].id));
    }
    let help = match cycle.len() {
        1 => "remove this `after` entry; nothing was started",
        _ => "remove one of these `after` entries; nothing was started",
    };
    wrong.tell(
        report
            .note("an arrow points to what has to end before")
            .help(help),
    );
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn edges(list: &[&[usize]]) -> Vec<Vec<Step>> {
        let steps = |before: &&[usize]| before.iter().map(|&task| (task, 0..0)).collect();
        list.iter().map(steps).collect()
    }

    fn found(list: &[&[usize]]) -> Vec<Vec<usize>> {
        let cycles = cycles(&edges(list)).into_iter();
        cycles
            .map(|cycle| cycle.into_iter().map(|(task, _)| task).collect())
            .collect()
    }

    #[test]
    fn cycles_are_found_and_nothing_else_is() {
        assert_eq!(found(&[&[1], &[2], &[]]), [[0; 0]; 0]);
        assert_eq!(found(&[&[1, 2], &[3], &[3], &[]]), [[0; 0]; 0]);
        assert_eq!(found(&[&[0]]), [[0]]);
        assert_eq!(found(&[&[1], &[2], &[1]]), [[1, 2]]);
        assert_eq!(found(&[&[1], &[0], &[3], &[2]]), [[0, 1], [2, 3]]);
    }

    #[test]
    fn a_long_chain_needs_no_deep_stack() {
        let mut list: Vec<Vec<Step>> = (1..100_000).map(|next| vec![(next, 0..0)]).collect();
        list.push(Vec::new());
        assert_eq!(cycles(&list).len(), 0);
        list[99_999].push((0, 0..0));
        assert_eq!(cycles(&list)[0].len(), 100_000);
    }

    proptest! {
        #[test]
        fn what_is_left_without_the_edges_that_close_cycles_has_an_order(
            list in proptest::collection::vec(proptest::collection::vec(0_usize..12, 0..4), 12),
        ) {
            let mut list: Vec<Vec<Step>> = list.into_iter().map(|before| {
                before.into_iter().enumerate().map(|(nth, task)| (task, nth..nth)).collect()
            }).collect();
            for cycle in cycles(&list.clone()) {
                let (last, at) = cycle.last().unwrap();
                let first = cycle[0].0;
                list[*last].retain(|(task, nth)| *task != first || nth != at);
            }
            prop_assert_eq!(cycles(&list).len(), 0);
        }
    }
}
