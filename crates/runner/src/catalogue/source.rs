//! Where a task's bytes come from: a file, or a generator.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use anypool_core::Context;

use super::generated;
use super::kind::Arguments;
use crate::answer::TaskFailure;
use crate::parameter::{Domain, Parameter};

/// The file that a task reads.
pub(super) const FILE: Parameter = Parameter {
    name: "file",
    default: Some(""),
    domain: Domain::Path,
    summary: "the file to read; without one, data is made up",
};

/// How much data is made up.
pub(super) const SIZE: Parameter = Parameter {
    name: "size",
    default: Some("1MiB"),
    domain: Domain::Size { most: 1 << 40 },
    summary: "how much data is made up where no file is given",
};

/// So much is read at once: large enough that the calls do not count, small enough to stay in a cache.
pub(super) const PIECE: usize = 64 << 10;

/// The bytes that a task works on.
pub(super) enum Source<'a> {
    File(File, &'a Path),
    Generated { left: u64 },
}

impl<'a> Source<'a> {
    /// Opens what the arguments `file` and `size` say.
    ///
    /// # Errors
    ///
    /// The file cannot be opened.
    pub(super) fn open(arguments: &Arguments<'a>, ctx: &Context) -> Result<Self, TaskFailure> {
        match arguments.path("file")? {
            Some(path) => Ok(Self::File(open(path, ctx)?, path)),
            None => Ok(Self::Generated {
                left: arguments.integer("size")?,
            }),
        }
    }

    /// Calls `take` with all bytes, piece by piece, and gives their number.
    ///
    /// # Errors
    ///
    /// The file cannot be read.
    pub(super) fn each(
        mut self,
        ctx: &Context,
        mut take: impl FnMut(&[u8]),
    ) -> Result<u64, TaskFailure> {
        let mut buffer = vec![0; PIECE];
        let mut total = 0;
        loop {
            ctx.checkpoint();
            let piece = self.next(ctx, &mut buffer)?;
            if piece.is_empty() {
                return Ok(total);
            }
            total += piece.len() as u64;
            take(piece);
        }
    }

    /// The next bytes; none at the end.
    fn next<'b>(&mut self, ctx: &Context, buffer: &'b mut [u8]) -> Result<&'b [u8], TaskFailure> {
        match self {
            Self::File(file, path) => {
                let read = ctx.blocking(|| file.read(buffer));
                let read = read.map_err(|error| unreadable(path, &error))?;
                Ok(&buffer[..read])
            }
            Self::Generated { left } => {
                let block = generated::block();
                let take = usize::try_from(*left).map_or(block.len(), |left| left.min(block.len()));
                *left -= take as u64;
                Ok(&block[..take])
            }
        }
    }
}

/// Opens a file to read it.
///
/// # Errors
///
/// Says which file, and why not.
pub(super) fn open(path: &Path, ctx: &Context) -> Result<File, TaskFailure> {
    let opened = ctx.blocking(|| File::open(path));
    opened.map_err(|error| unreadable(path, &error))
}

/// The whole of a file.
///
/// # Errors
///
/// Says which file, and why not.
pub(super) fn whole(path: &Path, ctx: &Context) -> Result<Vec<u8>, TaskFailure> {
    let read = ctx.blocking(|| std::fs::read(path));
    read.map_err(|error| unreadable(path, &error))
}

pub(super) fn unreadable(path: &Path, error: &io::Error) -> TaskFailure {
    TaskFailure::System(format!("`{}` cannot be read: {error}", path.display()))
}
