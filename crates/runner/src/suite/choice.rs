//! Which instances are run: those that were asked for, and all that these come after.

use super::grants::Grants;
use super::order::{Register, Target};
use super::read::Suite;
use super::task::Task;
use crate::catalogue::kind::Class;
use crate::engine::terms::Terms;
use crate::pattern::Pattern;

/// What was asked for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Choice {
    /// Names or patterns of tasks or instances, any of which must fit; all do when there are none.
    pub(crate) names: Vec<Pattern>,
    /// Classes, one of which the task must have; each will do when there are none.
    pub(crate) classes: Vec<Class>,
}

/// The instances of a suite that are run.
#[derive(Debug)]
pub(crate) struct Chosen<'s> {
    pub(crate) suite: &'s Suite,
    /// Those of each task, by their places among all of its.
    pub(super) rows: Vec<Vec<u64>>,
}

/// What the command line says of terms.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Flags {
    /// What was given, which goes before all that suites say.
    pub(crate) given: Grants,
    /// What holds where nobody says anything.
    pub(crate) otherwise: Grants,
    /// Whether tasks of the catalogue run where nothing can stop them.
    pub(crate) is_inline: bool,
}

/// What is wanted of a task.
#[derive(Clone, Debug, Default)]
struct Wanted {
    all: bool,
    only: Vec<Pattern>,
}

impl Wanted {
    /// Adds to it; `false` if it was wanted already.
    fn add(&mut self, only: Option<&Pattern>) -> bool {
        match only {
            None => !std::mem::replace(&mut self.all, true),
            Some(pattern) if self.all || self.only.contains(pattern) => false,
            Some(pattern) => {
                self.only.push(pattern.clone());
                true
            }
        }
    }
}

impl<'s> Chosen<'s> {
    /// Chooses among the instances of a suite.
    pub(crate) fn new(suite: &'s Suite, choice: &Choice) -> Self {
        let mut wanted = vec![Wanted::default(); suite.tasks.len()];
        let mut next = asked_for(suite, choice);
        while let Some(Target { task, only }) = next.pop() {
            if wanted[task].add(only.as_ref()) {
                next.extend(suite.after[task].iter().cloned());
            }
        }
        let rows = suite.tasks.iter().zip(&wanted).map(|(task, wanted)| {
            let is_wanted = |index: &u64| {
                wanted.all
                    || !wanted.only.is_empty() && {
                        let id = task.rows.id(&task.id, &task.rows.row(*index));
                        wanted.only.iter().any(|pattern| pattern.matches(&id))
                    }
            };
            (0..task.rows.len()).filter(is_wanted).collect()
        });
        let rows = rows.collect();
        Self { suite, rows }
    }

    /// Each of them: its task, and its place among all of that.
    pub(super) fn instances(&self) -> impl Iterator<Item = (&'s Task, u64)> + '_ {
        let tasks = self.suite.tasks.iter().zip(&self.rows);
        tasks.flat_map(|(task, rows)| rows.iter().map(move |&index| (task, index)))
    }

    /// The terms that a task is run on; its group is counted among those of the suite.
    pub(super) fn terms(&self, task: &Task, flags: &Flags) -> Terms {
        let suite = self.suite.grants;
        let grants = flags.given.or(task.grants).or(suite).or(flags.otherwise);
        let can_be_stopped = !flags.is_inline || task.doing.kind().is_none();
        Terms {
            timeout: grants.timeout.filter(|_| can_be_stopped),
            expect: task.expect,
            group: task.group,
            weight: task.weight,
            ..grants.terms()
        }
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.rows.iter().map(Vec::len).sum()
    }
}

fn asked_for(suite: &Suite, choice: &Choice) -> Vec<Target> {
    let all = |task| Target { task, only: None };
    let mut targets: Vec<_> = match &*choice.names {
        [] => (0..suite.tasks.len()).map(all).collect(),
        names => {
            let register = Register::of(&suite.tasks);
            let found = names.iter().map(|name| register.find(&name.to_string()));
            found.flatten().collect()
        }
    };
    if !choice.classes.is_empty() {
        targets.retain(|target| {
            let kind = suite.tasks[target.task].doing.kind();
            kind.is_some_and(|kind| choice.classes.contains(&kind.class))
        });
    }
    targets
}
