//! What becomes of speed and memory with more workers, larger payloads, longer queues.
//!
//! Each round has a pool of its own. Memory is that of all processes, with what they share counted once, and beyond what
//! was there before the pool.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use serde_bytes::ByteBuf;

use super::{Round, Row, crew};
use crate::gate::Gate;
use crate::job::{Echo, Hold, Next};
use crate::pools::{Pool, Settings, sum_of_each};
use crate::proc;
use crate::timing::{self, float};

/// Jobs in flight for each worker, where a stream of payloads is measured.
const AHEAD: usize = 2;

pub(super) fn workers<P: Pool + 'static>(settings: Settings) -> Box<dyn Row> {
    Box::new(move |round: Round| {
        let settings = Settings {
            workers: usize_of(round.at),
            ..settings
        };
        let before = memory()?;
        let pool = P::start(settings)?;
        pool.each(round.at * 4);
        let latency = timing::single(round.budget, || one(&pool));
        let batch = P::QUEUE;
        let rate = timing::rate(round.budget, || {
            assert_eq!(pool.each(batch), sum_of_each(batch));
            batch
        });
        let grown = memory()?.saturating_sub(before);
        Ok(latency.and("rate", rate).and("memory", float(grown)))
    })
}

pub(super) fn payload<P: Pool + 'static>(settings: Settings) -> Box<dyn Row> {
    Box::new(move |round: Round| {
        let bytes = vec![7; usize_of(round.at)];
        let before = memory()?;
        let pool = P::start(settings)?;
        let mut held = bytes.clone();
        let mut there_and_back = || {
            let sent = ByteBuf::from(std::mem::take(&mut held));
            let echoed = pool.join(pool.submit::<Echo>(sent));
            held = echoed.expect("nothing befalls these jobs").into_vec();
            assert_eq!(held.len(), bytes.len());
        };
        there_and_back();
        let latency = timing::single(round.budget, there_and_back);
        let rate = stream(&pool, settings.workers * AHEAD, &bytes, round)?;
        let grown = memory()?.saturating_sub(before);
        Ok(latency.and("rate", rate).and("memory", float(grown)))
    })
}

/// Keeps so many payloads in flight, and gives how many come back a second.
fn stream<P: Pool>(pool: &P, ahead: usize, bytes: &[u8], round: Round) -> Result<f64, String> {
    let submit = |bytes: Vec<u8>| pool.submit::<Echo>(ByteBuf::from(bytes));
    let mut in_flight: VecDeque<_> = (0..ahead).map(|_| submit(bytes.to_vec())).collect();
    let begin = Instant::now();
    let mut count = 0;
    while let Some(handle) = in_flight.pop_front() {
        let echoed = pool.join(handle)?;
        count += 1;
        if begin.elapsed() < round.budget {
            in_flight.push_back(submit(echoed.into_vec()));
        }
    }
    Ok(float(count) / begin.elapsed().as_secs_f64())
}

pub(super) fn pending<P: Pool + 'static>(settings: Settings) -> Box<dyn Row> {
    Box::new(move |round: Round| {
        let words = |error: std::io::Error| error.to_string();
        let pool = P::start(settings)?;
        crew_is_there(&pool, settings.workers)?;
        let mut gate = Gate::new().map_err(words)?;
        let hold = |_| pool.submit::<Hold>(gate.pass());
        let held: Vec<_> = (0..settings.workers).map(hold).collect();
        for _ in 0..settings.workers {
            gate.next().map_err(words)?;
        }
        // Written to before the memory is looked at: it is the pool's that is to be seen to grow.
        let mut times = vec![Duration::MAX; usize_of(round.at)];
        let before = memory()?;
        let mut handles = Vec::with_capacity(times.len());
        for (number, time) in (0..).zip(&mut times) {
            let begin = Instant::now();
            handles.push(pool.submit::<Next>(number));
            *time = begin.elapsed();
        }
        let grown = memory()?.saturating_sub(before);
        let begin = Instant::now();
        drop(gate);
        for handle in held {
            pool.join(handle)?;
        }
        let mut sum = 0;
        for handle in handles {
            sum += pool.join(handle)?;
        }
        if sum != sum_of_each(round.at) {
            return Err("the values are not those of the jobs".to_owned());
        }
        let rate = float(round.at) / begin.elapsed().as_secs_f64();
        let submitting = timing::quantiles(times);
        Ok(submitting.and("rate", rate).and("memory", float(grown)))
    })
}

/// Threads start when there is work; processes may be on their way.
fn crew_is_there<P: Pool>(pool: &P, workers: usize) -> Result<(), String> {
    if pool.join(pool.submit::<crate::job::Where>(()))? != std::process::id() {
        crew::of(pool, workers)?;
    }
    Ok(())
}

fn one<P: Pool>(pool: &P) {
    assert_eq!(pool.join(pool.submit::<Next>(1)), Ok(2));
}

fn memory() -> Result<u64, String> {
    proc::family_bytes().map_err(|error| error.to_string())
}

fn usize_of(count: u64) -> usize {
    usize::try_from(count).unwrap_or(usize::MAX)
}
