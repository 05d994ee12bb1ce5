//! A host that keeps what tasks write.

use std::io;
use std::sync::{Mutex, PoisonError};

use anypool_core::{Host, Origin, Stream};

/// Keeps the lines of standard output, in the order in which they came.
#[derive(Debug, Default)]
pub struct Recorder(Mutex<Vec<u8>>);

impl Recorder {
    /// What has come so far.
    ///
    /// # Panics
    ///
    /// When a task wrote bytes that are no text.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let bytes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let text = std::str::from_utf8(&bytes).expect("tasks write text");
        text.lines().map(str::to_owned).collect()
    }
}

impl Host for Recorder {
    fn write(&self, _: Origin, stream: Stream, lines: &[u8]) -> io::Result<()> {
        if stream == Stream::Out {
            let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            kept.extend_from_slice(lines);
        }
        Ok(())
    }
}
