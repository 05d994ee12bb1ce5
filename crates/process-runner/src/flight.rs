//! One request on its way to a worker and back.

use std::time::Duration;

use anypool_core::{Answers, Settlement};

use crate::grip::Grip;
use crate::parcel::{Answered, Attempt, Parcel, Settled};

/// A request in flight, and what of it has been answered.
#[derive(Debug)]
pub(crate) struct Flight {
    pub(crate) sequence: u64,
    pub(crate) parcel: Parcel,
    /// How many items have been answered.
    pub(crate) answered: u32,
    pub(crate) sent_nanos: u64,
    /// Whether somebody has asked for its end.
    pub(crate) to_kill: bool,
}

impl Flight {
    /// How many items are the worker's, after what was taken back.
    pub(crate) fn kept(&self, grip: &Grip) -> u32 {
        let all = self.parcel.len();
        // Bounded by what the parent knows: the worker could have changed the page before.
        grip.taken_back(self.sequence)
            .map_or(all, |first| first.clamp(self.answered, all))
    }

    /// Takes back what has not started; `None` when nothing is, or when it was cancelled.
    pub(crate) fn take_back(&self, grip: &Grip) -> Option<Parcel> {
        let before = self.kept(grip);
        let taken = self.parcel.job.take_back(grip.ticket(self.sequence));
        taken.then(|| self.part(self.kept(grip), before))?
    }

    /// Takes back what follows the item that runs, or is about to run.
    pub(crate) fn take_back_rest(&self, grip: &Grip) -> Option<Parcel> {
        let before = self.kept(grip);
        let taken = grip.take_back_after(self.sequence, self.answered);
        taken.then(|| self.part(self.kept(grip), before))?
    }

    fn part(&self, from: u32, until: u32) -> Option<Parcel> {
        self.parcel.part(from..until)
    }

    /// The ends of the next items.
    pub(crate) fn answered(&self, first: u32, answers: Answers, busy: Duration) -> Answered {
        Answered {
            job: self.parcel.job.clone(),
            first: self.parcel.items.start + first,
            answers,
            busy,
            span: self.parcel.span.clone(),
        }
    }

    /// Whether all of it has been answered.
    pub(crate) fn is_over(&self) -> bool {
        self.answered == self.parcel.len()
    }

    /// The end of an item; one that failed may have the means to be tried again with it.
    pub(crate) fn settled(
        &self,
        ticket: u64,
        item: u32,
        how: Settlement,
        busy: Duration,
    ) -> Settled {
        Settled {
            attempt: self.attempt(ticket, item, &how),
            job: self.parcel.job.clone(),
            item: self.parcel.items.start + item,
            how,
            busy,
            span: self.parcel.span.clone(),
        }
    }

    /// The end of the last item.
    pub(crate) fn into_settled(
        self,
        ticket: u64,
        item: u32,
        how: Settlement,
        busy: Duration,
    ) -> Settled {
        Settled {
            attempt: self.attempt(ticket, item, &how),
            item: self.parcel.items.start + item,
            how,
            busy,
            job: self.parcel.job,
            span: self.parcel.span,
        }
    }

    fn attempt(&self, ticket: u64, item: u32, how: &Settlement) -> Option<Box<Attempt>> {
        let retries = self.parcel.terms.retries.count > 0;
        let failed = retries && matches!(how, Settlement::Failed(_));
        let parcel = failed.then(|| self.part(item, item + 1)).flatten()?;
        Some(Box::new(Attempt { parcel, ticket }))
    }
}
