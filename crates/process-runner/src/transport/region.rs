//! Where everything lies in the memory that a worker on `shm` shares with its parent.
//!
//! The status page comes first, then the words by which both sides tell each other whether they are awake,
//! then the rings.

use std::sync::atomic::AtomicU64;

use crate::sys::memory::PAGE_BYTES;
use crate::transport::ring::{APART, RING_SPAN};

/// The words of the status page.
const START: usize = PAGE_BYTES / size_of::<AtomicU64>();
/// Whether the worker is awake.
pub(super) const WORKER: usize = START;
/// On which CPU it ran last.
pub(super) const WORKER_CPU: usize = WORKER + 1;
/// Whether the parent is awake.
pub(super) const PARENT: usize = WORKER + APART;
/// On which CPU it ran when it sent last.
pub(super) const PARENT_CPU: usize = PARENT + 1;
/// Whether no more will come.
pub(super) const CLOSED: usize = PARENT + APART;
/// Whether there is a core for the worker to wait awake on.
pub(super) const MAY_SPIN: usize = CLOSED + 1;
/// Whether the parent waits for room.
pub(super) const WANTS_ROOM: usize = CLOSED + APART;
/// The ring of requests.
pub(super) const REQUESTS: usize = WANTS_ROOM + APART;
/// The ring of replies; its tail comes first.
pub(super) const REPLIES: usize = REQUESTS + RING_SPAN;
/// How many words there are.
pub(super) const WORDS: usize = REPLIES + RING_SPAN;

/// How much memory that is, in whole pages.
pub(crate) const SHARED_BYTES: usize =
    (WORDS * size_of::<AtomicU64>()).next_multiple_of(PAGE_BYTES);

/// Nobody has to be woken.
pub(super) const AWAKE: u64 = 0;
/// The worker sleeps on its word.
pub(super) const NAP: u64 = NAP_VALUE as u64;
/// The same as a futex compares it: the low half.
pub(super) const NAP_VALUE: u32 = 1;
/// The parent sleeps until the bell is rung.
pub(super) const BELL: u64 = 2;
/// A thread of the parent sleeps on its word.
pub(super) const POST: u64 = POST_VALUE as u64;
/// The same as a futex compares it: the low half.
pub(super) const POST_VALUE: u32 = 3;
