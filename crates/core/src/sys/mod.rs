//! What this crate asks of the C library itself: nothing but to be told of forks.
#![expect(
    unsafe_code,
    reason = "std neither remembers the process's number nor tells of forks"
)]

#[cfg(unix)]
pub(crate) mod forks;
