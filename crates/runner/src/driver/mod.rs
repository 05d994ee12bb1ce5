//! Running what the command line asks for, on whatever backend there is.
//!
//! - [`leash`] lets a signal reach workers that another thread owns,
//! - [`crew`] are the workers of `spawn`, which can be stopped together,
//! - [`spawn`] starts a worker for each call and joins them,
//! - [`map`] sends inputs through a pool,
//! - [`calls`] are the calls of either, for runs that somebody follows.

mod leash;
mod crew;
pub(crate) mod spawn;
pub(crate) mod map;
pub(crate) mod calls;

#[cfg(test)]
mod tests;
