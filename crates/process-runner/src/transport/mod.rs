//! The data plane: how requests reach a worker and replies come back.
//!
//! A transport moves one stream of bytes each way; frames are cut by [`crate::wire::frame`].
//!
//! - [`words`] is the control plane's way from worker to parent,
//! - [`measures`] is how large rings are,
//! - [`ring`] is one direction of a stream in shared memory, [`region`] says where the rings lie,
//! - [`wakes`] is who sleeps and who wakes whom,
//! - [`vigil`] is waiting awake for the other side, [`post`] where a thread of the parent does,
//! - [`inputs`] and [`results`] are where large payloads lie, beside the stream, [`regions`] is both, [`extents`] says which parts are
//!   taken, [`budget`] how much memory that may be, [`stock`] among whose inputs a new one is written,
//! - [`ends`] is what all transports have in common,
//! - [`pipe`] uses two anonymous pipes, polled by the supervisor,
//! - [`ipc`] sends pieces of the streams over the control plane, under credit,
//! - [`shm`] moves them through memory that both share.

pub(crate) mod words;
mod measures;
pub(crate) mod ring;
pub(crate) mod region;
mod wakes;
mod vigil;
pub(crate) mod post;
pub(crate) mod extents;
pub(crate) mod budget;
pub(crate) mod inputs;
pub(crate) mod results;
pub(crate) mod regions;
pub(crate) mod stock;
pub(crate) mod ends;
pub(crate) mod pipe;
pub(crate) mod ipc;
pub(crate) mod shm;

#[cfg(test)]
mod ring_tests;

/// How jobs travel to workers and values back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Transport {
    /// Two anonymous pipes a worker; many messages share a system call. All that happens in the pool happens
    /// on its own thread; no memory is shared but a page that says what runs.
    Pipe,
    /// The channels that every worker has for control. Slower; needs no further descriptors.
    Ipc,
    /// Rings in memory that the worker shares; no system call while both sides are awake. Who submits gives
    /// the job to its worker, and who joins reads the answer. Large payloads are written where the other side
    /// reads them. The default: the fastest for small jobs and for large ones.
    #[default]
    Shm,
}

impl Transport {
    /// All transports.
    pub const ALL: [Self; 3] = [Self::Pipe, Self::Ipc, Self::Shm];
}

impl std::fmt::Display for Transport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Pipe => "pipe",
            Self::Ipc => "ipc",
            Self::Shm => "shm",
        })
    }
}

impl std::str::FromStr for Transport {
    type Err = UnknownTransport;

    fn from_str(text: &str) -> Result<Self, UnknownTransport> {
        match text {
            "pipe" => Ok(Self::Pipe),
            "ipc" => Ok(Self::Ipc),
            "shm" => Ok(Self::Shm),
            _ => Err(UnknownTransport(text.to_owned())),
        }
    }
}

/// A name that is no transport's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no transport: use `pipe`, `ipc` or `shm`")]
pub struct UnknownTransport(String);
