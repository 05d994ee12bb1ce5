//! What this crate asks of the C library itself.
//!
//! - [`forks`]: to be told of forks,
//! - [`core_number`]: on which core a thread runs.
#![expect(unsafe_code, reason = "std tells neither of forks nor of cores")]

#[cfg(unix)]
pub(crate) mod forks;
#[cfg(target_os = "linux")]
pub(crate) mod core_number;
