//! Processes on their way to be programs.
//!
//! Whoever starts one gets on as soon as it has memory of its own. What it has open and will not keep is closed a moment
//! later, which is long on a busy machine: until then it seems to hold the pipes of all others.

use std::fs;
use std::io::PipeReader;
use std::os::fd::AsRawFd as _;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use nix::libc::O_CLOEXEC;

use crate::kin::children;

/// How long it may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// Nothing tells of it; it is looked at so often.
const LOOK_AGAIN: Duration = Duration::from_millis(2);

/// Whether somebody held the other end of one of `pipes` on the way to be a program, and does so no more.
pub(super) fn has_gone_by(pipes: [&Option<PipeReader>; 2]) -> bool {
    let began = Instant::now();
    let is_held = || pipes.into_iter().flatten().any(is_held_in_passing);
    let mut was_held = false;
    while is_held() {
        if began.elapsed() >= PATIENCE {
            return false;
        }
        was_held = true;
        thread::sleep(LOOK_AGAIN);
    }
    was_held
}

/// Whether a child of this process holds the other end of `pipe` only until it is a program.
fn is_held_in_passing(pipe: &PipeReader) -> bool {
    let Ok(name) = fs::read_link(format!("/proc/self/fd/{}", pipe.as_raw_fd())) else {
        return false;
    };
    children()
        .into_iter()
        .any(|child| passes_on(Path::new(&format!("/proc/{child}")), &name))
}

/// Whether a process, whose folder this is, has what is called `name` open, and none of it beyond its next program.
fn passes_on(process: &Path, name: &Path) -> bool {
    let open = fs::read_dir(process.join("fd")).into_iter().flatten();
    let held: Vec<PathBuf> = open
        .map_while(Result::ok)
        .filter(|fd| fs::read_link(fd.path()).is_ok_and(|held| held == name))
        .map(|fd| process.join("fdinfo").join(fd.file_name()))
        .collect();
    !held.is_empty() && held.iter().all(|fd| is_closed_by_exec(fd))
}

fn is_closed_by_exec(fd: &Path) -> bool {
    let info = fs::read_to_string(fd).unwrap_or_default();
    let flags = info.lines().find_map(|line| line.strip_prefix("flags:"));
    let flags = flags.and_then(|flags| i32::from_str_radix(flags.trim(), 8).ok());
    // One that is closed by now has none.
    flags.is_none_or(|flags| flags & O_CLOEXEC != 0)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::io::{self, Read as _};
    use std::os::fd::AsFd as _;
    use std::process::{Command, Stdio};

    use super::*;

    #[test]
    fn what_is_open_for_the_next_program_too_is_not_held_in_passing() {
        let (mut reader, writer) = io::pipe().unwrap();
        let name = fs::read_link(format!("/proc/self/fd/{}", reader.as_raw_fd())).unwrap();
        // Both ends are here, and neither would be a next program's.
        assert!(passes_on(Path::new("/proc/self"), &name));
        let kept = writer.as_fd().try_clone_to_owned().unwrap();
        let mut command = Command::new("sh");
        command
            .args(["-c", "echo; read line"])
            .stdin(Stdio::piped());
        let mut child = command.stdout(writer).spawn().unwrap();
        // It has printed: it is a program.
        reader.read_exact(&mut [0]).unwrap();
        let process = format!("/proc/{}", child.id());
        assert!(!passes_on(Path::new(&process), &name));
        // Children of other tests may be on their way; this one is not.
        let pipe = Some(reader);
        while has_gone_by([&pipe, &None]) {}
        assert!(!passes_on(Path::new(&process), Path::new("pipe:[0]")));
        drop((child.stdin.take(), kept));
        child.wait().unwrap();
    }
}
