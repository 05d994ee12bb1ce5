//! The only unsafe code of this crate, one concern a file.
//!
//! - [`process`]: fork, exit without destructors, signals, waiting, pidfds,
//! - [`identity`]: telling a process from copies of it,
//! - [`descriptors`]: taking ownership of descriptors that arrive as numbers,
//! - [`memory`]: memory shared between two processes,
//! - [`mapping`]: memory in which large payloads lie,
//! - [`futex`]: sleeping on it,
//! - [`cpu`]: where a thread runs,
//! - [`entry`]: an entry behind an address from the parent,
//! - [`environment`]: changing a worker's environment,
//! - [`threads`]: starting threads when memory may be short,
//! - [`load`]: running `init` before `main`.
#![expect(unsafe_code, reason = "the door to the kernel")]

pub(crate) mod process;
pub(crate) mod identity;
pub(crate) mod descriptors;
pub(crate) mod memory;
pub(crate) mod mapping;
pub(crate) mod futex;
pub(crate) mod cpu;
pub(crate) mod entry;
pub(crate) mod environment;
pub(crate) mod threads;
pub(crate) mod load;
