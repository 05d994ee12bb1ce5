//! The INPUTs of `map`: words, ranges, and the lines of standard input.
//!
//! - [`list`] keeps them,
//! - [`reader`] reads and checks them.

pub(crate) mod list;
pub(crate) mod reader;
