//! The fork server: a process with one thread that forks workers, reaps them and outlives none.
//!
//! It is forked from the program while that has one thread, so its children start from a small, clean
//! image whatever the program does later. Pools open *sessions* with it: a Unix socket for records and
//! descriptors, and an ipc-channel for requests with channel ends.
//!
//! - [`record`] is what travels on the sockets,
//! - [`socket`] sends records with descriptors,
//! - [`children`] knows the workers, signals and reaps them,
//! - [`server`] is the zygote's loop,
//! - [`link`] is the program's side: `init` and opening sessions,
//! - [`session`] is a pool's side.

pub(crate) mod record;
pub(crate) mod socket;
pub(crate) mod children;
pub(crate) mod server;
pub(crate) mod link;
pub(crate) mod session;
