//! The faults of a comparison, one after another on every arm.

use super::Comparison;
use crate::failure::{CompareError, RunFailure};
use crate::faults::{FAULTS, attempt, card, row};
use crate::report::{Isolation, Report};
use crate::run::RunError;
use crate::step::Step;
use crate::workload::Workload;

/// Tries all faults; the report is saved after each of them.
pub(super) fn all(
    comparison: &mut Comparison<'_>,
    workload: &Workload,
    report: &mut Report,
) -> Result<(), CompareError> {
    // Nothing is timed, so there is no noise to be measured.
    if let Some(current) = report.comparisons.last_mut() {
        current.arms.retain(|arm| arm.control_of.is_none());
    }
    for fault in &FAULTS {
        (comparison.say)(&Step::Fault {
            workload: &workload.name,
            fault: fault.name,
        })?;
        let mut arms = Vec::with_capacity(workload.arms.len());
        for arm in &workload.arms {
            let tried = attempt(fault, *arm, comparison.runners, &mut *comparison.run);
            arms.push(tried.map_err(|(command, cause)| match cause {
                RunError::Stopped { signal } => CompareError::Stopped { signal },
                cause => CompareError::Run(Box::new(RunFailure {
                    workload: workload.name.clone(),
                    arm: arm.name().to_owned(),
                    round: format!("the suite with {}", fault.name),
                    command,
                    cause,
                })),
            })?);
        }
        if let Some(current) = report.comparisons.last_mut() {
            let isolation = current
                .isolation
                .get_or_insert(Isolation { rows: Vec::new() });
            isolation.rows.push(row(fault, arms));
        }
        comparison.store.save(report)?;
    }
    if let Some(current) = report.comparisons.last_mut() {
        let needs = &workload.terms.needs;
        current.card = current.isolation.as_ref().map(|found| card(found, needs));
    }
    Ok(())
}
