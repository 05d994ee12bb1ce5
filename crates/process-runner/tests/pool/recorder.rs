//! A host that remembers what it was given.

use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};

use anypool_core::{Host, JobId, Origin, Stream};

/// Remembers every block of lines.
#[derive(Default)]
pub(crate) struct Recorder(Mutex<Vec<Block>>);

#[derive(Clone, Debug)]
pub(crate) struct Block {
    pub(crate) origin: Origin,
    pub(crate) stream: Stream,
    pub(crate) text: String,
}

impl Recorder {
    pub(crate) fn blocks(&self) -> MutexGuard<'_, Vec<Block>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Everything that came over `stream`.
    pub(crate) fn text(&self, stream: Stream) -> String {
        let of_stream = |block: &&Block| block.stream == stream;
        let blocks = self.blocks();
        blocks
            .iter()
            .filter(of_stream)
            .map(|b| b.text.as_str())
            .collect()
    }

    /// Everything that came tagged with `job`.
    pub(crate) fn of_job(&self, job: JobId) -> String {
        let of_job = |block: &&Block| block.origin.job == Some(job);
        let blocks = self.blocks();
        blocks
            .iter()
            .filter(of_job)
            .map(|b| b.text.as_str())
            .collect()
    }
}

impl Host for Recorder {
    fn write(&self, origin: Origin, stream: Stream, lines: &[u8]) -> io::Result<()> {
        let text = String::from_utf8(lines.to_vec()).unwrap();
        self.blocks().push(Block {
            origin,
            stream,
            text,
        });
        Ok(())
    }
}
