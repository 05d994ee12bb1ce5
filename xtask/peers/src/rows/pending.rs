//! What a waiting job costs: memory of all processes together, and descriptors.

use anypool::ProcessPool;
use nix::sys::resource::{Resource, getrlimit, setrlimit};

use super::{Round, Started, crew};
use crate::gate::Gate;
use crate::job::{Hold, Next};
use crate::pools::ours::Ours;
use crate::pools::{Pool, Settings, sum_of_each};
use crate::proc;
use crate::reading::Reading;
use crate::timing::float;

/// How many jobs wait in a full round, where the pool can have so many.
const JOBS: f64 = 1e6;

/// The workers whose descriptors are counted.
const WORKERS: usize = 4;

/// A tight limit on descriptors, standard input and output included.
const FEW_DESCRIPTORS: u64 = 64;

pub(super) fn any<P: Pool + 'static>(settings: Settings) -> Started {
    let pool = P::start(settings)?;
    Ok(Box::new(move |round: Round| {
        queue_up(&pool, settings.workers, round)
    }))
}

pub(super) fn processes(settings: Settings) -> Started {
    let mut row = any::<Ours<ProcessPool>>(settings)?;
    let four = Settings {
        workers: WORKERS,
        ..settings
    };
    Ok(Box::new(move |round: Round| {
        let descriptors = descriptors_a_worker(four)?;
        let crew = float(crew_with_few_descriptors(four)? as u64);
        let reading = row.round(round)?;
        Ok(reading.and("fds", descriptors).and("crew", crew))
    }))
}

/// Submits jobs behind others that hold all workers, and sees what that costs.
fn queue_up<P: Pool>(pool: &P, workers: usize, round: Round) -> Result<Reading, String> {
    let words = |error: std::io::Error| error.to_string();
    let mut gate = Gate::new().map_err(words)?;
    let held: Vec<_> = (0..workers)
        .map(|_| pool.submit::<Hold>(gate.pass()))
        .collect();
    for _ in 0..workers {
        gate.next().map_err(words)?;
    }
    let count = if P::QUEUE < BOUNDLESS {
        P::QUEUE
    } else {
        wanted(round)
    };
    let descriptors = proc::descriptors().map_err(words)?;
    let before = proc::family_bytes().map_err(words)?;
    let handles: Vec<_> = (0..count).map(|n| pool.submit::<Next>(n)).collect();
    let after = proc::family_bytes().map_err(words)?;
    let opened = proc::descriptors()
        .map_err(words)?
        .saturating_sub(descriptors);
    drop(gate);
    for handle in held {
        pool.join(handle)?;
    }
    let mut sum = 0;
    for handle in handles {
        sum += pool.join(handle)?;
    }
    if sum != sum_of_each(count) {
        return Err("the values are not those of the jobs".to_owned());
    }
    let bytes = float(after.saturating_sub(before)) / float(count);
    Ok(Reading::of("bytes", bytes).and("job_fds", float(opened as u64) / float(count)))
}

/// A pool whose queue is at least this long takes as many jobs as there is memory for.
const BOUNDLESS: u64 = 10_000;

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the count is positive and far below 2^53"
)]
fn wanted(round: Round) -> u64 {
    (JOBS * round.scale) as u64
}

fn descriptors_a_worker(four: Settings) -> Result<f64, String> {
    let count = || proc::descriptors().map_err(|error| error.to_string());
    let before = count()?;
    let pool = Ours::<ProcessPool>::start(four)?;
    crew::of(&pool, WORKERS)?;
    let after = count()?;
    Ok(float((after - before) as u64) / float(WORKERS as u64))
}

/// How many of four workers serve where few descriptors are allowed.
fn crew_with_few_descriptors(four: Settings) -> Result<usize, String> {
    let words = |errno: nix::Error| errno.to_string();
    let (soft, hard) = getrlimit(Resource::RLIMIT_NOFILE).map_err(words)?;
    setrlimit(Resource::RLIMIT_NOFILE, FEW_DESCRIPTORS, hard).map_err(words)?;
    let crew = Ours::<ProcessPool>::start(four).and_then(|pool| crew::of(&pool, WORKERS));
    setrlimit(Resource::RLIMIT_NOFILE, soft, hard).map_err(words)?;
    // A pool that does not start is a result, and not a failure of the measurement.
    Ok(crew.map_or(0, |crew| crew.len()))
}
