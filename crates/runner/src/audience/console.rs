//! What tasks print, on its way to the runner's own outputs, and the lines about them: never torn, and all of one task
//! together if wanted.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::grid::Grid;
use super::keepsake::{Keepsake, Kept};
use super::listener::Listener;
use super::moment::Moment;
use super::settings::{Settings, ShowFail, ShowOk};
use super::spool::{KEPT, Spool};
use crate::event::{Event, OutputStream, TaskFinished, TaskOutput, Verdict};
use crate::sink::{Sink, TaskOutput as How};

/// Passes on what tasks print, and tells what becomes of them.
pub(super) struct Console {
    sink: Arc<Sink>,
    grid: Grid,
    how: How,
    keep_order: bool,
    show_ok: ShowOk,
    show_fail: ShowFail,
    state: Mutex<State>,
    keepsake: Mutex<Keepsake>,
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
#[derive(Default)]
struct Ended {
    out: Spool,
    err: Spool,
    line: Option<String>,
    shown: Shown,
}

/// When what a task has printed is shown.
#[derive(Clone, Copy)]
struct Shown {
    now: bool,
    at_end: bool,
}

impl Default for Shown {
    fn default() -> Self {
        let (now, at_end) = (true, false);
        Self { now, at_end }
    }
}

impl Console {
    pub(super) fn new(sink: Arc<Sink>, grid: Grid, settings: &Settings) -> Self {
        Self {
            sink,
            grid,
            how: settings.output,
            keep_order: settings.keep_order,
            show_ok: settings.show_ok,
            show_fail: settings.show_fail,
            state: Mutex::default(),
            keepsake: Mutex::default(),
        }
    }

    fn printed(&self, printed: &TaskOutput) {
        let bytes = printed.output.as_bytes();
        let mut state = self.state();
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

    fn finished(&self, finished: &TaskFinished, line: Option<String>) {
        let mut state = self.state();
        let mut take = |stream| {
            state
                .open
                .remove(&(finished.index, stream))
                .unwrap_or_default()
        };
        let (mut out, mut err) = (take(OutputStream::Stdout), take(OutputStream::Stderr));
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
            return self.tell(line);
        }
        let ended = Ended {
            out,
            err,
            line,
            shown: self.shown(finished),
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
            line,
            shown,
        } = ended;
        let mut keepsake = self.keepsake();
        let mut kept = Ok(());
        let passed = self.sink.block(|sink| {
            let mut pass = |stream, piece: &[u8]| {
                if shown.at_end && kept.is_ok() {
                    kept = keepsake.push(stream, piece);
                }
                match stream {
                    OutputStream::Stdout if shown.now => sink.out(piece)?,
                    OutputStream::Stderr if shown.now => sink.err(piece),
                    _ => {}
                }
                Ok(())
            };
            out.drain(|piece| pass(OutputStream::Stdout, piece))?;
            err.drain(|piece| pass(OutputStream::Stderr, piece))
        });
        if let Some(line) = line.as_ref().filter(|_| shown.at_end) {
            keepsake.line(line);
        }
        drop(keepsake);
        if let Err(error) = kept {
            self.sink.cannot_keep(&error);
        }
        if let Err(error) = passed {
            self.sink.give_up(&error);
        }
        self.tell(line);
    }

    /// When what this one has printed is shown.
    fn shown(&self, finished: &TaskFinished) -> Shown {
        let verdict = finished.verdict();
        // What the runner has stopped itself is not printed as if it had failed.
        if verdict == Verdict::Ok || !verdict.is_run() {
            Shown {
                now: self.show_ok == ShowOk::Always,
                at_end: self.show_ok == ShowOk::Final,
            }
        } else {
            Shown {
                now: self.show_fail != ShowFail::Final,
                at_end: self.show_fail != ShowFail::Immediate,
            }
        }
    }

    /// The run is over: shows what was kept for that.
    fn show_kept(&self) {
        let keepsake = std::mem::take(&mut *self.keepsake());
        let shown = self.sink.block(|sink| {
            keepsake.drain(|kept| match kept {
                Kept::Printed(OutputStream::Stdout, piece) => sink.out(piece),
                Kept::Printed(OutputStream::Stderr, piece) => {
                    sink.err(piece);
                    Ok(())
                }
                Kept::Line(line) => {
                    sink.err(format!("{line}\n").as_bytes());
                    Ok(())
                }
            })
        });
        if let Err(error) = shown {
            self.sink.give_up(&error);
        }
    }

    fn tell(&self, line: Option<String>) {
        line.into_iter().for_each(|line| self.sink.complain(&line));
    }

    fn put(&self, stream: OutputStream, bytes: &[u8]) {
        match stream {
            // A failure halts the run.
            OutputStream::Stdout => drop(self.sink.put(bytes)),
            OutputStream::Stderr => self.sink.put_err(bytes),
        }
    }

    /// Whether what a task prints waits for its end.
    fn is_held(&self) -> bool {
        self.how == How::Group || self.keep_order
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn keepsake(&self) -> MutexGuard<'_, Keepsake> {
        self.keepsake.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Listener for Console {
    fn act(&self, moment: &Moment) {
        match &moment.stamped.event {
            Event::TaskOutput(_) if self.how == How::None => {}
            Event::TaskOutput(printed) => self.printed(printed),
            Event::TaskFinished(finished) => self.finished(finished, self.grid.line(moment)),
            Event::RunFinished(_) => self.show_kept(),
            _ => self.tell(self.grid.line(moment)),
        }
    }

    /// Shows what still waits: for its turn, although what comes before it will not come, or for the end of its task, which
    /// a log that was cut off does not have.
    fn close(&self) {
        let State { open, ended, .. } = std::mem::take(&mut *self.state());
        ended.into_values().for_each(|ended| self.show(ended));
        let open: BTreeMap<_, _> = open.into_iter().collect();
        for ((_, stream), spool) in open {
            let mut ended = Ended::default();
            match stream {
                OutputStream::Stdout => ended.out = spool,
                OutputStream::Stderr => ended.err = spool,
            }
            self.show(ended);
        }
    }
}
