//! The inputs of all items of a chunk, until they are taken or forgotten.

use std::ops::Range;
use std::sync::Arc;

use crate::codec::{CodecError, records};
use crate::job::contract::Holder;
use crate::job::input::Input;
use crate::job::kept::Kept;
use crate::job::pieces::Pieces;
use crate::job::workload::TaskCall;
use crate::panics;
use crate::task::contract::Task;

/// The inputs of a chunk.
pub(super) enum Inputs<T: Task> {
    /// To be moved out of here by the only run of each.
    Whole(T, Pieces<T::Input>),
    /// To be decoded anew by each attempt.
    Kept(T, Vec<Option<Box<Kept>>>),
}

impl<T: Task> Inputs<T> {
    /// The next inputs of `source` for `task`, at most so many, and how many there were.
    pub(super) fn pull(
        task: T,
        source: &mut impl Iterator<Item = T::Input>,
        most: usize,
    ) -> (Self, usize) {
        let (pieces, pulled) = Pieces::pull(source, most);
        (Self::Whole(task, pieces), pulled)
    }

    /// As [`Inputs::pull`], in the form in which they can be used more than once; and which have none.
    pub(super) fn pull_kept(
        task: T,
        source: &mut impl Iterator<Item = T::Input>,
        most: usize,
    ) -> (Self, usize, Vec<(u32, CodecError)>) {
        let (mut kept, mut failed) = (Vec::new(), Vec::new());
        for (item, input) in (0..).zip(source.take(most)) {
            match Input::kept(TaskCall { task, input }) {
                Ok(Input::Kept(_, input)) => kept.push(Some(input)),
                Ok(Input::Whole(_)) => kept.push(None),
                Err((error, _)) => {
                    failed.push((item, error));
                    kept.push(None);
                }
            }
        }
        let pulled = kept.len();
        (Self::Kept(task, kept), pulled, failed)
    }

    /// The input of `item`, if it is there.
    pub(super) fn take_one(&mut self, item: u32) -> Option<Input<TaskCall<T>>> {
        match self {
            Self::Whole(task, pieces) => {
                let (task, input) = (*task, pieces.take_one(item)?);
                Some(Input::Whole(TaskCall { task, input }))
            }
            Self::Kept(task, kept) => {
                let kept = kept.get_mut(item as usize)?.take()?;
                Some(Input::Kept(*task, kept))
            }
        }
    }

    /// The inputs of the first of `items`, which must be there, as many as can be moved at once. None where
    /// they are kept for several attempts.
    pub(super) fn take_block(&mut self, items: Range<u32>) -> Vec<T::Input> {
        match self {
            Self::Whole(_, pieces) => pieces.take(items),
            Self::Kept(..) => Vec::new(),
        }
    }

    /// Puts an input back that is to be used again.
    pub(super) fn put_back(&mut self, item: u32, input: Input<TaskCall<T>>) {
        if let (Self::Kept(_, kept), Input::Kept(_, input)) = (self, input)
            && let Some(place) = kept.get_mut(item as usize)
        {
            *place = Some(input);
        }
    }

    /// What outlives the attempts at `item`, if there may be several.
    pub(super) fn kept_mut(&mut self, item: u32) -> Option<&mut Kept> {
        match self {
            Self::Whole(..) => None,
            Self::Kept(_, kept) => kept.get_mut(item as usize)?.as_deref_mut(),
        }
    }

    /// Takes out what is left of the inputs of `items`, none of which will run.
    pub(super) fn leave(&mut self, items: Range<u32>) -> Vec<T::Input> {
        match self {
            Self::Whole(_, pieces) => {
                let some = || Some(pieces.take_some(items.clone())).filter(|some| !some.is_empty());
                std::iter::from_fn(some).flatten().collect()
            }
            Self::Kept(_, kept) => {
                // Bytes, which nobody has to drop outside of a lock.
                let end = (items.end as usize).min(kept.len());
                let within = kept.get_mut(items.start as usize..end);
                within.unwrap_or_default().fill_with(|| None);
                Vec::new()
            }
        }
    }

    /// Takes out all that is left. What is in its place is empty.
    pub(super) fn lend(&mut self) -> Self {
        let task = match self {
            Self::Whole(task, _) | Self::Kept(task, _) => *task,
        };
        std::mem::replace(self, Self::Whole(task, Pieces::none()))
    }

    /// Appends a record of each input of `items`; tells which have none. User code: the caller holds no lock.
    pub(super) fn encode_each(
        &self,
        items: Range<u32>,
        out: &mut Vec<u8>,
        mut failed: impl FnMut(u32, CodecError),
    ) {
        match self {
            Self::Whole(_, pieces) => {
                for (first, inputs) in pieces.of(items) {
                    records::encode_each(inputs.iter(), out, |at, error| {
                        let at = u32::try_from(at).unwrap_or(u32::MAX);
                        failed(first.saturating_add(at), error);
                    });
                }
            }
            Self::Kept(_, kept) => {
                let end = (items.end as usize).min(kept.len());
                let within = kept.get(items.start as usize..end).unwrap_or_default();
                for kept in within.iter().flatten() {
                    let copy = |out: &mut Vec<u8>| {
                        out.extend_from_slice(&kept.input);
                        Ok::<_, CodecError>(())
                    };
                    let _ = records::append_record(out, copy);
                }
            }
        }
    }

    /// Whom the items wait for that are to be tried again: nobody any more.
    pub(super) fn let_go(&mut self) -> Vec<(Arc<dyn Holder>, u64)> {
        match self {
            Self::Whole(..) => Vec::new(),
            Self::Kept(_, kept) => {
                let kept = kept.iter_mut().flatten();
                kept.filter_map(|kept| kept.let_go()).collect()
            }
        }
    }

    /// Drops what is left. User code: the caller holds no lock.
    pub(super) fn discard(self) {
        match self {
            Self::Whole(_, pieces) => discard_each(pieces.into_each()),
            Self::Kept(..) => {}
        }
    }
}

/// Drops user data whose destructors may panic, one by one: when two panic at once, the program aborts.
pub(super) fn discard_each<X>(data: impl IntoIterator<Item = X>) {
    if std::mem::needs_drop::<X>() {
        data.into_iter().for_each(panics::discard);
    }
}
