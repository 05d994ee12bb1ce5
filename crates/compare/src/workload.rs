//! What is run: a task, its inputs, and the arms that can run it.

use std::time::Duration;

use crate::arm::Arm;
use crate::class::Class;
use crate::sweep::{Knob, Sweep};
use crate::terms::Terms;

/// A workload: the same work for every arm.
#[derive(Debug, Clone, PartialEq)]
pub struct Workload {
    /// The name on the command line.
    pub name: String,
    /// What its figures answer.
    pub question: String,
    /// What it spends its time on.
    pub class: Class,
    /// The command of the runner that runs it.
    pub shape: Shape,
    /// What is turned from cell to cell, and to where; without it there is one cell.
    pub sweep: Option<Sweep>,
    /// The task's parameters, as `-s` takes them.
    pub settings: Vec<String>,
    /// What runners are told of their pool, where an arm has one.
    pub pool: Vec<String>,
    /// How many MiB the program has resident that starts the workers, where that is asked for.
    pub ballast: Option<u64>,
    /// The ways to run it.
    pub arms: Vec<Arm>,
    /// What a runner must print, where that is known beforehand.
    pub expected: Option<String>,
    /// About how long one round of all its arms takes, the control among them.
    pub round: Duration,
    /// What was left out, and why.
    pub notes: Vec<String>,
    /// On what terms its arms are judged.
    pub terms: Terms,
}

/// The command of a runner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shape {
    /// One worker for each task.
    Spawn {
        /// The task's name.
        task: String,
        /// How many workers.
        count: usize,
    },
    /// A pool that maps a task over inputs.
    Map {
        /// The task's name.
        task: String,
        /// The inputs, as the command line takes them.
        inputs: Vec<String>,
        /// How many workers.
        workers: usize,
    },
    /// A pool that runs a program once for each input.
    Exec {
        /// The program and its arguments, with `{}` for the input.
        command: Vec<String>,
        /// The inputs.
        inputs: Vec<String>,
        /// How many workers.
        workers: usize,
    },
    /// Programs of a person's own, each of which does all of the work in its own way.
    Programs(Vec<Program>),
    /// Suites in which a task goes wrong, which are tried and not timed.
    Faults,
}

impl Shape {
    /// The task of the catalogue that it runs, where it runs one.
    pub(crate) fn task(&self) -> Option<&str> {
        match self {
            Self::Spawn { task, .. } | Self::Map { task, .. } => Some(task),
            Self::Exec { .. } | Self::Programs(_) | Self::Faults => None,
        }
    }
}

/// A program that takes the part of an arm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program {
    /// The arm.
    pub arm: Arm,
    /// The program and its arguments.
    pub command: Vec<String>,
}

impl Workload {
    /// The arm that the others are divided by.
    pub fn baseline(&self) -> Arm {
        self.terms.baseline.unwrap_or(Arm::Threads)
    }

    /// The arm that runs twice a round.
    pub(crate) fn control(&self) -> Arm {
        self.terms.control.unwrap_or(self.baseline())
    }

    /// The work in a line: the task, its settings, and how often it runs.
    pub(crate) fn text(&self) -> String {
        let task = match &self.shape {
            Shape::Spawn { task, .. } | Shape::Map { task, .. } => task,
            Shape::Exec { command, .. } => &command.join(" "),
            Shape::Programs(programs) => return format!("{} programs", programs.len()),
            Shape::Faults => {
                return "a task that goes wrong among healthy ones · 2 workers".to_owned();
            }
        };
        let (times, workers) = self.size();
        let turned = self.sweep.as_ref().map(|sweep| sweep.knob);
        let of_task = |knob: &Knob| !matches!(knob, Knob::Workers | Knob::Chunk | Knob::Parent);
        let mut settings = self.settings.clone();
        if let Some(knob) = turned.filter(of_task) {
            settings.retain(|setting| !setting.starts_with(&format!("{}=", knob.key())));
            settings.push(format!("{}=…", knob.key()));
        }
        let settings = settings.join(", ");
        let of = match &self.shape {
            Shape::Exec { .. } => format!("{task} × {times}"),
            _ => format!("{task}({settings}) × {times}"),
        };
        match turned {
            Some(Knob::Workers) => of,
            _ if workers == 1 => format!("{of} · 1 worker"),
            _ => format!("{of} · {workers} workers"),
        }
    }

    /// Gives it other arms, and a round the time that they take.
    pub(crate) fn run_on(&mut self, arms: Vec<Arm>) {
        // The control runs as well.
        let [before, now] = [&self.arms, &arms].map(|arms| arms.len() + 1);
        let share = |count| u32::try_from(count).unwrap_or(u32::MAX);
        self.round = self.round * share(now) / share(before);
        self.arms = arms;
    }

