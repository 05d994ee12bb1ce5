//! How consecutive items of a chunk ended.
//!
//! Values lie in one piece, whether as values or encoded; failures, which are few, lie apart. So an item
//! that succeeds costs its value and nothing else.

use std::vec::IntoIter;

use serde::de::DeserializeOwned;

use crate::codec::records::{Records, decode_each};
use crate::job::answers::{Answers, error_of};
use crate::job::stored::Stored;
use crate::job_error::{JobError, Outcome};

/// A lane of so many values takes no more in: to move them would cost more than to look for them.
const MANY: u32 = 256;

/// The outcomes of consecutive items.
#[derive(Debug)]
pub(crate) struct Lane<T> {
    /// The first item.
    first: u32,
    items: u32,
    form: Form<T>,
}

#[derive(Debug)]
enum Form<T> {
    Plain(Plain<T>),
    /// The records of another process.
    Encoded(Vec<u8>),
}

#[derive(Debug)]
struct Plain<T> {
    /// Of the items that did not fail, in order.
    values: Vec<T>,
    /// Those that did, by their place in the lane, in order.
    failed: Vec<(u32, JobError)>,
}

/// How many items have ended, and how.
#[derive(Debug)]
pub(crate) struct Tally {
    pub(crate) items: u32,
    pub(crate) failed: u32,
    /// That of the first that failed.
    pub(crate) error: Option<JobError>,
}

impl<T> Lane<T> {
    /// What another process answered for the items from `first` on.
    pub(crate) fn answered(first: u32, answers: Answers) -> Self {
        let (items, records) = answers.into_records();
        Self {
            first,
            items,
            form: Form::Encoded(records),
        }
    }

    /// How a single item ended.
    pub(crate) fn single(item: u32, stored: Stored<T>) -> Self {
        let mut running = Running::starting_at(item, 1);
        match stored {
            Stored::Value(value) => running.extend([value]),
            Stored::Failed(error) => running.fail(*error),
            Stored::Encoded(bytes) => {
                return Self::encoded(item, |out| out.extend_from_slice(&bytes));
            }
            Stored::Lent(lent) => {
                return Self::encoded(item, |out| lent.copy_out(0..lent.len(), out));
            }
        }
        running.into_lane()
    }

    fn encoded(item: u32, write: impl FnOnce(&mut Vec<u8>)) -> Self {
        Self::answered(item, Answers::of_value(write))
    }

    pub(crate) fn first(&self) -> u32 {
        self.first
    }

    /// The item behind the last one.
    pub(crate) fn end(&self) -> u32 {
        self.first + self.items
    }

    /// How many items these are, and how many of them failed.
    pub(crate) fn tally(&self) -> Tally {
        let (failed, error) = match &self.form {
            Form::Plain(plain) => {
                let first = plain.failed.first();
                (plain.failed.len(), first.map(|(_, error)| error.clone()))
            }
            Form::Encoded(records) => {
                let mut failed = Records::new(records).filter(|record| record.is_error);
                let first = failed.next().map(|record| error_of(record.bytes));
                (usize::from(first.is_some()) + failed.count(), first)
            }
        };
        Tally {
            items: self.items,
            failed: u32::try_from(failed).unwrap_or(u32::MAX),
            error,
        }
    }

    /// Whether an item was cancelled, by somebody here.
    pub(crate) fn has_cancelled(&self) -> bool {
        let cancelled = |(_, error): &(u32, JobError)| *error == JobError::Cancelled;
        matches!(&self.form, Form::Plain(plain) if plain.failed.iter().any(cancelled))
    }

    /// Encoded bytes, where that is the form.
    pub(crate) fn bytes(&self) -> usize {
        match &self.form {
            Form::Plain(_) => 0,
            Form::Encoded(records) => records.len(),
        }
    }

    /// Appends the outcomes that follow; gives them back when they do not, have another form, or need not
    /// be moved, since there are many.
    pub(crate) fn join(&mut self, mut next: Self) -> Result<(), Self> {
        if next.first != self.end() {
            return Err(next);
        }
        match (&mut self.form, &mut next.form) {
            (Form::Plain(plain), Form::Plain(more)) if self.items < MANY => {
                plain.append(more, self.items);
            }
            (Form::Encoded(records), Form::Encoded(more)) => records.append(more),
            _ => return Err(next),
        }
        self.items += next.items;
        Ok(())
    }
}

