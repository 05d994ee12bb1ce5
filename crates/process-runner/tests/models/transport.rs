//! The transport's files, and where things lie in a memory that is as small as can be.

pub(crate) mod measures {
    pub(crate) const RING_WORDS: usize = 8;
    pub(crate) const APART: usize = 1;
}

#[path = "../../src/transport/ring.rs"]
pub(crate) mod ring;

pub(crate) mod region {
    use super::ring::RING_SPAN;

    pub(crate) const WORKER: usize = 0;
    pub(crate) const WORKER_CPU: usize = 1;
    pub(crate) const PARENT: usize = 2;
    pub(crate) const WANTS_ROOM: usize = 3;
    pub(crate) const REQUESTS: usize = 4;
    pub(crate) const REPLIES: usize = REQUESTS + RING_SPAN;
    pub(crate) const WORDS: usize = REPLIES + RING_SPAN;
}

/// Nobody waits awake: who has not been answered falls asleep.
pub(crate) mod vigil {
    pub(crate) fn keep(_: bool, mut has_come: impl FnMut() -> bool) -> bool {
        has_come()
    }
}

#[path = "../../src/transport/wakes.rs"]
pub(crate) mod wakes;

#[path = "../../src/transport/post.rs"]
pub(crate) mod post;
