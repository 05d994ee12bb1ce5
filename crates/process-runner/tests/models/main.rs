//! What a worker and its parent do in shared memory without a lock, run through every order in which they can
//! take their steps, and everything that weak memory lets them see. It is the source as it is: the memory, its
//! atomics and the kernel's futex come from here, and rings are small.

/// What both sides share memory by.
mod sync {
    pub(crate) use loom::sync::atomic;
}

mod sys;
mod transport;

mod bell;
mod streaming;
mod sleeping;
