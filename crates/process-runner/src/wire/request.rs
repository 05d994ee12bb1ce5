//! What a worker is given to do: one task, one or more inputs.

use anypool_core::Records;

use crate::wire::cursor::{Cursor, Malformed};

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

/// Appends a request with these inputs, in records.
pub(crate) fn append(out: &mut Vec<u8>, header: &Header, inputs: &[u8]) {
    out.extend(header.sequence.to_le_bytes());
    out.extend(header.entry.to_le_bytes());
    out.extend(header.job.to_le_bytes());
    out.extend(header.attempt.to_le_bytes());
    out.extend(header.limit_nanos.to_le_bytes());
    out.push(u8::from(header.gathers));
    out.extend_from_slice(inputs);
}

/// A request as the worker reads it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Request<'a> {
    pub(crate) header: Header,
    inputs: Records<'a>,
}

impl<'a> Request<'a> {
    pub(crate) fn parse(message: &'a [u8]) -> Result<Self, Malformed> {
        let mut cursor = Cursor::new(message);
        let header = Header {
            sequence: cursor.u64()?,
            entry: cursor.u64()?,
            job: cursor.u64()?,
            attempt: cursor.u32()?,
            limit_nanos: cursor.u64()?,
            gathers: cursor.u8()? != 0,
        };
        let inputs = Records::new(cursor.rest());
        Ok(Self { header, inputs })
    }

    /// The next input.
    pub(crate) fn next_input(&mut self) -> Result<Option<&'a [u8]>, Malformed> {
        match self.inputs.next() {
            Some(record) => Ok(Some(record.bytes)),
            None if self.inputs.rest().is_empty() => Ok(None),
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
        append(&mut message, &header, &inputs);
        let mut request = Request::parse(&message).unwrap();
        assert_eq!(request.header, header);
        assert_eq!(request.next_input().unwrap(), Some(&b""[..]));
        assert_eq!(request.next_input().unwrap(), Some(&b"two"[..]));
        assert_eq!(request.next_input().unwrap(), None);
        let mut cut = Request::parse(&message[..message.len() - 1]).unwrap();
        assert_eq!(cut.next_input().unwrap(), Some(&b""[..]));
        assert!(cut.next_input().is_err());
    }
}
