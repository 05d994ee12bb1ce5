//! A worker's environment variables.

use std::ffi::{OsStr, OsString};

/// Sets the variable, or removes it for `None`.
///
/// Only a worker calls this, before its first job and while it has one thread.
pub(crate) fn set_variable(name: &OsStr, value: Option<&OsString>) {
    match value {
        // SAFETY: the process has one thread, so nobody reads the environment meanwhile.
        Some(value) => unsafe { std::env::set_var(name, value) },
        // SAFETY: as above.
        None => unsafe { std::env::remove_var(name) },
    }
}
