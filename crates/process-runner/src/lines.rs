//! Cutting a worker's output into whole lines, and remembering the newest of it.

use std::collections::VecDeque;

/// A line longer than this is passed on in pieces, so that memory stays bounded.
const MAX_LINE_BYTES: usize = 64 * 1024;

/// How much of the newest output is told in a worker's obituary.
const TAIL_BYTES: usize = 2 * 1024;

/// How much of it is remembered: the words of a failed allocation come before a stack's worth of lines.
const MEMORY_BYTES: usize = 16 * 1024;

/// How many readings are remembered apart.
const MAX_READINGS: usize = 64;

/// One output stream of one worker.
#[derive(Debug, Default)]
pub(crate) struct Lines {
    partial: Vec<u8>,
    newest: Vec<u8>,
    /// What `newest` is made of, oldest first.
    readings: VecDeque<Reading>,
}

/// Bytes that were read at one time.
#[derive(Debug)]
struct Reading {
    /// By the monotonic clock, after they had been read: they were written before.
    at_nanos: u64,
    bytes: usize,
}

impl Lines {
    /// Takes over a piece of output that has just been read; returns the lines that are whole now, in one
    /// block.
    pub(crate) fn push(&mut self, piece: &[u8], now_nanos: u64) -> Option<Vec<u8>> {
        self.remember(piece, now_nanos);
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

    /// The end of the output, as text, without what is known to have been written before `since_nanos`.
    pub(crate) fn tail(&self, since_nanos: u64) -> String {
        let newest = self.since(since_nanos);
        let start = newest.len().saturating_sub(TAIL_BYTES);
        String::from_utf8_lossy(&newest[start..]).into_owned()
    }

    /// As much of the newest output as is remembered, as text; without the same.
    pub(crate) fn newest(&self, since_nanos: u64) -> String {
        String::from_utf8_lossy(self.since(since_nanos)).into_owned()
    }

    fn since(&self, since_nanos: u64) -> &[u8] {
        let earlier = self.readings.iter();
        let earlier = earlier.take_while(|reading| reading.at_nanos <= since_nanos);
        let earlier: usize = earlier.map(|reading| reading.bytes).sum();
        &self.newest[earlier..]
    }

    fn remember(&mut self, piece: &[u8], at_nanos: u64) {
        self.newest.extend_from_slice(piece);
        let bytes = piece.len();
        self.readings.push_back(Reading { at_nanos, bytes });
        if self.readings.len() > MAX_READINGS
            && let Some(oldest) = self.readings.pop_front()
            && let Some(next) = self.readings.front_mut()
        {
            // As if they had come together, with the later ones.
            next.bytes += oldest.bytes;
        }
        // Not at every piece: what is left moves.
        if self.newest.len() > 2 * MEMORY_BYTES {
            self.forget(self.newest.len() - MEMORY_BYTES);
        }
    }

    /// Forgets the oldest bytes.
    fn forget(&mut self, bytes: usize) {
        self.newest.drain(..bytes);
        let mut left = bytes;
        while let Some(oldest) = self.readings.front_mut() {
            if oldest.bytes > left {
                oldest.bytes -= left;
                return;
            }
            left -= oldest.bytes;
            self.readings.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_lines_come_out() {
        let mut lines = Lines::default();
        assert_eq!(lines.push(b"he", 1), None);
        assert_eq!(lines.push(b"llo\nwor", 1), Some(b"hello\n".to_vec()));
        assert_eq!(lines.push(b"ld\n\n!", 1), Some(b"world\n\n".to_vec()));
        assert_eq!(lines.finish(), Some(b"!\n".to_vec()));
        assert_eq!(lines.finish(), None);
        assert_eq!(lines.tail(0), "hello\nworld\n\n!");
    }

    #[test]
    fn a_line_without_end_takes_bounded_memory() {
        let mut lines = Lines::default();
        for _ in 0..100 {
            lines.push(&[b'x'; 10_000], 1);
            assert!(lines.partial.len() <= MAX_LINE_BYTES + 10_000);
        }
        assert_eq!(lines.tail(0).len(), TAIL_BYTES);
        assert!(lines.newest(0).len() <= 2 * MEMORY_BYTES + 10_000);
    }

    #[test]
    fn what_was_read_before_a_time_is_left_out() {
        let mut lines = Lines::default();
        lines.push(b"earlier\n", 10);
        lines.push(b"late", 20);
        lines.push(b"r\n", 30);
        assert_eq!(lines.newest(9), "earlier\nlater\n");
        assert_eq!(lines.newest(10), "later\n");
        assert_eq!(lines.tail(19), "later\n");
        assert_eq!(lines.tail(30), "");
    }

    #[test]
    fn of_many_small_readings_the_newest_are_told_apart() {
        let mut lines = Lines::default();
        for n in 1..=1_000_000 {
            lines.push(b"x\n", n);
            assert!(lines.readings.len() <= MAX_READINGS);
        }
        let told = |since| lines.newest(since).len();
        assert_eq!((told(999_999), told(999_990), told(1_000_000)), (2, 20, 0));
        // What cannot be told apart any more counts as late.
        assert!(told(999_000) > 2_000);
        let bytes: usize = lines.readings.iter().map(|reading| reading.bytes).sum();
        assert_eq!(bytes, lines.newest.len());
    }
}
