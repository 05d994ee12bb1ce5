//! Arms that are told more than their names say: how many tasks travel together, or which of several CPythons runs them.
//!
//! Where there are several forms of an arm, each has a name of its own: that of the arm, and behind it `@batch-16`,
//! `@batch-auto` or the version of its CPython, as `@3.13`.

use super::Arm;
use super::facts::Facts;
use crate::batch::Batch;

/// One of the arms, told a thing more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Form {
    of: &'static Arm,
    name: &'static str,
    noun: &'static str,
    batch: Option<Batch>,
    python: usize,
}

/// What nouns of CPython's arms begin with.
const CPYTHON: &str = "CPython";

/// What is before the size of its batches in the name of a form.
const BATCH: &str = "batch-";

impl Form {
    /// The form of an arm that is told nothing as yet. Like the names of a person's own programs, it is kept until this
    /// program ends; there are a few.
    fn new(arm: Arm) -> Self {
        match arm {
            Arm::Form(form) => form,
            plain => Self {
                of: Box::leak(Box::new(plain)),
                name: plain.name(),
                noun: plain.noun(),
                batch: None,
                python: 0,
            },
        }
    }

    /// The same under a name of its own.
    fn called(self, suffix: &str, noun: String) -> Self {
        Self {
            name: format!("{}{suffix}", self.name).leak(),
            noun: noun.leak(),
            ..self
        }
    }

    pub(super) fn facts(self) -> Facts {
        Facts {
            name: self.name,
            noun: self.noun,
            side: self.of.side(),
        }
    }
}

impl Arm {
    /// The arm without what it is told beside its name.
    pub(crate) fn plain(self) -> Self {
        match self {
            Self::Form(form) => *form.of,
            plain => plain,
        }
    }

    /// The same, with so many tasks that travel together; one of several forms has a name of its own.
    pub(crate) fn in_batches(self, batch: Batch, is_one_of_several: bool) -> Self {
        let form = Form {
            batch: Some(batch),
            ..Form::new(self)
        };
        let suffix = format!("@{BATCH}{batch}");
        Self::Form(match is_one_of_several {
            true => form.called(&suffix, format!("{}{}", form.noun, told(&suffix))),
            false => form,
        })
    }

    /// The same on a certain one of several CPythons, which is called so.
    pub(crate) fn on_python(self, number: usize, version: &str) -> Self {
        let form = Form {
            python: number,
            ..Form::new(self)
        };
        let noun = form
            .noun
            .replacen(CPYTHON, &format!("{CPYTHON} {version}"), 1);
        Self::Form(form.called(&format!("@{version}"), noun))
    }

    /// How many tasks it has travel together, where it is told.
    pub(crate) fn batch(self) -> Option<Batch> {
        match self {
            Self::Form(form) => form.batch,
            _ => None,
        }
    }

    /// Which of several CPythons runs it; the first one, where it is not told.
    pub(crate) fn python(self) -> usize {
        match self {
            Self::Form(form) => form.python,
            _ => 0,
        }
    }
}

/// What the forms of an arm have behind its name, among the names of the arms there are; nothing for the arm as it is.
pub(crate) fn suffixes<'a>(names: impl Iterator<Item = &'a str>, plain: &str) -> Vec<&'a str> {
    let rests = names.filter_map(|name| name.strip_prefix(plain));
    rests.filter(|rest| is_suffix(rest)).collect()
}

/// The forms of two arms that belong together, by what they have behind their names: the same, or what one has that takes
/// no batches beside another that does.
pub(crate) fn paired<'a>(names: &[&'a str], one: &str, other: &str) -> Vec<[&'a str; 2]> {
    let ones = suffixes(names.iter().copied(), one);
    let others = suffixes(names.iter().copied(), other).into_iter();
    let pairs = others.filter_map(|suffix| {
        let mut fits = [suffix, apart(suffix).0].into_iter();
        Some([fits.find(|fit| ones.contains(fit))?, suffix])
    });
    pairs.collect()
}

/// A name without the size of its batches, and that, which is nothing where it has none.
pub(crate) fn apart(name: &str) -> (&str, &str) {
    name.split_at(name.find(&format!("@{BATCH}")).unwrap_or(name.len()))
}

/// Whether it stands behind the names of forms. Arms have an `@` in names of their own, as `pool@shm`.
fn is_suffix(text: &str) -> bool {
    let is_of_form = |part: &str| {
        part.starts_with(BATCH) || part.starts_with(|letter: char| letter.is_ascii_digit())
    };
    match text.strip_prefix('@') {
        Some(parts) => parts.split('@').all(is_of_form),
        None => text.is_empty(),
    }
}

/// What stands behind the name of a form, as sentences say it.
pub(crate) fn told(suffix: &str) -> String {
    let parts = suffix.split('@').filter(|part| !part.is_empty());
    let told = parts.map(|part| match part.strip_prefix(BATCH) {
        Some("auto") => " in automatic batches".to_owned(),
        Some(size) => format!(" in batches of {size}"),
        None => format!(" {part}"),
    });
    told.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_called_by_what_it_is_told_and_stays_the_arm_that_it_is() {
        let batch: Batch = "16".parse().unwrap();
        let form = Arm::PyProcsSpawn
            .on_python(1, "3.12")
            .in_batches(batch, true);
        assert_eq!(form.name(), "py-procs@spawn@3.12@batch-16");
        assert_eq!(
            form.noun(),
            "CPython 3.12's spawned processes in batches of 16"
        );
        assert_eq!((form.batch(), form.python()), (Some(batch), 1));
        assert_eq!(form.plain(), Arm::PyProcsSpawn);
        assert_eq!(form.twin(), Some("procs@spawn"));
        assert_eq!((Arm::Pool.batch(), Arm::Pool.plain()), (None, Arm::Pool));
        assert!(Arm::PoolGil.in_batches(batch, true).is_locked());
    }

    #[test]
    fn the_only_form_has_the_name_of_the_arm() {
        let only = Arm::Threads.in_batches(Batch::AUTO, false);
        assert_eq!((only.name(), only.noun()), ("threads", "threads"));
        assert_ne!(only, Arm::Threads);
        assert_eq!(only.plain(), Arm::Threads);
    }

    #[test]
    fn forms_are_told_from_other_arms_by_their_names() {
        let names = [
            "pool",
            "pool@shm",
            "pool@batch-1",
            "pool+gil",
            "pool@shm@batch-1",
            "pool@3.12@batch-auto",
            "control",
        ];
        let of = |plain| suffixes(names.into_iter(), plain);
        assert_eq!(of("pool"), ["", "@batch-1", "@3.12@batch-auto"]);
        assert_eq!(of("pool@shm"), ["", "@batch-1"]);
        assert_eq!(of("fork"), [""; 0]);
        let names = ["py-threads@3.12", "py-procs@3.12@batch-10", "py-procs@3.13"];
        let paired = paired(&names, "py-threads", "py-procs");
        assert_eq!(paired, [["@3.12", "@3.12@batch-10"]]);
        assert_eq!(told("@3.12@batch-auto"), " 3.12 in automatic batches");
        assert_eq!(told(""), "");
    }
}
