//! Runs a plan round by round: decides what runs next, checks every answer, and saves after each round.

use std::fmt;
use std::time::Duration;

use crate::answer::Answer;
use crate::arm::Arm;
use crate::command::{CommandLine, Runners};
use crate::exit::Exit;
use crate::order::orders;
use crate::plan::Plan;
use crate::report::{Measured, Report, State};
use crate::round::{Round, Timing};
use crate::run::{Run, RunError};
use crate::sentence::sentence;
use crate::step::Step;
use crate::store::{Store, StoreError};
use crate::summary::{Summary, summarise};
use crate::workload::Workload;

/// What a comparison works with.
pub struct Comparison<'a> {
    /// What to do.
    pub plan: &'a Plan,
    /// Where the runners are.
    pub runners: &'a Runners,
    /// What runs them.
    pub run: &'a mut dyn Run,
    /// Where the report is kept.
    pub store: &'a Store,
    /// Told of each step before it is taken.
    pub say: &'a mut dyn FnMut(&Step<'_>),
}

impl fmt::Debug for Comparison<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Comparison")
            .field("plan", self.plan)
            .finish_non_exhaustive()
    }
}

/// Why a comparison has no verdict.
#[derive(Debug, thiserror::Error)]
pub enum CompareError {
    /// Two arms disagree.
    #[error(transparent)]
    Mismatch(Box<Mismatch>),
    /// A runner gave no answer.
    #[error(transparent)]
    Run(Box<RunFailure>),
    /// A signal ended it; the report has the rounds until then.
    #[error("stopped by signal {signal}")]
    Stopped {
        /// The signal's number.
        signal: usize,
    },
    /// The report cannot be kept.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Two arms returned different results.
#[derive(Debug, thiserror::Error)]
#[error(
    "refusing to compare `{workload}`: in {round} `{arm}` returned a different result from {reference}\n  \
     = expected: {expected}\n  = got:      {got}\n\
     help: timings of wrong answers mean nothing. Reproduce it: {command}"
)]
pub struct Mismatch {
    workload: String,
    arm: Arm,
    reference: String,
    round: String,
    expected: String,
    got: String,
    command: CommandLine,
}

/// A run gave no answer.
#[derive(Debug, thiserror::Error)]
#[error(
    "`{workload}` cannot be measured: `{arm}` {cause} (in {round})\nhelp: reproduce it: {command}"
)]
pub struct RunFailure {
    workload: String,
    arm: Arm,
    round: String,
    command: CommandLine,
    #[source]
    cause: RunError,
}

impl CompareError {
    /// The exit code for it.
    pub fn exit(&self) -> Exit {
        match self {
            Self::Mismatch(_) => Exit::DifferentAnswers,
            Self::Run(_) => Exit::Internal,
            Self::Stopped { signal } => Exit::Stopped { signal: *signal },
            Self::Store(_) => Exit::Output,
        }
    }

    fn state(&self) -> State {
        match self {
            Self::Mismatch(_) => State::DifferentAnswers,
            Self::Run(_) | Self::Store(_) => State::Failed,
            Self::Stopped { .. } => State::Unfinished,
        }
    }
}

/// Runs the whole plan and completes the report, which is saved after every round.
///
/// # Errors
///
/// Fails at the first run that gives no answer or a different one or is stopped, and when the report cannot be saved.
pub fn compare(comparison: &mut Comparison<'_>, report: &mut Report) -> Result<(), CompareError> {
    (comparison.say)(&Step::Start {
        estimate: comparison.plan.estimate(),
    });
    for workload in &comparison.plan.workloads {
        if let Err(error) = measure(comparison, workload, report) {
            report.state = error.state();
            // The times of wrong answers are not kept either.
            if let CompareError::Mismatch(_) = error {
                report.workloads.pop();
            }
            comparison.store.save(report)?;
            return Err(error);
        }
    }
    report.state = State::Complete;
    Ok(comparison.store.save(report)?)
}

/// The place of a comparison within one workload.
struct Progress<'a> {
    workload: &'a Workload,
    /// The answer that all arms must give, and who gave it first.
    reference: Option<(Answer, String)>,
}

fn measure(
    comparison: &mut Comparison<'_>,
    workload: &Workload,
    report: &mut Report,
) -> Result<(), CompareError> {
    let plan = comparison.plan;
    let command = |arm: &Arm| comparison.runners.command(workload, *arm).to_string();
    report.workloads.push(Measured::new(
        workload,
        workload.arms.iter().map(command).collect(),
    ));
    let known = workload.expected.as_deref();
    let reference = known.map(|text| {
        (
            Answer::read(&workload.shape, text),
            "the known one".to_owned(),
        )
    });
    let mut progress = Progress {
        workload,
        reference,
    };
    // The first order is that of the warm-up, whose times are not kept.
    let count = usize::try_from(plan.rounds).unwrap_or(usize::MAX);
    let warm_up = orders(&workload.arms, 1, plan.seed);
    let measured = orders(&workload.arms, count, plan.seed);
    for (number, order) in warm_up.iter().chain(&measured).enumerate() {
        (comparison.say)(&Step::Round {
            workload: &workload.name,
            number,
            count,
        });
        let runs = round(comparison, &mut progress, number, order)?;
        if let (Some(current), 1..) = (report.workloads.last_mut(), number) {
            current.rounds.push(Round { number, runs });
            comparison.store.save(report)?;
        }
    }
    if let Some(current) = report.workloads.last_mut() {
        let arms = summarise(&current.arms, &current.rounds, plan.baseline);
        let sentence = sentence(&current.name, &arms, plan.baseline);
        current.summary = Some(Summary { arms, sentence });
    }
    Ok(())
}

fn round(
    comparison: &mut Comparison<'_>,
    progress: &mut Progress<'_>,
    number: usize,
    order: &[Arm],
) -> Result<Vec<Timing>, CompareError> {
    let workload = progress.workload;
    let mut timings = Vec::with_capacity(order.len());
    for arm in order {
        let command = comparison.runners.command(workload, *arm);
        let (name, round) = (workload.name.clone(), round_name(number));
        let sample = match comparison.run.run(&command) {
            Ok(sample) => sample,
            Err(RunError::Stopped { signal }) => return Err(CompareError::Stopped { signal }),
            Err(cause) => {
                let failure = RunFailure {
                    workload: name,
                    arm: *arm,
                    round,
                    command,
                    cause,
                };
                return Err(CompareError::Run(Box::new(failure)));
            }
        };
        let answer = Answer::read(&workload.shape, &sample.stdout);
        let (expected, reference) = progress
            .reference
            .get_or_insert_with(|| (answer.clone(), format!("`{arm}`, which ran first")));
        if answer != *expected {
            return Err(CompareError::Mismatch(Box::new(Mismatch {
                workload: name,
                arm: *arm,
                reference: reference.clone(),
                round,
                expected: expected.to_string(),
                got: answer.to_string(),
                command,
            })));
        }
        timings.push(Timing {
            arm: *arm,
            wall_ns: nanoseconds(sample.wall),
        });
    }
    Ok(timings)
}

fn round_name(number: usize) -> String {
    match number {
        0 => "the warm-up round".to_owned(),
        number => format!("round {number}"),
    }
}

fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
