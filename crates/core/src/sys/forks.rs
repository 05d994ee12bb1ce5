//! Being told of forks, by the C library.

use std::ffi::c_int;

/// What the C library calls around a fork.
type Handler = extern "C" fn();

// SAFETY: the declaration is POSIX's. A null handler, which `None` is, means that none is to be called.
unsafe extern "C" {
    fn pthread_atfork(
        prepare: Option<Handler>,
        parent: Option<Handler>,
        child: Option<Handler>,
    ) -> c_int;
}

/// Calls `in_child` in every child that is forked from now on; false when that cannot be promised.
///
/// It runs before anything else in the child, where another thread's locks may be held for ever: it must
/// do no more than set atomics.
pub(crate) fn tell_child(in_child: Handler) -> bool {
    // SAFETY: handlers are functions of this program, which is never unloaded while it can fork, and the
    // child's does what may be done there, as its caller promises.
    let failed = unsafe { pthread_atfork(None, None, Some(in_child)) };
    failed == 0
}
