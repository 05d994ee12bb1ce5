//! What there is to compare, for those who ask.

use crate::columns::columns;
use crate::plan::Plan;

/// Renders the workloads of a plan: names, arms, estimates and questions.
///
/// ```
/// use anypool_compare::{Options, Plan, list};
///
/// let plan = Plan::new(&Options::default(), 2)?;
/// assert!(list(&plan).contains("tutorial"));
/// # Ok::<(), anypool_compare::PlanError>(())
/// ```
pub fn list(plan: &Plan) -> String {
    let mut rows = vec![["name", "arms", "time", "question"].map(str::to_owned)];
    for workload in &plan.workloads {
        let arms: Vec<&str> = workload.arms.iter().map(|arm| arm.name()).collect();
        let estimate = format!("{:.0} s", plan.time_of(workload).as_secs_f64().ceil());
        rows.push([
            workload.name.clone(),
            arms.join(", "),
            estimate,
            workload.question.clone(),
        ]);
    }
    columns(&rows)
}