impl<T> Plain<T> {
    fn append(&mut self, more: &mut Self, items: u32) {
        self.values.append(&mut more.values);
        let moved = more.failed.drain(..).map(|(at, error)| (at + items, error));
        self.failed.extend(moved);
    }
}

/// Outcomes as they come, on the thread that runs their items.
#[derive(Debug)]
pub(crate) struct Running<T> {
    first: u32,
    plain: Plain<T>,
}

impl<T> Running<T> {
    /// Of items from `first` on; `expected` are likely to come.
    pub(crate) fn starting_at(first: u32, expected: usize) -> Self {
        let values = Vec::with_capacity(expected);
        let failed = Vec::new();
        let plain = Plain { values, failed };
        Self { first, plain }
    }

    /// The next items have values. Should one not come, by a panic, those before it stay.
    #[inline]
    pub(crate) fn extend(&mut self, values: impl IntoIterator<Item = T>) {
        self.plain.values.extend(values);
    }

    /// The next item has none.
    #[cold]
    pub(crate) fn fail(&mut self, error: JobError) {
        let at = self.items();
        self.plain.failed.push((at, error));
    }

    fn items(&self) -> u32 {
        let items = self.plain.values.len() + self.plain.failed.len();
        u32::try_from(items).unwrap_or(u32::MAX)
    }

    pub(crate) fn into_lane(self) -> Lane<T> {
        Lane {
            first: self.first,
            items: self.items(),
            form: Form::Plain(self.plain),
        }
    }
}

impl<T: DeserializeOwned> Lane<T> {
    /// The outcomes one by one. Decodes, which is user code.
    pub(crate) fn into_outcomes(self) -> Outcomes<T> {
        let plain = match self.form {
            Form::Plain(plain) => plain,
            Form::Encoded(records) => decode(self.items, &records),
        };
        Outcomes::new(plain)
    }
}

fn decode<T: DeserializeOwned>(items: u32, records: &[u8]) -> Plain<T> {
    let mut values = Vec::with_capacity(items as usize);
    let mut failed = Vec::new();
    let mut at = 0;
    let each = |decoded| {
        match decoded {
            Ok(value) => values.push(value),
            Err(error) => failed.push((at, error)),
        }
        at += 1;
    };
    decode_each(Records::new(records), error_of, JobError::Codec, each);
    Plain { values, failed }
}

/// Outcomes of consecutive items, in order.
#[derive(Debug)]
pub(crate) struct Outcomes<T> {
    values: IntoIter<T>,
    failed: IntoIter<(u32, JobError)>,
    /// How many values come before the next failure.
    run: usize,
    /// The place behind those.
    at: u32,
}

impl<T> Outcomes<T> {
    fn new(plain: Plain<T>) -> Self {
        let mut outcomes = Self {
            values: plain.values.into_iter(),
            failed: plain.failed.into_iter(),
            run: 0,
            at: 0,
        };
        outcomes.find_failure();
        outcomes
    }

    /// As if nothing had been there.
    pub(crate) fn none() -> Self {
        Self::new(Plain {
            values: Vec::new(),
            failed: Vec::new(),
        })
    }

    fn find_failure(&mut self) {
        let next = self.failed.as_slice().first();
        self.run = match next {
            None => self.values.len(),
            Some((at, _)) => (at - self.at) as usize,
        };
        self.at += u32::try_from(self.run).unwrap_or(u32::MAX);
    }

    /// The next outcome if it is a value.
    #[inline]
    pub(crate) fn next_value(&mut self) -> Option<T> {
        self.run = self.run.checked_sub(1)?;
        self.values.next()
    }

    /// The next outcome where the next is no value.
    #[cold]
    fn next_failure(&mut self) -> Option<Outcome<T>> {
        let (_, error) = self.failed.next()?;
        self.at += 1;
        self.find_failure();
        Some(Err(error))
    }

    /// Moves the values that come before the next failure.
    pub(crate) fn take_run(&mut self, into: &mut Vec<T>) {
        if self.failed.as_slice().is_empty() {
            self.run = 0;
            into.extend(std::mem::take(&mut self.values));
        } else {
            into.extend(self.values.by_ref().take(std::mem::take(&mut self.run)));
        }
    }
}

impl<T> Iterator for Outcomes<T> {
    type Item = Outcome<T>;

    #[inline]
    fn next(&mut self) -> Option<Outcome<T>> {
        match self.next_value() {
            Some(value) => Some(Ok(value)),
            None => self.next_failure(),
        }
    }
}
