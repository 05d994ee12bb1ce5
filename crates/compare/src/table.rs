//! What there is to compare, for those who ask.

use crate::columns::columns;
use crate::missing::LEFT_OUT;
use crate::plan::Plan;
use crate::workload::Workload;

/// Renders the workloads of a plan: names, arms, estimates and questions, and below them what cannot run here.
///
/// ```
/// use anypool_compare::{Options, Plan, list};
///
/// let options = Options { listing: true, ..Options::default() };
/// let plan = Plan::new(&options, 2)?;
/// assert!(list(&plan).contains("tutorial"));
/// # Ok::<(), anypool_compare::PlanError>(())
/// ```
pub fn list(plan: &Plan) -> String {
    let mut rows = vec![["name", "arms", "time", "question"].map(str::to_owned)];
    for workload in &plan.workloads {
        let arms: Vec<&str> = workload.arms.iter().map(|arm| arm.name()).collect();
        let estimate = format!("{:.0} s", plan.time_of(workload).as_secs_f64().ceil());
        let (arms, estimate) = match arms[..] {
            [] => ("none that can run here".to_owned(), "-".to_owned()),
            _ => (arms.join(", "), estimate),
        };
        rows.push([
            workload.name.clone(),
            arms,
            estimate,
            workload.question.clone(),
        ]);
    }
    let mut text = columns(&rows);
    let missing: Vec<[String; 2]> = plan.workloads.iter().flat_map(missing).collect();
    if !missing.is_empty() {
        text.push_str("\nNot here:\n");
        text.push_str(&columns(&missing));
    }
    text
}

/// What a workload lacks here: its name, and the arms that have a reason in common, with that.
fn missing(workload: &Workload) -> Vec<[String; 2]> {
    let mut reasons: Vec<(&str, Vec<&str>)> = Vec::new();
    for note in &workload.notes {
        // Other notes are about the whole of it.
        let (what, why) = note.split_once(LEFT_OUT).unwrap_or(("", note));
        match reasons.iter_mut().find(|(known, _)| *known == why) {
            Some((_, all)) => all.push(what),
            None => reasons.push((why, vec![what])),
        }
    }
    let told = reasons.into_iter().map(|(why, all)| {
        let why = match all[..] {
            [""] => why.to_owned(),
            _ => format!("{}: {why}", all.join(", ")),
        };
        [workload.name.clone(), why]
    });
    told.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::Options;

    #[test]
    fn what_is_missing_is_told_once_for_all_arms_that_lack_it() {
        let options = Options {
            names: vec!["tools".to_owned(), "cpu".to_owned()],
            listing: true,
            ..Options::default()
        };
        let mut plan = Plan::new(&options, 2).unwrap();
        let workload = &mut plan.workloads[0];
        workload.arms.clear();
        workload.notes = ["seq", "pool"]
            .map(|arm| format!("{arm}{LEFT_OUT}the program `cksum` was not found"))
            .to_vec();
        workload.notes.push("a parent is large".to_owned());
        let text = list(&plan);
        let below = text.split_once("\nNot here:\n").unwrap().1;
        assert_eq!(
            below,
            " tools  seq, pool: the program `cksum` was not found\n tools  a parent is large\n"
        );
        let row = text
            .lines()
            .find(|line| line.starts_with(" tools"))
            .unwrap();
        assert!(row.contains("none that can run here  -"), "{row}");
    }
}
