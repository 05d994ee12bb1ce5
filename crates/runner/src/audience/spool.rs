//! What a task prints, while it waits for its turn.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, Write as _};

/// So much of what a task prints is kept in memory.
pub(super) const KEPT: usize = 1 << 20;

/// Bytes that wait; in a file without a name when they are many.
#[derive(Default)]
pub(super) struct Spool {
    pub(super) memory: Vec<u8>,
    file: Option<File>,
}

impl Spool {
    /// # Errors
    ///
    /// There is no room for more.
    pub(super) fn push(&mut self, bytes: &[u8]) -> io::Result<()> {
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
    ///
    /// # Errors
    ///
    /// It cannot be read again, or `take` does not take it.
    pub(super) fn drain(mut self, mut take: impl FnMut(&[u8]) -> io::Result<()>) -> io::Result<()> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_pushed_comes_back_in_order_however_much_it_was() {
        for pieces in [1_u32, 100, 5_000] {
            let mut spool = Spool::default();
            let piece = |number: u32| number.to_le_bytes().repeat(64);
            (0..pieces).for_each(|number| spool.push(&piece(number)).unwrap());
            assert!(spool.memory.len() <= KEPT);
            let mut back = Vec::new();
            let taken = spool.drain(|bytes| {
                back.extend_from_slice(bytes);
                Ok(())
            });
            taken.unwrap();
            let pushed: Vec<_> = (0..pieces).flat_map(piece).collect();
            assert!(back == pushed, "{pieces}");
        }
    }
}
