//! Arms that cannot run on this machine, or not with this work: they are taken out, and the report says why.

use crate::arm::Arm;
use crate::options::Options;
use crate::program::missing;
use crate::python::left_out;
use crate::sweep::Knob;
use crate::workload::{Shape, Workload};

/// What stands between an arm and why it cannot run here.
pub(crate) const LEFT_OUT: &str = " is left out: ";

/// Why an arm cannot run here, whatever the work; `None` where it can.
pub(crate) fn not_here(arm: Arm, options: &Options) -> Option<String> {
    left_out(arm, &options.pythons).or_else(|| options.tools.left_out(arm))
}

/// Why an arm cannot run this work here; `None` where it can.
fn why_not(arm: Arm, workload: &Workload, options: &Options) -> Option<String> {
    let (shape, sweep) = (&workload.shape, workload.sweep.as_ref());
    let is_of_parents = sweep.is_some_and(|sweep| sweep.knob == Knob::Parent);
    let of_shape = match shape {
        _ if is_of_parents && arm.twin().is_some() => {
            Some("CPython's twins are as large as they are")
        }
        // Programs of one's own may take any arm's part.
        Shape::Programs(_) => return not_found(arm, shape),
        Shape::Exec { .. } => with_programs(arm),
        _ if arm.is_a_tool() => Some("it runs programs, and this is a task"),
        Shape::Spawn { .. } if arm.is_a_process_a_task() => {
            Some("`pool` starts a process for each task of `spawn` as it is")
        }
        Shape::Spawn { .. } | Shape::Map { .. } | Shape::Faults => None,
    };
    of_shape
        .map(str::to_owned)
        .or_else(|| not_found(arm, shape))
        .or_else(|| not_here(arm, options))
}

fn not_found(arm: Arm, shape: &Shape) -> Option<String> {
    let program = missing(arm, shape)?;
    Some(format!("the program `{program}` was not found"))
}

/// Why an arm makes no sense with programs instead of tasks.
fn with_programs(arm: Arm) -> Option<&'static str> {
    match arm.plain() {
        Arm::Seq | Arm::Threads | Arm::Pool | Arm::Xargs | Arm::Parallel => None,
        _ if arm.twin().is_some() => Some("CPython's twins run tasks, and this is a program"),
        _ if arm.is_locked() => Some("a program knows nothing of the lock"),
        _ => Some("a program is a process of its own already"),
    }
}

/// Takes out the arms that cannot run here, and says why.
pub(crate) fn leave_out(workload: &mut Workload, options: &Options) {
    let mut arms = std::mem::take(&mut workload.arms);
    arms.retain(|arm| match why_not(*arm, workload, options) {
        None => true,
        Some(why) => {
            workload.notes.push(format!("{arm}{LEFT_OUT}{why}"));
            false
        }
    });
    workload.arms = arms;
}

/// Drops workloads of which no arm has its program here, where there are others, whose report says so.
pub(crate) fn drop_what_cannot_run(chosen: &mut Vec<Workload>) {
    let program_of_none = |workload: &Workload| {
        let mut arms = workload.arms.iter();
        let first = missing(*arms.next()?, &workload.shape)?.to_owned();
        let is_gone = arms.all(|arm| missing(*arm, &workload.shape).is_some());
        is_gone.then_some(first)
    };
    let (gone, mut here): (Vec<Workload>, Vec<Workload>) = std::mem::take(chosen)
        .into_iter()
        .partition(|workload| program_of_none(workload).is_some());
    let Some(first) = here.first_mut() else {
        *chosen = gone;
        return;
    };
    for workload in gone {
        let program = program_of_none(&workload).unwrap_or_default();
        let name = workload.name;
        let note =
            format!("the comparison `{name}` is left out: the program `{program}` was not found");
        first.notes.push(note);
    }
    *chosen = here;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::workloads;

    fn named(name: &str) -> Workload {
        let found = workloads(2).into_iter().find(|one| one.name == name);
        found.unwrap()
    }

    #[test]
    fn arms_that_cannot_run_here_are_left_out_and_named() {
        let mut gil = named("gil");
        leave_out(&mut gil, &Options::default());
        assert!(gil.arms.iter().all(|arm| arm.twin().is_none()));
        assert!(gil.arms.contains(&Arm::ThreadsGil));
        assert_eq!(gil.notes.len(), 4, "{:?}", gil.notes);
    }

    #[test]
    fn twins_run_no_programs_and_programs_of_ones_own_run_as_anything() {
        let gil = named("gil");
        let mut exec = gil.clone();
        exec.shape = Shape::Exec {
            command: vec!["true".to_owned()],
            inputs: vec!["1".to_owned()],
            workers: 1,
        };
        leave_out(&mut exec, &Options::default());
        assert_eq!(exec.arms, Arm::ALL);
        assert!(
            exec.notes.iter().any(|note| note.contains("is a program")),
            "{:?}",
            exec.notes
        );
        let mut own = gil.clone();
        own.shape = Shape::Programs(Vec::new());
        leave_out(&mut own, &Options::default());
        assert_eq!((own.arms, own.notes.len()), (gil.arms, 0));
    }

    #[test]
    fn twins_are_not_made_larger() {
        let mut gil = named("gil");
        gil.sweep = Some("parent=0,64".parse().unwrap());
        leave_out(&mut gil, &Options::default());
        let note = gil
            .notes
            .iter()
            .find(|note| note.starts_with("py-threads "));
        assert_eq!(
            note.unwrap(),
            "py-threads is left out: CPython's twins are as large as they are"
        );
    }

    #[test]
    fn spawn_has_a_process_for_each_task_already() {
        let mut tutorial = named("tutorial");
        tutorial.arms = vec![Arm::Threads, Arm::Pool, Arm::Fork, Arm::ExecGil];
        leave_out(&mut tutorial, &Options::default());
        assert_eq!(tutorial.arms, [Arm::Threads, Arm::Pool]);
        assert!(
            tutorial.notes[1].starts_with("exec+gil is left out: `pool`"),
            "{:?}",
            tutorial.notes
        );
    }
}
