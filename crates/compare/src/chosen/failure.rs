//! Why nothing is planned.

use crate::arm::Arm;
use crate::exit::Exit;
use crate::nearest::UnknownName;

/// Why nothing is planned.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PlanError {
    /// A name stands for nothing.
    #[error(transparent)]
    Name(#[from] UnknownName),
    /// An arm was asked for and cannot run here.
    #[error(
        "`{arm}` cannot run here: {why}\nhelp: leave it out, or let --skip-missing do so with all that cannot run here"
    )]
    Missing {
        /// The arm.
        arm: Arm,
        /// Why not.
        why: String,
    },
    /// A program that a file names is not here.
    #[error(
        "`{workload}` needs the program `{program}`, which was not found\n\
         help: build or install it; --skip-missing leaves out what needs it, where something is left"
    )]
    Program {
        /// What needs it.
        workload: String,
        /// The program, as the file names it.
        program: String,
    },
    /// There is not enough memory for anything of a workload.
    #[error(
        "`{workload}` needs more memory than there is: {why}\nhelp: free some, or choose smaller places, as with \
         --sweep parent=0,16"
    )]
    Room {
        /// The workload.
        workload: String,
        /// Why its last place was left out.
        why: String,
    },
    /// Two flags say how many tasks travel together.
    #[error(
        "`--batch` and `--sweep chunk` both say how many tasks travel together\nhelp: give one of them: `--batch` \
         compares sizes in the same rounds, `--sweep chunk` draws them along an axis"
    )]
    Batches,
    /// No workload is as was asked for.
    #[error(
        "there is no comparison with {0}\nhelp: `cargo xtask compare list` shows what each of them runs"
    )]
    Nothing(String),
}

impl PlanError {
    /// The exit code for it.
    pub fn exit(&self) -> Exit {
        match self {
            Self::Missing { .. } | Self::Program { .. } | Self::Room { .. } => Exit::Missing,
            Self::Name(_) | Self::Nothing(_) | Self::Batches => Exit::Usage,
        }
    }
}
