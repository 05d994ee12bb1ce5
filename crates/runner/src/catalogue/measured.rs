//! A call that tells what it used, beside what it gives.

use std::time::{Duration, Instant};

use anypool_core::Context;
use nix::sys::resource::{Usage, UsageWho, getrusage};
use serde::{Deserialize, Serialize};

use super::call::{Call, CallResult, run_call};
use super::offspring::Offspring;

/// A call, and whose figures are its own.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Asked {
    call: Call,
    /// Whether all of the process works for it, and not one thread alone.
    whole_process: bool,
}

impl Asked {
    /// How to ask workers that have a process of their own, or not.
    pub(crate) fn by(whole_process: bool) -> fn(Call) -> Self {
        match whole_process {
            false => |call| Self {
                call,
                whole_process: false,
            },
            true => |call| Self {
                call,
                whole_process: true,
            },
        }
    }
}

/// What a call gave, and what it used.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Measured {
    pub(crate) result: CallResult,
    /// How long it ran.
    pub(crate) run: Duration,
    pub(crate) usage: Figures,
    /// The processes that it has started and left running, in a few words; they were ended. Looked for where a whole
    /// process works for it.
    pub(crate) left: Option<String>,
}

/// What a call used, as far as the system tells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Figures {
    /// Processor time in its own code, in nanoseconds.
    pub(crate) user: Option<u64>,
    /// Processor time in the kernel, in nanoseconds.
    pub(crate) sys: Option<u64>,
    /// The most memory that its process held at once, in bytes; a thread has none of its own.
    pub(crate) max_rss: Option<u64>,
    /// How often the processor was given to others.
    pub(crate) switches: Option<u64>,
}

/// Runs a call and measures it.
pub(crate) fn run_measured(asked: Asked, ctx: &Context) -> Measured {
    let who = who(&asked);
    let offspring = asked.whole_process.then(Offspring::now);
    let before = who.and_then(|who| getrusage(who).ok());
    let began = Instant::now();
    let whole_process = asked.whole_process;
    let result = run_call(asked.call, ctx);
    let run = began.elapsed();
    let after = who.and_then(|who| getrusage(who).ok());
    let usage = match (before, after) {
        (Some(before), Some(after)) => figures(&before, &after, whole_process),
        _ => Figures::default(),
    };
    let left = offspring.and_then(|offspring| offspring.end_later_ones());
    Measured {
        result,
        run,
        usage,
        left,
    }
}

fn who(asked: &Asked) -> Option<UsageWho> {
    if asked.call.is_anew() {
        // What the worker has started for it, and waited for.
        return Some(UsageWho::RUSAGE_CHILDREN);
    }
    if asked.whole_process {
        return Some(UsageWho::RUSAGE_SELF);
    }
    #[cfg(target_os = "linux")]
    return Some(UsageWho::RUSAGE_THREAD);
    #[cfg(not(target_os = "linux"))]
    None
}

fn figures(before: &Usage, after: &Usage, whole_process: bool) -> Figures {
    let time = |of: fn(&Usage) -> nix::sys::time::TimeVal| {
        let nanoseconds =
            |time: nix::sys::time::TimeVal| time.tv_sec() * 1_000_000_000 + time.tv_usec() * 1_000;
        u64::try_from(nanoseconds(of(after)) - nanoseconds(of(before))).ok()
    };
    let switches =
        |usage: &Usage| usage.voluntary_context_switches() + usage.involuntary_context_switches();
    let unit = if cfg!(target_os = "linux") { 1024 } else { 1 };
    Figures {
        user: time(Usage::user_time),
        sys: time(Usage::system_time),
        max_rss: u64::try_from(after.max_rss())
            .ok()
            .map(|rss| rss * unit)
            .filter(|_| whole_process),
        switches: u64::try_from(switches(after) - switches(before)).ok(),
    }
}
