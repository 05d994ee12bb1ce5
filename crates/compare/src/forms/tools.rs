//! The programs of others that were asked for, beside our arms.

use crate::arm::Arm;
use crate::workload::{Shape, Workload};

/// Gives a workload that runs programs these tools, instead of those that it has.
pub(super) fn put_on(workload: &mut Workload, tools: &[Arm]) {
    if !matches!(workload.shape, Shape::Exec { .. }) {
        let note = "--tools leaves it as it is: they run programs, and it has none to run";
        return workload.notes.push(note.to_owned());
    }
    let ours = workload.arms.iter().copied();
    let ours = ours.filter(|arm| !arm.is_a_tool());
    let mut arms: Vec<Arm> = ours.collect();
    for tool in tools {
        if !arms.contains(tool) {
            arms.push(*tool);
        }
    }
    workload.run_on(arms);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::workloads;

    fn put_on(name: &str, tools: &[Arm]) -> Workload {
        let mut found = workloads(2).into_iter().find(|one| one.name == name);
        let mut workload = found.take().unwrap();
        super::put_on(&mut workload, tools);
        workload
    }

    #[test]
    fn the_tools_that_are_asked_for_stand_beside_ours() {
        let ours = [Arm::Seq, Arm::Threads, Arm::Pool].as_slice();
        let only = put_on("tools", &[Arm::Xargs, Arm::Xargs]);
        assert_eq!(only.arms, [ours, &[Arm::Xargs]].concat());
        assert_eq!(put_on("tools", &[]).arms, ours);
    }

    #[test]
    fn work_that_is_no_program_says_that_it_is_left_as_it_is() {
        let cpu = put_on("cpu", &[Arm::Parallel]);
        assert!(!cpu.arms.contains(&Arm::Parallel));
        assert!(
            cpu.notes[0].starts_with("--tools leaves it as it is"),
            "{:?}",
            cpu.notes
        );
    }
}
