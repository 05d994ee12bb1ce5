//! Starting a program.

use std::fs::File;
use std::io::{self, PipeReader, Seek as _, Write as _};
use std::os::fd::OwnedFd;
use std::os::unix::process::CommandExt as _;
use std::process::{Command, Stdio};
use std::sync::{PoisonError, RwLock};

use nix::unistd::Pid;

use crate::engine::program::{Program, Stdin};
use crate::sys::children::exit_notice;
use crate::sys::limited::limit_memory;

/// Where a program's two outputs lead.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Wiring {
    /// To the runner, which passes them on.
    #[default]
    Piped,
    /// Where the runner's own lead.
    Inherited,
    /// Nowhere.
    Dropped,
}

/// A program that was started.
#[derive(Debug)]
pub(super) struct Started {
    pub(super) pid: Pid,
    /// Becomes readable when the program has ended; where there is no such thing, it has to be asked for.
    pub(super) notice: Option<OwnedFd>,
    pub(super) out: Option<PipeReader>,
    pub(super) err: Option<PipeReader>,
}

/// Shared by the starts that go on. Until a program is itself it has open whatever the runner has, the pipes of others as
/// well, and on a busy machine that takes a while.
static STARTS: RwLock<()> = RwLock::new(());

/// Calls `start`, in which a process may be on its way to be a program.
pub(super) fn starting<T>(start: impl FnOnce() -> T) -> T {
    let _shared = STARTS.read().unwrap_or_else(PoisonError::into_inner);
    start()
}

/// Calls `look` while nothing is on its way to be a program.
pub(super) fn between_starts<T>(look: impl FnOnce() -> T) -> T {
    let _alone = STARTS.write().unwrap_or_else(PoisonError::into_inner);
    look()
}

/// Starts it, as the leader of a process group of its own.
///
/// # Errors
///
/// The system refuses it, or what it needs.
pub(super) fn start(program: &Program, slot: usize, wiring: Wiring) -> io::Result<Started> {
    let words = program.words(slot);
    let Some((name, arguments)) = words.split_first() else {
        return Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            "it has no name",
        ));
    };
    let mut command = Command::new(name);
    command
        .args(arguments)
        .process_group(0)
        .stdin(input(&program.stdin)?);
    if let Some(cwd) = &program.cwd {
        command.current_dir(cwd);
    }
    for (name, value) in &*program.env {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    if let Some(bytes) = program.memory_limit {
        limit_memory(&mut command, bytes);
    }
    let (mut out, mut err) = (None, None);
    match wiring {
        Wiring::Piped => {
            let (reader, writer) = io::pipe()?;
            command.stdout(writer);
            out = Some(reader);
            let (reader, writer) = io::pipe()?;
            command.stderr(writer);
            err = Some(reader);
        }
        Wiring::Inherited => {}
        Wiring::Dropped => {
            command.stdout(Stdio::null()).stderr(Stdio::null());
        }
    }
    let child = starting(|| command.spawn())?;
    // A number of the kernel's for a process is positive and fits.
    let pid = Pid::from_raw(child.id().cast_signed());
    let notice = exit_notice(pid).ok();
    Ok(Started {
        pid,
        notice,
        out,
        err,
    })
}

fn input(stdin: &Stdin) -> io::Result<Stdio> {
    Ok(match stdin {
        Stdin::Null => Stdio::null(),
        Stdin::Inherit => Stdio::inherit(),
        Stdin::File(path) => File::open(path)
            .map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", path.display())))?
            .into(),
        Stdin::Bytes(bytes) => {
            // A file and no pipe: nobody has to feed it, and a program that does not read leaves nobody waiting.
            let mut file = tempfile::tempfile()?;
            file.write_all(bytes)?;
            file.rewind()?;
            file.into()
        }
    })
}
