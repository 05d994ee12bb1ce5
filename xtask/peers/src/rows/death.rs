//! A worker is killed while it runs a job: when does the caller know, and when does a replacement serve?

use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::{Round, Row};
use crate::bare::lives;
use crate::gate::Gate;
use crate::job::{Hold, Next};
use crate::pools::{Pool, Settings};
use crate::reading::Reading;
use crate::timing;

/// The killed worker's job is waiting by then, and not on its way there.
const SETTLE: Duration = Duration::from_millis(2);

pub(super) fn deaths<P: Pool + 'static>(settings: Settings) -> Box<dyn Row> {
    // With one worker there is nobody but the replacement to serve.
    let settings = Settings {
        workers: 1,
        ..settings
    };
    let mut pool = None;
    Box::new(move |round: Round| {
        let pool = match &pool {
            Some(pool) => pool,
            None => pool.insert(P::start(settings)?),
        };
        repeated(round, || kill_one(pool))
    })
}

pub(super) fn bare() -> Box<dyn Row> {
    Box::new(|round: Round| repeated(round, || lives::die().map_err(|error| error.to_string())))
}

fn repeated(
    round: Round,
    mut once: impl FnMut() -> Result<(Duration, Duration), String>,
) -> Result<Reading, String> {
    let begin = Instant::now();
    let (mut noticed, mut served) = (Vec::new(), Vec::new());
    while begin.elapsed() < round.budget || noticed.is_empty() {
        let (error, value) = once()?;
        noticed.push(error);
        served.push(value);
    }
    let reading = Reading::of("noticed", timing::median(noticed));
    Ok(reading.and("served", timing::median(served)))
}

fn kill_one<P: Pool>(pool: &P) -> Result<(Duration, Duration), String> {
    let mut gate = Gate::new().map_err(|error| error.to_string())?;
    let handle = pool.submit::<Hold>(gate.pass());
    let victim = gate.next().map_err(|error| error.to_string())?;
    std::thread::sleep(SETTLE);
    let begin = Instant::now();
    kill(Pid::from_raw(victim.cast_signed()), Signal::SIGKILL)
        .map_err(|errno| errno.to_string())?;
    let outcome = pool.join(handle);
    let noticed = begin.elapsed();
    if outcome.is_ok() {
        return Err("the killed worker's job has a value".to_owned());
    }
    let value = pool.join(pool.submit::<Next>(1))?;
    let served = begin.elapsed();
    match value {
        2 => Ok((noticed, served)),
        _ => Err("the replacement's value is wrong".to_owned()),
    }
}
