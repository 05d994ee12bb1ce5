//! What a worker answers: how each item ended, in the order of the items.

use std::time::Duration;

use anypool_core::{Answers, JobError, decode_untrusted, encode_append};

use crate::wire::cursor::{Cursor, Malformed};
use crate::wire::place::{Loan, Place};

const DONE: u8 = 1;
const FAILED: u8 = 2;
const SKIPPED: u8 = 3;
const GATHERED: u8 = 4;
const LENT: u8 = 5;

/// The fixed part of an item's reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Header {
    /// The request's number.
    pub(crate) sequence: u64,
    /// The item's position in the request.
    pub(crate) item: u32,
    /// How long the item ran, by the worker's word.
    pub(crate) busy: Duration,
}

/// A reply as the parent reads it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Reply<'a> {
    /// The item ran; the bytes encode its value.
    Done(Header, &'a [u8]),
    /// The item ran; what encodes its value lies among the worker's results.
    Lent(Header, Loan),
    /// The item has no value.
    Failed(Header, JobError),
    /// Several items have ended, this one and those that follow it; the time is what they took together.
    Gathered(Header, Answers),
    /// The worker came to the end of a request, from which items had been taken back.
    Skipped {
        /// The request's number.
        sequence: u64,
    },
}

/// Appends the reply for an item whose value `write` appends; when that fails, for a failed item.
pub(crate) fn append(
    out: &mut Vec<u8>,
    header: &Header,
    write: impl FnOnce(&mut Vec<u8>) -> Result<Duration, (JobError, Duration)>,
) {
    let start = out.len();
    append_header(out, DONE, header);
    let ended = write(out);
    let (Ok(busy) | Err((_, busy))) = ended;
    let header = Header { busy, ..*header };
    let Err((error, _)) = ended else {
        let mut fixed = Vec::with_capacity(HEADER_BYTES);
        append_header(&mut fixed, DONE, &header);
        out[start..start + HEADER_BYTES].copy_from_slice(&fixed);
        return;
    };
    out.truncate(start);
    append_header(out, FAILED, &header);
    if let Err(too_large) = encode_append(&error, out) {
        // Only a message beyond the limit gets here. That it was is short enough to be told.
        let _ = encode_append(&JobError::Codec(too_large), out);
    }
}

/// The reply that begins at `start` is for an item whose value lies elsewhere.
pub(crate) fn lend(out: &mut Vec<u8>, start: usize, loan: Loan) {
    out.truncate(start + HEADER_BYTES);
    out[start] = LENT;
    out.extend(loan.number.to_le_bytes());
    loan.place.append(out);
}

/// Kind, sequence, item, busy.
const HEADER_BYTES: usize = 1 + 8 + 4 + 8;

fn append_header(out: &mut Vec<u8>, kind: u8, header: &Header) {
    let nanos = u64::try_from(header.busy.as_nanos()).unwrap_or(u64::MAX);
    out.push(kind);
    out.extend(header.sequence.to_le_bytes());
    out.extend(header.item.to_le_bytes());
    out.extend(nanos.to_le_bytes());
}

/// Appends the answers for several items, the first of them named by `header`.
pub(crate) fn append_gathered(out: &mut Vec<u8>, header: &Header, answers: &Answers) {
    append_header(out, GATHERED, header);
    out.extend_from_slice(answers.records());
}

/// Appends word that the end of a request was reached without running all of it.
pub(crate) fn append_skipped(out: &mut Vec<u8>, sequence: u64) {
    out.push(SKIPPED);
    out.extend(sequence.to_le_bytes());
}

