//! Tasks that compute, and the one that does nothing at all.

use std::hint::black_box;
use std::time::Duration;

use anypool_core::Context;
use nix::time::ClockId;

use super::kind::{Arguments, Class, Kind};
use crate::answer::{Answer, TaskFailure};
use crate::parameter::{Domain, Parameter};

/// Does nothing: what is left is the cost of running a task somewhere else.
pub(super) static NOOP: Kind = Kind::new(
    "noop",
    Class::Overhead,
    &[],
    |_, _| Ok(Answer::integer(0)),
    "does nothing; gives 0",
);

/// Uses a given amount of processor time.
pub(super) static SPIN: Kind = Kind::new(
    "spin",
    Class::Cpu,
    &[
        Parameter {
            name: "us",
            default: None,
            domain: Domain::Integer {
                least: 0,
                most: 86_400_000_000,
            },
            summary: "processor time to use, in microseconds",
        },
        Parameter {
            name: "stubborn",
            default: Some("false"),
            domain: Domain::Flag,
            summary: "whether it ignores being told to stop",
        },
    ],
    spin,
    "computes for `us` microseconds of processor time; gives `us`",
);

/// Steps between two looks at the clock: about a microsecond.
const STEPS: u64 = 500;

fn spin(arguments: &Arguments<'_>, ctx: &Context) -> Result<Answer, TaskFailure> {
    let us = arguments.integer("us")?;
    let stubborn = arguments.flag("stubborn")?;
    burn(us, || {
        if !stubborn {
            ctx.checkpoint();
        }
    })?;
    Ok(Answer::integer(us))
}

/// Uses `us` microseconds of processor time, and calls `between` about once in each.
pub(super) fn burn(us: u64, between: impl Fn()) -> Result<(), TaskFailure> {
    // Time that others have the processor does not count: two spins on one processor take twice as long.
    let end = processor_time()? + Duration::from_micros(us);
    let mut state = us | 1;
    while processor_time()? < end {
        for _ in 0..STEPS {
            state = black_box(state.wrapping_mul(0x2545_f491_4f6c_dd1d).rotate_left(23));
        }
        between();
    }
    Ok(())
}

/// The processor time that this thread has used.
fn processor_time() -> Result<Duration, TaskFailure> {
    let now = ClockId::CLOCK_THREAD_CPUTIME_ID.now();
    now.map(Duration::from)
        .map_err(|error| TaskFailure::System(format!("the clock cannot be read: {error}")))
}

/// Counts primes.
pub(super) static PRIMES: Kind = Kind::new(
    "primes",
    Class::Cpu,
    &[Parameter {
        name: "limit",
        default: None,
        domain: Domain::Integer {
            least: 0,
            most: u32::MAX as u64,
        },
        summary: "the largest number to test",
    }],
    primes,
    "counts the primes up to `limit`, by trial division",
);

/// Candidates between two checkpoints.
const CANDIDATES: u64 = 512;

fn primes(arguments: &Arguments<'_>, ctx: &Context) -> Result<Answer, TaskFailure> {
    let limit = arguments.integer("limit")?;
    let mut count = u64::from(limit >= 2);
    for candidate in (3..=limit).step_by(2) {
        if candidate % CANDIDATES == 1 {
            ctx.checkpoint();
        }
        count += u64::from(is_odd_prime(candidate));
    }
    Ok(Answer::integer(count))
}

fn is_odd_prime(candidate: u64) -> bool {
    let mut divisor = 3;
    while divisor * divisor <= candidate {
        if candidate.is_multiple_of(divisor) {
            return false;
        }
        divisor += 2;
    }
    true
}
