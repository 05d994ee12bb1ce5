//! Events as lines, for other programs: on standard output, and in a log.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;
use std::sync::Arc;

use super::listener::Listener;
use super::moment::Moment;
use super::outlet::Outlet;
use crate::event::{Event, write_line};
use crate::halt::{Cause, Halt};
use crate::report::{self, Report};
use crate::sink::Sink;

/// Writes each event as a line, at once.
pub(super) struct Journal {
    outlet: Outlet,
    /// Whether what has ended is written before anybody else is told of it.
    is_log: bool,
}

impl Journal {
    /// On standard output.
    pub(super) fn standard(sink: &Arc<Sink>) -> Self {
        let sink = Arc::clone(sink);
        Self {
            outlet: Outlet::new(move |lines| sink.put(lines)),
            is_log: false,
        }
    }

    /// In a file, which is emptied, or goes on after its last whole line.
    ///
    /// # Errors
    ///
    /// It cannot be opened for writing, or is no log.
    pub(super) fn log(path: &Path, goes_on: bool, halt: &Arc<Halt>) -> Result<Self, Report> {
        let shown = path.display().to_string();
        if !goes_on && is_something_else(path) {
            return Err(Report::new(format!("{shown} is no log, and would be lost"))
                .note("a log that is there already is written anew; nothing was started")
                .help("name another file after --log, or remove this one"));
        }
        let opened = match goes_on {
            true => open_at_end(path),
            false => File::create(path),
        };
        let mut file = opened.map_err(|error| {
            Report::new(format!("the log {shown} cannot be written: {error}"))
                .note("nothing was started")
        })?;
        let halt = Arc::clone(halt);
        let outlet = Outlet::new(move |lines| {
            let written = file.write_all(lines);
            if let Err(error) = &written {
                give_up(&halt, &shown, error);
            }
            written
        });
        let is_log = true;
        Ok(Self { outlet, is_log })
    }
}

/// Whether there is a file that does not begin as a log does.
fn is_something_else(path: &Path) -> bool {
    // A pipe has no beginning to look at, and nothing to lose; to open it would be to wait for who writes there.
    if !path.metadata().is_ok_and(|found| found.is_file()) {
        return false;
    }
    let Ok(mut file) = File::open(path) else {
        return false;
    };
    let mut begin = [0; LOG.len()];
    match file.read_exact(&mut begin) {
        Ok(()) => begin != *LOG,
        Err(_) => file.metadata().is_ok_and(|found| found.len() > 0),
    }
}

/// How every log begins.
const LOG: &[u8; 9] = b"{\"event\":";

/// Opens a log to go on after its last whole line: a runner that was killed may have left half of one.
fn open_at_end(path: &Path) -> io::Result<File> {
    let mut file = File::options().read(true).append(true).open(path)?;
    let mut end = file.metadata()?.len();
    let mut piece = vec![0; 64 << 10];
    loop {
        let start = end.saturating_sub(piece.len() as u64);
        let length = usize::try_from(end - start).unwrap_or(piece.len());
        file.seek(SeekFrom::Start(start))?;
        file.read_exact(&mut piece[..length])?;
        let newline = piece[..length].iter().rposition(|&byte| byte == b'\n');
        if newline.is_some() || start == 0 {
            let kept = newline.map_or(0, |newline| newline as u64 + 1);
            file.set_len(start + kept)?;
            return Ok(file);
        }
        end = start;
    }
}

/// Halts the run because its log takes nothing more.
fn give_up(halt: &Halt, log: &str, error: &io::Error) {
    let what = format!("the log {log} cannot be written: {error}");
    let lost = "what comes after this point is lost; what still ran was stopped";
    let tell = || report::show(&[Report::new(&what).note(lost)]);
    if !halt.request(Cause::OutputFailed, tell) {
        // The run stops already, for another reason.
        tell();
    }
}

impl Listener for Journal {
    fn hear(&self, moment: &Moment) {
        self.outlet.push(|lines| write_line(&moment.stamped, lines));
    }

    fn act(&self, moment: &Moment) {
        let has_ended = matches!(moment.stamped.event, Event::TaskFinished(_));
        self.outlet.flush(self.is_log && has_ended);
    }

    fn close(&self) {
        self.outlet.flush(true);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_goes_on_after_its_last_whole_line() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        let long = "x".repeat(200 << 10);
        for (before, kept) in [
            (String::new(), 0),
            ("a\n".to_owned(), 2),
            ("a\nto".to_owned(), 2),
            (format!("a\n{long}"), 2),
            (long.clone(), 0),
            (format!("{long}\n{long}\nt"), 2 * long.len() + 2),
        ] {
            std::fs::write(&path, &before).unwrap();
            let mut file = open_at_end(&path).unwrap();
            file.write_all(b"b\n").unwrap();
            let after = std::fs::read_to_string(&path).unwrap();
            assert!(
                after == format!("{}b\n", &before[..kept]),
                "{} {kept}",
                before.len()
            );
        }
    }
}
