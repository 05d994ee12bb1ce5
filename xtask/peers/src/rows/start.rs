//! From nothing to a value of each of four workers; the program's own memory may be large.

use std::time::{Duration, Instant};

use super::{Round, Row, crew};
use crate::bare::lives;
use crate::pools::{Pool, Settings};
use crate::reading::Reading;
use crate::timing;

const WORKERS: usize = 4;

/// The memory of a large program, in bytes.
pub(super) const GIB: usize = 1 << 30;

pub(super) fn starts<P: Pool + 'static>(settings: Settings, ballast: usize) -> Box<dyn Row> {
    let settings = Settings {
        workers: WORKERS,
        ..settings
    };
    repeated(ballast, move || {
        let begin = Instant::now();
        let pool = P::start(settings)?;
        crew::of(&pool, WORKERS)?;
        let elapsed = begin.elapsed();
        drop(pool);
        Ok(elapsed)
    })
}

pub(super) fn bare(ballast: usize) -> Box<dyn Row> {
    repeated(ballast, || {
        lives::start(WORKERS).map_err(|error| error.to_string())
    })
}

fn repeated(
    ballast: usize,
    mut once: impl FnMut() -> Result<Duration, String> + 'static,
) -> Box<dyn Row> {
    // Not of zeros, which the kernel would not have to provide.
    let ballast = vec![1_u8; ballast];
    Box::new(move |round: Round| {
        std::hint::black_box(&ballast);
        let begin = Instant::now();
        let mut times = Vec::new();
        while begin.elapsed() < round.budget || times.is_empty() {
            times.push(once()?);
        }
        Ok(Reading::of("start", timing::median(times)))
    })
}
