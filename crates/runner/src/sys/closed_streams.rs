//! Whether the process was started with its standard input or output closed (`<&-`, `>&-`).
//!
//! Before main, Rust's runtime opens `/dev/null` in the place of a closed stream, so that no file that the program opens
//! is taken for it by mistake. Afterwards nobody can tell that from a stream that was led to `/dev/null` on purpose:
//! no inputs would be a success, and results would be lost in silence. So this looks earlier.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};

use nix::fcntl::{FcntlArg, fcntl};

static STDIN: AtomicBool = AtomicBool::new(false);
static STDOUT: AtomicBool = AtomicBool::new(false);

/// Whether the process was started with its standard input closed.
pub(crate) fn stdin() -> bool {
    // Relaxed: it was written before main, by the only thread there was.
    STDIN.load(Ordering::Relaxed)
}

/// Whether the process was started with its standard output closed.
pub(crate) fn stdout() -> bool {
    // Relaxed: as above.
    STDOUT.load(Ordering::Relaxed)
}

extern "C" fn look() {
    // Before main the parts of std that need no runtime can be used: these are buffers, system calls and atomics.
    let stdin = fcntl(io::stdin(), FcntlArg::F_GETFD).is_err();
    STDIN.store(stdin, Ordering::Relaxed);
    let stdout = fcntl(io::stdout(), FcntlArg::F_GETFD).is_err();
    STDOUT.store(stdout, Ordering::Relaxed);
}

// SAFETY: the linker puts the pointer among the functions that the C runtime calls before main, with the C calling
// convention; `look` takes what it is passed and ignores it, and does not unwind.
#[expect(
    unsafe_code,
    reason = "only the linker can have a function called before main"
)]
#[used]
#[cfg_attr(target_os = "macos", unsafe(link_section = "__DATA,__mod_init_func"))]
#[cfg_attr(not(target_os = "macos"), unsafe(link_section = ".init_array"))]
static LOOK: extern "C" fn() = look;
