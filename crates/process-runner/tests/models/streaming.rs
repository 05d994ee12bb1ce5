//! The ring: what is written comes out whole, once and in order.

use std::sync::Arc;

use loom::model::Builder;
use loom::thread;

use crate::sys::memory::SharedMemory;
use crate::transport::ring::{RING_SPAN, RingReader, RingWriter};

fn bounded() -> Builder {
    let mut builder = Builder::new();
    // What can go wrong here takes one switch or two; more would take minutes.
    builder.preemption_bound = Some(2);
    builder
}

/// Writes all of `bytes`, waiting for room.
fn write_all(writer: &mut RingWriter, bytes: &[u8]) {
    let mut rest = bytes;
    while !rest.is_empty() {
        let written = writer.write(rest).unwrap();
        rest = &rest[written..];
        if written == 0 {
            thread::yield_now();
        }
    }
}

/// Reads so many bytes, waiting for them.
fn read_all(reader: &mut RingReader, count: usize) -> Vec<u8> {
    let mut seen = Vec::new();
    while seen.len() < count {
        let any = reader.read(&mut |piece| seen.extend_from_slice(piece));
        if !any.unwrap() {
            thread::yield_now();
        }
    }
    seen
}

fn comes_out(messages: &'static [&'static [u8]]) {
    bounded().check(move || {
        let memory = Arc::new(SharedMemory::of(RING_SPAN));
        let mut writer = RingWriter::new(Arc::clone(&memory), 0);
        let writing = thread::spawn(move || {
            for message in messages {
                write_all(&mut writer, message);
            }
        });
        let expected = messages.concat();
        let mut reader = RingReader::new(memory, 0);
        assert_eq!(read_all(&mut reader, expected.len()), expected);
        writing.join().unwrap();
        assert!(!reader.has_more());
    });
}

#[test]
fn small_messages_come_out_as_they_went_in() {
    comes_out(&[b"one", b"two", b"three"]);
}

#[test]
fn a_ring_that_wraps_gives_the_same() {
    // Three words each, of which the ring holds eight.
    comes_out(&[b"012345678", b"abcdefghi", b"ABCDEFGHI"]);
}

#[test]
fn what_does_not_fit_comes_in_pieces() {
    comes_out(&[b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKL"]);
}
