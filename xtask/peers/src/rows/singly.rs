//! Many jobs in flight, each submitted and joined by itself.

use super::Round;
use crate::bare::pipe::Pipes;
use crate::bare::ring::Ring;
use crate::pools::{Pool, Settings, sum_of_each};
use crate::reading::Reading;
use crate::rows::Started;
use crate::timing;

pub(super) fn each<P: Pool + 'static>(settings: Settings) -> Started {
    let pool = P::start(settings)?;
    batches(P::QUEUE, move |count| Ok(pool.each(count)))
}

/// As many as the pools have.
const BATCH: u64 = 10_000;

/// How many of a bare program's numbers are in flight.
const IN_FLIGHT: u64 = 64;

pub(super) fn bare_pipe() -> Started {
    let mut pipes = Pipes::start(64).map_err(|error| error.to_string())?;
    batches(BATCH, move |count| pipes.each(count, IN_FLIGHT))
}

pub(super) fn bare_ring() -> Started {
    let mut ring = Ring::start().map_err(|errno| errno.to_string())?;
    batches(BATCH, move |count| Ok(ring.each(count)))
}

/// A row that runs one batch after the other, the first of them before the first round.
fn batches(size: u64, mut batch: impl FnMut(u64) -> std::io::Result<u64> + 'static) -> Started {
    let mut checked = move || {
        let sum = batch(size).expect("the partner is there");
        assert_eq!(sum, sum_of_each(size));
        size
    };
    checked();
    Ok(Box::new(move |round: Round| {
        let rate = timing::rate(round.budget, &mut checked);
        Ok(Reading::of("rate", rate))
    }))
}
