//! The line to the harness: a request a line on standard input, an answer a line on standard output.
//!
//! ```text
//! ← ready                       or: skip WHY, and the end
//! → round ms=40 scale=1
//! ← ok latency=512.5 p99=2048   or: fail WHY
//! ```

use std::io::{self, Write as _};
use std::process::ExitCode;
use std::time::Duration;

use nix::sched::{CpuSet, sched_getaffinity, sched_setaffinity};
use nix::unistd::Pid;

use crate::rows::{self, Round};

/// The word on the command line for an arm that may use one CPU only.
pub(crate) const PINNED: &str = "--pinned";

/// Keeps this process, and all that it starts, on the first CPU that it may use.
pub(crate) fn pin() -> bool {
    let own = Pid::from_raw(0);
    let pinned = sched_getaffinity(own).and_then(|allowed| {
        let mut first = (0..CpuSet::count()).filter(|cpu| allowed.is_set(*cpu).unwrap_or(false));
        let mut one = CpuSet::new();
        one.set(first.next().unwrap_or(0))?;
        sched_setaffinity(own, &one)
    });
    if let Err(errno) = pinned {
        eprintln!("cannot be kept on one CPU: {errno}");
    }
    pinned.is_ok()
}

/// Serves until standard input ends.
pub(crate) fn run(arm: &str, row: &str) -> ExitCode {
    match try_run(arm, row) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{arm}, {row}: {error}");
            ExitCode::FAILURE
        }
    }
}

fn try_run(arm: &str, row: &str) -> io::Result<()> {
    let mut row = match rows::start(arm, row) {
        Ok(row) => row,
        Err(why) => return say(&format!("skip {why}")),
    };
    say("ready")?;
    for line in io::stdin().lines() {
        let answer = parse(&line?).and_then(|round| row.round(round));
        say(&match answer {
            Ok(reading) => reading.to_string(),
            Err(why) => format!("fail {}", why.replace('\n', " ")),
        })?;
    }
    Ok(())
}

fn say(line: &str) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    writeln!(stdout, "{line}")?;
    stdout.flush()
}

fn parse(line: &str) -> Result<Round, String> {
    let mut round = Round {
        budget: Duration::ZERO,
        scale: 1.0,
        at: 0,
    };
    let mut words = line.split_whitespace();
    if words.next() != Some("round") {
        return Err(format!("not a request: {line}"));
    }
    for word in words {
        let not = || format!("not understood: {word}");
        let (name, value) = word.split_once('=').ok_or_else(not)?;
        let number = || value.parse::<f64>().map_err(|_| not());
        match name {
            "ms" => round.budget = Duration::from_secs_f64(number()? / 1e3),
            "scale" => round.scale = number()?,
            "at" => round.at = value.parse().map_err(|_| not())?,
            _ => return Err(not()),
        }
    }
    Ok(round)
}
