//! Writing a payload that may become large.

use std::fmt;

/// Pieces below this are gathered before they are written to an annex, so that many small ones do not
/// cost a call each.
const SMALL_BYTES: usize = 4 * 1024;

/// How many bytes are gathered.
const GATHERED_BYTES: usize = 32 * 1024;

/// Memory of an executor's, to which a large payload is written instead of a buffer: where it will be
/// needed anyway, so that it need not be copied there. Holds one payload at a time.
pub trait Annex {
    /// Payloads of so many bytes or more are written here.
    fn threshold(&self) -> usize;

    /// Appends `bytes` to the payload. False when there is no room for them: it is as it was then.
    fn append(&mut self, bytes: &[u8]) -> bool;

    /// Moves the payload to the end of `into`, as far as it has come.
    fn take_out(&mut self, into: &mut Vec<u8>);

    /// Forgets the payload.
    fn clear(&mut self);
}

/// A payload as it is written: at the end of a buffer, or, if it gets large and there is one, in an
/// [`Annex`].
///
/// ```
/// use anypool_core::{Annex, Draft};
///
/// struct Vault(Vec<u8>);
///
/// impl Annex for Vault {
///     fn threshold(&self) -> usize {
///         5
///     }
///     fn append(&mut self, bytes: &[u8]) -> bool {
///         self.0.extend(bytes);
///         true
///     }
///     fn take_out(&mut self, into: &mut Vec<u8>) {
///         into.append(&mut self.0);
///     }
///     fn clear(&mut self) {
///         self.0.clear();
///     }
/// }
///
/// let (mut buffer, mut vault) = (b"before ".to_vec(), Vault(Vec::new()));
/// let mut draft = Draft::with_annex(&mut buffer, &mut vault);
/// draft.write(b"tiny");
/// assert!(!draft.finish());
/// let mut draft = Draft::with_annex(&mut buffer, &mut vault);
/// draft.write(b"larger");
/// assert!(draft.finish());
/// assert_eq!((&buffer[..], &vault.0[..]), (&b"before tiny"[..], &b"larger"[..]));
/// ```
pub struct Draft<'a> {
    buffer: &'a mut Vec<u8>,
    /// Where the payload begins in the buffer.
    start: usize,
    /// How many bytes it has, wherever they are.
    len: usize,
    /// From how many bytes on writing takes more than appending to the buffer.
    most: usize,
    annex: Option<&'a mut dyn Annex>,
    is_annexed: bool,
}

impl<'a> Draft<'a> {
    /// A payload at the end of `buffer`, whatever its size.
    #[must_use]
    pub fn new(buffer: &'a mut Vec<u8>) -> Self {
        Self {
            start: buffer.len(),
            buffer,
            len: 0,
            most: usize::MAX,
            annex: None,
            is_annexed: false,
        }
    }

    /// A payload at the end of `buffer`, or, from a size on that the annex says, in `annex`.
    #[must_use]
    pub fn with_annex(buffer: &'a mut Vec<u8>, annex: &'a mut dyn Annex) -> Self {
        Self {
            most: annex.threshold().saturating_sub(1),
            annex: Some(annex),
            ..Self::new(buffer)
        }
    }

    /// Appends to the payload.
    #[inline]
    pub fn write(&mut self, bytes: &[u8]) {
        self.len = self.len.saturating_add(bytes.len());
        if self.len > self.most {
            return self.write_large(bytes);
        }
        self.buffer.extend_from_slice(bytes);
    }

    /// How many bytes the payload has.
    #[must_use]
    #[inline]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether it has none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Forgets what was written.
    pub fn discard(&mut self) {
        self.buffer.truncate(self.start);
        if let Some(annex) = self.annex.as_mut().filter(|_| self.is_annexed) {
            annex.clear();
        }
        (self.len, self.is_annexed) = (0, false);
    }

    /// The payload is whole. Returns whether it lies in the annex; then nothing of it is in the buffer.
    #[must_use = "the payload lies in one of two places"]
    pub fn finish(&mut self) -> bool {
        if self.is_annexed {
            self.pass_on();
        }
        self.is_annexed
    }

