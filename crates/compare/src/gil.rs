//! Whether work is run with the modelled global lock, without it, or both ways.

use crate::arm::Arm;
use crate::nearest::{UnknownName, named};
use crate::workload::{Shape, Workload};

/// Which forms of the arms run; without one, those that a comparison has by itself.
///
/// ```
/// use anypool_compare::Gil;
///
/// assert_eq!(Gil::parse("both"), Ok(Gil::Both));
/// assert!(Gil::parse("yes").is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gil {
    /// Without the lock.
    Off,
    /// With the lock.
    On,
    /// Each arm in both forms.
    Both,
}

impl Gil {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Off, Self::On, Self::Both];

    /// The name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::On => "on",
            Self::Both => "both",
        }
    }

    /// Finds the one of that name.
    ///
    /// # Errors
    ///
    /// Fails when there is none.
    pub fn parse(name: &str) -> Result<Self, UnknownName> {
        named("choice for the lock", &Self::ALL, Self::name, name)
    }

    /// Gives a workload the forms of its arms that are asked for; its baseline and its control take the same form.
    ///
    /// CPython's arms have the lock that their CPython has, and stay as they are. So does work that knows nothing of a lock.
    pub(crate) fn put_on(self, workload: &mut Workload) {
        if !matches!(workload.shape, Shape::Spawn { .. } | Shape::Map { .. }) {
            if self != Self::Off {
                let note = "it is run without the lock, of which it knows nothing";
                workload.notes.push(note.to_owned());
            }
            return;
        }
        let mut arms = Vec::with_capacity(workload.arms.len());
        for form in self.forms() {
            for arm in &workload.arms {
                match form(*arm) {
                    Some(arm) if !arms.contains(&arm) => arms.push(arm),
                    Some(_) => {}
                    None => workload.notes.push(format!(
                        "{arm} is left out: there is no form of it with the lock"
                    )),
                }
            }
        }
        let baseline = workload.baseline();
        workload.run_on(arms);
        if let [form] = self.forms()[..] {
            let terms = &mut workload.terms;
            terms.baseline = form(baseline);
            terms.control = terms.control.and_then(form);
        }
    }

    /// What makes an arm one of the forms that run.
    fn forms(self) -> Vec<fn(Arm) -> Option<Arm>> {
        match self {
            Self::Off => vec![without],
            Self::On => vec![with],
            Self::Both => vec![without, both],
        }
    }
}

const SUFFIX: &str = "+gil";

/// The arm without the lock.
fn without(arm: Arm) -> Option<Arm> {
    let plain = arm.name().strip_suffix(SUFFIX).unwrap_or(arm.name());
    let mut all = Arm::EVERY.into_iter();
    Some(all.find(|one| one.name() == plain).unwrap_or(arm))
}

/// The arm with the lock, where there is one; CPython's is its own.
fn with(arm: Arm) -> Option<Arm> {
    if arm.is_locked() || arm.twin().is_some() {
        return Some(arm);
    }
    let name = format!("{}{SUFFIX}", arm.name());
    Arm::EVERY.into_iter().find(|one| one.name() == name)
}

/// The arm with the lock, or the arm itself, which is there already.
fn both(arm: Arm) -> Option<Arm> {
    Some(with(arm).unwrap_or(arm))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::workloads;

    fn put_on(gil: Gil, name: &str) -> Workload {
        let mut found = workloads(2).into_iter().find(|one| one.name == name);
        let mut workload = found.take().unwrap();
        gil.put_on(&mut workload);
        workload
    }

    fn named(workload: &Workload) -> Vec<&str> {
        workload.arms.iter().map(|arm| arm.name()).collect()
    }

    #[test]
    fn arms_take_the_form_that_is_asked_for_and_so_does_what_they_are_divided_by() {
        let plain = put_on(Gil::Off, "cpu");
        let locked = put_on(Gil::On, "cpu");
        assert!(plain.arms.iter().all(|arm| !arm.is_locked()));
        assert!(named(&locked).starts_with(&["seq+gil", "threads+gil", "pool+gil"]));
        assert_eq!(plain.baseline(), Arm::Threads);
        assert_eq!(locked.baseline(), Arm::ThreadsGil);
        assert!(locked.arms.contains(&locked.control()));
        let both = put_on(Gil::Both, "cpu");
        assert_eq!(
            both.arms,
            [plain.arms.as_slice(), locked.arms.as_slice()].concat()
        );
        assert_eq!(both.baseline(), Arm::Threads);
        assert!(both.round > plain.round);
    }

    #[test]
    fn a_comparison_of_both_forms_keeps_one_and_cpythons_arms() {
        let names = |gil| named(&put_on(gil, "gil")).join(" ");
        let (plain, locked) = (names(Gil::Off), names(Gil::On));
        assert!(
            !plain.contains(SUFFIX) && plain.contains("py-threads"),
            "{plain}"
        );
        assert!(
            locked.contains("threads+gil") && locked.contains("py-threads"),
            "{locked}"
        );
        assert!(!locked.split(' ').any(|name| name == "threads"), "{locked}");
    }

    #[test]
    fn an_arm_without_such_a_form_is_left_out_and_named() {
        let transports = put_on(Gil::On, "transports");
        let note = "pool@pipe is left out: there is no form of it with the lock";
        assert!(
            transports.notes.iter().any(|one| one == note),
            "{:?}",
            transports.notes
        );
    }

    #[test]
    fn what_knows_nothing_of_a_lock_is_run_as_it_is() {
        let (faults, plain) = (put_on(Gil::On, "faults"), put_on(Gil::Off, "faults"));
        assert_eq!(faults.arms, plain.arms);
        assert_eq!(faults.notes.len(), plain.notes.len() + 1);
    }
}
