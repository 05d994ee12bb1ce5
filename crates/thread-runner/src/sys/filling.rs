//! A list whose values are written in their places by several threads.
//!
//! What makes it sound: a [`Part`] is room that nobody else has, since parts are made by cutting parts, and
//! the first is all there is. It counts the values that it holds, and they are its own until [`filled`] has
//! got parts back that hold as many values as there is room for, which only all of them together do. Then the
//! values become the list's. On every other path each part drops what it holds.
#![expect(
    unsafe_code,
    reason = "a list is told how many of its places hold values"
)]

use std::mem::{MaybeUninit, forget, needs_drop, take};
use std::panic::AssertUnwindSafe;

use anypool_core::catch;

/// Room for some consecutive values of a list, and those of them that are there.
pub(crate) struct Part<'a, O> {
    room: &'a mut [MaybeUninit<O>],
    /// So many of its first places hold values.
    held: usize,
}

/// A list of `len` values: `fill` is given room for them, and gives it back in parts.
///
/// # Errors
///
/// Those of `fill`; what has been written by then is dropped.
///
/// # Panics
///
/// When a part is missing or not full: the caller's mistake.
pub(crate) fn filled<O, E>(
    len: usize,
    fill: impl for<'a> FnOnce(Part<'a, O>) -> Result<Vec<Part<'a, O>>, E>,
) -> Result<Vec<O>, E> {
    let mut values = Vec::with_capacity(len);
    let (room, _) = values.spare_capacity_mut().split_at_mut(len);
    let parts = fill(Part { room, held: 0 })?;
    let held: usize = parts.iter().map(|part| part.held).sum();
    assert_eq!(held, len, "every place has its value");
    parts.into_iter().for_each(forget);
    // SAFETY: the capacity is `len` or more. The parts were cut from the first `len` places, since no other
    // part can have the lifetime that `fill` must be ready for, no two have a place in common, and together
    // they hold as many values as there are places, so there is one in each. None of the parts drops its
    // values any more.
    unsafe { values.set_len(len) };
    Ok(values)
}

impl<O> Part<'_, O> {
    /// How many values are there.
    pub(crate) fn held(&self) -> usize {
        self.held
    }

    /// Cuts off the first `count` places of a part that holds nothing yet.
    pub(crate) fn cut(&mut self, count: usize) -> Self {
        assert_eq!(self.held, 0, "what holds values is not cut");
        let (front, back) = take(&mut self.room).split_at_mut(count);
        self.room = back;
        Self {
            room: front,
            held: 0,
        }
    }

    /// Writes values behind those that are there, as far as there is room. Should one not come, by a panic,
    /// those before it are there.
    #[inline]
    pub(crate) fn extend(&mut self, values: impl Iterator<Item = O>) {
        for (place, value) in self.room[self.held..].iter_mut().zip(values) {
            place.write(value);
            self.held += 1;
        }
    }
}

impl<O> Drop for Part<'_, O> {
    fn drop(&mut self) {
        if !needs_drop::<O>() {
            return;
        }
        for place in &mut self.room[..self.held] {
            // SAFETY: the first `held` places hold values, which are dropped nowhere else: what becomes the
            // list's is forgotten here.
            let drop = AssertUnwindSafe(|| unsafe { place.assume_init_drop() });
            // A destructor's panic has been reported by the hook, and keeps no other value.
            let _ = catch(drop);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[test]
    fn parts_that_are_filled_in_any_order_are_a_list() {
        let list = filled::<_, ()>(10, |mut all| {
            let mut front = all.cut(3);
            let mut middle = all.cut(0);
            middle.extend([String::from("no room")].into_iter());
            all.extend((3..6).map(|n| n.to_string()));
            all.extend((6..99).map(|n| n.to_string()));
            front.extend((0..3).map(|n| n.to_string()));
            assert_eq!((front.held(), middle.held(), all.held()), (3, 0, 7));
            Ok(vec![all, middle, front])
        });
        let numbers: Vec<String> = (0..10).map(|n| n.to_string()).collect();
        assert_eq!(list, Ok(numbers));
        assert_eq!(filled::<u8, ()>(0, |all| Ok(vec![all])), Ok(vec![]));
        let units = filled::<(), ()>(5, |mut all| {
            all.extend(std::iter::repeat(()));
            Ok(vec![all])
        });
        assert_eq!(units, Ok(vec![(); 5]));
    }

    #[test]
    fn what_does_not_become_a_list_is_dropped_once() {
        let witness = Arc::new(());
        let failed = filled::<Arc<()>, _>(10, |mut all| {
            let mut front = all.cut(4);
            front.extend(std::iter::repeat_n(Arc::clone(&witness), 2));
            all.extend(std::iter::repeat_n(Arc::clone(&witness), 6));
            assert_eq!(Arc::strong_count(&witness), 9);
            Err("not today")
        });
        assert_eq!(failed.unwrap_err(), "not today");
        assert_eq!(Arc::strong_count(&witness), 1);
    }

    #[test]
    fn a_list_with_a_gap_is_refused_and_its_values_are_dropped() {
        let witness = Arc::new(());
        for missing in [true, false] {
            let fill = AssertUnwindSafe(|| {
                filled::<Arc<()>, ()>(3, |mut all| {
                    let mut front = all.cut(1);
                    front.extend(std::iter::once(Arc::clone(&witness)));
                    all.extend(std::iter::once(Arc::clone(&witness)));
                    Ok(if missing {
                        vec![front]
                    } else {
                        vec![front, all]
                    })
                })
            });
            assert!(catch(fill).is_err());
            assert_eq!(Arc::strong_count(&witness), 1);
        }
    }
}
