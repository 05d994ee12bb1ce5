//! The data plane: how requests reach a worker and replies come back.
//!
//! A transport moves one stream of bytes each way; frames are cut by [`crate::wire::frame`].
//!
//! - [`pipe`] uses two anonymous pipes, polled by the supervisor;
//! - [`ipc`] sends pieces of the streams over the control plane, under credit;
//! - [`words`] is that plane's way from worker to parent.

pub(crate) mod words;
pub(crate) mod ends;
pub(crate) mod pipe;
pub(crate) mod ipc;

/// How jobs travel to workers and values back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Transport {
    /// Two anonymous pipes a worker; many messages share a system call.
    #[default]
    Pipe,
    /// The channels that every worker has for control. Slower; needs no further descriptors.
    Ipc,
}

impl std::fmt::Display for Transport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Pipe => "pipe",
            Self::Ipc => "ipc",
        })
    }
}

impl std::str::FromStr for Transport {
    type Err = UnknownTransport;

    fn from_str(text: &str) -> Result<Self, UnknownTransport> {
        match text {
            "pipe" => Ok(Self::Pipe),
            "ipc" => Ok(Self::Ipc),
            _ => Err(UnknownTransport(text.to_owned())),
        }
    }
}

/// A name that is no transport's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no transport: use `pipe` or `ipc`")]
pub struct UnknownTransport(String);