impl<'a> Reply<'a> {
    pub(crate) fn parse(message: &'a [u8]) -> Result<Self, Malformed> {
        let mut cursor = Cursor::new(message);
        let kind = cursor.u8()?;
        let sequence = cursor.u64()?;
        if kind == SKIPPED {
            cursor.end()?;
            return Ok(Self::Skipped { sequence });
        }
        let header = Header {
            sequence,
            item: cursor.u32()?,
            busy: Duration::from_nanos(cursor.u64()?),
        };
        match kind {
            DONE => Ok(Self::Done(header, cursor.rest())),
            LENT => {
                let number = cursor.u32()?;
                let place = Place::parse(&mut cursor)?;
                cursor.end()?;
                Ok(Self::Lent(header, Loan { number, place }))
            }
            FAILED => match decode_untrusted(cursor.rest()) {
                Ok(error) => Ok(Self::Failed(header, error)),
                Err(_) => Err(cursor.malformed("an error that cannot be decoded")),
            },
            GATHERED => match Answers::parse(cursor.rest()) {
                Ok(answers) => Ok(Self::Gathered(header, answers)),
                Err(no_answers) => Err(cursor.malformed(no_answers.what())),
            },
            _ => Err(cursor.malformed("an unknown kind of reply")),
        }
    }
}

#[cfg(test)]
mod tests {
    use anypool_core::MAX_PAYLOAD_BYTES;

    use super::*;

    const HEADER: Header = Header {
        sequence: 5,
        item: 2,
        busy: Duration::from_nanos(77),
    };

    #[test]
    fn replies_come_out_as_they_went_in() {
        let mut message = Vec::new();
        append(&mut message, &HEADER, |out| {
            out.extend(b"value");
            Ok(HEADER.busy)
        });
        assert_eq!(
            Reply::parse(&message).unwrap(),
            Reply::Done(HEADER, b"value")
        );

        message.clear();
        append(&mut message, &HEADER, |out| {
            out.extend(b"half a val");
            Err((JobError::Cancelled, HEADER.busy))
        });
        let failed = Reply::Failed(HEADER, JobError::Cancelled);
        assert_eq!(Reply::parse(&message).unwrap(), failed);

        message.clear();
        append(&mut message, &HEADER, |_| Ok(HEADER.busy));
        let place = Place { at: 4096, len: 9 };
        let loan = Loan { number: 7, place };
        lend(&mut message, 0, loan);
        assert_eq!(Reply::parse(&message).unwrap(), Reply::Lent(HEADER, loan));

        message.clear();
        let mut answers = Answers::default();
        answers.push(|out| {
            out.extend(b"value");
            Ok(())
        });
        answers.push(|_| Err(JobError::Cancelled));
        append_gathered(&mut message, &HEADER, &answers);
        let gathered = Reply::Gathered(HEADER, answers);
        assert_eq!(Reply::parse(&message).unwrap(), gathered);

        message.clear();
        append_skipped(&mut message, 8);
        assert_eq!(
            Reply::parse(&message).unwrap(),
            Reply::Skipped { sequence: 8 }
        );
    }

    #[test]
    fn an_error_beyond_the_limit_is_told_with_both_figures() {
        let text = |len: usize| String::from_utf8(vec![0; len]).unwrap();
        let reason = text(MAX_PAYLOAD_BYTES);
        let mut message = Vec::new();
        append(&mut message, &HEADER, |_| {
            Err((JobError::PoolFailed { reason }, HEADER.busy))
        });
        let Ok(Reply::Failed(HEADER, JobError::Codec(error))) = Reply::parse(&message) else {
            panic!("{message:?}");
        };
        let error = error.to_string();
        assert!(error.contains(&MAX_PAYLOAD_BYTES.to_string()), "{error}");
    }

    #[test]
    fn hostile_replies_are_errors() {
        for message in [
            &b""[..],
            b"\x01",
            b"\x09aaaaaaaabbbbcccccccc",
            b"\x02aaaaaaaabbbbcccccccc!",
            b"\x04aaaaaaaabbbbcccccccc!",
            b"\x05aaaaaaaabbbbccccccccnumbatatatatlenlenle!",
            b"\x05aaaaaaaabbbbccccccccnumbatatatatlenlenl",
        ] {
            assert!(Reply::parse(message).is_err(), "{message:?}");
        }
    }
}
