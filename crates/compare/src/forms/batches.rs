//! Puts work on arms that have so many tasks travel together as was asked for.

use crate::arm::Arm;
use crate::batch::Batch;
use crate::sweep::Knob;
use crate::workload::{Shape, Workload};

/// Gives a workload a form of each arm for each size of batches; its baseline and its control take the first one.
///
/// Arms whose tasks do not travel together stay as they are: one after another, and a process for each task. So do CPython's
/// threads, and all of CPython's where the pool is to find the size itself, which its executors do not do.
pub(super) fn put_on(workload: &mut Workload, batches: &[Batch]) {
    let batches = &distinct(batches);
    let Some(first) = batches.first() else {
        return;
    };
    if let Some(why) = why_not(workload) {
        let note = format!("--batch leaves it as it is: {why}");
        return workload.notes.push(note);
    }
    let mut arms = Vec::with_capacity(workload.arms.len() * batches.len());
    for batch in batches {
        for arm in &workload.arms {
            let form = form(*arm, *batch, batches);
            if !arms.contains(&form) {
                arms.push(form);
            }
        }
    }
    let formed = |arm| form(arm, *first, batches);
    let terms = &mut workload.terms;
    let baseline = terms.baseline.unwrap_or(Arm::Threads);
    terms.baseline = Some(formed(baseline));
    terms.control = terms.control.map(formed);
    if let [only] = batches[..] {
        workload.notes.push(note(only));
    }
    workload.run_on(arms);
}

/// Why nothing of this work travels together; `None` where it does.
fn why_not(workload: &Workload) -> Option<&'static str> {
    let knob = workload.sweep.as_ref().map(|sweep| sweep.knob);
    match workload.shape {
        _ if knob == Some(Knob::Chunk) => Some("it has sizes of its own"),
        Shape::Map { .. } => None,
        _ => Some("its tasks do not travel together"),
    }
}

/// Each size once, in the order in which they were given.
fn distinct(batches: &[Batch]) -> Vec<Batch> {
    let mut distinct = Vec::with_capacity(batches.len());
    for batch in batches {
        if !distinct.contains(batch) {
            distinct.push(*batch);
        }
    }
    distinct
}

/// All forms of an arm, each once.
pub(super) fn forms(arm: Arm, batches: &[Batch]) -> Vec<Arm> {
    let batches = &distinct(batches);
    let mut forms: Vec<Arm> = Vec::with_capacity(batches.len());
    for batch in batches {
        let form = form(arm, *batch, batches);
        if !forms.contains(&form) {
            forms.push(form);
        }
    }
    if forms.is_empty() { vec![arm] } else { forms }
}

/// The form of an arm for one of several sizes: the first that it takes, where it does not take this one.
fn form(arm: Arm, batch: Batch, batches: &[Batch]) -> Arm {
    let mut taken = [batch].into_iter().chain(batches.iter().copied());
    match taken.find(|batch| takes(arm, *batch)) {
        Some(batch) => arm.in_batches(batch, batches.len() > 1),
        None => arm,
    }
}

/// Whether tasks travel together on an arm, and in batches of this size.
fn takes(arm: Arm, batch: Batch) -> bool {
    match arm.twin() {
        // It was asked for by the name of a form.
        _ if arm.batch().is_some() => false,
        Some(way) => way.starts_with("procs") && !batch.is_auto(),
        None => {
            let is_ours = !arm.is_a_tool() && !matches!(arm, Arm::Own(_));
            is_ours && !arm.is_sequential() && !arm.is_a_process_a_task()
        }
    }
}

fn note(batch: Batch) -> String {
    if batch.is_auto() {
        return "the pools find themselves how many tasks travel together; CPython's executors take one at a time"
            .to_owned();
    }
    format!("so many tasks travel together: {batch}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::workloads;

    fn put_on(name: &str, batches: &[&str]) -> Workload {
        let mut found = workloads(2).into_iter().find(|one| one.name == name);
        let mut workload = found.take().unwrap();
        let batches: Vec<Batch> = batches.iter().map(|text| text.parse().unwrap()).collect();
        super::put_on(&mut workload, &batches);
        workload
    }

    fn named(workload: &Workload) -> String {
        let names: Vec<&str> = workload.arms.iter().map(|arm| arm.name()).collect();
        names.join(" ")
    }

    #[test]
    fn each_size_has_its_arms_and_the_first_one_is_what_they_are_divided_by() {
        let overhead = put_on("overhead", &["1", "auto"]);
        assert_eq!(
            named(&overhead),
            "threads@batch-1 pool@batch-1 fork exec threads@batch-auto pool@batch-auto"
        );
        assert_eq!(overhead.baseline().name(), "threads@batch-1");
        assert!(overhead.arms.contains(&overhead.control()));
        assert!(overhead.round > put_on("overhead", &[]).round);
    }

    #[test]
    fn one_size_alone_leaves_the_names_as_they_are() {
        let cpu = put_on("cpu", &["8"]);
        assert_eq!(named(&cpu), named(&put_on("cpu", &[])));
        let told: Vec<bool> = cpu.arms.iter().map(|arm| arm.batch().is_some()).collect();
        assert_eq!(told, [false, true, true]);
        assert_eq!(cpu.notes, ["so many tasks travel together: 8"]);
        assert_eq!(cpu.baseline().batch(), "8".parse().ok());
        assert_eq!(put_on("cpu", &["8", "8"]), cpu);
    }

    #[test]
    fn cpythons_processes_have_sizes_and_find_none_themselves() {
        let both = put_on("python", &["10", "auto"]);
        let names = named(&both);
        assert!(names.contains("py-procs@batch-10 "), "{names}");
        assert!(names.contains("py-procs@spawn@batch-10 "), "{names}");
        assert!(names.contains("py-threads "), "{names}");
        let mut each: Vec<&str> = names.split(' ').collect();
        assert!(!each.contains(&"py-procs") && !names.contains("py-threads@"));
        let count = each.len();
        each.sort_unstable();
        each.dedup();
        assert_eq!(each.len(), count, "{names}");
        let auto = put_on("python", &["auto"]);
        assert!(named(&auto).contains("py-procs "), "{}", named(&auto));
    }

    #[test]
    fn work_without_batches_says_why_it_is_left_as_it_is() {
        for name in ["tutorial", "batching", "faults"] {
            let plain = put_on(name, &[]);
            let asked = put_on(name, &["1", "auto"]);
            assert_eq!(asked.arms, plain.arms);
            let note = asked.notes.last().unwrap();
            assert!(note.starts_with("--batch leaves it as it is: "), "{note}");
        }
    }
}
