//! Owning descriptors that arrived as numbers.

use std::os::fd::{FromRawFd as _, OwnedFd, RawFd};

/// Takes ownership of descriptors that a message brought.
///
/// `received` must come straight from the kernel's answer to the one call that received them; the
/// only caller is the reader of records with descriptors.
pub(crate) fn own_received(received: Vec<RawFd>) -> Vec<OwnedFd> {
    let own = |fd| {
        // SAFETY: the kernel made this descriptor for the message's receiver, and nobody else has
        // been told its number.
        unsafe { OwnedFd::from_raw_fd(fd) }
    };
    received.into_iter().map(own).collect()
}
