//! Where a payload lies that did not travel with its message.

use crate::wire::cursor::{Cursor, Malformed};

/// A part of a worker's inputs or results.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// Its first byte.
    pub(crate) at: u64,
    /// How many bytes it has.
    pub(crate) len: u64,
}

/// A result that a worker lends its parent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Loan {
    /// The number under which it is given back.
    pub(crate) number: u32,
    /// Where it lies among the worker's results.
    pub(crate) place: Place,
}

impl Place {
    pub(crate) fn append(self, out: &mut Vec<u8>) {
        out.extend(self.at.to_le_bytes());
        out.extend(self.len.to_le_bytes());
    }

    pub(crate) fn parse(cursor: &mut Cursor<'_>) -> Result<Self, Malformed> {
        let at = cursor.u64()?;
        let len = cursor.u64()?;
        Ok(Self { at, len })
    }

    /// The part as a range; `None` when it does not end before `limit`.
    pub(crate) fn within(self, limit: usize) -> Option<std::ops::Range<usize>> {
        let end = self.at.checked_add(self.len)?;
        let end = usize::try_from(end).ok().filter(|&end| end <= limit)?;
        let start = usize::try_from(self.at).ok()?;
        Some(start..end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_out_of_bounds_are_none() {
        let within = |at, len| Place { at, len }.within(100);
        assert_eq!(within(0, 100), Some(0..100));
        assert_eq!(within(40, 0), Some(40..40));
        for (at, len) in [
            (1, 100),
            (101, 0),
            (u64::MAX, 1),
            (1, u64::MAX),
            (u64::MAX, 0),
        ] {
            assert_eq!(within(at, len), None, "{at} {len}");
        }
    }
}
