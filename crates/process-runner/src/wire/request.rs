//! What a worker is given to do: one task, one or more inputs.

use std::ops::Range;

use crate::wire::cursor::{Cursor, Malformed};

/// Encoded inputs, one after the other.
#[derive(Debug, Default)]
pub(crate) struct Inputs {
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl Inputs {
    /// Appends an input; `write` appends its bytes, or leaves the buffer as it is and fails.
    pub(crate) fn push<E>(
        &mut self,
        write: impl FnOnce(&mut Vec<u8>) -> Result<(), E>,
    ) -> Result<(), E> {
        write(&mut self.bytes)?;
        self.ends.push(self.bytes.len());
        Ok(())
    }

    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    pub(crate) fn total_bytes(&self) -> usize {
        self.bytes.len()
    }

    pub(crate) fn get(&self, index: usize) -> &[u8] {
        &self.bytes[self.start(index)..self.ends[index]]
    }

    /// How many of the inputs in `range` fit into `most_bytes`; at least one.
    pub(crate) fn fitting(&self, range: Range<usize>, most_bytes: usize) -> usize {
        let start = self.start(range.start);
        let fits = |&&end: &&usize| end - start <= most_bytes;
        let fitting = self.ends[range.clone()].iter().take_while(fits).count();
        fitting.clamp(1, range.len())
    }

    fn start(&self, index: usize) -> usize {
        match index {
            0 => 0,
            _ => self.ends[index - 1],
        }
    }
}

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
}

/// Appends a request with the inputs in `range`.
pub(crate) fn append(out: &mut Vec<u8>, header: &Header, inputs: &Inputs, range: Range<usize>) {
    out.extend(header.sequence.to_le_bytes());
    out.extend(header.entry.to_le_bytes());
    out.extend(header.job.to_le_bytes());
    out.extend(header.attempt.to_le_bytes());
    out.extend(header.limit_nanos.to_le_bytes());
    for index in range {
        let input = inputs.get(index);
        out.extend((input.len() as u64).to_le_bytes());
        out.extend_from_slice(input);
    }
}

/// A request as the worker reads it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Request<'a> {
    pub(crate) header: Header,
    inputs: Cursor<'a>,
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
        };
        Ok(Self {
            header,
            inputs: cursor,
        })
    }

    /// The next input.
    pub(crate) fn next_input(&mut self) -> Result<Option<&'a [u8]>, Malformed> {
        if self.inputs.rest().is_empty() {
            return Ok(None);
        }
        let len = self.inputs.u64()?;
        self.inputs.bytes(len).map(Some)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_comes_out_as_it_went_in() {
        let mut inputs = Inputs::default();
        for input in [&b"zero"[..], b"", b"two"] {
            let pushed = inputs.push(|out| {
                out.extend_from_slice(input);
                Ok::<_, ()>(())
            });
            assert_eq!(pushed, Ok(()));
        }
        let header = Header {
            sequence: 3,
            entry: 0x1000,
            job: 9,
            attempt: 1,
            limit_nanos: 0,
        };
        let mut message = Vec::new();
        append(&mut message, &header, &inputs, 1..3);
        let mut request = Request::parse(&message).unwrap();
        assert_eq!(request.header, header);
        assert_eq!(request.next_input().unwrap(), Some(&b""[..]));
        assert_eq!(request.next_input().unwrap(), Some(&b"two"[..]));
        assert_eq!(request.next_input().unwrap(), None);
        assert_eq!(inputs.fitting(0..3, 4), 2);
        assert_eq!(inputs.fitting(0..3, 0), 1);
    }
}
