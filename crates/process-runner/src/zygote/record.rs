//! Records between whoever starts pools and their fork server. Both run the same image, so the format is no contract
//! with anyone: fixed size, native byte order.

use crate::sys::process::Ended;
use crate::worker::outfit::Extras;

/// The size of a record.
pub(crate) const RECORD_BYTES: usize = 16;

/// What comes through a door, with a session's socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Opening {
    /// The server is to serve the session itself.
    Plain {
        /// Came with the session's channel.
        ticket: u32,
    },
    /// A template is to serve the session.
    Template {
        /// Came with the session's channel.
        ticket: u32,
        /// The address of the preload's entry; 0 for none. Its input comes with the record.
        preload: u64,
    },
}

/// What a session asks of the zygote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    /// Fork a worker; the descriptors come with the record, the channel ends over the session's
    /// ipc-channel.
    Spawn {
        /// Comes back with the report.
        ticket: u32,
        /// Which descriptors come.
        extras: Extras,
    },
    /// Send a signal to a worker's process group.
    Signal {
        /// The worker.
        pid: i32,
        /// The signal's number.
        signal: i32,
    },
}

/// What a session is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Report {
    /// A template serves the session, once it has preloaded what it is to preload.
    Opened,
    /// The template has preloaded.
    Ready,
    /// The preload failed; the reason comes with the record, in sealed memory.
    Failed,
    /// A worker runs; its pidfd comes with the record.
    Spawned {
        /// The order's ticket.
        ticket: u32,
        /// The worker.
        pid: i32,
    },
    /// There is no worker, or no template.
    Refused {
        /// The order's ticket.
        ticket: u32,
        /// The kernel's error number.
        errno: i32,
    },
    /// A worker, or the template, has ended, was reaped, and its process group is gone.
    Ended {
        /// The worker.
        pid: i32,
        /// How it ended.
        how: Ended,
    },
}

impl Opening {
    pub(crate) fn encode(self) -> [u8; RECORD_BYTES] {
        match self {
            Self::Plain { ticket } => pack([1, ticket.cast_signed(), 0, 0]),
            Self::Template { ticket, preload } => {
                let [a, b, c, d, e, f, g, h] = preload.to_ne_bytes();
                let [low, high] = [[a, b, c, d], [e, f, g, h]].map(i32::from_ne_bytes);
                pack([2, ticket.cast_signed(), low, high])
            }
        }
    }

    pub(crate) fn decode(bytes: [u8; RECORD_BYTES]) -> Option<Self> {
        let [kind, ticket, low, high] = unpack(bytes);
        let ticket = ticket.cast_unsigned();
        let [[a, b, c, d], [e, f, g, h]] = [low, high].map(i32::to_ne_bytes);
        let preload = u64::from_ne_bytes([a, b, c, d, e, f, g, h]);
        match kind {
            1 => Some(Self::Plain { ticket }),
            2 => Some(Self::Template { ticket, preload }),
            _ => None,
        }
    }
}

impl Order {
    pub(crate) fn encode(self) -> [u8; RECORD_BYTES] {
        match self {
            Self::Spawn { ticket, extras } => {
                let Extras {
                    environment,
                    init,
                    inputs,
                } = extras;
                let more = i32::from(init) | i32::from(inputs) << 1;
                pack([1, ticket.cast_signed(), environment.into(), more])
            }
            Self::Signal { pid, signal } => pack([2, pid, signal, 0]),
        }
    }

    pub(crate) fn decode(bytes: [u8; RECORD_BYTES]) -> Option<Self> {
        match unpack(bytes) {
            [1, ticket, environment, more] => Some(Self::Spawn {
                ticket: ticket.cast_unsigned(),
                extras: Extras {
                    environment: environment != 0,
                    init: more & 1 != 0,
                    inputs: more & 2 != 0,
                },
            }),
            [2, pid, signal, _] => Some(Self::Signal { pid, signal }),
            _ => None,
        }
    }
}

impl Report {
    pub(crate) fn encode(self) -> [u8; RECORD_BYTES] {
        match self {
            Self::Opened => pack([5, 0, 0, 0]),
            Self::Ready => pack([6, 0, 0, 0]),
            Self::Failed => pack([7, 0, 0, 0]),
            Self::Spawned { ticket, pid } => pack([1, ticket.cast_signed(), pid, 0]),
            Self::Refused { ticket, errno } => pack([2, ticket.cast_signed(), errno, 0]),
            Self::Ended { pid, how } => match how {
                Ended::Code(code) => pack([3, pid, code, 0]),
                Ended::Signal(signal, false) => pack([4, pid, signal, 0]),
                Ended::Signal(signal, true) => pack([4, pid, signal, 1]),
            },
        }
    }

    pub(crate) fn decode(bytes: [u8; RECORD_BYTES]) -> Option<Self> {
        let ended = |pid, how| Some(Self::Ended { pid, how });
        match unpack(bytes) {
            [1, ticket, pid, _] => Some(Self::Spawned {
                ticket: ticket.cast_unsigned(),
                pid,
            }),
            [2, ticket, errno, _] => Some(Self::Refused {
                ticket: ticket.cast_unsigned(),
                errno,
            }),
            [3, pid, code, _] => ended(pid, Ended::Code(code)),
            [4, pid, signal, core] => ended(pid, Ended::Signal(signal, core != 0)),
            [5, ..] => Some(Self::Opened),
            [6, ..] => Some(Self::Ready),
            [7, ..] => Some(Self::Failed),
            _ => None,
        }
    }
}

fn pack(words: [i32; 4]) -> [u8; RECORD_BYTES] {
    let mut bytes = [0; RECORD_BYTES];
    for (place, word) in bytes.chunks_exact_mut(4).zip(words) {
        place.copy_from_slice(&word.to_ne_bytes());
    }
    bytes
}

fn unpack(bytes: [u8; RECORD_BYTES]) -> [i32; 4] {
    let [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p] = bytes;
    [[a, b, c, d], [e, f, g, h], [i, j, k, l], [m, n, o, p]].map(i32::from_ne_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_come_out_as_they_went_in() {
        for order in [
            Order::Spawn {
                ticket: u32::MAX,
                extras: Extras {
                    environment: true,
                    init: false,
                    inputs: true,
                },
            },
            Order::Signal { pid: 7, signal: 9 },
        ] {
            assert_eq!(Order::decode(order.encode()), Some(order));
        }
        for opening in [
            Opening::Plain { ticket: 7 },
            Opening::Template {
                ticket: u32::MAX,
                preload: 0x0123_4567_89ab_cdef,
            },
        ] {
            assert_eq!(Opening::decode(opening.encode()), Some(opening));
        }
        for report in [
            Report::Opened,
            Report::Ready,
            Report::Failed,
            Report::Spawned { ticket: 3, pid: 77 },
            Report::Refused {
                ticket: 3,
                errno: 11,
            },
            Report::Ended {
                pid: 77,
                how: Ended::Code(-1),
            },
            Report::Ended {
                pid: 77,
                how: Ended::Signal(11, true),
            },
            Report::Ended {
                pid: 77,
                how: Ended::Signal(40, false),
            },
        ] {
            assert_eq!(Report::decode(report.encode()), Some(report));
        }
        assert_eq!(Report::decode([0xff; RECORD_BYTES]), None);
    }
}
