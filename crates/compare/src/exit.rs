//! What the exit codes of a comparison mean; the runners use the same numbers.

use std::io;

/// An exit code of `cargo xtask compare`.
///
/// ```
/// assert_eq!(anypool_compare::Exit::DifferentAnswers.code(), 6);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// The command line names something that does not exist.
    Usage,
    /// A gate is violated.
    GateViolated,
    /// There is no verdict where one is required.
    Inconclusive,
    /// Two arms returned different results.
    DifferentAnswers,
    /// Something that the command line or a file names is missing: a program, a Python.
    Missing,
    /// A comparison's file is not as it has to be.
    File,
    /// A runner could not be built or started, failed, or hung.
    Internal,
    /// The report cannot be written.
    Output,
    /// The reader of the standard output went away. Said by the code alone, without a message.
    ReaderGone,
    /// A signal ended it.
    Stopped {
        /// The signal's number.
        signal: usize,
    },
}

impl Exit {
    /// The exit code for a standard output that cannot be written.
    pub fn of_print(error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self::ReaderGone,
            _ => Self::Output,
        }
    }

    /// The number that the shell sees.
    pub fn code(self) -> u8 {
        match self {
            Self::Usage => 2,
            Self::GateViolated => 3,
            Self::Inconclusive => 5,
            Self::DifferentAnswers => 6,
            Self::File => 65,
            Self::Missing => 69,
            Self::Internal => 70,
            Self::Output => 74,
            // As shells report deaths by a signal: 128 and its number, which is that of a broken pipe.
            Self::ReaderGone => 141,
            // As shells report deaths by a signal: 128 and its number.
            Self::Stopped { signal } => u8::try_from(128 + signal).unwrap_or(u8::MAX),
        }
    }
}
