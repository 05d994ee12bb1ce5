//! How items ended, in the terms of executors: one by one, or several at once.

use crate::codec::records::{Record, Records, append_marked, append_record};
use crate::codec::{decode_untrusted, encode_append};
use crate::job::encoded_value::EncodedValue;
use crate::job_error::JobError;
use crate::lent::Lent;
use crate::ran_by::RanBy;

/// How an item ended, in the executor's terms.
#[derive(Debug)]
pub enum Settlement {
    /// The task returned; these bytes encode its value.
    Encoded(EncodedValue),
    /// The same, in memory of the executor's.
    Lent(Box<dyn Lent>),
    /// There is no value.
    Failed(JobError),
}

/// How consecutive items of a chunk ended, in encoded form; what a worker sends back.
///
/// ```
/// use anypool_core::{Answers, JobError};
///
/// let mut answers = Answers::default();
/// answers.push(|out| Ok(out.push(7)));
/// answers.push(|_| Err(JobError::Cancelled));
/// let read = Answers::parse(answers.records()).expect("it was written just now");
/// let failed: Vec<_> = read.failures().collect();
/// assert_eq!((read.len(), failed), (2, vec![(1, JobError::Cancelled)]));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answers {
    items: u32,
    failed: u32,
    records: Vec<u8>,
}

/// Bytes that are no answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NoAnswers(&'static str);

impl NoAnswers {
    /// What is wrong, in words.
    #[must_use]
    pub fn what(self) -> &'static str {
        self.0
    }
}

impl Answers {
    /// The answers in `records`, if that is what they are: as many as it says, each with its value's
    /// bytes or an error that can be decoded. Whether a value can be is for who knows its type.
    ///
    /// # Errors
    ///
    /// The bytes are something else.
    pub fn parse(records: &[u8]) -> Result<Self, NoAnswers> {
        let mut reader = Records::new(records);
        let (mut items, mut failed) = (0, 0);
        for record in reader.by_ref() {
            items += 1;
            if record.is_error {
                failed += 1;
                decode_untrusted::<JobError>(record.bytes)
                    .map_err(|_| NoAnswers("an error that cannot be decoded"))?;
            }
        }
        if !reader.rest().is_empty() {
            return Err(NoAnswers("an answer beyond the end of the message"));
        }
        Ok(Self {
            items,
            failed,
            records: records.to_vec(),
        })
    }

    /// The next item has ended: with the value that `write` appends in encoded form, or without one.
    pub fn push(&mut self, write: impl FnOnce(&mut Vec<u8>) -> Result<(), JobError>) {
        self.items += 1;
        if let Err(error) = append_record(&mut self.records, write) {
            self.failed += 1;
            self.append_error(&error);
        }
    }

    /// One item has ended, with the value that `write` appends in encoded form.
    pub(crate) fn of_value(write: impl FnOnce(&mut Vec<u8>)) -> Self {
        let mut answers = Self::default();
        answers.push(|out| {
            write(out);
            Ok(())
        });
        answers
    }

    #[cold]
    fn append_error(&mut self, error: &JobError) {
        let mut bytes = Vec::new();
        if let Err(too_large) = encode_append(error, &mut bytes) {
            // Only a message beyond the limit gets here. That it was is short enough to be told.
            let _ = encode_append(&JobError::Codec(too_large), &mut bytes);
        }
        append_marked(&mut self.records, &bytes);
    }

    /// How many items have ended.
    #[must_use]
    pub fn len(&self) -> u32 {
        self.items
    }

    /// Whether no item has.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.items == 0
    }

    /// What travels.
    #[must_use]
    pub fn records(&self) -> &[u8] {
        &self.records
    }

    /// Forgets all answers; the memory stays.
    pub fn clear(&mut self) {
        self.items = 0;
        self.failed = 0;
        self.records.clear();
    }

    /// The items that have no value, by their place among these.
    pub fn failures(&self) -> impl Iterator<Item = (u32, JobError)> + '_ {
        // Most have none, and need not be looked through.
        let records = if self.failed == 0 {
            &[][..]
        } else {
            &self.records
        };
        let numbered = (0..).zip(Records::new(records));
        numbered.filter_map(|(item, record)| {
            let error = record.is_error.then(|| error_of(record.bytes));
            Some((item, error?))
        })
    }

    /// Has every failure name who ran its item, whatever that has said of itself.
    pub fn name_worker(&mut self, ran_by: RanBy) {
        if self.failed == 0 {
            return;
        }
        let before = std::mem::take(self);
        for record in Records::new(&before.records) {
            self.push(|out| {
                if record.is_error {
                    let mut error = error_of(record.bytes);
                    error.name_worker(ran_by);
                    return Err(error);
                }
                out.extend_from_slice(record.bytes);
                Ok(())
            });
        }
    }

    /// How many items have no value.
    #[must_use]
    pub fn failed(&self) -> u32 {
        self.failed
    }

    /// Each by itself.
    #[must_use]
    pub fn into_settlements(self) -> Vec<Settlement> {
        let settlement = |record: Record<'_>| match record.is_error {
            true => Settlement::Failed(error_of(record.bytes)),
            false => Settlement::Encoded(record.bytes.into()),
        };
        Records::new(&self.records).map(settlement).collect()
    }

    pub(crate) fn into_records(self) -> (u32, Vec<u8>) {
        (self.items, self.records)
    }
}

/// The error in a record.
pub(crate) fn error_of(bytes: &[u8]) -> JobError {
    decode_untrusted(bytes).unwrap_or_else(JobError::Codec)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_are_told_of_the_worker_that_had_them_and_values_stay() {
        let limit = std::time::Duration::from_secs(1);
        let stopped_by = crate::job_error::StoppedBy::Kill;
        let mut answers = Answers::default();
        answers.push(|out| {
            out.extend(b"value");
            Ok(())
        });
        answers.push(|_| {
            Err(JobError::TimedOut {
                limit,
                stopped_by,
                worker: None,
            })
        });
        let worker = RanBy::Process { pid: 7 };
        answers.name_worker(worker);
        let named = JobError::TimedOut {
            limit,
            stopped_by,
            worker: Some(worker),
        };
        assert_eq!(answers.failures().collect::<Vec<_>>(), [(1, named)]);
        let first = Records::new(answers.records()).next().unwrap();
        assert_eq!((first.bytes, answers.len()), (&b"value"[..], 2));
    }

    #[test]
    fn hostile_answers_are_errors() {
        let undecodable = [&(4 | 1_u32 << 31).to_le_bytes()[..], &[0xff; 4]].concat();
        for records in [&b"\x01"[..], b"\x09\0\0\0short", &undecodable] {
            assert!(Answers::parse(records).is_err(), "{records:?}");
        }
        assert_eq!(Answers::parse(b""), Ok(Answers::default()));
    }
}
