//! Checked inputs, in order. A range stays a range, however long it is.

use std::ops::RangeInclusive;
use std::time::Duration;

use crate::parameter::Argument;

/// Checked inputs, in order.
#[derive(Debug, Default)]
pub(crate) struct Inputs {
    pub(super) pieces: Vec<Piece>,
}

#[derive(Debug)]
pub(super) enum Piece {
    One(Argument),
    /// Never empty; each number is an input, in the form that `Spread` says.
    Range(RangeInclusive<u64>, Spread),
}

/// What the numbers of a range become.
#[derive(Clone, Copy, Debug)]
pub(super) enum Spread {
    Integers,
    Seconds,
}

impl Inputs {
    /// How many there are.
    pub(crate) fn len(&self) -> u64 {
        self.pieces
            .iter()
            .map(Piece::len)
            .fold(0, u64::saturating_add)
    }

    /// The inputs, in order.
    pub(crate) fn iter(&self) -> Iter<'_> {
        Iter {
            pieces: self.pieces.iter(),
            range: None,
            left: self.len(),
        }
    }
}

impl Piece {
    fn len(&self) -> u64 {
        match self {
            Self::One(_) => 1,
            Self::Range(range, _) => (range.end() - range.start()).saturating_add(1),
        }
    }
}

impl Spread {
    fn input(self, number: u64) -> Argument {
        match self {
            Self::Integers => Argument::Integer(number),
            Self::Seconds => Argument::Time(Duration::from_secs(number)),
        }
    }
}

/// The iterator of [`Inputs::iter`].
#[derive(Clone, Debug)]
pub(crate) struct Iter<'a> {
    pieces: std::slice::Iter<'a, Piece>,
    range: Option<(RangeInclusive<u64>, Spread)>,
    left: u64,
}

impl Iterator for Iter<'_> {
    type Item = Argument;

    fn next(&mut self) -> Option<Argument> {
        loop {
            if let Some((range, spread)) = &mut self.range
                && let Some(number) = range.next()
            {
                self.left = self.left.saturating_sub(1);
                return Some(spread.input(number));
            }
            match self.pieces.next()? {
                Piece::One(input) => {
                    self.left = self.left.saturating_sub(1);
                    return Some(input.clone());
                }
                Piece::Range(range, spread) => self.range = Some((range.clone(), *spread)),
            }
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = usize::try_from(self.left);
        (left.unwrap_or(usize::MAX), left.ok())
    }
}
