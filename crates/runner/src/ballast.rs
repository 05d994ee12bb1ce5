//! Memory that a measured program has beside its work, so that it can be seen what it costs to fork from a large one.
//!
//! Who measures asks for it in the environment (`ANYPOOL_BALLAST`): with `early:64` the program has 64 MiB before its fork
//! server is there, and every worker is forked from a copy of them; with `late:64` it has them after that, and no worker
//! knows of them. To fill memory is no part of what is measured, so the run's time begins behind it, which is told with
//! the run's other moments. Where nobody asks, or something else, there is none, and nothing is told.

use std::fs;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::moments::Moments;

/// The variable that asks for it.
const VARIABLE: &str = "ANYPOOL_BALLAST";

/// What was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Ballast {
    stage: Stage,
    mib: usize,
}

/// On which side of the fork server's start it is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Early,
    Late,
}

/// What this program has of it.
static LOADED: Mutex<Vec<u8>> = Mutex::new(Vec::new());

/// A fork server is started by `start`, and this program is given the memory that was asked for, before that or after it.
///
/// What `start` takes counts as the run's time in both cases.
///
/// ```
/// // Without `ANYPOOL_BALLAST`, this is all that happens.
/// let mut is_started = false;
/// anypool_runner::start_with_ballast(|| is_started = true);
/// assert!(is_started);
/// ```
pub fn start_with_ballast(start: impl FnOnce()) {
    let asked = std::env::var(VARIABLE).ok();
    let Some(ballast) = asked.as_deref().and_then(Ballast::read) else {
        return start();
    };
    match ballast.stage {
        Stage::Early => {
            ballast.begin(Duration::ZERO);
            start();
        }
        Stage::Late => {
            let began = Instant::now();
            start();
            ballast.begin(began.elapsed());
        }
    }
}

/// The run's time is over; what memory there was for it is given back behind that, which costs something, too.
pub(crate) fn end() {
    let moments = Moments::asked();
    moments.end();
    let mut loaded = LOADED.lock().unwrap_or_else(PoisonError::into_inner);
    if loaded.capacity() > 0 {
        moments.without_counting(|| *loaded = Vec::new());
    }
}

impl Ballast {
    fn read(text: &str) -> Option<Self> {
        let (stage, mib) = text.split_once(':')?;
        let stage = match stage {
            "early" => Stage::Early,
            "late" => Stage::Late,
            _ => return None,
        };
        let mib = mib.parse().ok()?;
        Some(Self { stage, mib })
    }

    /// Takes the memory for as long as the program runs, and begins the run's time, of which so much is over already.
    fn begin(self, over: Duration) {
        if let Some(memory) = filled(self.mib) {
            *LOADED.lock().unwrap_or_else(PoisonError::into_inner) = memory;
            Moments::asked().begin(over, resident());
        }
    }
}

/// One byte of it, which is not what the kernel gives: each page is written to, and so is there.
const FILLING: u8 = 0x5a;

const BYTES_A_MEBIBYTE: usize = 1 << 20;

/// So much memory that is resident; `None` where there is not so much.
fn filled(mib: usize) -> Option<Vec<u8>> {
    let bytes = mib.checked_mul(BYTES_A_MEBIBYTE)?;
    let mut memory = Vec::new();
    memory.try_reserve_exact(bytes).ok()?;
    memory.resize(bytes, FILLING);
    Some(memory)
}

/// What this process has resident, in bytes; 0 where the kernel does not tell.
fn resident() -> u64 {
    let rollup = fs::read_to_string("/proc/self/smaps_rollup").unwrap_or_default();
    let line = rollup.lines().find_map(|line| line.strip_prefix("Rss:"));
    let kib = line.and_then(|line| line.trim().strip_suffix(" kB"));
    let kib: u64 = kib.and_then(|kib| kib.parse().ok()).unwrap_or_default();
    kib * 1024
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_for_has_a_stage_and_a_size() {
        let ballast = |stage, mib| Some(Ballast { stage, mib });
        assert_eq!(Ballast::read("early:64"), ballast(Stage::Early, 64));
        assert_eq!(Ballast::read("late:0"), ballast(Stage::Late, 0));
        for other in ["", "64", "soon:64", "late:", "late:-1", "late:1:2"] {
            assert_eq!(Ballast::read(other), None, "{other}");
        }
    }

    #[test]
    fn memory_is_there_when_it_was_taken_and_what_there_is_not_is_not_taken() {
        let before = resident();
        let memory = filled(8).unwrap();
        assert!(memory.iter().all(|byte| *byte == FILLING));
        assert!(resident() >= before + (8 << 20) - (1 << 20));
        assert_eq!(filled(usize::MAX), None);
        assert_eq!(filled(usize::MAX >> 21), None);
    }
}
