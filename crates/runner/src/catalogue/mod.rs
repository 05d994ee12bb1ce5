//! The tasks that ship with the runners.
//!
//! Every one gives the same value on every run, says what it spends its time on, looks at `ctx.checkpoint()` in its
//! loops, waits inside `ctx.blocking`, and writes by `ctx.out()` and `ctx.err()` alone.
//!
//! - [`kind`] is what is known about a task before it runs,
//! - [`waiting`] has `sleep`,
//! - [`tutorial`] has `worker`, `square`,
//! - [`computing`] has `noop`, `spin`, `primes`,
//! - [`fault`] has `panic`, `abort`, `segv`, `exit`, `hang`,
//! - [`call`] runs any of them on a worker.

pub(crate) mod kind;
mod waiting;
mod tutorial;
mod computing;
mod fault;
pub(crate) mod call;

use kind::Kind;

/// All tasks, in the order in which they are listed.
static KINDS: [&Kind; 11] = [
    &tutorial::WORKER,
    &tutorial::SQUARE,
    &computing::NOOP,
    &waiting::SLEEP,
    &computing::SPIN,
    &computing::PRIMES,
    &fault::PANIC,
    &fault::ABORT,
    &fault::SEGV,
    &fault::EXIT,
    &fault::HANG,
];

impl Kind {
    /// All tasks, in the order in which they are listed.
    pub fn all() -> impl Iterator<Item = &'static Self> {
        KINDS.into_iter()
    }

    /// The task of this name.
    #[must_use]
    pub fn find(name: &str) -> Option<&'static Self> {
        Self::all().find(|kind| kind.name == name)
    }
}

#[cfg(test)]
mod tests;
