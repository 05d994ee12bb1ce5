//! Following a program to its end.
//!
//! One thread does all of it with one `poll`: it takes what the program prints, notices its end, its limits, and that
//! the run is to stop. Then it makes sure that nothing of the program's group is left.

use std::io::{self, PipeReader, Read as _};
use std::os::fd::{AsFd as _, OwnedFd};
use std::time::Duration;

use nix::unistd::Pid;

use super::heard::{Ended, Heard, Post, StopReason};
use super::leftover::{self, Leftover};
use super::passing;
use super::readiness::{LOOK, ready_of};
use super::start::{Started, between_starts, start};
use crate::engine::program::Program;
use crate::engine::terms::Terms;
use crate::event::OutputStream;
use crate::sys::children::{Reaped, try_reap};

/// So much is read at once.
const PIECE: usize = 64 << 10;

/// So often is read what those may add who hold the outputs of a program that has ended.
const REST: usize = 32;

/// Starts `program` and follows it to its end.
///
/// # Errors
///
/// It cannot be started.
pub(in crate::engine) fn run(
    program: &Program,
    terms: &Terms,
    post: Post<'_>,
    heard: &mut dyn FnMut(Heard<'_>),
) -> io::Result<Ended> {
    let started = start(program, post.slot, post.wiring)?;
    post.groups.enter(post.slot, started.pid);
    let mut watch = Watch::new(started, terms, post);
    heard(Heard::Started(watch.pid.as_raw().cast_unsigned()));
    let reaped = watch.until_reaped(heard)?;
    let run = post.clock.now() - watch.began;
    watch.drain(heard);
    let held = watch.is_held(heard);
    let leaked = watch.end_leftover(held);
    let Watch {
        stopped,
        killed,
        slow,
        ..
    } = watch;
    Ok(Ended {
        reaped,
        run,
        stopped,
        killed,
        slow,
        leaked,
    })
}

struct Watch<'a> {
    pid: Pid,
    notice: Option<OwnedFd>,
    out: Option<PipeReader>,
    err: Option<PipeReader>,
    terms: &'a Terms,
    post: Post<'a>,
    began: Duration,
    stopped: Option<StopReason>,
    /// When it was asked to stop.
    asked: Duration,
    killed: bool,
    slow: bool,
}

/// What a wait was ended by.
#[derive(Clone, Copy, Debug, Default)]
struct Ready {
    out: bool,
    err: bool,
    ended: bool,
    stop: bool,
}

impl<'a> Watch<'a> {
    fn new(started: Started, terms: &'a Terms, post: Post<'a>) -> Self {
        let Started {
            pid,
            notice,
            out,
            err,
        } = started;
        Self {
            pid,
            notice,
            out,
            err,
            terms,
            post,
            began: post.clock.now(),
            stopped: None,
            asked: Duration::ZERO,
            killed: false,
            slow: false,
        }
    }

