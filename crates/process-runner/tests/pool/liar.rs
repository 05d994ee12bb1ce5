//! What a lying worker does: a task finds its worker's own channels and writes what no worker writes.

use std::fs;
use std::io::IoSlice;
use std::os::fd::RawFd;
use std::os::unix::fs::FileExt as _;
use std::time::Duration;

use nix::sys::socket::{ControlMessage, MsgFlags, send, sendmsg};
use serde::{Deserialize, Serialize};

use crate::sys::ring;

/// Longer than any test.
const FOREVER: Duration = Duration::from_secs(600);

/// What a worker's reply stream is cut into on the `ipc` transport.
pub(crate) const PIECE_BYTES: usize = 32 * 1024;

/// Kinds of control messages.
pub(crate) const DATA: u8 = 4;
pub(crate) const CREDIT: u8 = 5;

/// What a lying worker says.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) enum Lie {
    /// These bytes, in the stream of its replies.
    Replies(Vec<u8>),
    /// The same, again and again.
    EndlessReplies(Vec<u8>),
    /// This message, over the control plane.
    Words(Vec<u8>),
    /// The same, again and again.
    EndlessWords(Vec<u8>),
    /// A message with its own open files.
    Descriptors,
    /// This word, all over its status page.
    Page(u64),
}

/// This worker's open descriptors whose kind begins so.
fn descriptors(kind: &str) -> Vec<RawFd> {
    let entries = fs::read_dir("/proc/self/fd").unwrap();
    let numbers = entries.filter_map(|entry| {
        let entry = entry.ok()?;
        let target = fs::read_link(entry.path()).ok()?;
        let number = entry.file_name().to_str()?.parse().ok()?;
        let is_it = number > 2 && target.to_str()?.starts_with(kind);
        is_it.then_some(number)
    });
    numbers.collect()
}

/// Whether it is an end to write to, and the pool's: what the program's parents left open is inherited.
fn is_for_replies(fd: RawFd) -> bool {
    let info = fs::read_to_string(format!("/proc/self/fdinfo/{fd}")).unwrap();
    let flags = info.lines().find_map(|line| line.strip_prefix("flags:"));
    let flags = i32::from_str_radix(flags.unwrap().trim(), 8).unwrap();
    flags & (libc::O_ACCMODE | libc::O_CLOEXEC) == libc::O_WRONLY | libc::O_CLOEXEC
}

/// Writes to the stream of replies, whatever carries it.
fn write_replies(stream: &[u8]) {
    let pipe = descriptors("pipe:")
        .into_iter()
        .find(|&fd| is_for_replies(fd));
    if let Some(fd) = pipe {
        return fs::write(format!("/proc/self/fd/{fd}"), stream).unwrap();
    }
    match shared_memory() {
        // Every worker shares a slate, too, which is smaller than any ring.
        (start, bytes) if bytes > 8 * REPLIES => {
            let pieces = stream.chunks(PIECE_BYTES / 4);
            pieces.for_each(|piece| write_to_ring(start, piece));
        }
        _ => stream.chunks(PIECE_BYTES).for_each(|piece| {
            say(&[&[DATA], piece].concat());
        }),
    }
}

/// How many words behind the status page the ring of replies begins, and how many it holds.
const REPLIES: u64 = 512 + 4 * 16 + 2 * 16 + RING_WORDS;
const RING_WORDS: u64 = 32 * 1024;

/// Appends a piece to the ring of replies, whether there is room for it or not, and rings.
fn write_to_ring(start: u64, piece: &[u8]) {
    let memory = fs::OpenOptions::new()
        .read(true)
        .write(true)
        .open("/proc/self/mem");
    let memory = memory.unwrap();
    let at = |word: u64| start + 8 * (REPLIES + word);
    let mut tail = [0; 8];
    memory.read_exact_at(&mut tail, at(0)).unwrap();
    let mut tail = u64::from_le_bytes(tail);
    let len = (piece.len() as u64).to_le_bytes();
    for word in [&len[..]].into_iter().chain(piece.chunks(8)) {
        memory
            .write_all_at(word, at(32 + tail % RING_WORDS))
            .unwrap();
        tail += 1;
    }
    memory.write_all_at(&tail.to_le_bytes(), at(0)).unwrap();
    for bell in descriptors("anon_inode:[eventfd]") {
        ring(bell);
    }
}

/// Where the memory begins that the worker shares with its parent, and how long it is.
fn shared_memory() -> (u64, u64) {
    let maps = fs::read_to_string("/proc/self/maps").unwrap();
    // The rings are at the beginning of what can be written; regions for large payloads are elsewhere.
    let is_it = |line: &&str| line.contains("rw-s 00000000") && line.contains("anypool-shared");
    let shared = maps.lines().filter(is_it);
    let ranges = shared.map(|line| {
        let (start, rest) = line.split_once('-').unwrap();
        let (end, _) = rest.split_once(' ').unwrap();
        let [start, end] = [start, end].map(|text| u64::from_str_radix(text, 16).unwrap());
        (start, end - start)
    });
    // Faults are armed on a page that is shared, too; it was mapped before, which is above.
    let largest = ranges.rev().max_by_key(|&(_, bytes)| bytes);
    largest.unwrap()
}

/// Sends a packet on every socket that the worker has.
fn say(message: &[u8]) {
    for socket in descriptors("socket:") {
        // One of the two leads nowhere, and may be full.
        let flags = MsgFlags::MSG_NOSIGNAL | MsgFlags::MSG_DONTWAIT;
        let _ = send(socket, message, flags);
    }
}

fn pass_descriptors() {
    let files = [0, 1, 2];
    let rights = [ControlMessage::ScmRights(&files)];
    let parts = [IoSlice::new(b"\xff")];
    for socket in descriptors("socket:") {
        let flags = MsgFlags::MSG_DONTWAIT;
        // As above.
        let _ = sendmsg::<()>(socket, &parts, &rights, flags, None);
    }
}

/// Writes words to the worker's status page, from the first on.
pub(crate) fn scribble(words: &[u64]) {
    let (address, _) = shared_memory();
    let memory = fs::OpenOptions::new().write(true).open("/proc/self/mem");
    let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
    memory.unwrap().write_all_at(&bytes, address).unwrap();
}

/// Tells a lie and goes on.
pub(crate) fn lie(lie: Lie) -> u32 {
    match lie {
        Lie::Replies(stream) => write_replies(&stream),
        Lie::EndlessReplies(stream) => loop {
            write_replies(&stream);
        },
        Lie::Words(message) => say(&message),
        Lie::EndlessWords(message) => loop {
            say(&message);
        },
        Lie::Descriptors => pass_descriptors(),
        Lie::Page(word) => scribble(&[word; 512]),
    }
    1
}

/// Tells a lie and does not answer.
pub(crate) fn lie_and_wait(told: Lie) -> u32 {
    lie(told);
    std::thread::park_timeout(FOREVER);
    0
}

pub(crate) fn frame(message: &[u8]) -> Vec<u8> {
    [&(message.len() as u64).to_le_bytes(), message].concat()
}

/// A reply of `kind` for an item of a request.
pub(crate) fn reply(kind: u8, sequence: u64, item: u32, body: &[u8]) -> Vec<u8> {
    let (sequence, item) = (sequence.to_le_bytes(), item.to_le_bytes());
    frame(&[&[kind], &sequence[..], &item, &[0; 8], body].concat())
}
