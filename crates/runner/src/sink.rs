//! Where lines go: tasks' output and results to standard output, all that the runner says to standard error.
//!
//! A line is written whole, at once, and without a buffer of ours: a reader sees it when the task has printed it, and
//! nothing is left to be written at the end.

use std::fmt;
use std::fs::File;
use std::io::{self, IsTerminal as _, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anypool_core::{Host, Origin, Stream};
use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use crate::curtain;
use crate::halt::{Cause, Halt};
use crate::report::{self, Report};

/// What becomes of the lines that tasks print.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum TaskOutput {
    /// Each line is passed on as soon as it is whole
    Line,
    /// Tasks' lines are dropped; results stay
    None,
    /// All that a program prints is passed on together, when it has ended
    #[value(skip)]
    Group,
    /// Like `line`, with the task's name before each line
    #[value(skip)]
    Tag,
}

type Stdout = Box<dyn Write + Send>;
type Stderr = Box<dyn Write + Send>;

/// The two outputs of a run.
pub(crate) struct Sink {
    out: Mutex<Stdout>,
    err: Mutex<Stderr>,
    tasks: TaskOutput,
    halt: Arc<Halt>,
    terminals: Terminals,
}

/// Which of the outputs are seen on a terminal, where something may be drawn.
#[derive(Clone, Copy, Debug, Default)]
struct Terminals {
    out: bool,
    err: bool,
}

impl Sink {
    /// The sink that writes to this process's own streams.
    ///
    /// # Errors
    ///
    /// Standard output is not there.
    pub(crate) fn standard(tasks: TaskOutput, halt: Arc<Halt>) -> io::Result<Self> {
        // A file of its own: std's stdout keeps what could not be written and tries again at exit.
        let out = Patient::new(io::stdout().as_fd().try_clone_to_owned()?);
        let err = Box::new(io::stderr());
        let terminals = Terminals {
            out: io::stdout().is_terminal(),
            err: io::stderr().is_terminal(),
        };
        Ok(Self {
            terminals,
            ..Self::new(Box::new(out), err, tasks, halt)
        })
    }

    pub(crate) fn new(out: Stdout, err: Stderr, tasks: TaskOutput, halt: Arc<Halt>) -> Self {
        Self {
            out: Mutex::new(out),
            err: Mutex::new(err),
            tasks,
            halt,
            terminals: Terminals::default(),
        }
    }

    /// Draws these lines on the terminal, in place of those that were drawn before.
    pub(crate) fn draw(&self, lines: &[String]) {
        // Nobody may be in the midst of a line.
        let out = self.out.lock().unwrap_or_else(PoisonError::into_inner);
        let mut err = self.err.lock().unwrap_or_else(PoisonError::into_inner);
        let text = match lines {
            [] => curtain::lift().to_owned(),
            lines => curtain::draw(lines),
        };
        let _ = err.write_all(text.as_bytes());
        drop(out);
    }

    /// Writes a line to standard output. A failure halts the run, which has been told by then.
    pub(crate) fn line(&self, text: &str) -> io::Result<()> {
        self.put(format!("{text}\n").as_bytes())
    }

    /// Writes a line to standard error.
    pub(crate) fn complain(&self, text: &str) {
        self.put_err(format!("{text}\n").as_bytes());
    }

    pub(crate) fn put(&self, bytes: &[u8]) -> io::Result<()> {
        let mut out = self.out.lock().unwrap_or_else(PoisonError::into_inner);
        let put = pass(&mut *out, bytes, self.terminals.out);
        drop(out);
        if let Err(error) = &put {
            self.give_up(error);
        }
        put
    }

    pub(crate) fn put_err(&self, bytes: &[u8]) {
        let mut err = self.err.lock().unwrap_or_else(PoisonError::into_inner);
        // Where standard error itself is gone, nobody is left to be told.
        let _ = pass(&mut *err, bytes, self.terminals.err);
    }