    fn until_reaped(&mut self, heard: &mut dyn FnMut(Heard<'_>)) -> io::Result<Reaped> {
        loop {
            let ready = self.wait(self.patience());
            self.read(ready, heard);
            if ready.ended {
                // From here on its number may be somebody else's.
                self.post.groups.leave(self.post.slot);
                if let Some(reaped) = try_reap(self.pid)? {
                    return Ok(reaped);
                }
                self.post.groups.enter(self.post.slot, self.pid);
            }
            self.act(ready.stop, heard);
        }
    }

    /// How long to wait at most; `None` is for as long as it takes.
    fn patience(&self) -> Option<Duration> {
        let run = self.post.clock.now().saturating_sub(self.began);
        let slow = self
            .terms
            .slow_after
            .filter(|_| !self.slow && self.stopped.is_none());
        let next = match self.stopped {
            None => self.terms.timeout,
            Some(_) if self.killed => None,
            Some(_) => Some(
                self.asked
                    .saturating_add(self.terms.grace)
                    .saturating_sub(self.began),
            ),
        };
        let left = next
            .into_iter()
            .chain(slow)
            .min()
            .map(|at| at.saturating_sub(run));
        match self.notice {
            Some(_) => left,
            None => Some(left.unwrap_or(LOOK).min(LOOK)),
        }
    }

    /// Does what is due.
    fn act(&mut self, stop: bool, heard: &mut dyn FnMut(Heard<'_>)) {
        let now = self.post.clock.now();
        let run = now.saturating_sub(self.began);
        if self.stopped.is_some() {
            if !self.killed && now.saturating_sub(self.asked) >= self.terms.grace {
                self.killed = true;
                self.post.groups.kill(self.post.slot);
            }
            return;
        }
        if !self.slow && self.terms.slow_after.is_some_and(|limit| run >= limit) {
            self.slow = true;
            heard(Heard::Slow(run));
        }
        let reason = match self.terms.timeout {
            _ if stop => StopReason::Run,
            Some(limit) if run >= limit => StopReason::Timeout,
            _ => return,
        };
        self.stopped = Some(reason);
        self.asked = now;
        self.post.groups.terminate(self.post.slot);
        heard(Heard::Stopping(run, reason));
    }

    /// After its end: takes what it has printed, and waits a moment for others who hold its outputs.
    fn drain(&mut self, heard: &mut dyn FnMut(Heard<'_>)) {
        let began = self.post.clock.now();
        let mut rest = 0;
        // What fits into its pipes when it ends is its own; what somebody else adds without end is not.
        while (self.out.is_some() || self.err.is_some()) && rest < REST {
            let passed = self.post.clock.now().saturating_sub(began);
            let left = leftover::PATIENCE.saturating_sub(passed);
            let ready = self.wait_for_outputs(left);
            if !ready.out && !ready.err && left.is_zero() {
                return;
            }
            self.read(ready, heard);
            rest += usize::from(left.is_zero());
        }
    }

    /// Whether others hold its outputs, now that it has ended and was followed for a moment. Programs of other slots that are
    /// about to be started do so as well, and mean nothing by it: those that were on their way have arrived before it is
    /// looked, and meanwhile nobody sets out.
    fn is_held(&mut self, heard: &mut dyn FnMut(Heard<'_>)) -> bool {
        for _ in 0..REST {
            if self.out.is_none() && self.err.is_none() {
                return false;
            }
            let ready = between_starts(|| {
                passing::wait_until_gone_by([&self.out, &self.err]);
                self.wait_for_outputs(Duration::ZERO)
            });
            if !ready.out && !ready.err {
                return true;
            }
            self.read(ready, heard);
        }
        true
    }

    /// Ends what is left of its group, and tells what that was.
    fn end_leftover(&self, held: bool) -> Option<String> {
        let Some(left) = Leftover::of(self.pid) else {
            // Whoever holds its outputs has left its group.
            return held.then(|| "a process that holds its output".to_owned());
        };
        let what = left.describe();
        let grace = if self.stopped.is_some() {
            Duration::ZERO
        } else {
            self.terms.grace
        };
        left.stop(grace);
        // Those that it was stopped with were stopped like it.
        self.stopped.is_none().then_some(what)
    }

    fn read(&mut self, ready: Ready, heard: &mut dyn FnMut(Heard<'_>)) {
        if ready.out {
            pass_on(&mut self.out, OutputStream::Stdout, heard);
        }
        if ready.err {
            pass_on(&mut self.err, OutputStream::Stderr, heard);
        }
    }

    fn wait(&self, patience: Option<Duration>) -> Ready {
        let mut ready = self.poll(patience, true);
        ready.ended |= self.notice.is_none();
        ready
    }

    fn wait_for_outputs(&self, patience: Duration) -> Ready {
        self.poll(Some(patience), false)
    }

    fn poll(&self, patience: Option<Duration>, lives: bool) -> Ready {
        let out = self.out.as_ref().map(|out| out.as_fd());
        let err = self.err.as_ref().map(|err| err.as_fd());
        let notice = self
            .notice
            .as_ref()
            .map(|notice| notice.as_fd())
            .filter(|_| lives);
        // Once it is known that all is to stop, it would be known at once every time.
        let stop = (lives && self.stopped.is_none()).then_some(self.post.stop);
        let [out, err, ended, stop] = ready_of([out, err, notice, stop], patience);
        Ready {
            out,
            err,
            ended,
            stop,
        }
    }
}

/// Reads once, and drops a pipe that has ended.
fn pass_on(pipe: &mut Option<PipeReader>, stream: OutputStream, heard: &mut dyn FnMut(Heard<'_>)) {
    let mut piece = [0; PIECE];
    let read = pipe.as_mut().map(|pipe| pipe.read(&mut piece));
    match read {
        Some(Ok(read @ 1..)) => heard(Heard::Output(stream, &piece[..read])),
        Some(Err(error)) if error.kind() == io::ErrorKind::Interrupted => {}
        _ => *pipe = None,
    }
}

#[cfg(test)]
mod tests;
