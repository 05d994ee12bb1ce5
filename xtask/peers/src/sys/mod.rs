//! All unsafe code of this package.
//!
//! - [`shared`] maps memory that a forked child shares;
//! - [`futex`] sleeps on a word in such memory;
//! - [`child`] forks;
//! - [`pidfd`] waits for the end of a process.

#![expect(
    unsafe_code,
    reason = "what the bare programs are made of has no safe wrapper"
)]

pub(crate) mod shared;
pub(crate) mod futex;
pub(crate) mod child;
pub(crate) mod pidfd;
