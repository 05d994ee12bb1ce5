//! What `exec` runs: one program an argument.
//!
//! - [`template`] is the command with its placeholders,
//! - [`arguments`] are what it is run on, from the command line,
//! - [`lines`] reads them from a file or from standard input,
//! - [`commands`] makes units of both.

pub(crate) mod template;
pub(crate) mod arguments;
pub(crate) mod lines;
pub(crate) mod commands;
