//! The tutorial's four programs, from their start to their end: how much longer than what they wait for.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::Round;
use crate::programs::{IDEAL, PROGRAMS};
use crate::reading::Reading;
use crate::timing::nanoseconds;

pub(super) fn round(round: Round) -> Result<Reading, String> {
    let mut reading = Reading::default();
    for name in PROGRAMS {
        let over = run(name, round.scale)?.saturating_sub(IDEAL.mul_f64(round.scale));
        reading = reading.and(name, nanoseconds(over));
    }
    Ok(reading)
}

fn run(name: &str, scale: f64) -> Result<Duration, String> {
    let words = |error: std::io::Error| error.to_string();
    let program = std::env::current_exe().map_err(words)?;
    let mut command = Command::new(program);
    command.args(["program", name, &scale.to_string()]);
    command.stdin(Stdio::null()).stdout(Stdio::null());
    let begin = Instant::now();
    let status = command.status().map_err(words)?;
    let elapsed = begin.elapsed();
    match status.success() {
        true => Ok(elapsed),
        false => Err(format!("the program {name} ended with {status}")),
    }
}
