//! Cutting a worker's output into whole lines.

/// A line longer than this is passed on in pieces, so that memory stays bounded.
const MAX_LINE_BYTES: usize = 64 * 1024;

/// How much of the newest output is remembered for a worker's obituary.
const TAIL_BYTES: usize = 2 * 1024;

/// One output stream of one worker.
#[derive(Debug, Default)]
pub(crate) struct Lines {
    partial: Vec<u8>,
    tail: Vec<u8>,
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

    /// The newest output, as text.
    pub(crate) fn tail(&self) -> String {
        String::from_utf8_lossy(&self.tail).into_owned()
    }

    fn remember(&mut self, piece: &[u8]) {
        self.tail.extend_from_slice(piece);
        let surplus = self.tail.len().saturating_sub(TAIL_BYTES);
        self.tail.drain(..surplus);
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
    }
}
