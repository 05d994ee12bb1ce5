//! Compressing files: what a shell does with `zstd`, without starting a program for each file.

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anypool_core::Context;
use tempfile::NamedTempFile;
use zstd::stream::write::Encoder;

use super::kind::{Arguments, Class, Kind};
use super::source::{FILE, SIZE, Source};
use crate::answer::{Answer, TaskFailure};
use crate::parameter::{Domain, Parameter};

/// Compresses a file.
pub(super) static ZSTD: Kind = Kind::new(
    "zstd",
    Class::Mixed,
    &[
        FILE,
        SIZE,
        Parameter {
            name: "level",
            default: Some("3"),
            domain: Domain::Integer { least: 1, most: 19 },
            summary: "how hard it tries; higher levels take more time and memory",
        },
        Parameter {
            name: "out",
            default: Some(""),
            domain: Domain::Path,
            summary: "the folder for the result, which gets the file's name and `.zst`; without one, it is not kept",
        },
    ],
    zstd,
    "compresses a file; gives its length, that of the result, and the BLAKE3 of the result",
);

fn zstd(arguments: &Arguments<'_>, ctx: &Context) -> Result<Answer, TaskFailure> {
    let source = Source::open(arguments, ctx)?;
    let level = i32::try_from(arguments.integer("level")?).unwrap_or(i32::MAX);
    let target = target(arguments)?;
    let kept = target.as_deref().map(beside).transpose()?;
    let unwritable = |error: io::Error| match &target {
        Some(path) => unwritable(path, &error),
        None => TaskFailure::System(format!("zstd: {error}")),
    };
    let sink = Sink {
        hasher: blake3::Hasher::new(),
        length: 0,
        kept,
    };
    let mut encoder = Encoder::new(sink, level).map_err(unwritable)?;
    let mut failed = None;
    let length = source.each(ctx, |piece| {
        if failed.is_none() {
            failed = encoder.write_all(piece).err();
        }
    })?;
    let finished = failed.map_or_else(|| encoder.finish(), Err);
    let sink = finished.map_err(unwritable)?;
    let (compressed, hash) = (sink.length, sink.hasher.finalize());
    if let (Some(file), Some(path)) = (sink.kept, &target) {
        file.persist(path)
            .map_err(|error| unwritable(error.error))?;
    }
    Ok(Answer::text(format!("{length} {compressed} {hash}")))
}

/// Where the result is to be.
fn target(arguments: &Arguments<'_>) -> Result<Option<PathBuf>, TaskFailure> {
    let Some(folder) = arguments.path("out")? else {
        return Ok(None);
    };
    let name = arguments.path("file")?.and_then(Path::file_name);
    let mut name = name.unwrap_or("data".as_ref()).to_owned();
    name.push(".zst");
    Ok(Some(folder.join(name)))
}

/// A file in the folder of `path` that becomes `path` when it is whole, and goes when it does not.
fn beside(path: &Path) -> Result<NamedTempFile, TaskFailure> {
    let folder = path.parent().unwrap_or(path);
    let created = tempfile::Builder::new()
        .prefix(".zstd-")
        .tempfile_in(folder);
    created.map_err(|error| unwritable(path, &error))
}

fn unwritable(path: &Path, error: &io::Error) -> TaskFailure {
    TaskFailure::System(format!("`{}` cannot be written: {error}", path.display()))
}

/// Takes the result: counts it, sums it up, and keeps it where it is to be kept.
struct Sink {
    hasher: blake3::Hasher,
    length: u64,
    kept: Option<NamedTempFile<File>>,
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if let Some(file) = &mut self.kept {
            file.write_all(bytes)?;
        }
        self.hasher.update(bytes);
        self.length += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
