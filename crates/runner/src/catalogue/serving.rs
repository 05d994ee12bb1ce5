//! The process that a worker has started for one call: this program, with nothing to do but that.

use std::io::{self, Write as _};
use std::panic::AssertUnwindSafe;
use std::process::ExitCode;
use std::sync::Arc;

use anypool_core::{
    Context, StandardStreams, StopSignal, Unwound, WorkerId, catch, decode_exact, encode_append,
};

use super::call::{Call, Told, run_call};
use crate::anew::Asked;
use crate::exit::Exit;
use crate::report::{self, Report};

/// Runs the call for which a worker has started this program, if one has, and gives the exit code for that.
///
/// For the first line of a runner's main, before it has a second thread or process.
#[must_use]
pub fn serve_call() -> Option<ExitCode> {
    let served = Asked::here()?.and_then(|asked| serve(&asked));
    let exit = match served {
        Ok(()) => Exit::Success,
        Err(error) => {
            report::show(&[Report::new(format!("the call cannot be served: {error}"))]);
            Exit::Internal
        }
    };
    Some(exit.into())
}

fn serve(asked: &Asked) -> io::Result<()> {
    let call: Call = decode_exact(&asked.message).map_err(io::Error::other)?;
    let host = Arc::new(StandardStreams);
    let ctx = Context::new(host, WorkerId(0), StopSignal::default());
    anypool_core::set_quiet(true);
    let told: Told = match catch(AssertUnwindSafe(|| run_call(call, &ctx))) {
        Ok(result) => Ok(result),
        Err(Unwound::Panicked(report)) => Err(report),
        // Nobody here tells it to.
        Err(Unwound::Stopped) => return Err(io::ErrorKind::Interrupted.into()),
    };
    // What it printed is on its way before the worker can say that it has ended.
    let _ = io::stdout().flush();
    let mut answer = Vec::new();
    encode_append(&told, &mut answer).map_err(io::Error::other)?;
    asked.answer(&answer)
}
