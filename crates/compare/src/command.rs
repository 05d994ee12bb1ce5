//! The command line that runs a workload on an arm.

use std::fmt;
use std::path::{Path, PathBuf};

use crate::arm::Arm;
use crate::ballast::{Ballast, VARIABLE};
use crate::python::Pythons;
use crate::report::Side;
use crate::tools;
use crate::workload::{Program, Shape, Workload};

/// A program and its arguments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommandLine {
    /// The program's file.
    pub program: PathBuf,
    /// Its arguments.
    pub arguments: Vec<String>,
    /// What it is to have in memory beside its work.
    pub ballast: Option<Ballast>,
}

/// Where the programs are that run arms.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Runners {
    /// The folder that both of our runners are in.
    pub folder: PathBuf,
    /// The CPythons that were found.
    pub pythons: Pythons,
    /// The script with CPython's twins of the runners.
    pub twins: PathBuf,
}

/// The suite of a fault, in a folder of its own.
pub(crate) const SUITE: &str = "suite.toml";

/// The log of its run.
pub(crate) const LOG: &str = "log.jsonl";

impl Runners {
    /// The command line that runs `workload` on `arm`.
    pub fn command(&self, workload: &Workload, arm: Arm) -> CommandLine {
        match &workload.shape {
            Shape::Exec {
                command,
                inputs,
                workers,
            } => self.exec(arm, command, inputs, *workers),
            Shape::Programs(programs) => own(programs, arm),
            Shape::Faults => self.faulted(arm, Path::new("")),
            Shape::Spawn { .. } | Shape::Map { .. } => self.task(workload, arm),
        }
    }

    /// A program once for each input; what they print keeps the order of the inputs.
    fn exec(&self, arm: Arm, command: &[String], inputs: &[String], workers: usize) -> CommandLine {
        if let Some(words) = tools::words(arm, command, inputs, workers) {
            return of_words(words);
        }
        let workers = if arm.is_sequential() { 1 } else { workers };
        let flags = [
            "exec",
            "--keep-order",
            "--workers",
            &workers.to_string(),
            "--",
        ];
        let flags = flags.map(str::to_owned);
        let words = flags.iter().chain(command);
        let words = words.cloned().chain([":::".to_owned()]);
        CommandLine {
            program: self.folder.join(runner(arm)),
            arguments: words.chain(inputs.iter().cloned()).collect(),
            ballast: None,
        }
    }

    /// The command line that runs the suite in a folder, and keeps its log there.
    pub(crate) fn faulted(&self, arm: Arm, folder: &Path) -> CommandLine {
        let file = |name: &str| folder.join(name).display().to_string();
        // Without it, threads refuse what would end their process.
        let unsafe_too = if arm == Arm::Pool {
            None
        } else {
            Some("--allow-unsafe".to_owned())
        };
        let flags = ["run", "--workers", "2", "--log"].map(str::to_owned);
        let flags = flags.into_iter().chain([file(LOG)]).chain(unsafe_too);
        CommandLine {
            program: self.folder.join(runner(arm)),
            arguments: flags.chain([file(SUITE)]).collect(),
            ballast: None,
        }
    }

    fn task(&self, workload: &Workload, arm: Arm) -> CommandLine {
        let mut arguments = work(&workload.shape);
        match (&workload.shape, arm) {
            (_, arm) if arm.is_sequential() => arguments.push("--inline".to_owned()),
            (Shape::Map { workers, .. }, _) => {
                arguments.extend(["--workers".to_owned(), workers.to_string()]);
                arguments.extend(workload.pool.iter().cloned());
                let batch = arm
                    .batch()
                    .map(|batch| ["--batch".to_owned(), batch.to_string()]);
                arguments.extend(batch.into_iter().flatten());
            }
            _ => {}
        }
        arguments.extend(flags(arm).iter().map(|flag| (*flag).to_owned()));
        let settings = workload
            .settings
            .iter()
            .flat_map(|setting| ["-s".to_owned(), setting.clone()]);
        arguments.extend(settings);
        let program = match arm.twin() {
            Some(way) => {
                let script = [self.twins.display().to_string(), way.to_owned()];
                arguments.splice(..0, script);
                let python = self.pythons.of(arm);
                python
                    .map(|python| python.program.clone())
                    .unwrap_or_default()
            }
            None => self.folder.join(runner(arm)),
        };
        let ballast = workload.ballast.map(|mib| Ballast {
            mib,
            is_inherited: arm.is_forked_from_the_program(),
        });
        CommandLine {
            program,
            arguments,
            ballast,
        }
    }
}

/// The programs that can tell what their workers do, and the commands with which they do.
const RUNNERS: [&str; 2] = ["thread-runner", "process-runner"];
const TOLD: [&str; 3] = ["spawn", "map", "exec"];

impl CommandLine {
    /// The same, told to write what its workers do to a file; `None` where it cannot.
    pub(crate) fn traced(&self, file: &Path) -> Option<Self> {
        let name = self.program.file_name()?.to_str()?;
        let command = self.arguments.first()?;
        if !RUNNERS.contains(&name) || !TOLD.contains(&command.as_str()) {
            return None;
        }
        let mut traced = self.clone();
        let flag = ["--trace".to_owned(), file.to_str()?.to_owned()];
        traced.arguments.splice(1..1, flag);
        Some(traced)
    }
}

/// The command of a runner, or of its twin.
fn work(shape: &Shape) -> Vec<String> {
    match shape {
        Shape::Spawn { task, count } => ["spawn", task, "--count", &count.to_string()]
            .map(str::to_owned)
            .to_vec(),
        Shape::Map { task, inputs, .. } => ["map", task]
            .into_iter()
            .chain(inputs.iter().map(String::as_str))
            .map(str::to_owned)
            .collect(),
        // These are no tasks.
        Shape::Exec { .. } | Shape::Programs(_) | Shape::Faults => Vec::new(),
    }
}

fn runner(arm: Arm) -> &'static str {
    match arm.info(String::new()).side {
        Side::Processes => "process-runner",
        _ => "thread-runner",
    }
}

/// What an arm's runner is told, beside how many workers there are.
fn flags(arm: Arm) -> &'static [&'static str] {
    match arm.plain() {
        Arm::PoolPipe => &["--transport", "pipe"],
        Arm::PoolIpc => &["--transport", "ipc"],
        Arm::PoolShm => &["--transport", "shm"],
        Arm::Fork | Arm::ForkParent => &["--isolation", "fork"],
        Arm::Exec => &["--isolation", "exec"],
        Arm::ForkGil => &["--isolation", "fork", "--gil"],
        Arm::ExecGil => &["--isolation", "exec", "--gil"],
        _ if arm.is_locked() => &["--gil"],
        _ => &[],
    }
}

/// The program that takes the part of an arm; every arm of such a workload has one.
fn own(programs: &[Program], arm: Arm) -> CommandLine {
    let found = programs.iter().find(|program| program.arm == arm);
    let words = found.map(|program| program.command.clone());
    of_words(words.unwrap_or_default())
}

/// A command line of words, of which the first is the program.
fn of_words(words: Vec<String>) -> CommandLine {
    let mut words = words.into_iter();
    CommandLine {
        program: words.next().map(PathBuf::from).unwrap_or_default(),
        arguments: words.collect(),
        ballast: None,
    }
}

impl fmt::Display for CommandLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(ballast) = self.ballast {
            write!(f, "{VARIABLE}={ballast} ")?;
        }
        write!(f, "{}", self.program.display())?;
        self.arguments
            .iter()
            .try_for_each(|argument| write!(f, " {argument}"))
    }
}

#[cfg(test)]
mod tests;
