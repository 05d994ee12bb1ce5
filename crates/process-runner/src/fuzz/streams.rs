//! Streams of bytes, cut anywhere.

use crate::fuzz::script::Script;
use crate::lines::Lines;
use crate::wire::frame::{self, FrameReader, HEADER_BYTES, MAX_MESSAGE_BYTES, TooLong};

/// How much of a script says where the stream is cut.
const CUTS: usize = 8;

/// Feeds a stream to the reader of frames, in pieces. What comes out must not depend on the pieces,
/// and memory is only taken for what has come in.
pub fn frames(script: &[u8]) {
    let mut script = Script::new(script);
    let cuts = script.bytes(CUTS);
    let stream = stream(script);
    let (expected, is_too_long) = read_slowly(&stream);
    let mut reader = FrameReader::default();
    let mut seen: Vec<Vec<u8>> = Vec::new();
    let mut failed = None;
    let mut pushed = 0;
    for piece in pieces(&stream, cuts) {
        reader.push(piece);
        pushed += piece.len();
        assert!(reader.capacity() <= 2 * pushed + 64, "{pushed} bytes came");
        failed = read_all(&mut reader, &mut seen).err();
        if failed.is_some() {
            break;
        }
        reader.shrink();
    }
    assert_eq!(failed.is_some(), is_too_long);
    assert_eq!(seen, expected);
    if failed.is_some() {
        assert_eq!(
            read_all(&mut reader, &mut seen).err(),
            failed,
            "it stays so"
        );
    }
}

/// Honest frames with some bytes changed, or anything.
fn stream(mut script: Script<'_>) -> Vec<u8> {
    if script.below(2) == 0 {
        return script.rest().to_vec();
    }
    let damages = script.below(3);
    let places: Vec<(u64, u8)> = (0..damages)
        .map(|_| (script.number(), script.byte()))
        .collect();
    let mut stream = Vec::new();
    while !script.is_over() {
        let len = usize::from(script.byte());
        let message = script.bytes(len);
        frame::append(&mut stream, |out| out.extend_from_slice(message));
    }
    for (place, byte) in places {
        let place = usize::try_from(place)
            .unwrap_or(0)
            .checked_rem(stream.len());
        if let Some(place) = place {
            stream[place] = byte;
        }
    }
    stream
}

fn pieces<'a>(mut stream: &'a [u8], cuts: &[u8]) -> Vec<&'a [u8]> {
    let mut pieces = Vec::new();
    let mut sizes = cuts.iter().map(|&size| usize::from(size) + 1).cycle();
    while !stream.is_empty() {
        let size = sizes.next().unwrap_or(stream.len());
        let (piece, rest) = stream.split_at(size.min(stream.len()));
        pieces.push(piece);
        stream = rest;
    }
    pieces
}

fn read_all(reader: &mut FrameReader, seen: &mut Vec<Vec<u8>>) -> Result<(), TooLong> {
    while let Some(message) = reader.next_message()? {
        seen.push(message.to_vec());
    }
    Ok(())
}

/// The messages of a stream, and whether one follows that is too long.
fn read_slowly(mut stream: &[u8]) -> (Vec<Vec<u8>>, bool) {
    let mut messages = Vec::new();
    while let Some((header, rest)) = stream.split_first_chunk::<HEADER_BYTES>() {
        let len = u64::from_le_bytes(*header);
        if len > MAX_MESSAGE_BYTES as u64 {
            return (messages, true);
        }
        let Some((message, rest)) = usize::try_from(len)
            .ok()
            .and_then(|len| rest.split_at_checked(len))
        else {
            break;
        };
        messages.push(message.to_vec());
        stream = rest;
    }
    (messages, false)
}

/// Feeds output to the cutter of lines, in pieces. Every byte must come out once, in order, in blocks
/// that end with a line unless one is very long; little is kept.
pub fn lines(script: &[u8]) {
    const MAX_KEPT_BYTES: usize = (64 << 10) + 256 * 256;
    let mut script = Script::new(script);
    let mut lines = Lines::default();
    let (mut came, mut left) = (Vec::new(), Vec::new());
    while !script.is_over() {
        // Long lines by repetition, which a script of bytes alone would take long to say.
        let repeat = usize::from(script.byte()) + 1;
        let len = usize::from(script.byte());
        let piece = script.bytes(len).repeat(repeat);
        came.extend_from_slice(&piece);
        if let Some(block) = lines.push(&piece, came.len() as u64) {
            assert!(block.ends_with(b"\n") || block.len() > 64 << 10);
            left.extend(block);
        }
        assert!(came.len() - left.len() <= MAX_KEPT_BYTES);
        assert!(lines.tail(0).chars().count() <= 2 << 10);
        assert_eq!(lines.newest(came.len() as u64), "");
    }
    let rest = lines.finish();
    if let Some(rest) = &rest {
        assert_eq!(rest.last(), Some(&b'\n'));
        left.extend_from_slice(&rest[..rest.len() - 1]);
    }
    assert!(left == came, "every byte comes out once");
    assert_eq!(lines.finish(), None);
}
