//! What is made once, before anything else runs: a worker's state.

use std::any::Any;
use std::io::{self, Write as _};
use std::os::fd::OwnedFd;

use anypool_core::MAX_PAYLOAD_BYTES;

use crate::sealed;
use crate::sys::entry::init_entry_at;
use crate::sys::identity::Identity;
use crate::sys::process::exit_now;

/// Runs the initializer at `address` on its sealed input.
///
/// # Errors
///
/// The initializer's own words, its panic, or why it could not be called.
pub(crate) fn run(address: u64, input: OwnedFd) -> Result<Box<dyn Any>, String> {
    let entry = init_entry_at(address).ok_or("there is no such initializer")?;
    let input = sealed::read(input, MAX_PAYLOAD_BYTES);
    let input = input.map_err(|error| format!("its input cannot be read: {error}"))?;
    let identity = Identity::of_this_process();
    let made = entry.make(&input);
    if identity.is_copied() {
        // It has forked, and this is the copy, which is to be neither a second worker nor a second template.
        exit_now(0);
    }
    // What it printed is out before anybody is told how it ended.
    let _ = io::stdout().flush();
    made
}
