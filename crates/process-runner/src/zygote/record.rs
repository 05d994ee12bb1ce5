//! Records between a program and its zygote. Both run the same image, so the format is no contract
//! with anyone: fixed size, native byte order.

use crate::sys::process::Ended;

/// The size of a record.
pub(crate) const RECORD_BYTES: usize = 16;

/// What a session asks of the zygote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    /// Fork a worker; the descriptors come with the record, the channel ends over the session's
    /// ipc-channel.
    Spawn {
        /// Comes back with the report.
        ticket: u32,
    },
    /// Send a signal to a worker's process group.
    Signal {
        /// The worker.
        pid: i32,
        /// The signal's number.
        signal: i32,
    },
}

/// What the zygote tells a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Report {
    /// A worker runs; its pidfd comes with the record.
    Spawned {
        /// The order's ticket.
        ticket: u32,
        /// The worker.
        pid: i32,
    },
    /// There is no worker.
    Refused {
        /// The order's ticket.
        ticket: u32,
        /// The kernel's error number.
        errno: i32,
    },
    /// A worker has ended, was reaped, and its process group is gone.
    Ended {
        /// The worker.
        pid: i32,
        /// How it ended.
        how: Ended,
    },
}

impl Order {
    pub(crate) fn encode(self) -> [u8; RECORD_BYTES] {
        match self {
            Self::Spawn { ticket } => pack([1, ticket.cast_signed(), 0, 0]),
            Self::Signal { pid, signal } => pack([2, pid, signal, 0]),
        }
    }

    pub(crate) fn decode(bytes: [u8; RECORD_BYTES]) -> Option<Self> {
        match unpack(bytes) {
            [1, ticket, ..] => Some(Self::Spawn {
                ticket: ticket.cast_unsigned(),
            }),
            [2, pid, signal, _] => Some(Self::Signal { pid, signal }),
            _ => None,
        }
    }
}

impl Report {
    pub(crate) fn encode(self) -> [u8; RECORD_BYTES] {
        match self {
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
            Order::Spawn { ticket: u32::MAX },
            Order::Signal { pid: 7, signal: 9 },
        ] {
            assert_eq!(Order::decode(order.encode()), Some(order));
        }
        for report in [
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
