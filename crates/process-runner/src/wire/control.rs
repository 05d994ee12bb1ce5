//! What parent and worker say to each other over the control plane: who they are, how the worker is
//! to be set up, and, on the `ipc` transport, pieces of the data stream.

use std::hash::{DefaultHasher, Hasher as _};

use anypool_core::{CODEC_ID, CodecError, decode_untrusted, encode_append};
use serde::{Deserialize, Serialize};

use crate::wire::cursor::Malformed;

/// The version of everything in [`crate::wire`].
pub(crate) const PROTOCOL: u32 = 1;

/// The most bytes of a piece of the data stream in one message: well below what a socket or a channel
/// sends in one packet.
pub(crate) const FRAGMENT_BYTES: usize = 32 * 1024;

/// How much of what kept a worker from being set up is told: a hello fits into one message.
const MAX_COMPLAINT_CHARS: usize = 4096;

/// How the worker is to be before its first job.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Setup {
    /// The worker's slot in its pool.
    pub(crate) worker: u32,
    /// Whether panics that are reported to the caller are kept from standard error.
    pub(crate) quiet_panics: bool,
    /// The working directory, as bytes.
    pub(crate) directory: Option<Vec<u8>>,
    /// The file mode creation mask.
    pub(crate) umask: Option<u32>,
    /// How nice the worker is to be.
    pub(crate) nice: Option<i32>,
    /// The CPUs that it may use; all of the program's when empty.
    pub(crate) cpus: Vec<u64>,
    /// How many bytes it may allocate beyond what it inherited.
    pub(crate) memory_bytes: Option<u64>,
    /// The level up to which the parent wants events that are logged, as a number; 0 for none.
    pub(crate) log_level: u8,
    /// The address of a function that makes the task registry; 0 for none.
    pub(crate) registry: u64,
    /// The address of the worker initializer's entry; 0 for none. Its input is among the descriptors.
    pub(crate) init: u64,
}

/// A change of one environment variable; removed for `None`.
pub(crate) type Variable = (Vec<u8>, Option<Vec<u8>>);

/// What a worker says first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Hello {
    /// [`PROTOCOL`].
    pub(crate) protocol: u32,
    /// The payloads' format.
    pub(crate) codec: u16,
    /// The worker's process id, as it sees it itself.
    pub(crate) pid: u32,
    /// A digest of the table of tasks that the worker knows by name.
    pub(crate) tasks: u64,
    /// What kept the worker from being set up.
    pub(crate) complaint: Option<String>,
    /// Whether large inputs may lie where it has been told that they do.
    pub(crate) reads_inputs: bool,
}

impl Hello {
    pub(crate) fn new(tasks: &str, complaint: Option<String>) -> Self {
        Self {
            protocol: PROTOCOL,
            codec: CODEC_ID,
            pid: std::process::id(),
            tasks: digest(tasks),
            complaint: complaint.map(|text| text.chars().take(MAX_COMPLAINT_CHARS).collect()),
            reads_inputs: false,
        }
    }

    /// Why a worker that says this cannot serve a parent which knows `tasks`.
    pub(crate) fn objection(&self, tasks: &str) -> Option<String> {
        if let Some(complaint) = &self.complaint {
            return Some(complaint.clone());
        }
        if (self.protocol, self.codec) != (PROTOCOL, CODEC_ID) {
            let Self {
                protocol, codec, ..
            } = self;
            return Some(format!(
                "it speaks protocol {protocol} with codec {codec}, not {PROTOCOL} with {CODEC_ID}"
            ));
        }
        (self.tasks != digest(tasks))
            .then(|| "its table of tasks differs from the parent's".to_owned())
    }
}

/// The same for the same text in every process of one program.
fn digest(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    hasher.write(text.as_bytes());
    hasher.finish()
}

