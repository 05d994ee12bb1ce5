//! The ways to run a workload.
//!
//! - [`facts`] is what is known of each;
//! - [`form`] is an arm that is told more than its name says.

mod facts;
mod form;

use std::fmt;

use crate::nearest::{UnknownName, named};
use crate::report::{ArmInfo, Side};

use facts::Facts;
pub use form::Form;
pub(crate) use form::{apart, paired, suffixes, told};

/// The name of the baseline when it runs once more in a round, to measure the noise.
pub(crate) const CONTROL: &str = "control";

/// One way to run a workload.
///
/// ```
/// use anypool_compare::Arm;
///
/// assert_eq!(Arm::parse("pool"), Ok(Arm::Pool));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Arm {
    /// No pool: one job after another on the caller's thread.
    Seq,
    /// A pool of threads.
    Threads,
    /// A pool of processes that are forked before the work comes.
    Pool,
    /// The same, with frames in pipes.
    PoolPipe,
    /// The same, with messages of ipc-channel.
    PoolIpc,
    /// The same, with shared memory.
    PoolShm,
    /// A process for each task, forked for it.
    Fork,
    /// A pool of processes that are forked from the program as it is, with all that it has in memory.
    PoolParent,
    /// A process for each task, forked from the program as it is.
    ForkParent,
    /// A process for each task, in which the program is started anew.
    Exec,
    /// No pool, behind a modelled global lock that nobody else wants.
    SeqGil,
    /// Threads that share a modelled global lock.
    ThreadsGil,
    /// Processes that have a modelled global lock each.
    PoolGil,
    /// A forked process for each task, with such a lock.
    ForkGil,
    /// A process that is started anew for each task, with such a lock.
    ExecGil,
    /// CPython's threads.
    PyThreads,
    /// Threads of a CPython that is built without a global lock.
    PyThreadsFree,
    /// CPython's processes, started as this version of it does.
    PyProcs,
    /// CPython's processes, forked.
    PyProcsFork,
    /// CPython's processes, started anew.
    PyProcsSpawn,
    /// CPython's processes, forked by a server.
    PyProcsForkserver,
    /// CPython's interpreters, several of them in one process.
    PyInterp,
    /// `xargs`, for programs.
    Xargs,
    /// GNU parallel, for programs.
    Parallel,
    /// A program of a person's own, under a name of its own.
    Own(Own),
    /// One of the others, told a thing more.
    Form(Form),
}

/// A program of a person's own, as tables and sentences call it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Own {
    name: &'static str,
    noun: &'static str,
    side: Side,
}

impl Arm {
    /// The arms that every workload has, the plainest first.
    pub const ALL: [Self; 3] = [Self::Seq, Self::Threads, Self::Pool];

    /// Every arm there is.
    pub const EVERY: [Self; 24] = [
        Self::Seq,
        Self::Threads,
        Self::Pool,
        Self::PoolPipe,
        Self::PoolIpc,
        Self::PoolShm,
        Self::Fork,
        Self::PoolParent,
        Self::ForkParent,
        Self::Exec,
        Self::SeqGil,
        Self::ThreadsGil,
        Self::PoolGil,
        Self::ForkGil,
        Self::ExecGil,
        Self::PyThreads,
        Self::PyThreadsFree,
        Self::PyProcs,
        Self::PyProcsFork,
        Self::PyProcsSpawn,
        Self::PyProcsForkserver,
        Self::PyInterp,
        Self::Xargs,
        Self::Parallel,
    ];

    /// The name on the command line, in tables and in reports.
    pub fn name(self) -> &'static str {
        self.facts().name
    }

    /// What kind of workers it has.
    pub fn side(self) -> Side {
        self.facts().side
    }

    /// An arm for a program of a person's own.
    ///
    /// Its name is kept until this program ends, so that arms stay as small as numbers; a file has a few.
    pub(crate) fn own(name: &str, side: Side) -> Self {
        let noun = format!("runs of {name}");
        Self::Own(Own {
            name: name.to_owned().leak(),
            noun: noun.leak(),
            side,
        })
    }

    /// What a sentence calls it.
    pub fn noun(self) -> &'static str {
        self.facts().noun
    }

    /// What CPython's twins call it; `None` for an arm of ours.
    pub(crate) fn twin(self) -> Option<&'static str> {
        match self.plain() {
            Self::Own(_) => None,
            plain => plain.name().strip_prefix("py-"),
        }
    }

    /// Whether it has the modelled global lock.
    pub(crate) fn is_locked(self) -> bool {
        self.plain().name().ends_with("+gil")
    }

    /// Whether it has a process of its own for each task.
    pub(crate) fn is_a_process_a_task(self) -> bool {
        matches!(
            self.plain(),
            Self::Fork | Self::ForkParent | Self::Exec | Self::ForkGil | Self::ExecGil
        )
    }

    /// Whether its processes are forked from the program with all that it has in memory, and not from the small server
    /// that was forked before that was there.
    pub(crate) fn is_forked_from_the_program(self) -> bool {
        matches!(self.plain(), Self::PoolParent | Self::ForkParent)
    }

    /// Whether it is a program of others, which runs programs alone.
    pub(crate) fn is_a_tool(self) -> bool {
        matches!(self, Self::Xargs | Self::Parallel)
    }

    /// Whether it runs one task after another, without a pool.
    pub(crate) fn is_sequential(self) -> bool {
        self.facts().side == Side::Sequential
    }

    /// What a report says of it; `command` is its command line.
    pub(crate) fn info(self, command: String) -> ArmInfo {
        let Facts { name, noun, side } = self.facts();
        ArmInfo {
            name: name.to_owned(),
            noun: noun.to_owned(),
            side,
            control_of: None,
            command,
        }
    }

    /// Finds the arm of that name, which has no form.
    ///
    /// # Errors
    ///
    /// Fails when there is none.
    pub fn parse(name: &str) -> Result<Self, UnknownName> {
        let known = || Self::EVERY.map(|arm| arm.name().to_owned()).to_vec();
        let found = Self::EVERY.into_iter().find(|arm| arm.name() == name);
        found.ok_or_else(|| UnknownName {
            kind: "arm",
            given: name.to_owned(),
            known: known(),
        })
    }
}

impl Arm {
    /// Finds the program of others of that name.
    ///
    /// # Errors
    ///
    /// Fails when there is none.
    pub fn parse_tool(name: &str) -> Result<Self, UnknownName> {
        named("tool", &[Self::Xargs, Self::Parallel], Self::name, name)
    }
}

impl fmt::Display for Arm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_arm_is_found_by_its_name() {
        for arm in Arm::EVERY {
            assert_eq!(Arm::parse(arm.name()), Ok(arm));
        }
        assert_eq!(Arm::PyProcsSpawn.twin(), Some("procs@spawn"));
        assert_eq!(Arm::Pool.twin(), None);
        let names = Arm::EVERY.map(Arm::name);
        let each: std::collections::BTreeSet<_> = names.into_iter().collect();
        assert_eq!(each.len(), Arm::EVERY.len());
    }

    #[test]
    fn a_program_of_ones_own_is_called_as_its_file_calls_it() {
        let own = Arm::own("py-fast", Side::Threads);
        assert_eq!((own.name(), own.noun()), ("py-fast", "runs of py-fast"));
        assert_eq!((own.side(), own.twin()), (Side::Threads, None));
    }
}
