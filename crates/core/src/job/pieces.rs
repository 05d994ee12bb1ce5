//! The inputs of a chunk's items, until they are taken: consecutive ones lie in pieces.
//!
//! Tiny items are taken many at once, and a piece that is taken whole is moved and not copied. Plain data.

use std::ops::Range;
use std::vec::IntoIter;

/// The most inputs of a piece: as many as tiny items that run at a stretch.
pub(super) const PIECE: usize = 1_024;

/// Inputs by the numbers of their items.
#[derive(Debug)]
pub(super) struct Pieces<I> {
    /// In order; those that have been taken whole stay, empty.
    pieces: Vec<Piece<I>>,
}

/// Inputs of consecutive items.
#[derive(Debug)]
struct Piece<I> {
    /// The item whose input is the first.
    first: u32,
    inputs: IntoIter<I>,
}

impl<I> Pieces<I> {
    /// No inputs.
    pub(super) fn none() -> Self {
        Self { pieces: Vec::new() }
    }

    /// The next inputs of `source`, at most so many, and how many there were.
    pub(super) fn pull(source: &mut impl Iterator<Item = I>, most: usize) -> (Self, usize) {
        let mut pieces = Vec::new();
        let mut pulled = 0;
        while pulled < most {
            let size = PIECE.min(most - pulled);
            let inputs: Vec<I> = source.by_ref().take(size).collect();
            let came = inputs.len();
            if came > 0 {
                pieces.push(Piece {
                    first: u32::try_from(pulled).unwrap_or(u32::MAX),
                    inputs: inputs.into_iter(),
                });
            }
            pulled += came;
            if came < size {
                break;
            }
        }
        (Self { pieces }, pulled)
    }

    /// The input of `item`, if it is there.
    pub(super) fn take_one(&mut self, item: u32) -> Option<I> {
        let piece = self.piece_at(item)?;
        piece.first += 1;
        piece.inputs.next()
    }

    /// The inputs of the first of `items`, which must be there: as many as lie in one piece.
    pub(super) fn take(&mut self, items: Range<u32>) -> Vec<I> {
        let Some(piece) = self.piece_at(items.start) else {
            return Vec::new();
        };
        let taken: Vec<I> = if items.len() < piece.inputs.len() {
            piece.inputs.by_ref().take(items.len()).collect()
        } else {
            std::mem::take(&mut piece.inputs).collect()
        };
        piece.first += count(taken.len());
        taken
    }

    /// The inputs of `items` that are there, as far as they lie in one piece; none when none are.
    pub(super) fn take_some(&mut self, items: Range<u32>) -> Vec<I> {
        let mut later = self.pieces.iter().skip(self.index_of(items.start));
        let next = later.find(|piece| piece.inputs.len() > 0);
        let start = next.map_or(items.end, |piece| piece.first.max(items.start));
        match start < items.end {
            true => self.take(start..items.end),
            false => Vec::new(),
        }
    }

    /// The inputs of `items`, by the piece, each with the item of its first.
    pub(super) fn of(&self, items: Range<u32>) -> impl Iterator<Item = (u32, &[I])> {
        let pieces = self.pieces.iter().skip(self.index_of(items.start));
        pieces.map_while(move |piece| {
            let start = items.start.max(piece.first);
            let end = items.end.min(piece.end());
            let within = start.checked_sub(piece.first)?..end.checked_sub(piece.first)?;
            let within = within.start as usize..within.end as usize;
            Some((start, piece.inputs.as_slice().get(within)?))
        })
    }

    /// All inputs, in order.
    pub(super) fn into_each(self) -> impl Iterator<Item = I> {
        self.pieces.into_iter().flat_map(|piece| piece.inputs)
    }

    /// The place of the first piece that has inputs of `item` or of later ones.
    fn index_of(&self, item: u32) -> usize {
        self.pieces.partition_point(|piece| piece.end() <= item)
    }

    /// The piece that begins with the input of `item`; one that has it further behind is cut there.
    fn piece_at(&mut self, item: u32) -> Option<&mut Piece<I>> {
        let mut index = self.index_of(item);
        let piece = self.pieces.get_mut(index)?;
        let before = item.checked_sub(piece.first)?;
        if before > 0 {
            let mut front: Vec<I> = std::mem::take(&mut piece.inputs).collect();
            let inputs = front.split_off(before as usize).into_iter();
            piece.inputs = front.into_iter();
            let first = item;
            index += 1;
            self.pieces.insert(index, Piece { first, inputs });
        }
        self.pieces.get_mut(index)
    }
}

impl<I> Piece<I> {
    /// The item behind the last one.
    fn end(&self) -> u32 {
        self.first + count(self.inputs.len())
    }
}

fn count(inputs: usize) -> u32 {
    u32::try_from(inputs).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn no_more_is_pulled_than_was_asked_for() {
        let mut source = 0..10_000;
        let (pieces, pulled) = Pieces::pull(&mut source, 2_500);
        assert_eq!((pulled, source.start), (2_500, 2_500));
        assert!(pieces.into_each().eq(0..2_500));
        let (pieces, pulled) = Pieces::pull(&mut source, 1 << 16);
        assert_eq!((pulled, source.next()), (7_500, None));
        assert!(pieces.into_each().eq(2_500..10_000));
    }

    proptest! {
        #[test]
        fn whatever_is_taken_each_input_is_had_once_and_is_its_items(
            total in 0..5_000_u32,
            takes in vec((0..5_000_u32, 0..2_000_u32, 0..3_u8), 0..40),
        ) {
            let (mut pieces, _) = Pieces::pull(&mut (0..total), 1 << 16);
            let mut left: Vec<bool> = vec![true; total as usize];
            for (start, len, how) in takes {
                let end = (start + len).min(total);
                let there = left.get(start as usize) == Some(&true);
                let (first, taken) = match how {
                    0 => (start, pieces.take_one(start).into_iter().collect()),
                    1 => {
                        let next = (start..end).find(|at| left[*at as usize]);
                        (next.unwrap_or(start), pieces.take_some(start..end))
                    }
                    _ if there => {
                        let run = (start..end).take_while(|at| left[*at as usize]).count();
                        (start, pieces.take(start..start + u32::try_from(run).unwrap()))
                    }
                    _ => continue,
                };
                prop_assert_eq!(how == 0 && there, how == 0 && !taken.is_empty());
                for (item, input) in (first..).zip(taken) {
                    prop_assert_eq!(item, input);
                    prop_assert!(std::mem::replace(&mut left[item as usize], false));
                }
            }
            let rest = (0..total).filter(|item| left[*item as usize]);
            let mut seen = Vec::new();
            for (first, inputs) in pieces.of(0..total) {
                prop_assert!(inputs.is_empty() || inputs[0] == first);
                seen.extend_from_slice(inputs);
            }
            prop_assert!(seen.into_iter().eq(rest.clone()));
            prop_assert!(pieces.into_each().eq(rest));
        }
    }
}
