//! What this crate asks of the C library itself.
//!
//! - [`forks`]: to be told of forks,
//! - [`core_number`]: on which core a thread runs,
//! - [`large_pages`]: asking for large pages.
#![expect(
    unsafe_code,
    reason = "std tells neither of forks nor of cores, and gives no advice"
)]

#[cfg(unix)]
pub(crate) mod forks;
#[cfg(target_os = "linux")]
pub(crate) mod core_number;
#[cfg(target_os = "linux")]
pub(crate) mod large_pages;
