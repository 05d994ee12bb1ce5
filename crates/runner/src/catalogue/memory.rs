//! Tasks that move memory: they scale until its bandwidth, or the machine, is used up.

use std::sync::{Arc, Mutex, PoisonError};

use anypool_core::Context;

use super::generated::Numbers;
use super::kind::{Arguments, Class, Kind};
use crate::answer::{Answer, TaskFailure};
use crate::parameter::{Domain, Parameter};

/// Sorts numbers.
pub(super) static SORT: Kind = Kind::new(
    "sort",
    Class::Mem,
    &[Parameter {
        name: "n",
        default: Some("1000000"),
        domain: Domain::Integer {
            least: 0,
            most: 1 << 32,
        },
        summary: "how many numbers",
    }],
    sort,
    "sorts `n` numbers; gives a checksum of their order",
);

/// Numbers that are sorted between two checkpoints.
const RUN: usize = 1 << 15;

fn sort(arguments: &Arguments<'_>, ctx: &Context) -> Result<Answer, TaskFailure> {
    let mut numbers = Numbers(7);
    let mut sorted: Vec<u64> = (0..arguments.size("n")?).map(|_| numbers.next()).collect();
    for run in sorted.chunks_mut(RUN) {
        ctx.checkpoint();
        run.sort_unstable();
    }
    let mut other = vec![0; sorted.len()];
    let mut width = RUN;
    while width < sorted.len() {
        let pairs = sorted.chunks(2 * width).zip(other.chunks_mut(2 * width));
        for (pair, merged) in pairs {
            let (one, two) = pair.split_at(width.min(pair.len()));
            merge(one, two, merged, ctx);
        }
        std::mem::swap(&mut sorted, &mut other);
        width *= 2;
    }
    Ok(Answer::integer(checksum(&sorted)))
}

fn merge<'a>(mut one: &'a [u64], mut two: &'a [u64], merged: &mut [u64], ctx: &Context) {
    for (place, target) in merged.iter_mut().enumerate() {
        if place % RUN == 0 {
            ctx.checkpoint();
        }
        let smaller = match (one.first(), two.first()) {
            (Some(first), Some(second)) if first <= second => &mut one,
            (Some(_), None) => &mut one,
            _ => &mut two,
        };
        let Some((number, rest)) = smaller.split_first() else {
            return;
        };
        *target = *number;
        *smaller = rest;
    }
}

fn checksum(numbers: &[u64]) -> u64 {
    let fold = |sum: u64, number: &u64| sum.wrapping_mul(31).wrapping_add(*number);
    numbers.iter().fold(0, fold)
}

const MIB: Parameter = Parameter {
    name: "mib",
    default: Some("16"),
    domain: Domain::Integer {
        least: 0,
        most: 1 << 20,
    },
    summary: "how much memory, in MiB",
};

/// Memory is handed out by pages of this size, on most machines.
const PAGE: usize = 4096;

/// Takes memory and gives it back.
pub(super) static ALLOC: Kind = Kind::new(
    "alloc",
    Class::Mem,
    &[
        MIB,
        Parameter {
            name: "touch",
            default: Some("true"),
            domain: Domain::Flag,
            summary: "whether it is written to, which is what makes it the machine's",
        },
    ],
    alloc,
    "allocates `mib` MiB and frees it; gives a checksum",
);

fn alloc(arguments: &Arguments<'_>, ctx: &Context) -> Result<Answer, TaskFailure> {
    let touch = arguments.flag("touch")?;
    let mut bytes = vec![0_u8; arguments.size("mib")? << 20];
    let mut sum = 0;
    for (number, page) in bytes.chunks_mut(PAGE).enumerate() {
        if number % PAGE == 0 {
            ctx.checkpoint();
        }
        if touch {
            page[0] = number.to_le_bytes()[0];
        }
        sum += u64::from(std::hint::black_box(&*page)[0]);
        if !touch {
            break;
        }
    }
    Ok(Answer::integer(sum))
}

/// Reads what all calls in its process share.
pub(super) static COW: Kind = Kind::new(
    "cow",
    Class::Mem,
    &[
        Parameter {
            name: "write",
            default: Some("0"),
            domain: Domain::Integer {
                least: 0,
                most: 100,
            },
            summary: "how much of it is changed, in percent, in a copy of its own",
        },
        MIB,
    ],
    cow,
    "reads `mib` MiB that its process has once, and changes a part; gives a checksum",
);

/// What was made last; a call with another size makes its own.
static SHARED: Mutex<Option<Arc<Vec<u64>>>> = Mutex::new(None);

fn cow(arguments: &Arguments<'_>, ctx: &Context) -> Result<Answer, TaskFailure> {
    let write = arguments.size("write")?;
    let data = shared((arguments.size("mib")? << 20) / size_of::<u64>());
    let mut sum = 0_u64;
    for (number, page) in data.chunks(PAGE / size_of::<u64>()).enumerate() {
        if number % PAGE == 0 {
            ctx.checkpoint();
        }
        // Pages to be changed are spread evenly.
        let changed = number * write / 100 != (number + 1) * write / 100;
        sum = sum.wrapping_add(if changed {
            change(page)
        } else {
            checksum(page)
        });
    }
    Ok(Answer::integer(sum))
}

fn change(page: &[u64]) -> u64 {
    let mut copy = page.to_vec();
    for number in &mut copy {
        *number = number.wrapping_add(1);
    }
    checksum(std::hint::black_box(&copy))
}

fn shared(length: usize) -> Arc<Vec<u64>> {
    let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
    match &*shared {
        Some(data) if data.len() == length => Arc::clone(data),
        _ => {
            let data = Arc::new((0..length as u64).collect());
            *shared = Some(Arc::clone(&data));
            data
        }
    }
}
