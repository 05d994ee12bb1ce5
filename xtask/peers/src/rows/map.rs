//! Many items by one call.

use std::time::{Duration, Instant};

use anypool::{Executor as _, ProcessPool, ThreadPool};
use rayon::iter::{
    IndexedParallelIterator as _, IntoParallelRefIterator as _, ParallelIterator as _,
};

use super::{Round, Started, crew};
use crate::bare::pipe::Pipes;
use crate::job::{Job as _, Next};
use crate::pools::closures::{Rayon, Spawn as _};
use crate::pools::ours::Ours;
use crate::pools::{Pool as _, Settings, sum_of_each};
use crate::proc;
use crate::reading::Reading;
use crate::timing;

/// The items of a full round on processes.
const MANY: f64 = 10e6;

/// The memory is looked at this many times a round.
const LOOKS: u64 = 100;

/// A pool that takes longer than this is stopped, and has done fewer items.
const PATIENCE: Duration = Duration::from_secs(4);

pub(super) fn processes(settings: Settings) -> Started {
    let pool = Ours::<ProcessPool>::start(settings)?;
    let workers = crew::of(&pool, settings.workers)?;
    let resident = move || -> u64 {
        let all = workers.iter().copied().chain([std::process::id()]);
        all.filter_map(proc::resident_bytes).sum()
    };
    Ok(Box::new(move |round: Round| {
        let items = scaled(MANY, round.scale);
        let before = resident();
        let (mut most, mut sum, mut done) = (before, 0, 0);
        let begin = Instant::now();
        let mut outcomes = pool.0.map(Next::run, 0..items);
        while done < items && (done == 0 || begin.elapsed() < PATIENCE) {
            for outcome in outcomes.by_ref().take(usize_of(items / LOOKS)) {
                sum += outcome.map_err(|error| error.to_string())?;
                done += 1;
            }
            most = most.max(resident());
        }
        let seconds = begin.elapsed().as_secs_f64();
        if sum != sum_of_each(done) {
            return Err("the values are not those of the items".to_owned());
        }
        let reading = Reading::of("rate", timing::float(done) / seconds);
        Ok(reading
            .and("growth", timing::float(most - before))
            .and("items", timing::float(done)))
    }))
}

/// Numbers at a time, of which there are twice as many in flight.
const CHUNK: u64 = 4096;

pub(super) fn bare_pipe() -> Started {
    let mut pipes = Pipes::start(usize_of(CHUNK)).map_err(|error| error.to_string())?;
    Ok(Box::new(move |round: Round| {
        let items = scaled(MANY, round.scale);
        let begin = Instant::now();
        let sum = pipes
            .each(items, 2 * CHUNK)
            .map_err(|error| error.to_string())?;
        let rate = timing::float(items) / begin.elapsed().as_secs_f64();
        match sum == sum_of_each(items) {
            true => Ok(Reading::of("rate", rate)),
            false => Err("the values are not those of the items".to_owned()),
        }
    }))
}

/// The items of a map on threads.
const ITEMS: u64 = 1_000_000;

pub(super) fn threads(settings: Settings) -> Started {
    let pool = Ours::<ThreadPool>::start(settings)?;
    Ok(into_a_vec(move |inputs| {
        let values = pool.0.map_slice(inputs, |number| Next::run(*number));
        values.expect("nothing befalls these items")
    }))
}

pub(super) fn pulled(settings: Settings) -> Started {
    let pool = Ours::<ThreadPool>::start(settings)?;
    Ok(into_a_vec(move |inputs| {
        let outcomes = pool.0.map(Next::run, inputs.iter().copied());
        outcomes.values().expect("nothing befalls these items")
    }))
}

pub(super) fn rayon(arm: &str, workers: usize) -> Started {
    let Rayon(pool) = Rayon::with(workers)?;
    let shortest = if arm == "rayon-long" { 10_000 } else { 1 };
    Ok(into_a_vec(move |inputs| {
        pool.install(|| {
            let numbers = inputs.par_iter().with_min_len(shortest);
            numbers.map(|number| Next::run(*number)).collect()
        })
    }))
}

pub(super) fn bare_loop() -> Box<dyn super::Row> {
    into_a_vec(|inputs| inputs.iter().map(|number| Next::run(*number)).collect())
}

/// A row that makes a list of values of a list of inputs.
fn into_a_vec(map: impl Fn(&[u64]) -> Vec<u64> + 'static) -> Box<dyn super::Row> {
    let inputs: Vec<u64> = (0..ITEMS).collect();
    let run = move || {
        let values = map(&inputs);
        assert_eq!((values.len(), values.last()), (inputs.len(), Some(&ITEMS)));
    };
    run();
    Box::new(move |round: Round| {
        let list = timing::typical(round.budget, round.scale, &run);
        Ok(Reading::of("item", list / timing::float(ITEMS)))
    })
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "counts are positive and far below 2^53"
)]
fn scaled(count: f64, scale: f64) -> u64 {
    (count * scale) as u64
}

fn usize_of(count: u64) -> usize {
    usize::try_from(count).unwrap_or(usize::MAX)
}
