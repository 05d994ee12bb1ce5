//! How large rings are. In a file of its own, since the models of rings have smaller ones.

/// How many words a ring holds.
pub(crate) const RING_WORDS: usize = 32 * 1024;

/// Counters are so many words apart: two cache lines, as lines are fetched in pairs.
pub(crate) const APART: usize = 16;
