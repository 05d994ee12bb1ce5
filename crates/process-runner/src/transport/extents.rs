//! Which parts of a large piece of memory are taken. Numbers alone: nothing is read or written here.

use std::ops::Range;

use crate::sys::memory::PAGE_BYTES;

/// The parts that are taken, in whole pages.
#[derive(Debug)]
pub(crate) struct Extents {
    span: usize,
    /// In order, and apart.
    taken: Vec<Range<usize>>,
}

impl Extents {
    pub(crate) fn new(span: usize) -> Self {
        Self {
            span,
            taken: Vec::new(),
        }
    }

    /// How many parts are taken.
    pub(crate) fn count(&self) -> usize {
        self.taken.len()
    }

    /// Where the last of them ends.
    pub(crate) fn end(&self) -> usize {
        self.taken.last().map_or(0, |last| last.end)
    }

    /// Takes `bytes`, as far in front as there is room: memory that was used before is the cheapest.
    pub(crate) fn take(&mut self, bytes: usize) -> Option<usize> {
        let bytes = pages(bytes)?;
        let mut start = 0;
        let mut at = 0;
        for taken in &self.taken {
            if taken.start - start >= bytes {
                break;
            }
            start = taken.end;
            at += 1;
        }
        let end = start.checked_add(bytes).filter(|&end| end <= self.span)?;
        self.taken.insert(at, start..end);
        Some(start)
    }

    /// Makes the part that begins at `start` so large, if there is room behind it.
    pub(crate) fn resize(&mut self, start: usize, bytes: usize) -> bool {
        let Some((at, bytes)) = self.at(start).zip(pages(bytes)) else {
            return false;
        };
        let limit = self.taken.get(at + 1).map_or(self.span, |next| next.start);
        let end = start.checked_add(bytes).filter(|&end| end <= limit);
        if let Some(end) = end {
            self.taken[at].end = end;
        }
        end.is_some()
    }

    /// Gives the part back that begins at `start`.
    pub(crate) fn give(&mut self, start: usize) {
        if let Some(at) = self.at(start) {
            self.taken.remove(at);
        }
    }

    fn at(&self, start: usize) -> Option<usize> {
        self.taken.iter().position(|taken| taken.start == start)
    }
}

/// So many bytes in whole pages, one at least.
fn pages(bytes: usize) -> Option<usize> {
    bytes.max(1).checked_next_multiple_of(PAGE_BYTES)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: usize = PAGE_BYTES;

    #[test]
    fn the_first_room_that_is_large_enough_is_taken() {
        let mut extents = Extents::new(10 * PAGE);
        let starts: Vec<_> = [1, PAGE + 1, 3 * PAGE, 0].map(|n| extents.take(n)).into();
        assert_eq!(starts, [0, 1, 3, 6].map(|page| Some(page * PAGE)));
        extents.give(PAGE);
        assert_eq!(extents.take(3 * PAGE), Some(7 * PAGE), "the gap has two");
        assert_eq!(extents.take(2 * PAGE), Some(PAGE));
        assert_eq!(extents.take(1), None);
        assert_eq!((extents.count(), extents.end()), (5, 10 * PAGE));
    }

    #[test]
    fn a_part_grows_as_far_as_the_next_and_shrinks() {
        let mut extents = Extents::new(10 * PAGE);
        extents.take(PAGE);
        let second = extents.take(PAGE).unwrap();
        assert!(!extents.resize(0, 2 * PAGE));
        assert!(extents.resize(second, 9 * PAGE));
        assert!(!extents.resize(second, 9 * PAGE + 1));
        assert!(extents.resize(second, 5));
        assert_eq!(extents.end(), 2 * PAGE);
        assert!(!extents.resize(5 * PAGE, 1), "nothing begins there");
        assert!(!extents.resize(second, usize::MAX));
        assert_eq!(extents.take(usize::MAX), None);
    }
}
