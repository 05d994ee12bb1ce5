//! Computing and waiting by turns: one knob from the one to the other.

use std::time::Duration;

use anypool_core::Context;

use super::computing::burn;
use super::kind::{Arguments, Class, Kind};
use super::waiting::nap;
use crate::answer::{Answer, TaskFailure};
use crate::parameter::{Domain, Parameter};

/// Computes, waits, and does both again.
pub(super) static PIPELINE: Kind = Kind::new(
    "pipeline",
    Class::Mixed,
    &[
        amount("rounds", "4", "how often it does both"),
        amount(
            "cpu_us",
            "1000",
            "processor time in each round, in microseconds",
        ),
        amount(
            "io_ms",
            "1",
            "how long it waits in each round, in milliseconds",
        ),
    ],
    pipeline,
    "computes and waits by turns; gives a checksum of its rounds",
);

const fn amount(name: &'static str, default: &'static str, summary: &'static str) -> Parameter {
    Parameter {
        name,
        default: Some(default),
        domain: Domain::Integer {
            least: 0,
            most: 86_400_000,
        },
        summary,
    }
}

fn pipeline(arguments: &Arguments<'_>, ctx: &Context) -> Result<Answer, TaskFailure> {
    let (cpu, io) = (arguments.integer("cpu_us")?, arguments.integer("io_ms")?);
    let mut checksum = 0_u64;
    for round in 0..arguments.integer("rounds")? {
        burn(cpu, || ctx.checkpoint())?;
        nap(Duration::from_millis(io), ctx);
        checksum = checksum.wrapping_mul(31).wrapping_add(round ^ cpu ^ io);
    }
    Ok(Answer::integer(checksum))
}
