//! CPython's arms on each of several CPythons.

use std::collections::BTreeSet;

use crate::arm::Arm;
use crate::python::{Python, Pythons};
use crate::workload::Workload;

/// The arm on each of several CPythons, or the arm itself.
pub(super) fn forms(arm: Arm, pythons: &Pythons) -> Vec<Arm> {
    let all = pythons.all_of(arm);
    // A form is one already: it was asked for by its name.
    let is_plain = arm == arm.plain();
    if arm.twin().is_none() || all.len() < 2 || !is_plain {
        return vec![arm];
    }
    let versions = short(all).into_iter().enumerate();
    let forms = versions.map(|(number, version)| arm.on_python(number, &version));
    forms.collect()
}

/// Gives a workload each of CPython's arms once for each CPython; its baseline and its control take the first one.
pub(super) fn put_on(workload: &mut Workload, pythons: &Pythons) {
    let arms = workload.arms.iter();
    let arms: Vec<Arm> = arms.flat_map(|arm| forms(*arm, pythons)).collect();
    if arms == workload.arms {
        return;
    }
    let first = |arm: Arm| forms(arm, pythons).first().copied();
    let terms = &mut workload.terms;
    terms.baseline = terms.baseline.and_then(first);
    terms.control = terms.control.and_then(first);
    workload.run_on(arms);
}

/// The shortest versions that tell several CPythons from each other: of two numbers, of three, or with their place.
fn short(all: &[Python]) -> Vec<String> {
    let of = |numbers: usize| -> Vec<String> {
        let versions = all.iter().map(|python| {
            let version = python.version.split(' ').nth(1).unwrap_or_default();
            let numbers = version.split('.').take(numbers);
            numbers.collect::<Vec<_>>().join(".")
        });
        versions.collect()
    };
    let is_clear = |names: &Vec<String>| BTreeSet::from_iter(names).len() == names.len();
    let numbered = || {
        let names = of(3).into_iter().zip(1..);
        names
            .map(|(name, place)| format!("{name}-{place}"))
            .collect()
    };
    [2, 3]
        .map(of)
        .into_iter()
        .find(is_clear)
        .unwrap_or_else(numbered)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::workloads;

    fn pythons(versions: &[&str], is_free: bool) -> Vec<Python> {
        let python = |version: &&str| Python {
            program: format!("/{version}").into(),
            version: format!("CPython {version}"),
            has_interpreters: false,
            is_free,
        };
        versions.iter().map(python).collect()
    }

    fn two() -> Pythons {
        Pythons {
            usual: pythons(&["3.12.1", "3.13.0"], false),
            free: pythons(&["3.13.0 (free-threaded)"], true),
        }
    }

    #[test]
    fn versions_are_as_short_as_they_can_be() {
        let told = |versions: &[&str]| short(&pythons(versions, false)).join(" ");
        assert_eq!(told(&["3.12.1", "3.13.0"]), "3.12 3.13");
        assert_eq!(told(&["3.13.1", "3.13.0"]), "3.13.1 3.13.0");
        assert_eq!(told(&["3.13.0", "3.13.0"]), "3.13.0-1 3.13.0-2");
    }

    #[test]
    fn only_what_has_several_has_forms() {
        let names =
            |arm| -> Vec<&str> { forms(arm, &two()).iter().map(|arm| arm.name()).collect() };
        assert_eq!(
            names(Arm::PyProcsSpawn),
            ["py-procs@spawn@3.12", "py-procs@spawn@3.13"]
        );
        assert_eq!(names(Arm::PyThreadsFree), ["py-threads-ft"]);
        assert_eq!(names(Arm::Pool), ["pool"]);
    }

    #[test]
    fn a_comparison_has_cpythons_arms_once_for_each() {
        let named = |name: &str| {
            let mut found = workloads(2).into_iter().find(|one| one.name == name);
            let mut workload = found.take().unwrap();
            workload.terms.baseline = Some(Arm::PyProcs);
            put_on(&mut workload, &two());
            workload
        };
        let gil = named("gil");
        let names: Vec<&str> = gil.arms.iter().map(|arm| arm.name()).collect();
        let names = names.join(" ");
        let expected = "py-threads@3.12 py-threads@3.13 py-threads-ft py-procs@3.12 py-procs@3.13";
        assert!(names.contains(expected), "{names}");
        assert_eq!(gil.baseline().name(), "py-procs@3.12");
        // It has none of them.
        assert_eq!(named("cpu").baseline(), Arm::PyProcs);
    }
}
