//! Starting a program with a limit on its memory.

use std::io;
use std::os::unix::process::CommandExt as _;
use std::process::Command;

use nix::sys::resource::{Resource, setrlimit};

/// Limits the address space of the program that `command` starts to so many bytes.
///
/// A program with a limit is started by a plain fork, which costs more than the start of one without.
#[expect(
    unsafe_code,
    reason = "a limit is set between fork and exec, by code of ours in the child"
)]
pub(crate) fn limit_memory(command: &mut Command, bytes: u64) {
    let limit = move || setrlimit(Resource::RLIMIT_AS, bytes, bytes).map_err(io::Error::from);
    // SAFETY: between fork and exec only calls that are safe in a signal handler may be made; this is one system call,
    // it takes no lock and allocates nothing: an errno becomes an error without a heap.
    unsafe { command.pre_exec(limit) };
}
