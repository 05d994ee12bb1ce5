//! Turning a knob of workloads that were chosen by name.

use crate::catalogue::workloads;
use crate::nearest::UnknownName;
use crate::sweep::Sweep;
use crate::workload::Workload;

/// The workloads with this sweep, for which all of them must have a knob.
///
/// # Errors
///
/// Fails when one has none.
pub(crate) fn swept_along(
    mut chosen: Vec<Workload>,
    sweep: &Sweep,
    cpus: usize,
) -> Result<Vec<Workload>, UnknownName> {
    let has_knob = |workload: &Workload| workload.turned(sweep.knob, sweep.places[0]).is_some();
    if let Some(without) = chosen.iter().find(|workload| !has_knob(workload)) {
        let with = workloads(cpus).into_iter().filter(has_knob);
        return Err(UnknownName {
            kind: "comparison with this knob called",
            given: without.name.clone(),
            known: with.map(|workload| workload.name).collect(),
        });
    }
    for workload in &mut chosen {
        workload.sweep = Some(sweep.clone());
    }
    Ok(chosen)
}
