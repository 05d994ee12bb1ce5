//! Writing files, and waiting until they are on the disk.

use std::fs::File;
use std::io::{self, Write as _};
use std::path::Path;

use anypool_core::Context;

use super::generated;
use super::kind::{Arguments, Class, Kind};
use crate::answer::{Answer, TaskFailure};
use crate::parameter::{Domain, Parameter};

/// Writes files and waits for the disk.
pub(super) static WRITE_FSYNC: Kind = Kind::new(
    "write-fsync",
    Class::Io,
    &[
        Parameter {
            name: "size",
            default: Some("64KiB"),
            domain: Domain::Size { most: 1 << 40 },
            summary: "how many bytes each file gets",
        },
        Parameter {
            name: "count",
            default: Some("1"),
            domain: Domain::Integer {
                least: 0,
                most: 1_000_000,
            },
            summary: "how many files are written, one after another",
        },
        Parameter {
            name: "dir",
            default: Some(""),
            domain: Domain::Path,
            summary: "the folder to write in; without one, that for temporary files",
        },
    ],
    write_fsync,
    "writes files without a name and waits until they are on the disk; gives the number of bytes",
);

fn write_fsync(arguments: &Arguments<'_>, ctx: &Context) -> Result<Answer, TaskFailure> {
    let (size, count) = (arguments.integer("size")?, arguments.integer("count")?);
    let temporary = std::env::temp_dir();
    let folder = arguments.path("dir")?.unwrap_or(&temporary);
    for _ in 0..count {
        write_one(folder, size, ctx).map_err(|error| {
            let folder = folder.display();
            TaskFailure::System(format!("`{folder}` cannot be written in: {error}"))
        })?;
    }
    Ok(Answer::integer(size.saturating_mul(count)))
}

/// Writes a file that is gone when it is closed, also where its writer is killed.
fn write_one(folder: &Path, size: u64, ctx: &Context) -> io::Result<()> {
    let mut file: File = ctx.blocking(|| tempfile::tempfile_in(folder))?;
    let mut left = size;
    while left > 0 {
        ctx.checkpoint();
        let block = generated::block();
        let take = usize::try_from(left).map_or(block.len(), |left| left.min(block.len()));
        ctx.blocking(|| file.write_all(&block[..take]))?;
        left -= take as u64;
    }
    ctx.checkpoint();
    ctx.blocking(|| file.sync_all())
}
