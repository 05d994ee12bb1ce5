//! A map over a slice, whose values are written where they will lie.
//!
//! Nothing travels: whoever takes part reads inputs where they are, and writes values where the caller will
//! have them. Parts are handed out in order, large ones first and smaller ones towards the end, so that all
//! who take part finish together, but none so small that the lock between two of them would be felt.

use std::panic::AssertUnwindSafe;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anypool_core::{JobError, Outcome, RawExecutor as _, SubmitError, catch};

use crate::pool::ThreadPool;
use crate::sync::lock;
use crate::sys::filling::{Part, filled};

/// Into how many parts for each who takes part what is left is cut.
const PARTS_EACH: usize = 4;

/// A part is worth this much time, going by the one before it; more than its even share it never is.
const SHORTEST: Duration = Duration::from_micros(5);

/// How many items begin between two looks at whether another one has failed.
const STRIDE: usize = 32;

impl ThreadPool {
    /// Calls `f` with each of `inputs`, and returns what it gives in their order.
    ///
    /// This thread takes part, beside so many of the pool's that there are as many as the pool has workers;
    /// when those are busy with other jobs, it does all of it. It is the fastest way to a list, since inputs
    /// are read and values are written where they lie. What [`map`](anypool_core::Executor::map) does
    /// beyond that, this does not: no limits, no retries, no outcome for each item.
    ///
    /// # Errors
    ///
    /// `f` has panicked: [`Panicked`](JobError::Panicked) for the first such input, as far as they were begun.
    /// What others do at that moment they finish, and drop; nothing else begins. A pool that was shut down or has
    /// failed says so.
    ///
    /// ```
    /// use thread_runner::ThreadPool;
    ///
    /// let pool = ThreadPool::builder().workers(4).start()?;
    /// let words = ["to", "be", "or", "not"];
    /// let wanted = String::from("be");
    /// assert_eq!(pool.map_slice(&words, |word| *word == wanted)?, [false, true, false, false]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn map_slice<'i, I, O>(
        &self,
        inputs: &'i [I],
        f: impl Fn(&'i I) -> O + Sync,
    ) -> Outcome<Vec<O>>
    where
        I: Sync,
        O: Send,
    {
        if !self.hub.is_open() {
            return Err(JobError::Shutdown);
        }
        filled(inputs.len(), |room| {
            let parties = self.workers().clamp(1, inputs.len().max(1));
            let shared = Shared {
                f: &f,
                parties,
                rest: Mutex::new(Rest {
                    inputs,
                    room,
                    done: Vec::new(),
                    failed: None,
                }),
                is_over: AtomicBool::new(false),
            };
            self.share_out(&shared, parties - 1)?;
            shared.into_parts()
        })
    }

    /// Has `helpers` of the pool's threads take part beside this one.
    fn share_out<'i, I, O, F>(
        &self,
        shared: &Shared<'i, '_, I, O, F>,
        helpers: usize,
    ) -> Outcome<()>
    where
        I: Sync,
        O: Send,
        F: Fn(&'i I) -> O + Sync,
    {
        self.scope(|scope| {
            let mut helping = Vec::with_capacity(helpers);
            for _ in 0..helpers {
                match scope.submit(|| shared.take_part()) {
                    Ok(helper) => helping.push(helper),
                    Err(refused) => {
                        shared.is_over.store(true, Ordering::Relaxed);
                        return Err(refusal(refused));
                    }
                }
            }
            shared.take_part();
            // Nothing is left for those who have not started, which may take long where others are busy.
            for helper in helping {
                let _ = helper.cancel();
            }
            Ok(())
        })
    }
}

fn refusal(refused: SubmitError) -> JobError {
    match refused {
        SubmitError::Shutdown => JobError::Shutdown,
        refused => JobError::PoolFailed {
            reason: refused.to_string(),
        },
    }
}

/// What all who take part share.
struct Shared<'i, 'a, I, O, F> {
    f: F,
    parties: usize,
    rest: Mutex<Rest<'i, 'a, I, O>>,
    /// Whether an item has failed.
    is_over: AtomicBool,
}

