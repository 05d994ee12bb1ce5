//! How a round turns clock readings into numbers.

use std::time::{Duration, Instant};

use crate::reading::Reading;

/// A sample takes at least this long, so that reading the clock is a small part of it.
const SAMPLE: Duration = Duration::from_micros(2);

/// Never more operations a sample than this: its mean would hide their spread.
const MOST_A_SAMPLE: u32 = 64;

/// The fewest samples that have a median worth the name.
const FEWEST: usize = 5;

/// Times one operation after the other for about as long as `budget`: nanoseconds each, as quantiles of short
/// samples.
pub(crate) fn latency(budget: Duration, mut operation: impl FnMut()) -> Reading {
    let many = operations_a_sample(&mut operation);
    let mut samples = Vec::new();
    let begin = Instant::now();
    while begin.elapsed() < budget || samples.len() < FEWEST {
        let start = Instant::now();
        for _ in 0..many {
            operation();
        }
        samples.push(nanoseconds(start.elapsed()) / f64::from(many));
    }
    samples.sort_by(f64::total_cmp);
    let at = |share: f64| quantile(&samples, share);
    Reading::of("latency", at(0.5))
        .and("p10", at(0.1))
        .and("p90", at(0.9))
        .and("p99", at(0.99))
}

/// Times every operation for itself, for about as long as `budget`: nanoseconds as quantiles.
pub(crate) fn single(budget: Duration, mut operation: impl FnMut()) -> Reading {
    let mut times = Vec::new();
    let begin = Instant::now();
    while begin.elapsed() < budget || times.len() < FEWEST {
        let start = Instant::now();
        operation();
        times.push(start.elapsed());
    }
    quantiles(times)
}

/// The median of so many measured times and their 99th percentile, in nanoseconds.
pub(crate) fn quantiles(mut times: Vec<Duration>) -> Reading {
    times.sort();
    let times: Vec<f64> = times.into_iter().map(nanoseconds).collect();
    Reading::of("p50", quantile(&times, 0.5)).and("p99", quantile(&times, 0.99))
}

fn operations_a_sample(operation: &mut impl FnMut()) -> u32 {
    let start = Instant::now();
    let mut done: u32 = 0;
    while start.elapsed() < SAMPLE && done < MOST_A_SAMPLE {
        operation();
        done += 1;
    }
    done
}

/// Times one operation after the other for about as long as `budget`, and gives the median in nanoseconds; a round of a
/// smaller `scale` makes do with fewer.
pub(crate) fn typical(budget: Duration, scale: f64, mut operation: impl FnMut()) -> f64 {
    let fewest = if scale < 1.0 { 1 } else { FEWEST };
    let begin = Instant::now();
    let mut times = Vec::new();
    while begin.elapsed() < budget || times.len() < fewest {
        let start = Instant::now();
        operation();
        times.push(start.elapsed());
    }
    median(times)
}

/// Repeats a batch for about as long as `budget`: how many of what it counts come a second.
pub(crate) fn rate(budget: Duration, mut batch: impl FnMut() -> u64) -> f64 {
    let begin = Instant::now();
    let mut count = 0;
    loop {
        count += batch();
        let elapsed = begin.elapsed();
        if elapsed >= budget {
            return float(count) / elapsed.as_secs_f64();
        }
    }
}

/// The median of so many measured times, in nanoseconds.
pub(crate) fn median(mut times: Vec<Duration>) -> f64 {
    times.sort();
    let times: Vec<f64> = times.into_iter().map(nanoseconds).collect();
    quantile(&times, 0.5)
}

/// A duration in nanoseconds.
pub(crate) fn nanoseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e9
}

/// Counts here are far below 2^53.
#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
pub(crate) fn float(count: u64) -> f64 {
    count as f64
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "an index within the slice"
)]
fn quantile(sorted: &[f64], share: f64) -> f64 {
    let place = (sorted.len().saturating_sub(1)) as f64 * share;
    sorted
        .get(place.round() as usize)
        .copied()
        .unwrap_or(f64::NAN)
}
