//! One run of tasks, with its outputs, its signals and its bounded end.

use std::io;
use std::slice;
use std::sync::Arc;
use std::time::Duration;

use crate::event::{Event, Fatal, Stamped, write_line};
use crate::exit::Exit;
use crate::halt::{Cause, Halt};
use crate::keyboard;
use crate::report::{self, Report};
use crate::signals;
use crate::sink::{Sink, TaskOutput, unwritable};
use crate::sys::closed_streams;

/// Calls `run` with the outputs and the place where causes to stop come in.
pub(super) fn hold(
    program: &'static str,
    output: TaskOutput,
    grace: Duration,
    run: impl FnOnce(&Arc<Sink>, &Arc<Halt>) -> Exit,
) -> Exit {
    let halt = Halt::new(leave);
    let sink = match open(output, &halt) {
        Ok(sink) => Arc::new(sink),
        Err(exit) => return exit,
    };
    let listening = signals::listen(program, Arc::clone(&halt)).and_then(|()| halt.guard(grace));
    if let Err(error) = listening {
        let what = format!("signals cannot be listened for: {error}");
        report::show(&[Report::new(what)]);
        return Exit::Internal;
    }
    let exit = run(&sink, &halt);
    halt.finish();
    exit
}

/// Tells why a command is not carried out; nothing was started. With `json`, programs are told as well.
pub(super) fn refuse(exit: Exit, report: &Report, json: bool) -> Exit {
    refuse_all(exit, slice::from_ref(report), json)
}

/// The same for several reasons; programs are told of the first.
pub(super) fn refuse_all(exit: Exit, reports: &[Report], json: bool) -> Exit {
    report::show(reports);
    if json && let Some(report) = reports.iter().find(|report| report.is_error()) {
        tell_programs(exit, report);
    }
    exit
}

/// Tells programs why a command is not carried out; people have been told.
pub(super) fn tell_programs(exit: Exit, report: &Report) {
    let event = Event::Error(Box::new(Fatal::new(report, exit)));
    let mut line = Vec::new();
    write_line(&Stamped { t: 0, event }, &mut line);
    // What becomes of standard output changes nothing about the error.
    print(String::from_utf8_lossy(&line).trim_end());
}

/// Writes `text` and a newline to standard output.
pub(super) fn print(text: &str) -> Exit {
    let halt = Halt::new(leave);
    let put = open(TaskOutput::Line, &halt).map(|sink| sink.line(text).is_ok());
    match put {
        Ok(true) => Exit::Success,
        Ok(false) => halt.cause().map_or(Exit::Output, Cause::exit),
        Err(exit) => exit,
    }
}

/// So much of a long text is written at once.
const PIECE: usize = 64 << 10;

/// Writes the lines that `give` gives to its argument to standard output.
pub(super) fn stream(
    give: impl FnOnce(&mut dyn FnMut(&str) -> io::Result<()>) -> io::Result<()>,
) -> Exit {
    let halt = Halt::new(leave);
    let sink = match open(TaskOutput::Line, &halt) {
        Ok(sink) => sink,
        Err(exit) => return exit,
    };
    let mut piece = Vec::new();
    let mut take = |line: &str| {
        piece.extend_from_slice(line.as_bytes());
        piece.push(b'\n');
        match piece.len() < PIECE {
            true => Ok(()),
            false => sink.put(&std::mem::take(&mut piece)),
        }
    };
    match give(&mut take).and_then(|()| sink.put(&piece)) {
        Ok(()) => Exit::Success,
        Err(_) => halt.cause().map_or(Exit::Output, Cause::exit),
    }
}

fn open(output: TaskOutput, halt: &Arc<Halt>) -> Result<Sink, Exit> {
    let opened = if closed_streams::stdout() {
        Err(io::Error::other("it is closed"))
    } else {
        Sink::standard(output, Arc::clone(halt))
    };
    opened.map_err(|error| {
        report::show(&[unwritable(&error).note("nothing was started")]);
        Exit::Output
    })
}

/// Ends the process under threads that may never end by themselves.
#[expect(
    clippy::exit,
    clippy::disallowed_methods,
    reason = "main waits for a worker that does not stop; nothing of ours is left to be dropped or flushed, and worker \
              processes end with this one"
)]
fn leave(exit: Exit) {
    // What is drawn must not stay.
    report::say("");
    keyboard::leave();
    std::process::exit(exit.code().into());
}
