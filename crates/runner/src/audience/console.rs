//! What tasks print, on its way to the runner's own outputs, and the lines about them: never torn, and all of one task
//! together if wanted.

mod shelf;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use self::shelf::{End, Ended, Shelf, Shown, Turn};
use super::grid::Grid;
use super::keepsake::{Keepsake, Kept};
use super::listener::Listener;
use super::moment::Moment;
use super::settings::{Settings, ShowFail, ShowOk};
use super::spool::KEPT;
use super::turns::Turns;
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
    turns: Turns<Turn>,
    shelf: Mutex<Shelf>,
    keepsake: Mutex<Keepsake>,
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
            turns: Turns::default(),
            shelf: Mutex::default(),
            keepsake: Mutex::default(),
        }
    }

    fn printed(&self, printed: &TaskOutput) {
        let bytes = printed.output.as_bytes();
        let mut shelf = self.shelf();
        let key = (printed.index, printed.stream);
        if self.is_held() {
            let kept = shelf.open.entry(key).or_default().push(bytes);
            drop(shelf);
            if let Err(error) = kept {
                self.sink.cannot_keep(&error);
            }
            return;
        }
        let spool = shelf.open.entry(key).or_default();
        let Some(newline) = bytes.iter().rposition(|&byte| byte == b'\n') else {
            spool.memory.extend_from_slice(bytes);
            // A line without an end is passed on in pieces: nobody can hold it.
            let long = (spool.memory.len() > KEPT).then(|| std::mem::take(&mut spool.memory));
            drop(shelf);
            return long
                .into_iter()
                .for_each(|piece| self.put(printed.stream, &piece));
        };
        let mut lines = std::mem::take(&mut spool.memory);
        lines.extend_from_slice(&bytes[..=newline]);
        spool.memory.extend_from_slice(&bytes[newline + 1..]);
        drop(shelf);
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

    /// Shows what still waits: for its turn, although what comes before it will not come, or for the end of its task, which
    /// a log that was cut off does not have. Whatever comes now is another run's.
    fn show_rest(&self) {
        let Shelf { open, ended, .. } = std::mem::take(&mut *self.shelf());
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

    fn take_turns(&self, moment: &Moment) {
        self.turns.take(moment.tally.events, |turn| match turn {
            Turn::Line(line) => self.sink.complain(&line),
            Turn::End(end) => self.ended(end),
        });
    }

    fn ended(&self, end: End) {
        let (mut out, mut err) = self.shelf().take(end.index);
        if !self.is_held() {
            for (stream, rest) in [
                (OutputStream::Stdout, &mut out),
                (OutputStream::Stderr, &mut err),
            ] {
                if !rest.memory.is_empty() {
                    // The next task's line must not go on where this one's was left.
                    rest.memory.push(b'\n');
                    self.put_lines(&end.task, stream, &rest.memory);
                }
            }
            return self.tell(end.line);
        }
        let ended = Ended {
            out,
            err,
            line: end.line,
            shown: end.shown,
        };
        if !self.keep_order {
            return self.show(ended);
        }
        self.shelf().ended.insert(end.index, ended);
        loop {
            let next = self.shelf().next_in_order();
            match next {
                Some(ended) => self.show(ended),
                None => return,
            }
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

    fn shelf(&self) -> MutexGuard<'_, Shelf> {
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn keepsake(&self) -> MutexGuard<'_, Keepsake> {
        self.keepsake.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Listener for Console {
    fn hear(&self, moment: &Moment) {
        let line = self.grid.line(moment);
        if let Event::TaskFinished(finished) = &moment.stamped.event {
            let end = End {
                task: Arc::clone(&finished.task),
                index: finished.index,
                line,
                shown: self.shown(finished),
            };
            self.turns.enter(moment.tally.events, Turn::End(end));
        } else if let Some(line) = line {
            self.turns.enter(moment.tally.events, Turn::Line(line));
        }
    }

    fn act(&self, moment: &Moment) {
        match &moment.stamped.event {
            Event::TaskOutput(_) if self.how == How::None => {}
            Event::TaskOutput(printed) => self.printed(printed),
            // A log can hold several runs, of which one may not have ended.
            Event::RunStarted(_) => self.show_rest(),
            Event::RunFinished(_) => self.show_kept(),
            Event::TaskFinished(_) => self.take_turns(moment),
            _ if self.grid.line(moment).is_some() => self.take_turns(moment),
            // Whoever has nothing to show must not wait for who shows something: he may be about to stop the run.
            _ => {}
        }
    }

    fn close(&self) {
        self.show_rest();
    }
}
