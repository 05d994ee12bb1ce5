//! What a dead worker had answered and not sent: it is on its slate.

use std::time::Duration;

use anypool_core::{Answers, Records};

use crate::inbox::WorkerKey;
use crate::supervisor::state::Supervisor;
use crate::wire::reply::{Header, Reply};
use crate::wire::slate::Gathered;

impl Supervisor {
    /// Takes in the answers that a dead worker had gathered, as far as they have not come already.
    ///
    /// Its other answers must have been taken in before. What is wrong here is no breach: whatever ended
    /// the worker may have written it.
    pub(super) fn take_gathered(&mut self, worker: WorkerKey) {
        let live = self.workers.get(&worker);
        let Some(live) = live.filter(|live| !live.is_condemned()) else {
            return;
        };
        let Some(gathered) = live.slate.read() else {
            return;
        };
        let seat = self.desk.seat(worker);
        let answered = seat.and_then(|seat| seat.answered_of(gathered.sequence));
        let reply = answered.and_then(|answered| unread(&gathered, answered));
        if let Some(reply) = reply {
            let _ = self.take_answer(worker, reply);
        }
    }
}

/// Those of the answers that come after the first `answered` items of their request.
fn unread(gathered: &Gathered, answered: u32) -> Option<Reply<'static>> {
    let mut records = Records::new(&gathered.records);
    for _ in 0..answered.checked_sub(gathered.first)? {
        records.next()?;
    }
    let answers = Answers::parse(records.rest()).ok()?;
    let header = Header {
        sequence: gathered.sequence,
        item: answered,
        busy: Duration::ZERO,
    };
    (!answers.is_empty()).then_some(Reply::Gathered(header, answers))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gathered(first: u32, count: u8) -> Gathered {
        let mut answers = Answers::default();
        for n in 0..count {
            answers.push(|out| {
                out.push(n);
                Ok(())
            });
        }
        Gathered {
            sequence: 4,
            first,
            records: answers.records().to_vec(),
        }
    }

    #[test]
    fn answers_that_have_come_already_are_passed_over() {
        let Some(Reply::Gathered(header, answers)) = unread(&gathered(10, 5), 12) else {
            panic!("three are left");
        };
        assert_eq!((header.sequence, header.item, answers.len()), (4, 12, 3));
        assert_eq!(answers.records()[..5], [1, 0, 0, 0, 2]);
        assert_eq!(unread(&gathered(10, 5), 15), None);
        assert_eq!(unread(&gathered(10, 5), 16), None);
        assert_eq!(unread(&gathered(10, 5), 9), None);
    }
}
