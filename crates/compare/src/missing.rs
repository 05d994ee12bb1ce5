//! Arms that cannot run on this machine, or not with this work: they are taken out, and the report says why.

use crate::python::{Python, left_out};
use crate::workload::{Shape, Workload};

/// Takes out the arms that cannot run here, and says why.
pub(crate) fn leave_out(workload: &mut Workload, python: Option<&Python>) {
    let is_program = match workload.shape {
        // Programs of one's own may take any arm's part.
        Shape::Programs(_) => return,
        Shape::Exec { .. } => true,
        Shape::Spawn { .. } | Shape::Map { .. } | Shape::Faults => false,
    };
    let mut notes = Vec::new();
    workload.arms.retain(|arm| {
        let why = match arm.twin() {
            Some(_) if is_program => Some(format!(
                "{arm} is left out: CPython's twins run tasks, and this is a program"
            )),
            _ => left_out(*arm, python),
        };
        let stays = why.is_none();
        notes.extend(why);
        stays
    });
    workload.notes.extend(notes);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arm::Arm;
    use crate::catalogue::workloads;

    fn gil() -> Workload {
        let found = workloads(2).into_iter().find(|one| one.name == "gil");
        found.unwrap()
    }

    #[test]
    fn arms_that_cannot_run_here_are_left_out_and_named() {
        let mut gil = gil();
        leave_out(&mut gil, None);
        assert!(gil.arms.iter().all(|arm| arm.twin().is_none()));
        assert!(gil.arms.contains(&Arm::ThreadsGil));
        assert_eq!(gil.notes.len(), 3, "{:?}", gil.notes);
    }

    #[test]
    fn twins_run_no_programs_and_programs_of_ones_own_run_as_anything() {
        let mut exec = gil();
        exec.shape = Shape::Exec {
            command: vec!["true".to_owned()],
            inputs: vec!["1".to_owned()],
            workers: 1,
        };
        leave_out(&mut exec, None);
        assert!(
            exec.notes[0].contains("this is a program"),
            "{:?}",
            exec.notes
        );
        let mut own = gil();
        own.shape = Shape::Programs(Vec::new());
        leave_out(&mut own, None);
        assert_eq!((own.arms, own.notes.len()), (gil().arms, 0));
    }
}
