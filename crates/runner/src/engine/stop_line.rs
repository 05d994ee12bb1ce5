//! How all that runs is told at once to stop: by a pipe whose end comes when it is so.

use std::io::{self, PipeReader, PipeWriter};
use std::os::fd::{AsFd as _, BorrowedFd};
use std::sync::{Mutex, PoisonError};

/// A pipe that nothing is written to.
#[derive(Debug)]
pub(super) struct StopLine {
    reader: PipeReader,
    writer: Mutex<Option<PipeWriter>>,
}

impl StopLine {
    /// # Errors
    ///
    /// The system has no descriptor left.
    pub(super) fn new() -> io::Result<Self> {
        let (reader, writer) = io::pipe()?;
        let writer = Mutex::new(Some(writer));
        Ok(Self { reader, writer })
    }

    /// What `poll` tells of, from the time on that all is to stop.
    pub(super) fn line(&self) -> BorrowedFd<'_> {
        self.reader.as_fd()
    }

    /// Tells it.
    pub(super) fn cut(&self) {
        *self.writer.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    pub(super) fn is_cut(&self) -> bool {
        self.writer
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .is_none()
    }
}
