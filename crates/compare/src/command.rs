//! The command line that runs a workload on an arm.

use std::fmt;
use std::path::PathBuf;

use crate::arm::Arm;
use crate::workload::{Shape, Workload};

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

impl Runners {
    /// The command line that runs `workload` on `arm`.
    pub fn command(&self, workload: &Workload, arm: Arm) -> CommandLine {
        let program = match arm {
            Arm::Seq | Arm::Threads => "thread-runner",
            Arm::Pool => "process-runner",
        };
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
        };
        match (&workload.shape, arm) {
            (_, Arm::Seq) => arguments.push("--inline".to_owned()),
            (Shape::Map { workers, .. }, _) => {
                arguments.extend(["--workers".to_owned(), workers.to_string()]);
            }
            (Shape::Spawn { .. }, _) => {}
        }
        let settings = workload
            .settings
            .iter()
            .flat_map(|setting| ["-s".to_owned(), setting.clone()]);
        arguments.extend(settings);
        CommandLine {
            program: self.folder.join(program),
            arguments,
        }
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
