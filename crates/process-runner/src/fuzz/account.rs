//! Where every item is, kept apart from the seat: what the seat says is checked against it.

use std::collections::BTreeMap;

use anypool_core::JobId;

use crate::parcel::Parcel;

/// The places of all items.
#[derive(Debug, Default)]
pub(super) struct Account(BTreeMap<(JobId, u32), Place>);

/// Where an item is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Queued,
    Given,
    Settled,
    /// Nobody wants it. The worker may have started it all the same.
    Cancelled,
}

impl Account {
    /// An item was submitted.
    pub(super) fn queue(&mut self, parcel: &Parcel) {
        for key in keys(parcel) {
            self.0.insert(key, Place::Queued);
        }
    }

    /// A worker has been given what was queued.
    pub(super) fn give(&mut self, parcel: &Parcel) {
        self.each(parcel, |place| {
            assert_eq!(*place, Place::Queued, "only what is queued is given");
            *place = Place::Given;
        });
    }

    /// A worker was not given what it could have been.
    pub(super) fn drop_unwanted(&mut self, parcel: &Parcel) {
        self.each(parcel, |place| {
            assert_eq!(*place, Place::Cancelled, "all else is given");
        });
    }

    /// What a worker had goes back into the queue.
    pub(super) fn take_back(&mut self, parcel: &Parcel) {
        self.each(parcel, |place| match *place {
            Place::Given => *place = Place::Queued,
            // The queue drops it.
            Place::Cancelled => {}
            other => panic!("an item comes back, and it is {other:?}"),
        });
    }

    /// An item has ended.
    pub(super) fn settle(&mut self, job: JobId, item: u32) {
        let place = self.0.get_mut(&(job, item)).expect("it was submitted");
        assert!(
            matches!(*place, Place::Given | Place::Cancelled),
            "item {item} of {job} is settled, and it is {place:?}"
        );
        *place = Place::Settled;
    }

    /// Nobody wants what is left of `job`.
    pub(super) fn forget(&mut self, job: JobId) {
        for (_, place) in self.0.range_mut((job, 0)..=(job, u32::MAX)) {
            if *place != Place::Settled {
                *place = Place::Cancelled;
            }
        }
    }

    /// There is no worker any more.
    pub(super) fn close(&self) {
        let lost = self.0.values().filter(|place| **place == Place::Given);
        assert_eq!(lost.count(), 0, "items that nobody has");
    }

    fn each(&mut self, parcel: &Parcel, change: impl Fn(&mut Place)) {
        for key in keys(parcel) {
            change(self.0.get_mut(&key).expect("it was submitted"));
        }
    }
}

fn keys(parcel: &Parcel) -> impl Iterator<Item = (JobId, u32)> {
    let job = parcel.job.id();
    parcel.items.clone().map(move |item| (job, item))
}
