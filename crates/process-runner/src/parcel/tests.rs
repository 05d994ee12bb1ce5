//! Parcels without workers; also what other tests make theirs with.

use std::num::NonZeroUsize;

use anypool_core::{Executor as _, JobHandle, MapOptions, Outcome};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::*;
pub(crate) use crate::parcel::keeper::{Keeper, parcel};

impl Keeper {
    /// A job with one item.
    pub(crate) fn single(&self) -> (Parcel, JobHandle<u64>) {
        let handle = self.submit(|n: u64| n, 7).unwrap();
        (parcel(&self.taken()[0]), handle)
    }

    /// A job with `items` items. Nobody waits for it.
    pub(crate) fn chunk(&self, items: usize) -> Parcel {
        let chunk = MapOptions::new().chunk(NonZeroUsize::new(items).unwrap());
        let map = self.map_with(|n: u64| n, 0..items as u64, chunk);
        let parcel = parcel(&self.taken()[0]);
        // A map that is dropped would cancel its items.
        std::mem::forget(map);
        parcel
    }
}

/// A number of which 3 cannot be encoded.
struct Picky(u64);

impl Serialize for Picky {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            3 => Err(serde::ser::Error::custom("not 3")),
            n => n.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Picky {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        u64::deserialize(deserializer).map(Self)
    }
}

fn input(parcel: &Parcel, at: usize) -> u64 {
    let mut records = Records::new(parcel.inputs());
    anypool_core::decode_exact(records.nth(at).unwrap().bytes).unwrap()
}

#[test]
fn items_around_one_that_cannot_be_encoded_keep_their_numbers_and_inputs() {
    let keeper = Keeper::new();
    let chunk = MapOptions::new().chunk(NonZeroUsize::new(6).unwrap());
    let map = keeper.map_with(|n: Picky| n.0, (0..6).map(Picky), chunk);
    let packed = Parcel::pack(&keeper.taken()[0], &Arc::default(), &Stock::new(false));
    let items: Vec<_> = packed
        .parcels
        .iter()
        .map(|parcel| parcel.items.clone())
        .collect();
    assert_eq!(items, [0..3, 4..6]);
    assert_eq!(packed.failed[0].0, 3);
    let [front, mut back] = <[Parcel; 2]>::try_from(packed.parcels.into_vec()).unwrap();
    assert_eq!((input(&front, 2), input(&back, 0)), (2, 4));
    let rest = back.split_off(1).unwrap();
    assert_eq!((back.items.clone(), rest.items.clone()), (4..5, 5..6));
    assert_eq!(input(&rest, 0), 5);
    drop(map);
}

#[test]
fn nothing_is_split_off_where_one_side_would_be_empty() {
    let mut parcel = Keeper::new().chunk(4);
    assert!(parcel.split_off(0).is_none());
    assert!(parcel.split_off(4).is_none());
    assert_eq!(parcel.split_off(3).unwrap().len(), 1);
    assert_eq!(parcel.len(), 3);
}

#[test]
fn a_part_has_its_own_inputs_and_as_many_fit_as_there_is_room_for() {
    let whole = Keeper::new().chunk(10);
    let part = whole.part(3..7).unwrap();
    assert_eq!(part.items, 3..7);
    assert_eq!((input(&part, 0), input(&part, 3)), (3, 6));
    assert!(whole.part(4..4).is_none() && whole.part(9..11).is_none());
    // Eight bytes and their length.
    assert_eq!(part.inputs().len(), 4 * 12);
    assert_eq!(
        [0, 12, 23, 24, 1_000].map(|most| part.fitting(most)),
        [1, 1, 1, 2, 4]
    );
}

#[test]
fn what_fails_ends_every_item_with_the_reason() {
    let (parcel, handle) = Keeper::new().single();
    assert!(!parcel.is_settled());
    for Settled {
        job,
        item,
        how,
        busy,
        ..
    } in parcel.clone().fail_all(&JobError::Shutdown)
    {
        assert!(job.settle(item, how, busy).is_none());
    }
    assert!(parcel.is_settled());
    let outcome: Outcome<u64> = handle.join();
    assert_eq!(outcome, Err(JobError::Shutdown));
}