    #[cold]
    fn write_large(&mut self, bytes: &[u8]) {
        self.is_annexed = true;
        if bytes.len() < SMALL_BYTES {
            self.buffer.extend_from_slice(bytes);
            if self.buffer.len() - self.start >= GATHERED_BYTES {
                self.pass_on();
            }
            return;
        }
        self.pass_on();
        let annex = self.annex.as_mut().filter(|_| self.is_annexed);
        if annex.is_some_and(|annex| annex.append(bytes)) {
            return;
        }
        if self.is_annexed {
            self.take_back();
        }
        self.buffer.extend_from_slice(bytes);
    }

    /// Moves what has been gathered in the buffer to the annex.
    fn pass_on(&mut self) {
        let Some(annex) = self.annex.as_mut().filter(|_| self.is_annexed) else {
            return;
        };
        if annex.append(&self.buffer[self.start..]) {
            self.buffer.truncate(self.start);
        } else {
            self.take_back();
        }
    }

    /// There is no room in the annex: the payload goes on in the buffer.
    fn take_back(&mut self) {
        let gathered = self.buffer.split_off(self.start);
        if let Some(annex) = self.annex.take() {
            annex.take_out(self.buffer);
        }
        self.buffer.extend_from_slice(&gathered);
        (self.is_annexed, self.most) = (false, usize::MAX);
    }
}

impl fmt::Debug for Draft<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            len, is_annexed, ..
        } = self;
        write!(f, "Draft({len} bytes, in an annex: {is_annexed})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An annex with room for so many bytes.
    struct Room(usize, Vec<u8>);

    impl Annex for Room {
        fn threshold(&self) -> usize {
            100
        }

        fn append(&mut self, bytes: &[u8]) -> bool {
            let fits = self.1.len() + bytes.len() <= self.0;
            if fits {
                self.1.extend_from_slice(bytes);
            }
            fits
        }

        fn take_out(&mut self, into: &mut Vec<u8>) {
            into.append(&mut self.1);
        }

        fn clear(&mut self) {
            self.1.clear();
        }
    }

    #[test]
    fn a_payload_is_whole_in_one_place_whatever_the_pieces_and_the_room() {
        let bytes: Vec<u8> = (0..=250).cycle().take(100_000).collect();
        for room in [0, 99, 50_000, 99_999, 100_000] {
            for piece in [1, 7, 4_096, 60_000, 100_000] {
                for len in [0, 99, 100, 5_000, 100_000] {
                    let mut buffer = b"before".to_vec();
                    let mut annex = Room(room, Vec::new());
                    let mut draft = Draft::with_annex(&mut buffer, &mut annex);
                    bytes[..len]
                        .chunks(piece)
                        .for_each(|part| draft.write(part));
                    assert_eq!(draft.len(), len);
                    let is_annexed = draft.finish();
                    assert_eq!(
                        is_annexed,
                        (100..=room).contains(&len),
                        "{room} {piece} {len}"
                    );
                    let (here, there) = (&buffer[6..], &annex.1[..]);
                    let (whole, empty) = if is_annexed {
                        (there, here)
                    } else {
                        (here, there)
                    };
                    assert!(
                        whole == &bytes[..len] && empty.is_empty(),
                        "{room} {piece} {len}"
                    );
                }
            }
        }
    }

    #[test]
    fn what_is_discarded_is_nowhere() {
        for len in [10, 1_000, 50_000] {
            let mut buffer = b"before".to_vec();
            let mut annex = Room(1 << 20, Vec::new());
            let mut draft = Draft::with_annex(&mut buffer, &mut annex);
            draft.write(&vec![1; len]);
            draft.discard();
            assert!(draft.is_empty() && !draft.finish());
            draft.write(b" after");
            assert!(!draft.finish());
            assert_eq!((&buffer[..], annex.1.len()), (&b"before after"[..], 0));
        }
    }
}
