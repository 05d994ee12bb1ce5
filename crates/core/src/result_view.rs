//! Bytes of a result where they lie.

use std::fmt;
use std::io::{self, BufRead, Read};
use std::ops::Range;

use crate::bytes::Bytes;
use crate::codec::decode_typed;
use crate::handle::JobHandle;
use crate::job::outlet::Outlet;
use crate::job::stored::Stored;
use crate::job_error::{JobError, Outcome};
use crate::lent::{Lent, body_of, decode_lent};
use crate::room;

/// How much a reader copies at a time: it stays in a near cache until it has been read.
const PIECE_BYTES: usize = 32 * 1024;

/// The bytes of a result, left where they lie until somebody reads them; made by [`JobHandle::join_view`].
///
/// A large result of a process lies in memory that its worker shares. [`JobHandle::join`] copies it into memory
/// of the program's own; a view has it read from there, a piece at a time, which is all that a hash, a search,
/// a file or a socket needs. Dropped, it lets the worker use the place again; until then it keeps that memory,
/// also when the worker and its pool are gone. Results of threads, and small ones, lie in the view itself.
///
/// **What is read is a copy, and may differ from what is read of the same place later**: a worker that means harm,
/// or goes wild, can write there as long as it lives. So there is no `&[u8]` of the whole. Each byte is read
/// once by each reader; who checks bytes must use those that were checked, and not read them again.
///
/// ```
/// use std::io::{BufRead as _, Read as _};
/// use anypool_core::{Bytes, Executor as _, InlineExecutor};
///
/// fn render(lines: u32) -> Bytes {
///     (0..lines).flat_map(|n| format!("line {n}\n").into_bytes()).collect()
/// }
///
/// let view = InlineExecutor::new().submit(render, 1_000)?.join_view()?;
/// assert_eq!(view.len(), 8_890);
/// assert_eq!(view.reader().lines().count(), 1_000);
/// let mut word = [0; 4];
/// view.reader().read_exact(&mut word)?;
/// assert_eq!(&word, b"line");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct ResultView(Place);

enum Place {
    Own(Bytes),
    Lent(Box<dyn Lent>, Range<usize>),
}

impl JobHandle<Bytes> {
    /// Waits for the job and returns its bytes where they lie, without a copy of them all.
    ///
    /// # Errors
    ///
    /// Says why there is no value.
    pub fn join_view(self) -> Outcome<ResultView> {
        self.join_by(take_view)
    }
}

fn take_view(outlet: &dyn Outlet<Bytes>) -> Option<Outcome<ResultView>> {
    let own = |bytes| ResultView(Place::Own(bytes));
    let outcome = match outlet.take_stored()? {
        Stored::Value(bytes) => Ok(own(bytes)),
        Stored::Failed(error) => Err(*error),
        Stored::Encoded(bytes) => decode_typed(&bytes).map(own).map_err(JobError::Codec),
        Stored::Lent(lent) => match body_of(&*lent) {
            Some(body) => Ok(ResultView(Place::Lent(lent, body))),
            None => decode_lent(&*lent).map(own).map_err(JobError::Codec),
        },
    };
    Some(outcome)
}

impl ResultView {
    /// How many bytes there are.
    #[must_use]
    pub fn len(&self) -> usize {
        match &self.0 {
            Place::Own(bytes) => bytes.len(),
            Place::Lent(_, body) => body.len(),
        }
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Reads the bytes from the first on.
    #[must_use]
    pub fn reader(&self) -> ResultReader<'_> {
        self.reader_at(0)
    }

    /// Reads the bytes from the one at `start` on; none when there are not so many.
    #[must_use]
    pub fn reader_at(&self, start: usize) -> ResultReader<'_> {
        let source = match &self.0 {
            Place::Own(bytes) => Source::Own(bytes.get(start..).unwrap_or_default()),
            Place::Lent(lent, body) => Source::Lent {
                lent: &**lent,
                left: body.start.saturating_add(start).min(body.end)..body.end,
                piece: Vec::new(),
                read: 0,
            },
        };
        ResultReader(source)
    }

    /// All bytes, in memory of the program's own.
    #[must_use]
    pub fn into_bytes(self) -> Bytes {
        match self.0 {
            Place::Own(bytes) => bytes,
            Place::Lent(lent, body) => {
                let mut bytes = room::for_bytes(body.len());
                lent.copy_out(body, &mut bytes);
                Bytes::from(bytes)
            }
        }
    }
}

