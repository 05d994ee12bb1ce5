//! Cutting a worker's output into whole lines.

/// A line longer than this is passed on in pieces, so that memory stays bounded.
const MAX_LINE_BYTES: usize = 64 * 1024;

/// How much of the newest output is told in a worker's obituary.
const TAIL_BYTES: usize = 2 * 1024;

/// How much of it is remembered: the words of a failed allocation come before a stack's worth of lines.
const MEMORY_BYTES: usize = 16 * 1024;

/// One output stream of one worker.
#[derive(Debug, Default)]
pub(crate) struct Lines {
    partial: Vec<u8>,
    newest: Vec<u8>,
}

impl Lines {
    /// Takes a piece of output over; returns the lines that are whole now, in one block.
    pub(crate) fn push(&mut self, piece: &[u8]) -> Option<Vec<u8>> {
        self.remember(piece);
        self.partial.extend_from_slice(piece);
        let whole = match self.partial.iter().rposition(|&byte| byte == b'\n') {
            Some(newline) => newline + 1,
            None if self.partial.len() > MAX_LINE_BYTES => self.partial.len(),
            None => return None,
        };
        let rest = self.partial.split_off(whole);
        Some(std::mem::replace(&mut self.partial, rest))
    }

    /// What is left when no more will come, made a whole line.
    pub(crate) fn finish(&mut self) -> Option<Vec<u8>> {
        let mut rest = std::mem::take(&mut self.partial);
        if rest.is_empty() {
            return None;
        }
        rest.push(b'\n');
        Some(rest)
    }

    /// The end of the output, as text.
    pub(crate) fn tail(&self) -> String {
        let start = self.newest.len().saturating_sub(TAIL_BYTES);
        String::from_utf8_lossy(&self.newest[start..]).into_owned()
    }

    /// As much of the newest output as is remembered, as text.
    pub(crate) fn newest(&self) -> String {
        String::from_utf8_lossy(&self.newest).into_owned()
    }

    fn remember(&mut self, piece: &[u8]) {
        self.newest.extend_from_slice(piece);
        // Not at every piece: what is left moves.
        if self.newest.len() > 2 * MEMORY_BYTES {
            self.newest.drain(..self.newest.len() - MEMORY_BYTES);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_lines_come_out() {
        let mut lines = Lines::default();
        assert_eq!(lines.push(b"he"), None);
        assert_eq!(lines.push(b"llo\nwor"), Some(b"hello\n".to_vec()));
        assert_eq!(lines.push(b"ld\n\n!"), Some(b"world\n\n".to_vec()));
        assert_eq!(lines.finish(), Some(b"!\n".to_vec()));
        assert_eq!(lines.finish(), None);
        assert_eq!(lines.tail(), "hello\nworld\n\n!");
    }

    #[test]
    fn a_line_without_end_takes_bounded_memory() {
        let mut lines = Lines::default();
        for _ in 0..100 {
            lines.push(&[b'x'; 10_000]);
            assert!(lines.partial.len() <= MAX_LINE_BYTES + 10_000);
        }
        assert_eq!(lines.tail().len(), TAIL_BYTES);
        assert!(lines.newest().len() <= 2 * MEMORY_BYTES + 10_000);
    }
}
