//! What programs print, on its way to the runner's own outputs: never torn, and whole programs together if wanted.

use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::{self, Read as _, Seek as _, Write as _};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::engine::ear::Ear;
use crate::event::{
    Event, OutputStream, RunStopping, StopCause, TaskFinished, TaskOutput, Verdict,
};
use crate::sink::{Sink, TaskOutput as How};

/// Passes on what programs print.
pub(crate) struct Console {
    sink: Arc<Sink>,
    how: How,
    keep_order: bool,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// What was printed and is not passed on yet, by task and stream.
    open: HashMap<(u64, OutputStream), Spool>,
    /// Ended tasks whose turn has not come.
    ended: BTreeMap<u64, Ended>,
    /// The task whose turn it is.
    next: u64,
}

/// What an ended task leaves.
struct Ended {
    out: Spool,
    err: Spool,
    complaint: Option<String>,
}

/// So much of a task's output is kept in memory.
const KEPT: usize = 1 << 20;

/// Bytes that wait; in a file without a name when they are many.
#[derive(Default)]
struct Spool {
    memory: Vec<u8>,
    file: Option<File>,
}

impl Spool {
    fn push(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.memory.extend_from_slice(bytes);
        if self.memory.len() > KEPT {
            let file = match &mut self.file {
                Some(file) => file,
                None => self.file.insert(tempfile::tempfile()?),
            };
            file.write_all(&self.memory)?;
            self.memory.clear();
        }
        Ok(())
    }

    /// Gives back what was pushed, piece by piece.
    fn drain(mut self, mut take: impl FnMut(&[u8]) -> io::Result<()>) -> io::Result<()> {
        if let Some(file) = &mut self.file {
            file.rewind()?;
            let mut piece = vec![0; 64 << 10];
            loop {
                match file.read(&mut piece)? {
                    0 => break,
                    read => take(&piece[..read])?,
                }
            }
        }
        if self.memory.is_empty() {
            return Ok(());
        }
        take(&self.memory)
    }
}

impl Console {
    pub(crate) fn new(sink: Arc<Sink>, how: How, keep_order: bool) -> Self {
        Self {
            sink,
            how,
            keep_order,
            state: Mutex::default(),
        }
    }

    fn printed(&self, printed: &TaskOutput) {
        let bytes = printed.output.as_bytes();
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (printed.index, printed.stream);
        if self.is_held() {
            let kept = state.open.entry(key).or_default().push(bytes);
            drop(state);
            if let Err(error) = kept {
                self.sink.cannot_keep(&error);
            }
            return;
        }
        let spool = state.open.entry(key).or_default();
        let Some(newline) = bytes.iter().rposition(|&byte| byte == b'\n') else {
            spool.memory.extend_from_slice(bytes);
            // A line without an end is passed on in pieces: nobody can hold it.
            let long = (spool.memory.len() > KEPT).then(|| std::mem::take(&mut spool.memory));
            drop(state);
            return long
                .into_iter()
                .for_each(|piece| self.put(printed.stream, &piece));
        };
        let mut lines = std::mem::take(&mut spool.memory);
        lines.extend_from_slice(&bytes[..=newline]);
        spool.memory.extend_from_slice(&bytes[newline + 1..]);
        drop(state);
        self.put_lines(&printed.task, printed.stream, &lines);
    }

    fn put_lines(&self, task: &str, stream: OutputStream, lines: &[u8]) {
        if self.how != How::Tag {
            return self.put(stream, lines);
        }
        let mut tagged = Vec::with_capacity(lines.len() + 64);
        for line in lines.split_inclusive(|&byte| byte == b'\n') {
            tagged.extend_from_slice(task.as_bytes());
            tagged.push(b'\t');
            tagged.extend_from_slice(line);
        }
        self.put(stream, &tagged);
    }