/// What nobody has begun, and what has been done.
struct Rest<'i, 'a, I, O> {
    inputs: &'i [I],
    room: Part<'a, O>,
    done: Vec<Part<'a, O>>,
    /// What the first item failed with, of those that did, and how many were behind it.
    failed: Option<(usize, JobError)>,
}

/// Inputs for one of those who take part, and where their values go.
struct Share<'i, 'a, I, O> {
    inputs: &'i [I],
    room: Part<'a, O>,
    /// How many inputs are behind these.
    behind: usize,
}

/// How many items fit into `time`, where `items` have taken `taken`; at least one.
fn as_many_as_fit(time: Duration, items: usize, taken: Duration) -> usize {
    let fit = items as u128 * time.as_nanos() / taken.as_nanos().max(1);
    usize::try_from(fit).unwrap_or(usize::MAX).max(1)
}

impl<'i, 'a, I, O, F: Fn(&'i I) -> O> Shared<'i, 'a, I, O, F> {
    fn take_part(&self) {
        let (mut done, mut fewest) = (None, 1);
        while let Some(share) = self.next_share(done.take(), fewest) {
            let (items, begin) = (share.inputs.len(), Instant::now());
            done = self.run(share);
            fewest = as_many_as_fit(SHORTEST, items, begin.elapsed());
        }
    }

    /// Takes back what is done, and hands out what is next: `fewest` items, or more while many are left.
    fn next_share(&self, done: Option<Part<'a, O>>, fewest: usize) -> Option<Share<'i, 'a, I, O>> {
        let mut rest = lock(&self.rest);
        rest.done.extend(done);
        let left = rest.inputs.len();
        if left == 0 || self.is_over() {
            return None;
        }
        let most = left.div_ceil(self.parties);
        let even = left / (self.parties * PARTS_EACH);
        let (inputs, behind) = rest.inputs.split_at(even.max(fewest).min(most));
        rest.inputs = behind;
        let (room, behind) = (rest.room.cut(inputs.len()), behind.len());
        Some(Share {
            inputs,
            room,
            behind,
        })
    }

    /// The share's values, unless one of its items fails.
    fn run(&self, share: Share<'i, 'a, I, O>) -> Option<Part<'a, O>> {
        let Share {
            inputs,
            mut room,
            behind,
        } = share;
        let run = AssertUnwindSafe(|| {
            for some in inputs.chunks(STRIDE) {
                if self.is_over() {
                    return;
                }
                room.extend(some.iter().map(&self.f));
            }
        });
        let Err(unwound) = catch(run) else {
            return Some(room);
        };
        self.is_over.store(true, Ordering::Relaxed);
        let behind = behind + inputs.len() - room.held();
        let mut rest = lock(&self.rest);
        if rest.failed.as_ref().is_none_or(|(most, _)| behind > *most) {
            rest.failed = Some((behind, unwound.into()));
        }
        // The room is dropped behind the lock, since destructors of values are user code.
        None
    }

    #[inline]
    fn is_over(&self) -> bool {
        // Relaxed: it says nothing of anything else.
        self.is_over.load(Ordering::Relaxed)
    }

    /// The parts, when all are done.
    fn into_parts(self) -> Outcome<Vec<Part<'a, O>>> {
        let rest = self.rest.into_inner();
        let rest = rest.unwrap_or_else(std::sync::PoisonError::into_inner);
        match rest.failed {
            Some((_, error)) => Err(error),
            None => Ok(rest.done),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_worth_its_time_going_by_the_one_before() {
        let fit = |items, nanos| as_many_as_fit(SHORTEST, items, Duration::from_nanos(nanos));
        assert_eq!(fit(1_000, 5_000), 1_000);
        assert_eq!(fit(1_000, 500), 10_000);
        assert_eq!(fit(10, 50_000), 1);
        assert_eq!(fit(1, 1_000_000_000), 1);
        assert_eq!(fit(usize::MAX, 0), usize::MAX);
    }
}
