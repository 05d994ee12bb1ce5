//! What the worker of a script answers: the truth, or something near it.

use std::collections::VecDeque;
use std::time::Duration;

use anypool_core::{Answers, JobError};

use crate::fuzz::script::Script;
use crate::fuzz::seats::Scene;
use crate::parcel::{Answered, Settled};
use crate::seat::Replied;
use crate::wire::frame::FrameReader;
use crate::wire::reply::{Header, Reply};
use crate::wire::request::Request;

impl Scene<'_> {
    pub(super) fn answer_honestly(&mut self) -> Option<()> {
        let Some(&(sequence, items, item)) = self.requests.front() else {
            return Some(());
        };
        if !self.page.claim(sequence, item, self.now_nanos) {
            self.requests.pop_front();
            return self.answer(&Reply::Skipped { sequence });
        }
        match item + 1 == items {
            true => drop(self.requests.pop_front()),
            false => self.requests[0].2 += 1,
        }
        let busy = Duration::from_nanos(7);
        let header = Header {
            sequence,
            item,
            busy,
        };
        self.answer(&Reply::Done(header, &[0; 8]))
    }

    /// Runs what is left of a request, and answers for all of it at once.
    pub(super) fn answer_gathered(&mut self) -> Option<()> {
        let Some(&(sequence, items, item)) = self.requests.front().filter(|of| of.1 > 1) else {
            return Some(());
        };
        let mut answers = Answers::default();
        let claims = |item: &u32| self.page.claim(sequence, *item, self.now_nanos);
        for _ in (item..items).take_while(claims) {
            answers.push(|out| {
                out.extend([0; 8]);
                Ok(())
            });
        }
        let end = item + answers.len();
        if !answers.is_empty() {
            let busy = Duration::from_nanos(7);
            let header = Header {
                sequence,
                item,
                busy,
            };
            self.answer(&Reply::Gathered(header, answers))?;
        }
        match self.requests.front_mut() {
            // A breach has ended the worker.
            None => return Some(()),
            Some(request) if end < items => request.2 = end,
            Some(_) => {
                self.requests.pop_front();
                return Some(());
            }
        }
        self.requests.pop_front();
        self.answer(&Reply::Skipped { sequence })
    }

    pub(super) fn answer(&mut self, reply: &Reply<'_>) -> Option<()> {
        let reply = match reply {
            Reply::Done(header, value) => Reply::Done(*header, value),
            Reply::Lent(header, loan) => Reply::Lent(*header, *loan),
            Reply::Failed(header, error) => Reply::Failed(*header, error.clone()),
            Reply::Skipped { sequence } => Reply::Skipped {
                sequence: *sequence,
            },
            Reply::Gathered(header, answers) => Reply::Gathered(*header, answers.clone()),
        };
        match self.seat.reply(reply, self.now_nanos) {
            Ok(Replied::Settled(settled)) => self.settle(settled),
            Ok(Replied::Answered(answered)) => self.settle_all(answered),
            Ok(Replied::Skipped) => {}
            Err(_) => return self.replace_worker(),
        }
        Some(())
    }

    pub(super) fn settle(&mut self, settled: Settled) {
        let Settled {
            job,
            item,
            how,
            busy,
            ..
        } = settled;
        self.account.settle(job.id(), item);
        assert!(job.settle(item, how, busy).is_none(), "nobody calls back");
    }

    fn settle_all(&mut self, answered: Answered) {
        let Answered {
            job,
            first,
            answers,
            busy,
            ..
        } = answered;
        for item in first..first + answers.len() {
            self.account.settle(job.id(), item);
        }
        assert!(job.settle_answers(first, answers, busy).is_empty());
    }
}

/// A request's sequence and how many items it has, as a worker reads it.
pub(super) fn read_request(frame: &[u8]) -> (u64, u32, u32) {
    let mut reader = FrameReader::default();
    reader.push(frame);
    let message = reader.next_message().expect("its length is sound");
    let mut request = Request::parse(message.expect("it is whole")).expect("it is a request");
    let mut items = 0;
    while request
        .next_input()
        .expect("its inputs are sound")
        .is_some()
    {
        items += 1;
    }
    (request.header.sequence, items, 0)
}

/// A reply near the truth, or far from it.
pub(super) fn hostile_reply(
    script: &mut Script<'_>,
    requests: &VecDeque<(u64, u32, u32)>,
) -> Reply<'static> {
    let near = requests.front().filter(|_| script.below(8) > 0);
    let (sequence, item) = match near {
        Some(&(sequence, _, item)) => (
            sequence + u64::from(script.below(2)),
            (item + u32::from(script.below(3))).saturating_sub(u32::from(script.below(3))),
        ),
        None => (script.number(), u32::from(script.byte())),
    };
    let header = Header {
        sequence,
        item,
        busy: Duration::from_nanos(script.number()),
    };
    match script.below(4) {
        0 => Reply::Skipped { sequence },
        3 => {
            let mut answers = Answers::default();
            for _ in 0..script.below(5) {
                answers.push(|_| Ok(()));
            }
            Reply::Gathered(header, answers)
        }
        1 => Reply::Failed(header, JobError::Shutdown),
        _ => Reply::Done(header, b"no value"),
    }
}
