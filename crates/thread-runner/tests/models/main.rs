//! The lock-free parts of the pool, run through every order in which threads can take their steps, and
//! everything that weak memory lets them see. It is their source as it is: what they share memory by
//! comes from loom here.

/// What the parts share memory by.
mod sync {
    pub(crate) use loom::cell;
    pub(crate) use loom::sync::atomic;
    pub(crate) use loom::thread;
}

#[path = "../../src/sys/hatch.rs"]
mod hatch;
#[path = "../../src/tray.rs"]
mod tray;

mod handing;
mod laying;