    /// The same work with a knob at one of its places; `None` where it has no such knob.
    pub(crate) fn turned(&self, knob: Knob, place: f64) -> Option<Self> {
        let place = whole(place);
        let mut turned = Self {
            sweep: None,
            ..self.clone()
        };
        if let (Knob::Workers, Shape::Map { workers, .. } | Shape::Exec { workers, .. }) =
            (knob, &mut turned.shape)
        {
            *workers = usize::try_from(place).unwrap_or(usize::MAX);
            return Some(turned);
        }
        if knob == Knob::Parent {
            turned.ballast = Some(place);
            return self.shape.task().map(|_| turned);
        }
        let Shape::Map {
            task,
            inputs,
            workers,
        } = &self.shape
        else {
            return None;
        };
        if knob == Knob::Chunk {
            turned.pool = vec!["--batch".to_owned(), place.to_string()];
            return Some(turned);
        }
        let same_inputs = |workload: &mut Self| {
            workload.expected = None;
            workload.shape = Shape::Map {
                task: task.clone(),
                inputs: vec![place.to_string(); inputs.len()],
                workers: *workers,
            };
        };
        match (knob, task.as_str()) {
            (Knob::Length, "spin") | (Knob::Payload, "result") => same_inputs(&mut turned),
            (Knob::Data, "cow") => {
                turned.expected = None;
                turned
                    .settings
                    .retain(|setting| !setting.starts_with("mib="));
                turned.settings.push(format!("mib={place}"));
            }
            _ => return None,
        }
        Some(turned)
    }

    /// How many tasks each run has, and on how many workers.
    pub(crate) fn size(&self) -> (usize, usize) {
        match &self.shape {
            Shape::Spawn { count, .. } => (*count, *count),
            Shape::Map {
                inputs, workers, ..
            }
            | Shape::Exec {
                inputs, workers, ..
            } => (inputs.len(), *workers),
            // What they do is their own affair.
            Shape::Programs(_) | Shape::Faults => (1, usize::MAX),
        }
    }

    /// Whether its tasks are few enough to be told apart where it is shown what workers do.
    pub(crate) fn is_seen(&self) -> bool {
        self.size().0 <= MOST_SEEN
    }

    /// About how long so many rounds take at all its places.
    pub(crate) fn estimate(&self, rounds: u32) -> Duration {
        if self.shape == Shape::Faults {
            return self.round;
        }
        let places = self.sweep.as_ref().map_or(1, |sweep| sweep.places.len());
        self.round * rounds * u32::try_from(places).unwrap_or(u32::MAX)
    }
}

/// More tasks than this are too many to be seen.
const MOST_SEEN: usize = 512;

/// A place, as the runners take it.
fn whole(place: f64) -> u64 {
    let seconds = Duration::try_from_secs_f64(place.round()).unwrap_or_default();
    seconds.as_secs()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::workloads;

    fn named(name: &str) -> Workload {
        let found = workloads(2).into_iter().find(|one| one.name == name);
        found.unwrap()
    }

    #[test]
    fn a_knob_turns_what_it_is_named_for_and_nothing_else() {
        let cpu = named("cpu");
        let turned = cpu.turned(Knob::Workers, 3.0).unwrap();
        assert_eq!(turned.size(), (16, 3));
        let spin = named("overhead").turned(Knob::Length, 30.0).unwrap();
        let Shape::Map { inputs, .. } = &spin.shape else {
            panic!("{spin:?}");
        };
        assert!(inputs.iter().all(|us| us == "30"), "{inputs:?}");
        assert_eq!(spin.size(), named("overhead").size());
        let chunks = named("batching").turned(Knob::Chunk, 7.0).unwrap();
        assert_eq!(chunks.pool, ["--batch", "7"]);
        assert_eq!(chunks.shape, named("batching").shape);
        let large = named("tutorial").turned(Knob::Parent, 64.0).unwrap();
        assert_eq!(large.ballast, Some(64));
        assert_eq!(large.shape, named("tutorial").shape);
    }

    #[test]
    fn work_without_a_knob_cannot_be_turned() {
        assert_eq!(named("cpu").turned(Knob::Length, 10.0), None);
        assert_eq!(named("io").turned(Knob::Payload, 10.0), None);
        assert_eq!(named("tutorial").turned(Knob::Workers, 2.0), None);
        assert_eq!(named("tools").turned(Knob::Parent, 64.0), None);
    }
}
