//! Tasks between workers: numbers that several of them count up, and results that have to be carried.

use std::sync::atomic::{AtomicU64, Ordering};

use anypool_core::Context;

use super::generated;
use super::kind::{Arguments, Class, Kind};
use crate::answer::{Answer, TaskFailure, Value};
use crate::parameter::{Domain, Parameter};

/// Counts up a number that others count up as well, or do not.
pub(super) static COUNTER: Kind = Kind::new(
    "counter",
    Class::Shared,
    &[
        Parameter {
            name: "increments",
            default: Some("1000000"),
            domain: Domain::Integer {
                least: 0,
                most: 1 << 40,
            },
            summary: "how often it counts",
        },
        Parameter {
            name: "sharing",
            default: Some("same"),
            domain: Domain::Word(&["same", "near", "apart"]),
            summary: "one number for all workers of a process, one each in the same cache lines, or one each apart",
        },
    ],
    counter,
    "counts up a number beside others; gives how often",
);

/// Workers with numbers of their own; more of them share.
const PLACES: usize = 64;

/// A number with its cache line to itself, and the next line, which processors fetch along.
#[repr(align(128))]
struct Apart(AtomicU64);

static NEAR: [AtomicU64; PLACES] = [const { AtomicU64::new(0) }; PLACES];
static APART: [Apart; PLACES] = [const { Apart(AtomicU64::new(0)) }; PLACES];

/// Increments between two checkpoints.
const STRETCH: u64 = 1 << 14;

fn counter(arguments: &Arguments<'_>, ctx: &Context) -> Result<Answer, TaskFailure> {
    let increments = arguments.integer("increments")?;
    let worker = usize::try_from(ctx.worker().0).unwrap_or(0) % PLACES;
    let number = match arguments.word("sharing")? {
        "apart" => &APART[worker].0,
        "near" => &NEAR[worker],
        _ => &NEAR[0],
    };
    let mut counted = 0;
    while counted < increments {
        ctx.checkpoint();
        let stretch = STRETCH.min(increments - counted);
        for _ in 0..stretch {
            // The cost of the sharing is the point; nothing is read on the strength of the number.
            number.fetch_add(1, Ordering::Relaxed);
        }
        counted += stretch;
    }
    Ok(Answer::integer(counted))
}

/// Gives many bytes.
pub(super) static RESULT: Kind = Kind::new(
    "result",
    Class::Ipc,
    &[Parameter {
        name: "bytes",
        default: Some("64KiB"),
        domain: Domain::Size { most: 1 << 30 },
        summary: "the size of the result",
    }],
    result,
    "gives a result of `bytes` bytes",
);

fn result(arguments: &Arguments<'_>, ctx: &Context) -> Result<Answer, TaskFailure> {
    let size = arguments.size("bytes")?;
    let mut bytes = Vec::with_capacity(size);
    while bytes.len() < size {
        ctx.checkpoint();
        let block = generated::block();
        bytes.extend_from_slice(&block[..block.len().min(size - bytes.len())]);
    }
    Ok(Answer::new(Value::Bytes(bytes.into())))
}
