//! What runs in a cell: the arms with their command lines, and the answer that all of them must give.

use crate::answer::Answer;
use crate::arm::{Arm, CONTROL};
use crate::command::{CommandLine, Runners};
use crate::failure::{CompareError, Mismatch, RunFailure};
use crate::report::ArmInfo;
use crate::run::{Finished, RunError};
use crate::workload::Workload;

/// The arms of a cell.
#[derive(Debug)]
pub(crate) struct Course<'a> {
    workload: &'a Workload,
    /// What the progress calls the cell.
    told: &'a str,
    /// The arms, in the order in which they are shown.
    entrants: Vec<Entrant>,
    /// The answer that all arms must give, and who gave it first.
    reference: Option<(Answer, String)>,
}

/// The answer in what was printed. Where xargs is among the arms, which prints as its programs end, the order is free.
fn read(workload: &Workload, printed: &str) -> Answer {
    let answer = Answer::read(&workload.shape, printed);
    match workload.arms.contains(&Arm::Xargs) {
        true => answer.sorted(),
        false => answer,
    }
}

/// One arm of a cell.
#[derive(Debug)]
struct Entrant {
    info: ArmInfo,
    command: CommandLine,
}

impl<'a> Course<'a> {
    /// The arms of a workload, and one of them once more as the control.
    pub(super) fn new(workload: &'a Workload, told: &'a str, runners: &Runners) -> Self {
        let entrant = |arm| {
            let command = runners.command(workload, arm);
            Entrant {
                info: arm.info(command.to_string()),
                command,
            }
        };
        let mut entrants: Vec<Entrant> = workload.arms.iter().copied().map(entrant).collect();
        let repeated = workload.control();
        let mut control = entrant(repeated);
        control.info = ArmInfo {
            name: CONTROL.to_owned(),
            noun: format!("{} once more", repeated.noun()),
            control_of: Some(repeated.name().to_owned()),
            ..control.info
        };
        entrants.push(control);
        let known = workload.expected.as_deref();
        let reference = known.map(|text| {
            let answer = read(workload, text);
            (answer, "the known one".to_owned())
        });
        Self {
            workload,
            told,
            entrants,
            reference,
        }
    }

    /// What the progress calls it.
    pub(super) fn told(&self) -> &'a str {
        self.told
    }

    /// What the report says of the arms.
    pub(super) fn infos(&self) -> Vec<ArmInfo> {
        let infos = self.entrants.iter().map(|entrant| &entrant.info);
        infos.cloned().collect()
    }

    /// The names of the arms.
    pub(super) fn names(&self) -> Vec<String> {
        let names = self.entrants.iter().map(|entrant| &entrant.info.name);
        names.cloned().collect()
    }

    /// How many processors the workers can use.
    pub(super) fn usable(&self, cpus: usize) -> usize {
        self.workload.size().1.min(cpus)
    }

    /// The command line of an arm; every arm that a round names has one.
    pub(super) fn command(&self, arm: &str) -> Option<&CommandLine> {
        let found = self
            .entrants
            .iter()
            .find(|entrant| entrant.info.name == arm);
        found.map(|entrant| &entrant.command)
    }

    /// A run that ended well, with the digest of its answer, if that is the answer of the others.
    pub(super) fn check(
        &mut self,
        (arm, round): (&str, &str),
        command: &CommandLine,
        ended: Result<Finished, RunError>,
    ) -> Result<(Finished, String), CompareError> {
        let finished = match ended {
            Ok(finished) => finished,
            Err(RunError::Stopped { signal }) => return Err(CompareError::Stopped { signal }),
            Err(cause) => {
                return Err(CompareError::Run(Box::new(RunFailure {
                    workload: self.workload.name.clone(),
                    arm: arm.to_owned(),
                    round: round.to_owned(),
                    command: command.clone(),
                    cause,
                })));
            }
        };
        let answer = read(self.workload, &finished.stdout);
        let (expected, reference) = self
            .reference
            .get_or_insert_with(|| (answer.clone(), format!("`{arm}`, which ran first")));
        if answer == *expected {
            return Ok((finished, answer.digest()));
        }
        Err(CompareError::Mismatch(Box::new(Mismatch {
            workload: self.workload.name.clone(),
            arm: arm.to_owned(),
            reference: reference.clone(),
            round: round.to_owned(),
            expected: expected.to_string(),
            got: answer.to_string(),
            command: command.clone(),
        })))
    }
}