impl fmt::Debug for ResultView {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ResultView({} bytes)", self.len())
    }
}

/// Reads a [`ResultView`]; made by [`ResultView::reader`]. It never fails.
///
/// ```
/// use anypool_core::{Bytes, Executor as _, InlineExecutor};
///
/// let view = InlineExecutor::new().submit(|len: usize| Bytes::from(vec![7; len]), 9)?.join_view()?;
/// let mut file = Vec::new();
/// assert_eq!(std::io::copy(&mut view.reader(), &mut file)?, 9);
/// assert_eq!(file, [7; 9]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct ResultReader<'a>(Source<'a>);

enum Source<'a> {
    Own(&'a [u8]),
    Lent {
        lent: &'a dyn Lent,
        /// What has not been copied.
        left: Range<usize>,
        piece: Vec<u8>,
        /// How much of the piece has been read.
        read: usize,
    },
}

impl BufRead for ResultReader<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        match &mut self.0 {
            Source::Own(bytes) => Ok(bytes),
            Source::Lent {
                lent,
                left,
                piece,
                read,
            } => {
                if *read == piece.len() {
                    let end = left.end.min(left.start.saturating_add(PIECE_BYTES));
                    piece.clear();
                    lent.copy_out(left.start..end, piece);
                    (left.start, *read) = (end, 0);
                }
                Ok(&piece[*read..])
            }
        }
    }

    fn consume(&mut self, amount: usize) {
        match &mut self.0 {
            Source::Own(bytes) => *bytes = bytes.get(amount..).unwrap_or_default(),
            Source::Lent { piece, read, .. } => *read = piece.len().min(*read + amount),
        }
    }
}

impl Read for ResultReader<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let bytes = self.fill_buf()?;
        let count = bytes.len().min(into.len());
        into[..count].copy_from_slice(&bytes[..count]);
        self.consume(count);
        Ok(count)
    }
}

impl fmt::Debug for ResultReader<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let left = match &self.0 {
            Source::Own(bytes) => bytes.len(),
            Source::Lent {
                left, piece, read, ..
            } => left.len() + piece.len() - read,
        };
        write!(f, "ResultReader({left} bytes left)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lent::tests::Loan;

    fn views(bytes: &[u8]) -> [ResultView; 2] {
        let mut around = b"before".to_vec();
        around.extend(bytes);
        let body = 6..around.len();
        [
            ResultView(Place::Own(Bytes::from(bytes))),
            ResultView(Place::Lent(Box::new(Loan(around)), body)),
        ]
    }

    #[test]
    fn every_way_to_read_gives_the_same_bytes() {
        for len in [0, 1, PIECE_BYTES - 1, PIECE_BYTES, 3 * PIECE_BYTES + 5] {
            let bytes: Vec<u8> = (0..=250).cycle().take(len).collect();
            for view in views(&bytes) {
                assert_eq!((view.len(), view.is_empty()), (len, len == 0));
                for start in [0, 1, len / 2, len, len + 1, usize::MAX] {
                    let mut read = Vec::new();
                    view.reader_at(start).read_to_end(&mut read).unwrap();
                    assert!(read == bytes[start.min(len)..], "{start} of {len}");
                }
                let mut reader = view.reader();
                let (mut read, mut few) = (Vec::new(), [0_u8; 1_000]);
                while let Ok(count @ 1..) = reader.read(&mut few) {
                    read.extend_from_slice(&few[..count]);
                }
                assert!(read == bytes && reader.fill_buf().unwrap().is_empty());
                assert!(view.into_bytes().into_vec() == bytes);
            }
        }
    }
}
