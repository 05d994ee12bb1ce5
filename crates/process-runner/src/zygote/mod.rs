//! Fork servers: processes with one thread that fork workers, reap them and outlive none.
//!
//! The *zygote* is forked from the program while that has one thread, so its children start from a small,
//! clean image whatever the program does later. Pools open *sessions*: a Unix socket for records and
//! descriptors, and an ipc-channel for the channel ends of workers. The zygote serves the program's
//! sessions itself. A pool with a preload, and one that a worker starts, is served by a *template*: a fork
//! server of its own, forked for it.
//!
//! - [`record`] is what travels on the sockets,
//! - [`socket`] sends records with descriptors,
//! - [`children`] knows a server's children, signals and reaps them,
//! - [`door`] is how sessions are opened,
//! - [`guise`] is what each kind of process is to the kernel,
//! - [`birth`] forks,
//! - [`sources`] waits for what a server serves,
//! - [`server`] is the loop,
//! - [`template`] is a template's life until it serves,
//! - [`link`] is the way to this process's fork server; `init` makes the first,
//! - [`session`] is a pool's side.

pub(crate) mod record;
pub(crate) mod socket;
pub(crate) mod children;
pub(crate) mod door;
pub(crate) mod guise;
pub(crate) mod birth;
pub(crate) mod sources;
pub(crate) mod server;
pub(crate) mod template;
pub(crate) mod link;
pub(crate) mod session;
