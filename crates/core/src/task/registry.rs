//! Finding tasks by name, for workers and callers that do not share a program image.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use crate::task::contract::Task;
use crate::task::entry::TaskEntry;

/// Named tasks; made by [`registry!`](crate::registry!).
#[derive(Clone, Debug, Default)]
pub struct Registry {
    entries: BTreeMap<&'static str, &'static TaskEntry>,
}

/// A task that cannot be registered.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RegistryError {
    /// Two tasks have the same name.
    #[error("two tasks are named `{name}`: rename one with task!(\"other\" => function)")]
    Duplicate {
        /// The name.
        name: &'static str,
    },
    /// The task has no name.
    #[error("`{type_name}` has no name: register it as task!({type_name})")]
    Unnamed {
        /// The task's Rust type.
        type_name: &'static str,
    },
}

impl Registry {
    /// A registry without tasks.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds `task`.
    ///
    /// # Errors
    ///
    /// When the task has no name, or the name is taken.
    pub fn add<T: Task>(&mut self, task: T) -> Result<(), RegistryError> {
        let entry = TaskEntry::of(task);
        let Some(name) = entry.name() else {
            return Err(RegistryError::Unnamed {
                type_name: entry.label(),
            });
        };
        match self.entries.entry(name) {
            Entry::Vacant(place) => place.insert(entry),
            Entry::Occupied(_) => return Err(RegistryError::Duplicate { name }),
        };
        Ok(())
    }

    /// With `task` added.
    ///
    /// # Panics
    ///
    /// When the task has no name, or the name is taken.
    #[must_use]
    pub fn with<T: Task>(mut self, task: T) -> Self {
        if let Err(error) = self.add(task) {
            panic!("{error}");
        }
        self
    }

    /// The task of this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&'static TaskEntry> {
        self.entries.get(name).copied()
    }

    /// All tasks, by name.
    pub fn iter(&self) -> impl Iterator<Item = &'static TaskEntry> {
        self.entries.values().copied()
    }

    /// What two programs compare to know that they mean the same tasks: a line a task, with its
    /// name and the Rust types of input and output.
    #[must_use]
    pub fn table(&self) -> String {
        let line = |entry: &TaskEntry| {
            let (input, output) = entry.signature();
            format!("{}({input}) -> {output}\n", entry.label())
        };
        self.iter().map(line).collect()
    }
}

/// Collects named tasks: `registry![square, "math.cube" => cube]`.
///
/// # Panics
///
/// When two tasks have the same name.
///
/// ```
/// use anypool_core::registry;
///
/// fn square(n: u64) -> u64 {
///     n * n
/// }
///
/// let tasks = registry![square, "cube" => |n: u64| n * n * n];
/// assert!(tasks.get("cube").is_some());
/// assert_eq!(tasks.table(), "cube(u64) -> u64\nsquare(u64) -> u64\n");
/// ```
#[macro_export]
macro_rules! registry {
    (@with [$registry:expr]) => { $registry };
    (@with [$registry:expr] $name:literal => $function:expr $(, $($rest:tt)*)?) => {
        $crate::registry!(@with [$registry.with($crate::task!($name => $function))] $($($rest)*)?)
    };
    (@with [$registry:expr] $function:ident $(, $($rest:tt)*)?) => {
        $crate::registry!(@with [$registry.with($crate::task!($function))] $($($rest)*)?)
    };
    ($($tasks:tt)*) => {
        $crate::registry!(@with [$crate::Registry::new()] $($tasks)*)
    };
}

#[cfg(test)]
mod tests {
    fn square(n: u64) -> u64 {
        n * n
    }

    #[test]
    fn an_empty_registry_knows_no_task() {
        assert_eq!(crate::registry![].iter().count(), 0);
    }

    #[test]
    #[should_panic(expected = "two tasks are named `square`")]
    fn a_name_can_be_given_once() {
        let _ = crate::registry![square, "square" => |n: u64| n];
    }
}
