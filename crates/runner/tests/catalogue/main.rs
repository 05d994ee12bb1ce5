//! The tasks of the catalogue that do real work, on real files and connections.
//!
//! - [`scene`] runs a task,
//! - [`loopback`] is a web server for one test,
//! - [`files`] are tasks that read and write files,
//! - [`web`] is the task that asks web servers,
//! - [`twins`] are the same tasks in CPython.

mod scene;
mod loopback;
mod files;
mod web;
mod twins;
