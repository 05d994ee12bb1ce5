//! Reading files, from the memory where the system keeps them or from the disk.

use std::fmt::Write as _;
use std::fs::File;

use anypool_core::Context;
use nix::fcntl::{PosixFadviseAdvice, posix_fadvise};
use sha2::{Digest as _, Sha256};

use super::kind::{Arguments, Class, Kind};
use super::source::{FILE, SIZE, Source};
use crate::answer::{Answer, TaskFailure};
use crate::parameter::{Domain, Parameter};

/// Reads a file.
pub(super) static READ: Kind = Kind::new(
    "read",
    Class::Io,
    &[
        FILE,
        SIZE,
        Parameter {
            name: "cold",
            default: Some("false"),
            domain: Domain::Flag,
            summary: "whether the system is asked to forget the file first, so that it comes from the disk",
        },
    ],
    read,
    "reads a file; gives its length and its SHA-256",
);

fn read(arguments: &Arguments<'_>, ctx: &Context) -> Result<Answer, TaskFailure> {
    let source = Source::open(arguments, ctx)?;
    if let (Source::File(file, _), true) = (&source, arguments.flag("cold")?) {
        ctx.blocking(|| forget(file));
    }
    let mut hasher = Sha256::new();
    let length = source.each(ctx, |piece| hasher.update(piece))?;
    let mut text = format!("{length} ");
    for byte in hasher.finalize() {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    Ok(Answer::text(text))
}

/// Asks the system to forget what it has read of a file. It may refuse, as it does where a file has no disk; then the
/// file is read from wherever it is.
fn forget(file: &File) {
    let _ = posix_fadvise(file, 0, 0, PosixFadviseAdvice::POSIX_FADV_DONTNEED);
}
