//! One ring, with an honest side and without. Not below the ring, whose file the models include.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread;

use crate::sys::memory::{PAGE_BYTES, SharedMemory};
use crate::transport::measures::{APART, RING_WORDS};
use crate::transport::ring::{
    MAX_PIECE_WORDS, Miscounted, RING_SPAN, RingReader, RingWriter, WORD_BYTES,
};

fn memory() -> Arc<SharedMemory> {
    let bytes = (RING_SPAN * WORD_BYTES).next_multiple_of(PAGE_BYTES);
    Arc::new(SharedMemory::map(SharedMemory::create(bytes).unwrap()).unwrap())
}

fn ring() -> (RingWriter, RingReader, Arc<SharedMemory>) {
    let memory = memory();
    let writer = RingWriter::new(Arc::clone(&memory), 0);
    let reader = RingReader::new(Arc::clone(&memory), 0);
    (writer, reader, memory)
}

fn read_all(reader: &mut RingReader) -> Vec<u8> {
    let mut seen = Vec::new();
    while reader
        .read(&mut |piece| seen.extend_from_slice(piece))
        .unwrap()
    {}
    seen
}

#[test]
fn every_length_comes_out_as_it_went_in_wherever_the_ring_wraps() {
    let (mut writer, mut reader, _memory) = ring();
    for len in (0..40)
        .chain([1_000, 65_535, 65_536, 65_537, 260_000])
        .cycle()
        .take(500)
    {
        let sent: Vec<u8> = (0..len).map(|n: usize| n.to_le_bytes()[0] ^ 0x5a).collect();
        let mut seen = Vec::new();
        let mut rest = &sent[..];
        while !rest.is_empty() {
            let written = writer.write(rest).unwrap();
            rest = &rest[written..];
            seen.extend(read_all(&mut reader));
        }
        assert_eq!(seen, sent);
    }
}

#[test]
fn a_full_ring_takes_nothing_until_it_is_read() {
    let (mut writer, mut reader, _memory) = ring();
    let sent = vec![7; 2 * RING_WORDS * WORD_BYTES];
    let written = writer.write(&sent).unwrap();
    assert!(writer.is_full().unwrap());
    assert_eq!(writer.write(&sent).unwrap(), 0);
    assert!(reader.has_more());
    assert_eq!(read_all(&mut reader).len(), written);
    assert!(!reader.has_more());
    assert!(!writer.is_full().unwrap());
}

#[test]
fn two_threads_move_a_stream_through_it() {
    let (mut writer, mut reader, _memory) = ring();
    let sent: Vec<u8> = (0..3_000_000u32).map(|n| n.to_le_bytes()[1]).collect();
    let seen = thread::scope(|scope| {
        scope.spawn(|| {
            for part in sent.chunks(777) {
                let mut rest = part;
                while !rest.is_empty() {
                    rest = &rest[writer.write(rest).unwrap()..];
                    thread::yield_now();
                }
            }
        });
        let mut seen = Vec::new();
        while seen.len() < sent.len() {
            reader
                .read(&mut |piece| seen.extend_from_slice(piece))
                .unwrap();
            thread::yield_now();
        }
        seen
    });
    assert!(seen == sent);
}

#[test]
fn a_reader_believes_no_impossible_count() {
    let impossible = [RING_WORDS as u64 + 1, u64::MAX, 1 << 40];
    for tail in impossible {
        let (_writer, mut reader, memory) = ring();
        memory.words()[0].store(tail, Ordering::Release);
        assert_eq!(reader.read(&mut |_| ()), Err(Miscounted));
    }
    for len in [u64::MAX, 9, MAX_PIECE_WORDS as u64 * 8 + 1] {
        let (_writer, mut reader, memory) = ring();
        // Two words were written, of which the first claims more.
        memory.words()[2 * APART].store(len, Ordering::Release);
        memory.words()[0].store(2, Ordering::Release);
        assert_eq!(reader.read(&mut |_| ()), Err(Miscounted), "{len}");
    }
    let (mut writer, mut reader, memory) = ring();
    writer.write(b"something").unwrap();
    read_all(&mut reader);
    memory.words()[0].store(0, Ordering::Release);
    assert_eq!(reader.read(&mut |_| ()), Err(Miscounted), "it went back");
}

#[test]
fn a_writer_believes_no_impossible_count() {
    for head in [u64::MAX, 3] {
        let (mut writer, _reader, memory) = ring();
        writer.write(b"x").unwrap();
        memory.words()[APART].store(head, Ordering::Release);
        assert_eq!(writer.is_full(), Err(Miscounted));
    }
}