/// A message on the control plane; the same set in both directions.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Control<'a> {
    /// Parent: changes to the environment, before [`Control::Setup`].
    Environment(Vec<Variable>),
    /// Parent: the worker is to set itself up and say hello.
    Setup(Setup),
    /// Worker: it is set up; without an initializer, it is ready.
    Hello(Hello),
    /// Worker: its initializer has returned, or has failed for the given reason.
    Initialized(Result<(), String>),
    /// Either: a piece of the data stream.
    Data(&'a [u8]),
    /// Worker: it has taken so many bytes of [`Control::Data`] out of the channel.
    Credit(u32),
}

const ENVIRONMENT: u8 = 1;
const SETUP: u8 = 2;
const HELLO: u8 = 3;
const DATA: u8 = 4;
const CREDIT: u8 = 5;
const INITIALIZED: u8 = 6;

impl<'a> Control<'a> {
    pub(crate) fn encode(&self) -> Result<Vec<u8>, CodecError> {
        let mut out = Vec::new();
        match self {
            Self::Environment(variables) => append(&mut out, ENVIRONMENT, variables)?,
            Self::Setup(setup) => append(&mut out, SETUP, setup)?,
            Self::Hello(hello) => append(&mut out, HELLO, hello)?,
            Self::Initialized(outcome) => append(&mut out, INITIALIZED, outcome)?,
            Self::Credit(bytes) => append(&mut out, CREDIT, bytes)?,
            Self::Data(piece) => {
                out.reserve_exact(1 + piece.len());
                out.push(DATA);
                out.extend_from_slice(piece);
            }
        }
        Ok(out)
    }

    pub(crate) fn parse(message: &'a [u8]) -> Result<Self, Malformed> {
        let malformed = |what| Malformed { what, at: 0 };
        let Some((&kind, body)) = message.split_first() else {
            return Err(malformed("an empty control message"));
        };
        let undecodable = |_| malformed("a control message that cannot be decoded");
        match kind {
            ENVIRONMENT => decode_untrusted(body)
                .map(Self::Environment)
                .map_err(undecodable),
            SETUP => decode_untrusted(body).map(Self::Setup).map_err(undecodable),
            HELLO => decode_untrusted(body).map(Self::Hello).map_err(undecodable),
            CREDIT => decode_untrusted(body)
                .map(Self::Credit)
                .map_err(undecodable),
            INITIALIZED => decode_untrusted(body)
                .map(Self::Initialized)
                .map_err(undecodable),
            DATA => Ok(Self::Data(body)),
            _ => Err(malformed("an unknown kind of control message")),
        }
    }
}

fn append<T: Serialize>(out: &mut Vec<u8>, kind: u8, body: &T) -> Result<(), CodecError> {
    out.push(kind);
    encode_append(body, out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_come_out_as_they_went_in() {
        let setup = Setup {
            worker: 3,
            quiet_panics: true,
            directory: Some(b"/tmp".to_vec()),
            umask: Some(0o22),
            nice: Some(3),
            cpus: vec![0, 1],
            memory_bytes: Some(1 << 30),
            log_level: 3,
            registry: 0,
            init: 0,
        };
        let variables = vec![(b"A".to_vec(), Some(b"1".to_vec())), (b"B".to_vec(), None)];
        for message in [
            Control::Environment(variables),
            Control::Setup(setup),
            Control::Hello(Hello::new("t", None)),
            Control::Initialized(Err("no".to_owned())),
            Control::Data(b"piece"),
            Control::Credit(9),
        ] {
            let bytes = message.encode().unwrap();
            assert_eq!(Control::parse(&bytes).unwrap(), message);
        }
        assert!(Control::parse(b"").is_err());
        assert!(Control::parse(b"\xffjunk").is_err());
    }

    #[test]
    fn a_worker_with_other_tasks_is_refused() {
        let hello = Hello::new("square(u64) -> u64\n", None);
        assert_eq!(hello.objection("square(u64) -> u64\n"), None);
        assert!(hello.objection("").unwrap().contains("table of tasks"));
        let other = Hello {
            protocol: 99,
            ..hello
        };
        assert!(
            other
                .objection("square(u64) -> u64\n")
                .unwrap()
                .contains("99")
        );
    }
}
