//! Checksums of files: what a shell does with `sha256sum` and `b3sum`, without starting a program for each file.

use anypool_core::Context;
use sha2::{Digest as _, Sha256};

use super::kind::{Arguments, Class, Kind};
use super::source::{FILE, SIZE, Source};
use crate::answer::{Answer, TaskFailure};

/// SHA-256, as `sha256sum` prints it.
pub(super) static SHA256: Kind = Kind::new(
    "sha256",
    Class::Mixed,
    &[FILE, SIZE],
    sha256,
    "gives the SHA-256 of a file",
);

fn sha256(arguments: &Arguments<'_>, ctx: &Context) -> Result<Answer, TaskFailure> {
    let mut hasher = Sha256::new();
    Source::open(arguments, ctx)?.each(ctx, |piece| hasher.update(piece))?;
    let digest = hasher.finalize();
    Ok(Answer::text(hex(digest.as_slice())))
}

/// BLAKE3, as `b3sum` prints it.
pub(super) static BLAKE3: Kind = Kind::new(
    "blake3",
    Class::Mixed,
    &[FILE, SIZE],
    blake3,
    "gives the BLAKE3 of a file",
);

fn blake3(arguments: &Arguments<'_>, ctx: &Context) -> Result<Answer, TaskFailure> {
    let mut hasher = blake3::Hasher::new();
    Source::open(arguments, ctx)?.each(ctx, |piece| {
        hasher.update(piece);
    })?;
    Ok(Answer::text(hasher.finalize().to_hex().as_str()))
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    let mut text = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}
