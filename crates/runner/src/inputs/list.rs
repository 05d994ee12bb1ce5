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

/// A place among inputs: that of the next one.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Cursor {
    piece: usize,
    /// How many of its piece come before it.
    within: u64,
}

impl Cursor {
    /// The input at this place, if there is one; goes on to the next.
    pub(crate) fn next(&mut self, inputs: &Inputs) -> Option<Argument> {
        loop {
            let piece = inputs.pieces.get(self.piece)?;
            if let Some(input) = piece.input(self.within) {
                self.within += 1;
                return Some(input);
            }
            self.piece += 1;
            self.within = 0;
        }
    }
}

impl Piece {
    fn input(&self, place: u64) -> Option<Argument> {
        match self {
            Self::One(input) => (place == 0).then(|| input.clone()),
            Self::Range(range, spread) => {
                let number = range.start().checked_add(place)?;
                range.contains(&number).then(|| spread.input(number))
            }
        }
    }

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_comes_by_the_same_inputs_as_the_iterator() {
        let last = u64::MAX;
        let pieces = vec![
            Piece::One(Argument::Integer(7)),
            Piece::Range(3..=5, Spread::Seconds),
            Piece::Range(last - 1..=last, Spread::Integers),
            Piece::One(Argument::Integer(9)),
        ];
        let inputs = Inputs { pieces };
        let mut cursor = Cursor::default();
        let seen: Vec<_> = std::iter::from_fn(|| cursor.next(&inputs)).collect();
        assert_eq!(seen, inputs.iter().collect::<Vec<_>>());
        assert_eq!(seen.len(), 7);
    }
}
