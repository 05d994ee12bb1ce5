//! Tasks that wait: they scale with workers, whatever the number of processors.

use std::thread;
use std::time::{Duration, Instant};

use anypool_core::Context;

use super::kind::{Arguments, Class, Kind};
use crate::answer::{Answer, TaskFailure};
use crate::parameter::{Domain, Parameter};

/// Waits, and gives the time it was asked to wait.
pub(super) static SLEEP: Kind = Kind::new(
    "sleep",
    Class::Io,
    &[Parameter {
        name: "ms",
        default: None,
        domain: Domain::Integer {
            least: 0,
            most: 86_400_000,
        },
        summary: "how long, in milliseconds",
    }],
    sleep,
    "waits; gives `ms`",
);

fn sleep(arguments: &Arguments<'_>, ctx: &Context) -> Result<Answer, TaskFailure> {
    let ms = arguments.integer("ms")?;
    nap(Duration::from_millis(ms), ctx);
    Ok(Answer::integer(ms))
}

/// How long a waiting task takes at most to see that it was told to stop.
const SLICE: Duration = Duration::from_millis(20);

/// Waits for `time`, and sees between whiles whether the job was told to stop.
pub(super) fn nap(time: Duration, ctx: &Context) {
    let started = Instant::now();
    loop {
        ctx.checkpoint();
        let left = time.saturating_sub(started.elapsed());
        if left.is_zero() {
            return;
        }
        ctx.blocking(|| thread::sleep(left.min(SLICE)));
    }
}
