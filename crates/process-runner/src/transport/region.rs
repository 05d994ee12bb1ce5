//! Where everything lies in the memory that a worker on `shm` shares with its parent.
//!
//! The status page comes first, then the words by which both sides tell each other whether they are awake,
//! then the rings.

use std::sync::atomic::AtomicU64;

use crate::sys::memory::PAGE_BYTES;
use crate::transport::measures::APART;
use crate::transport::ring::RING_SPAN;
use crate::wire::slate::SLATE_SPAN;

/// From how many bytes on a payload lies in a region, and does not travel in the stream.
pub(crate) const LARGE_BYTES: usize = 32 * 1024;

/// How many results a worker can lend at a time.
pub(super) const LOANS: usize = 16;

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
/// For each loan, how often it was given back; written by the parent.
pub(super) const GIVEN_BACK: usize = REPLIES + RING_SPAN;
/// Up to where results may lie, in bytes, by the parent's word; 0 for nowhere.
pub(super) const RESULTS_END: usize = GIVEN_BACK + LOANS;
/// How often the parent has given memory of results back to the system.
pub(super) const TRIMMED: usize = RESULTS_END + 1;
/// How many words there are.
pub(super) const WORDS: usize = RESULTS_END + APART;

/// How much memory that is with the slate at its end, in whole pages. Results follow.
pub(crate) const SHARED_BYTES: usize =
    (WORDS * size_of::<AtomicU64>() + SLATE_SPAN).next_multiple_of(PAGE_BYTES);