    /// Writes several pieces that nothing else comes between.
    pub(crate) fn block(
        &self,
        write: impl FnOnce(&mut Block<'_>) -> io::Result<()>,
    ) -> io::Result<()> {
        let mut block = Block {
            out: self.out.lock().unwrap_or_else(PoisonError::into_inner),
            err: self.err.lock().unwrap_or_else(PoisonError::into_inner),
            terminals: self.terminals,
        };
        write(&mut block)
    }

    /// Halts the run because what tasks print cannot be kept until they end.
    pub(crate) fn cannot_keep(&self, error: &io::Error) {
        let tell = || {
            let what = format!("the output of a task cannot be kept until its end: {error}");
            let help =
                "make room in the folder for temporary files (`TMPDIR`), or use --output line";
            report::show(&[Report::new(what).help(help)]);
        };
        self.halt.request(Cause::OutputFailed, tell);
    }

    pub(crate) fn give_up(&self, error: &io::Error) {
        if error.kind() == io::ErrorKind::BrokenPipe {
            self.halt.request(Cause::ReaderGone, || ());
        } else {
            let lost = "what comes after this point is lost; what still ran was stopped";
            let tell = || report::show(&[unwritable(error).note(lost)]);
            self.halt.request(Cause::OutputFailed, tell);
        }
    }
}

/// Both outputs, for as long as nobody else may write.
pub(crate) struct Block<'a> {
    out: MutexGuard<'a, Stdout>,
    err: MutexGuard<'a, Stderr>,
    terminals: Terminals,
}

impl Block<'_> {
    pub(crate) fn out(&mut self, bytes: &[u8]) -> io::Result<()> {
        pass(&mut *self.out, bytes, self.terminals.out)
    }

    pub(crate) fn err(&mut self, bytes: &[u8]) {
        // As for a single line.
        let _ = pass(&mut *self.err, bytes, self.terminals.err);
    }
}

/// Writes `bytes`, in place of what is drawn if that is where they are seen.
fn pass(stream: &mut dyn Write, bytes: &[u8], is_terminal: bool) -> io::Result<()> {
    if !is_terminal || bytes.is_empty() {
        return stream.write_all(bytes);
    }
    curtain::passed(bytes);
    match curtain::lift() {
        "" => stream.write_all(bytes),
        lift => stream.write_all(&[lift.as_bytes(), bytes].concat()),
    }
}

/// What is said when standard output takes nothing more.
pub(crate) fn unwritable(error: &io::Error) -> Report {
    Report::new(format!("standard output cannot be written: {error}"))
}

/// A file that may be in non-blocking mode, as whoever shares it with us has left it.
struct Patient(File);

impl Patient {
    fn new(fd: OwnedFd) -> Self {
        Self(File::from(fd))
    }
}

impl Write for Patient {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        loop {
            match self.0.write(bytes) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    let mut fds = [PollFd::new(self.0.as_fd(), PollFlags::POLLOUT)];
                    match poll(&mut fds, PollTimeout::NONE) {
                        Ok(_) | Err(Errno::EINTR) => {}
                        Err(error) => return Err(error.into()),
                    }
                }
                done => return done,
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Host for Sink {
    fn write(&self, _: Origin, stream: Stream, lines: &[u8]) -> io::Result<()> {
        if self.tasks == TaskOutput::None || lines.is_empty() {
            return Ok(());
        }
        // A task may end without a last newline; the next task's line must not continue its own.
        let whole = match lines.last() {
            Some(b'\n') => lines.into(),
            _ => std::borrow::Cow::from([lines, b"\n"].concat()),
        };
        match stream {
            Stream::Out => self.put(&whole),
            Stream::Err => {
                self.put_err(&whole);
                Ok(())
            }
        }
    }
}

impl fmt::Debug for Sink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sink")
            .field("tasks", &self.tasks)
            .finish_non_exhaustive()
    }
}
