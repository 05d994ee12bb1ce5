//! One run of a task of the catalogue, in the form in which it travels to a worker.
//!
//! All tasks of the catalogue are one task to the pools, [`run_call`]: so an executor needs to know nothing about them.

use std::borrow::Cow;
use std::fmt;
use std::os::unix::ffi::OsStrExt as _;
use std::time::Duration;

use anypool_core::{Context, GlobalLock, PanicReport, decode_exact, encode_append, panic_again};
use serde::{Deserialize, Serialize};

use super::kind::{Arguments, Kind};
use crate::anew;
use crate::answer::{Answer, TaskFailure};
use crate::event::TaskKey;
use crate::parameter::Argument;

/// A task of the catalogue with all it is given.
///
/// ```
/// use anypool_core::{Executor as _, InlineExecutor};
/// use anypool_runner::{Answer, Argument, Call, Kind, Value, run_call};
///
/// let primes = Kind::find("primes").unwrap();
/// let call = Call::new(primes, vec![Argument::Integer(100)], 0);
/// let answer = InlineExecutor::new().submit(run_call, call)?.join()?;
/// assert_eq!(answer, Ok(Answer::new(Value::Integer(25))));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    kind: Cow<'static, str>,
    arguments: Vec<Argument>,
    index: u64,
    attempt: u32,
    /// Under the global lock of its process, and how long others wait for it before they ask.
    gil: Option<Duration>,
    /// In a process in which the program is started anew for it.
    anew: bool,
}

impl Call {
    /// A call of `kind` with the values of its parameters, in their order; `index` is the number of the worker
    /// (`spawn`) or the position of the input (`map`), from 0.
    #[must_use]
    pub fn new(kind: &'static Kind, arguments: Vec<Argument>, index: u64) -> Self {
        Self {
            kind: Cow::Borrowed(kind.name),
            arguments,
            index,
            attempt: 1,
            gil: None,
            anew: false,
        }
    }

    /// The same call as its `attempt`-th try, from 1, for whoever counts tries itself: a pool that tries again does it
    /// for its jobs.
    #[must_use]
    pub fn with_attempt(mut self, attempt: u32) -> Self {
        self.attempt = attempt;
        self
    }

    /// The same call, to be run under the one lock that all such calls in a process share: of those, one computes at a
    /// time. It hands over when another has waited for `interval`. `None` is without the lock.
    #[must_use]
    pub fn with_gil(mut self, interval: Option<Duration>) -> Self {
        self.gil = interval;
        self
    }

    /// The same call, for which its worker is to start the program anew or not. The program's main has to begin with
    /// [`serve_call`](crate::serve_call).
    #[must_use]
    pub fn anew(mut self, anew: bool) -> Self {
        self.anew = anew;
        self
    }

    /// Whether its worker starts the program anew for it.
    pub(crate) fn is_anew(&self) -> bool {
        self.anew
    }

    /// What it does, by its content.
    pub(crate) fn key(&self) -> TaskKey {
        let mut key = TaskKey::builder("call").part("kind", self.kind.as_bytes());
        let parameters = Kind::find(&self.kind).map_or(&[][..], |kind| kind.parameters);
        for (parameter, argument) in parameters.iter().zip(&self.arguments) {
            key = match argument {
                Argument::Path(path) => key.part(parameter.name, path.as_bytes()),
                argument => key.part(parameter.name, argument.to_string().as_bytes()),
            };
        }
        key.finish()
    }

    /// The number of the worker, or the position of the input.
    #[must_use]
    pub fn index(&self) -> u64 {
        self.index
    }
}

/// As one would type it: the task, and its settings.
impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.kind.fmt(f)?;
        let parameters = Kind::find(&self.kind).map_or(&[][..], |kind| kind.parameters);
        for (parameter, argument) in parameters.iter().zip(&self.arguments) {
            let default = parameter
                .default
                .and_then(|text| parameter.domain.parse(text));
            if default.as_ref() != Some(argument) {
                write!(f, " {}={argument}", parameter.name)?;
            }
        }
        Ok(())
    }
}

/// What a call gives.
pub type CallResult = Result<Answer, TaskFailure>;

/// How long a task waits for the global lock before it asks for it, unless somebody says otherwise: as in CPython.
const GIL_INTERVAL: Duration = Duration::from_millis(5);

/// What of this process's calls one at a time holds, where calls are to take turns.
static GIL: GlobalLock = GlobalLock::new(GIL_INTERVAL);

/// Runs a call. This is the function that runners hand to their pools.
///
/// # Errors
///
/// The task could not do its work.
///
/// # Panics
///
/// When that is the task.
pub fn run_call(call: Call, ctx: &Context) -> CallResult {
    let Some(kind) = Kind::find(&call.kind) else {
        return Err(TaskFailure::Unknown(format!("no `{}`", call.kind)));
    };
    if call.anew {
        let attempt = call.attempt.max(ctx.attempt());
        let here = call.anew(false).with_attempt(attempt);
        return run_anew(kind, &here);
    }
    let arguments = Arguments {
        attempt: call.attempt.max(ctx.attempt()),
        ..Arguments::new(kind, &call.arguments, call.index)
    };
    match call.gil {
        None => (kind.run)(&arguments, ctx),
        Some(interval) => {
            GIL.set_interval(interval);
            ctx.holding(&GIL, || (kind.run)(&arguments, ctx))
        }
    }
}

/// What the process of a call tells the worker that has started it.
pub(super) type Told = Result<CallResult, PanicReport>;

/// Has a call run by the program, started anew.
fn run_anew(kind: &Kind, call: &Call) -> CallResult {
    let mut message = Vec::new();
    let refused = |error: &dyn fmt::Display| {
        TaskFailure::System(format!("its process cannot be started: {error}"))
    };
    encode_append(call, &mut message).map_err(|error| refused(&error))?;
    let answer = anew::ask(kind.name, &message).map_err(|error| refused(&error))?;
    match decode_exact::<Told>(&answer) {
        Ok(Ok(result)) => result,
        Ok(Err(report)) => panic_again(report),
        Err(error) => Err(TaskFailure::System(format!("its answer is none: {error}"))),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::mpsc;
    use std::thread;

    use anypool_core::{StandardStreams, StopSignal, WorkerId};

    use super::*;

    fn worker() -> Context {
        Context::new(
            Arc::new(StandardStreams),
            WorkerId(0),
            StopSignal::default(),
        )
    }

    #[test]
    fn calls_under_the_lock_wait_for_each_other_and_others_do_not() {
        let noop = Call::new(Kind::find("noop").unwrap(), Vec::new(), 0);
        let behind = noop.clone().with_gil(Some(Duration::from_millis(1)));
        let (sender, ended) = mpsc::channel();
        let ctx = worker();
        thread::scope(|scope| {
            ctx.holding(&GIL, || {
                scope.spawn(move || {
                    run_call(behind, &worker()).unwrap();
                    sender.send("behind the lock").unwrap();
                });
                while GIL.waiting() == 0 {
                    thread::yield_now();
                }
                run_call(noop, &worker()).unwrap();
                assert!(ended.try_recv().is_err());
                // It has waited, so it is let in.
                while ended.try_recv() != Ok("behind the lock") {
                    ctx.checkpoint();
                }
            });
        });
    }
}
