//! A worker slot: takes one try after another from the desk and carries it out, on a thread of its own.

use std::ffi::OsStr;
use std::io;
use std::os::unix::process::ExitStatusExt as _;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use anypool_core::{ExitCause, signal_name};

use super::attempt::Try;
use super::call::Caller;
use super::child::heard::{Ended, Heard, Post, StopReason};
use super::child::watch;
use super::program::Program;
use super::slot::{Slot, nanos, without_a_try};
use super::unit::Work;
use crate::event::{
    Event, Output, TaskFinished, TaskOutput, TaskSlow, TaskStopping, Usage, Verdict,
};
use crate::excerpt::Excerpt;

/// What a worker slot works with.
pub(super) struct Lane<'a> {
    pub(super) slot: Slot<'a>,
    pub(super) caller: Option<&'a Caller<'a>>,
}

/// How often a start is tried that the system has no room for at the moment.
const STARTS: u32 = 50;

/// How long after one the next is tried.
const ROOM: Duration = Duration::from_millis(20);

impl Lane<'_> {
    /// Works until nothing is left to do.
    pub(super) fn work(&self) {
        while let Some(tried) = self.slot.hall.take() {
            let ended = match &tried.unit.work {
                Work::Program(program) => self.run(program, &tried),
                Work::Call(call) => match self.caller {
                    Some(caller) => caller.run(call, &tried, &self.slot),
                    None => self
                        .slot
                        .end(&tried, Verdict::Failed, "there is no pool for it"),
                },
                Work::Skip(why) => without_a_try(&tried, Verdict::Skipped, why),
                Work::Impossible(why) => without_a_try(&tried, Verdict::Failed, why),
            };
            self.slot.hall.finish(*tried, ended);
        }
    }

    fn run(&self, program: &Program, tried: &Try) -> TaskFinished {
        let hall = self.slot.hall;
        let post = Post {
            slot: self.slot.number,
            wiring: hall.wiring,
            clock: &hall.clock,
            groups: &hall.groups,
            stop: hall.stop.line(),
        };
        let terms = &tried.unit.terms;
        let mut heard = |heard: Heard<'_>| hall.tell(self.event(tried, heard));
        let mut left = STARTS;
        loop {
            match watch::run(program, terms, post, &mut heard) {
                Ok(ended) => return self.judge(program, tried, &ended),
                Err(error) if left > 0 && is_shortage(&error) && !hall.is_stopping() => {
                    left -= 1;
                    thread::sleep(ROOM);
                }
                Err(error) => return self.refused(program, tried, &error),
            }
        }
    }

    fn event(&self, tried: &Try, heard: Heard<'_>) -> Event {
        let (task, index, attempt) = (Arc::clone(&tried.id), tried.index, tried.attempt);
        match heard {
            Heard::Started(pid) => Event::TaskStarted(self.slot.started(tried, Some(pid))),
            Heard::Output(stream, bytes) => {
                let output = Output::from(bytes.to_vec());
                Event::TaskOutput(TaskOutput {
                    task,
                    index,
                    attempt,
                    stream,
                    output,
                })
            }
            Heard::Slow(run) => Event::TaskSlow(TaskSlow {
                task,
                index,
                attempt,
                run: nanos(run),
            }),
            Heard::Stopping(run, reason) => Event::TaskStopping(TaskStopping {
                task,
                index,
                attempt,
                run: nanos(run),
                grace: nanos(tried.unit.terms.grace),
                reason: match reason {
                    StopReason::Timeout => "it ran as long as it may".to_owned(),
                    StopReason::Run => "the run stops".to_owned(),
                },
            }),
        }
    }

    fn judge(&self, program: &Program, tried: &Try, ended: &Ended) -> TaskFinished {
        let status = ended.reaped.status;
        let how = match (status.code(), status.signal()) {
            (Some(0), _) => String::new(),
            (Some(code), _) => format!("exit {code}"),
            (None, Some(signal)) => ExitCause::Signal(signal).to_string(),
            (None, None) => ExitCause::Unknown.to_string(),
        };
        let is_ok = status.code().is_some_and(|code| program.is_ok(code));
        let (outcome, message) = match ended.stopped {
            Some(StopReason::Timeout) => (Verdict::TimedOut, self.timed_out(tried, ended)),
            // What was finished all the same is done.
            Some(StopReason::Run) if !is_ok => (Verdict::Cancelled, "the run stopped".to_owned()),
            _ if is_ok => match &ended.leaked {
                Some(what) => (Verdict::Leaked, format!("left {what} running")),
                None => (Verdict::Ok, String::new()),
            },
            _ if status.code().is_some() => (Verdict::Failed, how),
            _ if status.core_dumped() => (Verdict::Crashed, format!("{how} (core dumped)")),
            _ => (Verdict::Crashed, how),
        };
        let mut finished = self.slot.end(tried, outcome, message);
        finished.code = status.code();
        if let Some(signal) = status.signal() {
            let name = signal_name(signal).map_or_else(|| signal.to_string(), str::to_owned);
            finished.signal = Some(name);
            finished.core = Some(status.core_dumped());
        }
        finished.slow = ended.slow;
        finished.leaked = outcome == Verdict::Leaked;
        finished.run = nanos(ended.run);
        finished.usage = Usage {
            user: Some(ended.reaped.user),
            sys: Some(ended.reaped.sys),
            max_rss: Some(ended.reaped.max_rss),
            switches: Some(ended.reaped.switches),
        };
        finished
    }

    fn timed_out(&self, tried: &Try, ended: &Ended) -> String {
        let limit = tried.unit.terms.timeout.unwrap_or_default();
        let signal = if ended.killed { "SIGKILL" } else { "SIGTERM" };
        format!("ran longer than {limit:?}; stopped by {signal}")
    }

    fn refused(&self, program: &Program, tried: &Try, error: &io::Error) -> TaskFinished {
        let name = program.argv.first().map_or(OsStr::new(""), |name| name);
        let name = name.to_string_lossy();
        let why = match error.raw_os_error() {
            Some(nix::libc::E2BIG) => "its arguments are longer than the system takes".to_owned(),
            Some(nix::libc::ENOENT) if program.cwd.is_none() => "no such program".to_owned(),
            _ => error.to_string(),
        };
        let message = format!("`{}` cannot be started: {why}", Excerpt(&name));
        self.slot.end(tried, Verdict::Failed, message)
    }
}

/// Whether the system may have room for another process in a moment.
fn is_shortage(error: &io::Error) -> bool {
    use nix::libc::{EAGAIN, EMFILE, ENFILE, ENOMEM};
    matches!(
        error.raw_os_error(),
        Some(EAGAIN | EMFILE | ENFILE | ENOMEM)
    )
}