    fn finished(&self, finished: &TaskFinished) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let mut take = |stream| {
            state
                .open
                .remove(&(finished.index, stream))
                .unwrap_or_default()
        };
        let (mut out, mut err) = (take(OutputStream::Stdout), take(OutputStream::Stderr));
        let complaint = complaint(finished);
        if !self.is_held() {
            drop(state);
            for (stream, rest) in [
                (OutputStream::Stdout, &mut out),
                (OutputStream::Stderr, &mut err),
            ] {
                if !rest.memory.is_empty() {
                    // The next task's line must not go on where this one's was left.
                    rest.memory.push(b'\n');
                    self.put_lines(&finished.task, stream, &rest.memory);
                }
            }
            return complaint
                .into_iter()
                .for_each(|complaint| self.sink.complain(&complaint));
        }
        let ended = Ended {
            out,
            err,
            complaint,
        };
        if !self.keep_order {
            drop(state);
            return self.show(ended);
        }
        // Under the lock: whoever comes next must not be faster with what comes next.
        state.ended.insert(finished.index, ended);
        loop {
            let next = state.next;
            let Some(ended) = state.ended.remove(&next) else {
                return;
            };
            state.next += 1;
            self.show(ended);
        }
    }

    fn show(&self, ended: Ended) {
        let Ended {
            out,
            err,
            complaint,
        } = ended;
        let shown = self.sink.block(|sink| {
            out.drain(|piece| sink.out(piece))?;
            err.drain(|piece| {
                sink.err(piece);
                Ok(())
            })
        });
        if let Err(error) = shown {
            self.sink.give_up(&error);
        }
        complaint
            .into_iter()
            .for_each(|complaint| self.sink.complain(&complaint));
    }

    fn put(&self, stream: OutputStream, bytes: &[u8]) {
        match stream {
            // A failure halts the run.
            OutputStream::Stdout => drop(self.sink.put(bytes)),
            OutputStream::Stderr => self.sink.put_err(bytes),
        }
    }

    /// Tells why a run stops before its end, where nobody else does.
    fn stopping(&self, stopping: &RunStopping) {
        let what = match stopping.cause {
            StopCause::MaxFail => "enough have failed (--max-fail)",
            StopCause::RunTimeout => "all of it has taken as long as it may (--run-timeout)",
            _ => return,
        };
        let then = match (stopping.stops_running, stopping.running) {
            (_, 0) => "nothing more starts".to_owned(),
            (true, running) => format!("stopping the {running} that run"),
            (false, running) => format!("nothing more starts, and {running} still run"),
        };
        self.sink.complain(&format!("{what}; {then}"));
    }

    /// Whether what a task prints waits for its end.
    fn is_held(&self) -> bool {
        self.how == How::Group || self.keep_order
    }
}

/// A time that somebody reads, from nanoseconds.
fn rounded(nanos: u64) -> Duration {
    Duration::from_millis(nanos / 1_000_000)
}

/// What is said of a task that did not end as it was to.
fn complaint(finished: &TaskFinished) -> Option<String> {
    let verdict = finished.verdict();
    if matches!(verdict, Verdict::Ok | Verdict::Cancelled | Verdict::Skipped) {
        return None;
    }
    let message = finished.message.as_deref().unwrap_or_default();
    let again = match finished.attempt {
        0 | 1 => String::new(),
        tries => format!(" (tried {tries} times)"),
    };
    Some(format!("{}: {verdict}: {message}{again}", finished.task))
}

impl Ear for Console {
    fn tell(&self, event: Event) {
        match &event {
            Event::TaskOutput(printed) => self.printed(printed),
            Event::TaskFinished(finished) => self.finished(finished),
            Event::TaskSlow(slow) => {
                let run = rounded(slow.run);
                self.sink
                    .complain(&format!("{}: still runs after {run:?}", slow.task));
            }
            Event::TaskRetry(retry) => {
                let message = retry.message.as_deref().unwrap_or_default();
                let (attempt, tries) = (retry.attempt, retry.tries);
                let again = match rounded(retry.delay) {
                    Duration::ZERO => "next try now".to_owned(),
                    pause => format!("next try in {pause:?}"),
                };
                self.sink.complain(&format!(
                    "{}: try {attempt} of {tries} {}: {message}; {again}",
                    retry.task, retry.outcome
                ));
            }
            Event::RunStopping(stopping) => self.stopping(stopping),
            _ => {}
        }
    }
}
