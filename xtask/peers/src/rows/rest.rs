//! What a pool costs that has nothing to do: memory of its workers, and wake-ups of anybody.

use std::time::Duration;

use super::{Round, Row, Started, crew};
use crate::job::Next;
use crate::pools::{Pool, Settings};
use crate::proc;
use crate::reading::Reading;
use crate::sys::child::Child;
use crate::timing::float;

/// Each worker has done some before it rests.
const JOBS: u64 = 200;

/// What goes on after the last job has ended, ends within this time.
const SETTLE: Duration = Duration::from_millis(300);

/// The median worker's private memory; and that of all helpers together, by worker: fork servers and spares, too.
pub(super) fn memory<P: Pool + 'static>(settings: Settings) -> Started {
    let pool = P::start(settings)?;
    let workers = crew::of(&pool, settings.workers)?;
    pool.each(JOBS);
    Ok(Box::new(move |_: Round| {
        std::thread::sleep(SETTLE);
        let mut each: Vec<u64> = workers
            .iter()
            .filter_map(|pid| proc::unique_bytes(*pid))
            .collect();
        each.sort_unstable();
        let worker = *each
            .get(each.len() / 2)
            .ok_or("no worker's memory can be read")?;
        let own = std::process::id();
        let family = proc::family().map_err(|error| error.to_string())?;
        let helpers = family.into_iter().filter(|pid| *pid != own);
        let helpers: u64 = helpers.filter_map(proc::unique_bytes).sum();
        let helpers = float(helpers) / float(workers.len() as u64);
        // The pool is there until its memory has been read.
        std::hint::black_box(&pool);
        Ok(Reading::of("worker", float(worker)).and("helpers", helpers))
    }))
}

pub(super) fn bare_memory() -> Started {
    let body = || {
        nix::unistd::pause();
    };
    let child = Child::fork(body).map_err(|errno| errno.to_string())?;
    let pid = child.pid().as_raw().cast_unsigned();
    Ok(Box::new(move |_: Round| {
        std::hint::black_box(&child);
        let bytes = proc::unique_bytes(pid).ok_or("the child's memory cannot be read")?;
        Ok(Reading::of("worker", float(bytes)))
    }))
}

/// How often any thread of the pool's, here or in its workers, is woken while there is nothing to do.
pub(super) fn idle<P: Pool + 'static>(settings: Settings) -> Started {
    let pool = P::start(settings)?;
    pool.each(JOBS);
    Ok(Box::new(Idle { pool }))
}

struct Idle<P> {
    pool: P,
}

/// How long a full round watches.
const WATCH: Duration = Duration::from_secs(5);

impl<P: Pool> Row for Idle<P> {
    fn round(&mut self, round: Round) -> Result<Reading, String> {
        let value = self.pool.join(self.pool.submit::<Next>(1))?;
        debug_assert_eq!(value, 2);
        std::thread::sleep(SETTLE);
        let before = proc::switches().map_err(|error| error.to_string())?;
        std::thread::sleep(WATCH.mul_f64(round.scale));
        let after = proc::switches().map_err(|error| error.to_string())?;
        let since = |(thread, count): (&(u32, u32), &u64)| {
            count - before.get(thread).copied().unwrap_or(0).min(*count)
        };
        let switches: u64 = after.iter().map(since).sum();
        Ok(Reading::of("wakes", float(switches)))
    }
}
