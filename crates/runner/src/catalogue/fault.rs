//! Tasks that go wrong, each in its own way, to see what becomes of the others.

use std::process;
use std::time::Duration;

use anypool_core::Context;
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use nix::sys::signal::{SigSet, Signal, raise};

use super::kind::{Arguments, Class, Kind};
use super::waiting::nap;
use crate::answer::{Answer, TaskFailure};
use crate::parameter::{Domain, Parameter};

/// Panics, which ends the job alone.
pub(super) static PANIC: Kind = Kind::new(
    "panic",
    Class::Fault,
    &[],
    |_, _| panic!("this task panics, as it was asked to"),
    "panics",
);

/// Aborts, as Rust does on a panic within a panic.
pub(super) static ABORT: Kind = Kind {
    ends_process: Some("an abort"),
    ..Kind::new(
        "abort",
        Class::Fault,
        &[],
        |_, _| process::abort(),
        "aborts its process (SIGABRT)",
    )
};

/// Dies as a wild pointer makes a process die.
pub(super) static SEGV: Kind = Kind {
    ends_process: Some("a segmentation fault"),
    ..Kind::new(
        "segv",
        Class::Fault,
        &[],
        segv,
        "dies of a segmentation fault (SIGSEGV)",
    )
};

fn segv(_: &Arguments<'_>, _: &Context) -> Result<Answer, TaskFailure> {
    loop {
        // Rust's own handler takes the first one: finding no overflowed stack, it resets the signal and returns. The
        // second one kills.
        raise(Signal::SIGSEGV)
            .map_err(|error| TaskFailure::System(format!("no signal can be raised: {error}")))?;
    }
}

/// Leaves without a word.
pub(super) static EXIT: Kind = Kind {
    ends_process: Some("an exit"),
    ..Kind::new(
        "exit",
        Class::Fault,
        &[Parameter {
            name: "code",
            default: Some("3"),
            domain: Domain::Integer {
                least: 0,
                most: 255,
            },
            summary: "the exit code",
        }],
        exit,
        "exits from its process",
    )
};

#[expect(
    clippy::exit,
    clippy::disallowed_methods,
    reason = "this is the fault that the task is for"
)]
fn exit(arguments: &Arguments<'_>, _: &Context) -> Result<Answer, TaskFailure> {
    let code = arguments.integer("code")?;
    process::exit(i32::try_from(code).unwrap_or(i32::MAX));
}

/// Takes memory until there is none.
pub(super) static OOM: Kind = Kind {
    ends_process: Some("running out of memory"),
    ..Kind::new(
        "oom",
        Class::Fault,
        &[Parameter {
            name: "mib",
            default: Some("64"),
            domain: Domain::Integer {
                least: 0,
                most: 1 << 20,
            },
            summary: "how much it gets, in MiB, before there is no more",
        }],
        oom,
        "takes memory until its process is refused more, and dies of it",
    )
};

fn oom(arguments: &Arguments<'_>, ctx: &Context) -> Result<Answer, TaskFailure> {
    // A limit of its own, so that the machine and everybody else on it keep theirs.
    limit_memory(arguments.integer("mib")? << 20)
        .map_err(|error| TaskFailure::System(format!("memory cannot be limited: {error}")))?;
    let mut taken = Vec::new();
    loop {
        ctx.checkpoint();
        taken.push(std::hint::black_box(vec![1_u8; 1 << 20]));
    }
}

/// Refuses this process more than `bytes` beyond what it has mapped.
fn limit_memory(bytes: u64) -> std::io::Result<()> {
    // The first number of the line is the mapped size, in pages.
    let line = std::fs::read_to_string("/proc/self/statm")?;
    let pages = line.split(' ').next().and_then(|pages| pages.parse().ok());
    let mapped = pages.unwrap_or(u64::MAX / PAGE).saturating_mul(PAGE);
    let (_, most) = getrlimit(Resource::RLIMIT_AS)?;
    let limit = mapped.saturating_add(bytes).min(most);
    Ok(setrlimit(Resource::RLIMIT_AS, limit, most)?)
}

/// The size of a page, on the machines that have `/proc`; where pages are larger, the limit is tighter.
const PAGE: u64 = 4096;

/// Never ends by itself.
pub(super) static HANG: Kind = Kind::new(
    "hang",
    Class::Fault,
    &[Parameter {
        name: "stubborn",
        default: Some("false"),
        domain: Domain::Flag,
        summary: "whether it ignores being told to stop, SIGINT and SIGTERM",
    }],
    hang,
    "waits for ever",
);

fn hang(arguments: &Arguments<'_>, ctx: &Context) -> Result<Answer, TaskFailure> {
    if !arguments.flag("stubborn")? {
        nap(Duration::MAX, ctx);
    }
    // In a process of its own the thread is all there is, and only SIGKILL helps. Beside other threads, one of them
    // takes a signal for all.
    SigSet::from_iter([Signal::SIGINT, Signal::SIGTERM])
        .thread_block()
        .map_err(|error| TaskFailure::System(format!("signals cannot be blocked: {error}")))?;
    loop {
        ctx.blocking(|| std::thread::park_timeout(Duration::from_secs(3600)));
    }
}
