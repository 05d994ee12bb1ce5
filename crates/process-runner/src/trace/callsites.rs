//! The metadata under which workers' events are told to the parent's subscribers.
//!
//! Subscribers filter by target and level and want both as part of a program that never changes. So a
//! target that a worker names is kept for good. Since it is a worker that names it, only so many are kept;
//! later ones appear under [`OTHER_TARGET`], with their own as a field.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, OnceLock, PoisonError};

use tracing::callsite::{self, Callsite};
use tracing::field::FieldSet;
use tracing::metadata::Kind;
use tracing::subscriber::Interest;
use tracing::{Level, Metadata};

use crate::trace::line::number_of;

/// How many targets and levels are kept.
const MOST: usize = 1024;

/// The target of events whose own is not kept.
const OTHER_TARGET: &str = "anypool::worker";

/// The fields of every event, in the order in which the relay gives their values.
const FIELDS: &[&str] = &[
    "message", "worker", "pid", "job", "fields", "location", "target",
];

/// How many fields there are.
pub(super) const FIELD_COUNT: usize = FIELDS.len();

/// Metadata, made known to subscribers.
type Known = &'static Metadata<'static>;

/// All that are kept, by target and level.
#[derive(Default)]
struct Catalogue {
    by_target: HashMap<&'static str, [Option<Known>; 5]>,
    count: usize,
}

static CATALOGUE: LazyLock<Mutex<Catalogue>> = LazyLock::new(Mutex::default);

/// The metadata for events of `target` at `level`, and whether it has that target.
pub(super) fn metadata_of(target: &str, level: Level) -> (Known, bool) {
    let mut catalogue = CATALOGUE.lock().unwrap_or_else(PoisonError::into_inner);
    let fits = catalogue.count < MOST || target == OTHER_TARGET;
    if let Some(known) = catalogue.find(target, level, fits) {
        return (known, true);
    }
    let other = catalogue.find(OTHER_TARGET, level, true);
    (other.unwrap_or_else(|| make(OTHER_TARGET, level)), false)
}

impl Catalogue {
    /// What is known for `target` and `level`; when nothing is and `may_add`, it is from now on.
    fn find(&mut self, target: &str, level: Level, may_add: bool) -> Option<Known> {
        let index = usize::from(number_of(level) - 1);
        let levels = self.by_target.get_mut(target);
        if let Some(known) = levels.as_ref().and_then(|levels| levels[index]) {
            return Some(known);
        }
        if !may_add {
            return None;
        }
        self.count += 1;
        if let Some(levels) = levels {
            let target = levels.iter().flatten().next().map(|known| known.target());
            return target.map(|target| *levels[index].insert(make(target, level)));
        }
        let target: &'static str = Box::leak(target.to_owned().into_boxed_str());
        let known = make(target, level);
        self.by_target.entry(target).or_default()[index] = Some(known);
        Some(known)
    }
}

/// What subscribers know metadata by.
struct Site(OnceLock<Metadata<'static>>);

impl Callsite for Site {
    // Each event asks anew whether it is wanted.
    fn set_interest(&self, _: Interest) {}

    fn metadata(&self) -> &Metadata<'_> {
        self.0.get().expect("it is set before anybody knows of it")
    }
}

fn make(target: &'static str, level: Level) -> Known {
    let site: &'static Site = Box::leak(Box::new(Site(OnceLock::new())));
    let fields = FieldSet::new(FIELDS, callsite::Identifier(site));
    let known = site.0.get_or_init(|| {
        Metadata::new(
            "worker event",
            target,
            level,
            None,
            None,
            None,
            fields,
            Kind::EVENT,
        )
    });
    callsite::register(site);
    known
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_kept_once_and_there_is_an_end_to_it() {
        let (first, own) = metadata_of("program", Level::INFO);
        assert_eq!((first.target(), own), ("program", true));
        let (again, _) = metadata_of("program", Level::INFO);
        assert!(std::ptr::eq(first, again));
        let (debug, _) = metadata_of("program", Level::DEBUG);
        assert_eq!(*debug.level(), Level::DEBUG);
        for number in 0..2 * MOST {
            metadata_of(&number.to_string(), Level::INFO);
        }
        let (other, own) = metadata_of("too many", Level::WARN);
        assert_eq!((other.target(), own), (OTHER_TARGET, false));
        assert_eq!(*other.level(), Level::WARN);
        let (first_again, _) = metadata_of("program", Level::INFO);
        assert!(std::ptr::eq(first, first_again));
        assert!(CATALOGUE.lock().unwrap().count <= MOST + 5);
    }
}
