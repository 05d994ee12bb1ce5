//! The first event of a run: what it is, and what it is made on.

use std::collections::BTreeMap;
use std::thread;
use std::time::{Duration, SystemTime};

use crate::event::{RunStarted, SCHEMA};

/// A run that begins now, in this process; its caller knows the rest.
pub(crate) fn opening(runner: &str, command: &str) -> RunStarted {
    #[expect(clippy::disallowed_methods, reason = "people are told the date")]
    let now = SystemTime::now();
    RunStarted {
        schema: SCHEMA,
        run: run_id(now, &mut fastrand::Rng::new()),
        runner: runner.to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        command: command.to_owned(),
        time: humantime::format_rfc3339_seconds(now).to_string(),
        argv: std::env::args_os()
            .map(|word| word.to_string_lossy().into_owned())
            .collect(),
        env: environment(),
        ..RunStarted::default()
    }
}

fn environment() -> BTreeMap<String, String> {
    let cpus = thread::available_parallelism().map_or(1, usize::from);
    let mut environment = BTreeMap::from([
        ("os".to_owned(), std::env::consts::OS.to_owned()),
        ("arch".to_owned(), std::env::consts::ARCH.to_owned()),
        ("cpus".to_owned(), cpus.to_string()),
    ]);
    if let Ok(kernel) = std::fs::read_to_string("/proc/sys/kernel/osrelease") {
        environment.insert("kernel".to_owned(), kernel.trim().to_owned());
    }
    environment
}

/// Digits that nobody takes for one another when reading them aloud.
const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// A name for a run, which sorts by time: a ULID, of 48 bits of milliseconds and 80 of chance.
fn run_id(now: SystemTime, chance: &mut fastrand::Rng) -> String {
    let since = now.duration_since(SystemTime::UNIX_EPOCH);
    let time = since.unwrap_or(Duration::ZERO).as_millis() & ((1 << 48) - 1);
    let id = time << 80 | chance.u128(..1 << 80);
    let digits = (0..26).rev().map(|place| {
        let digit = usize::try_from(id >> (5 * place) & 31).unwrap_or(0);
        char::from(DIGITS[digit])
    });
    digits.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_runs_sort_by_time_and_differ() {
        let mut chance = fastrand::Rng::with_seed(1);
        let mut id = |ms| {
            run_id(
                SystemTime::UNIX_EPOCH + Duration::from_millis(ms),
                &mut chance,
            )
        };
        let ids = [id(0), id(1), id(1), id(1_795_000_000_000)];
        assert!(
            ids[0] < ids[1] && ids[1] < ids[3] && ids[2] < ids[3],
            "{ids:?}"
        );
        assert_ne!(ids[1], ids[2]);
        assert!(ids.iter().all(|id| id.len() == 26 && id.is_ascii()));
        assert_eq!(&ids[1][..10], "0000000001");
    }

    #[test]
    fn a_run_tells_what_it_is_made_on() {
        let started = opening("thread-runner", "exec");
        assert_eq!((started.schema, started.command.as_str()), (SCHEMA, "exec"));
        assert!(started.time.ends_with('Z'), "{}", started.time);
        assert!(started.env["cpus"].parse::<usize>().unwrap() >= 1);
        assert!(!started.argv.is_empty());
    }
}
