//! What a worker is given to do: one task, one or more inputs.

use anypool_core::Records;

use crate::wire::cursor::{Cursor, Malformed};
use crate::wire::place::Place;

/// The fixed part of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Header {
    /// Counts the worker's requests; names the words on the status page.
    pub(crate) sequence: u64,
    /// Where the task's entry lies in the program image.
    pub(crate) entry: u64,
    /// The job's number.
    pub(crate) job: u64,
    /// Which try this is, from 1.
    pub(crate) attempt: u32,
    /// How long an item may run, in nanoseconds; 0 for no limit.
    pub(crate) limit_nanos: u64,
    /// Whether answers may be gathered, and need not be sent one by one.
    pub(crate) gathers: bool,
}

/// What a request is about.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Inputs<'a> {
    /// These inputs, in records.
    Here(&'a [u8]),
    /// One, which lies elsewhere.
    At(Place),
}

const GATHERS: u8 = 1;
const ELSEWHERE: u8 = 2;

/// Appends a request with these inputs.
pub(crate) fn append(out: &mut Vec<u8>, header: &Header, inputs: Inputs<'_>) {
    out.extend(header.sequence.to_le_bytes());
    out.extend(header.entry.to_le_bytes());
    out.extend(header.job.to_le_bytes());
    out.extend(header.attempt.to_le_bytes());
    out.extend(header.limit_nanos.to_le_bytes());
    let gathers = if header.gathers { GATHERS } else { 0 };
    match inputs {
        Inputs::Here(records) => {
            out.push(gathers);
            out.extend_from_slice(records);
        }
        Inputs::At(place) => {
            out.push(gathers | ELSEWHERE);
            place.append(out);
        }
    }
}

/// A request as the worker reads it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Request<'a> {
    pub(crate) header: Header,
    inputs: Unread<'a>,
}

#[derive(Clone, Copy, Debug)]
enum Unread<'a> {
    Records(Records<'a>),
    At(Place),
    One(&'a [u8]),
    Nothing,
}

impl<'a> Request<'a> {
    pub(crate) fn parse(message: &'a [u8]) -> Result<Self, Malformed> {
        let mut cursor = Cursor::new(message);
        let mut header = Header {
            sequence: cursor.u64()?,
            entry: cursor.u64()?,
            job: cursor.u64()?,
            attempt: cursor.u32()?,
            limit_nanos: cursor.u64()?,
            gathers: false,
        };
        let flags = cursor.u8()?;
        header.gathers = flags & GATHERS != 0;
        let inputs = if flags & ELSEWHERE == 0 {
            Unread::Records(Records::new(cursor.rest()))
        } else {
            let place = Place::parse(&mut cursor)?;
            cursor.end()?;
            Unread::At(place)
        };
        Ok(Self { header, inputs })
    }

    /// Where its input lies, if it is not here.
    pub(crate) fn elsewhere(&self) -> Option<Place> {
        match self.inputs {
            Unread::At(place) => Some(place),
            _ => None,
        }
    }

    /// Its input, which lay elsewhere.
    pub(crate) fn bring(&mut self, input: &'a [u8]) {
        self.inputs = Unread::One(input);
    }

    /// The next input.
    pub(crate) fn next_input(&mut self) -> Result<Option<&'a [u8]>, Malformed> {
        let records = match &mut self.inputs {
            Unread::Records(records) => records,
            Unread::One(input) => {
                let input = *input;
                self.inputs = Unread::Nothing;
                return Ok(Some(input));
            }
            Unread::Nothing => return Ok(None),
            Unread::At(_) => {
                return Err(Malformed {
                    what: "an input that was not brought",
                    at: 0,
                });
            }
        };
        match records.next() {
            Some(record) => Ok(Some(record.bytes)),
            None if records.rest().is_empty() => Ok(None),
            None => Err(Malformed {
                what: "an input beyond the end of the request",
                at: 0,
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use anypool_core::append_record;

    use super::*;

    #[test]
    fn a_request_comes_out_as_it_went_in() {
        let mut inputs = Vec::new();
        for input in [&b""[..], b"two"] {
            let written = append_record(&mut inputs, |out| {
                out.extend_from_slice(input);
                Ok::<_, ()>(())
            });
            assert_eq!(written, Ok(()));
        }
        let header = Header {
            sequence: 3,
            entry: 0x1000,
            job: 9,
            attempt: 1,
            limit_nanos: 0,
            gathers: true,
        };
        let mut message = Vec::new();
        append(&mut message, &header, Inputs::Here(&inputs));
        let mut request = Request::parse(&message).unwrap();
        assert_eq!(request.header, header);
        assert_eq!(request.next_input().unwrap(), Some(&b""[..]));
        assert_eq!(request.next_input().unwrap(), Some(&b"two"[..]));
        assert_eq!(request.next_input().unwrap(), None);
        let mut cut = Request::parse(&message[..message.len() - 1]).unwrap();
        assert_eq!(cut.next_input().unwrap(), Some(&b""[..]));
        assert!(cut.next_input().is_err());
    }

    #[test]
    fn an_input_that_lies_elsewhere_is_brought_once() {
        let header = Header {
            sequence: 3,
            entry: 0x1000,
            job: 9,
            attempt: 2,
            limit_nanos: 5,
            gathers: false,
        };
        let place = Place { at: 4096, len: 3 };
        let mut message = Vec::new();
        append(&mut message, &header, Inputs::At(place));
        let mut request = Request::parse(&message).unwrap();
        assert_eq!((request.header, request.elsewhere()), (header, Some(place)));
        assert!(request.next_input().is_err());
        request.bring(b"abc");
        assert_eq!(request.elsewhere(), None);
        assert_eq!(request.next_input().unwrap(), Some(&b"abc"[..]));
        assert_eq!(request.next_input().unwrap(), None);
        assert!(Request::parse(&message[..message.len() - 1]).is_err());
        message.push(0);
        assert!(Request::parse(&message).is_err());
    }
}
