//! The command line that runs a workload on an arm.

use std::fmt;
use std::path::{Path, PathBuf};

use crate::arm::Arm;
use crate::workload::{Program, Shape, Workload};

/// A program and its arguments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommandLine {
    /// The program's file.
    pub program: PathBuf,
    /// Its arguments.
    pub arguments: Vec<String>,
}

/// Where the two runners are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Runners {
    /// The folder that both are in.
    pub folder: PathBuf,
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
        let workers = if arm == Arm::Seq { 1 } else { workers };
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
            program: self.folder.join(program(arm)),
            arguments: words.chain(inputs.iter().cloned()).collect(),
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
            program: self.folder.join(program(arm)),
            arguments: flags.chain([file(SUITE)]).collect(),
        }
    }

    fn task(&self, workload: &Workload, arm: Arm) -> CommandLine {
        let mut arguments: Vec<String> = match &workload.shape {
            Shape::Spawn { task, count } => {
                vec![
                    "spawn".to_owned(),
                    task.clone(),
                    "--count".to_owned(),
                    count.to_string(),
                ]
            }
            Shape::Map { task, inputs, .. } => ["map", task]
                .into_iter()
                .chain(inputs.iter().map(String::as_str))
                .map(str::to_owned)
                .collect(),
            // These are no tasks.
            Shape::Exec { .. } | Shape::Programs(_) | Shape::Faults => Vec::new(),
        };
        match (&workload.shape, arm) {
            (_, Arm::Seq) => arguments.push("--inline".to_owned()),
            (Shape::Map { workers, .. }, _) => {
                arguments.extend(["--workers".to_owned(), workers.to_string()]);
            }
            _ => {}
        }
        let settings = workload
            .settings
            .iter()
            .flat_map(|setting| ["-s".to_owned(), setting.clone()]);
        arguments.extend(settings);
        CommandLine {
            program: self.folder.join(program(arm)),
            arguments,
        }
    }
}

fn program(arm: Arm) -> &'static str {
    match arm {
        Arm::Seq | Arm::Threads => "thread-runner",
        Arm::Pool => "process-runner",
    }
}

/// The program that takes the part of an arm; every arm of such a workload has one.
fn own(programs: &[Program], arm: Arm) -> CommandLine {
    let found = programs.iter().find(|program| program.arm == arm);
    let mut words = found
        .into_iter()
        .flat_map(|program| program.command.clone());
    CommandLine {
        program: words.next().map(PathBuf::from).unwrap_or_default(),
        arguments: words.collect(),
    }
}

impl fmt::Display for CommandLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.program.display())?;
        self.arguments
            .iter()
            .try_for_each(|argument| write!(f, " {argument}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::workloads;

    #[test]
    fn commands_and_programs_of_ones_own_have_theirs() {
        let runners = Runners {
            folder: PathBuf::from("bin"),
        };
        let mut workload = workloads(2).remove(0);
        workload.shape = Shape::Exec {
            command: ["sha256sum", "{}"].map(str::to_owned).to_vec(),
            inputs: ["a", "b"].map(str::to_owned).to_vec(),
            workers: 4,
        };
        assert_eq!(
            runners.command(&workload, Arm::Pool).to_string(),
            "bin/process-runner exec --keep-order --workers 4 -- sha256sum {} ::: a b"
        );
        let seq = runners.command(&workload, Arm::Seq).to_string();
        assert!(
            seq.starts_with("bin/thread-runner exec --keep-order --workers 1 --"),
            "{seq}"
        );
        workload.shape = Shape::Programs(vec![Program {
            arm: Arm::Threads,
            command: ["./own", "threads"].map(str::to_owned).to_vec(),
        }]);
        let own = runners.command(&workload, Arm::Threads).to_string();
        assert_eq!(own, "./own threads");
    }

    #[test]
    fn each_arm_has_its_program_and_its_flags() {
        let runners = Runners {
            folder: PathBuf::from("bin"),
        };
        let all = workloads(2);
        let line = |index: usize, arm| runners.command(&all[index], arm).to_string();
        assert_eq!(
            line(0, Arm::Pool),
            "bin/process-runner spawn worker --count 5 -s secs=0.05"
        );
        assert_eq!(
            line(0, Arm::Seq),
            "bin/thread-runner spawn worker --count 5 --inline -s secs=0.05"
        );
        assert_eq!(
            line(1, Arm::Seq),
            "bin/thread-runner map square 1 2 3 4 5 --inline -s secs=0.05"
        );
        assert_eq!(
            line(1, Arm::Threads),
            "bin/thread-runner map square 1 2 3 4 5 --workers 4 -s secs=0.05"
        );
    }
}
