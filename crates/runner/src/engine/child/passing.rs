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

use crate::kin::children_of;

/// How long it may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// Nothing tells of it; it is looked at so often.
const LOOK_AGAIN: Duration = Duration::from_millis(2);

/// Waits until nobody holds the other end of one of `pipes` on the way to be a program. False when it takes too long.
pub(super) fn wait_until_gone_by(pipes: [&Option<PipeReader>; 2]) -> bool {
    wait_while(|| pipes.into_iter().flatten().any(is_held_in_passing))
}

/// Waits as long as it is so. False when that is too long.
fn wait_while(mut is_so: impl FnMut() -> bool) -> bool {
    let began = Instant::now();
    while is_so() {
        if began.elapsed() >= PATIENCE {
            return false;
        }
        thread::sleep(LOOK_AGAIN);
    }
    true
}

/// Whether a child of this process holds the other end of `pipe` only until it is a program.
fn is_held_in_passing(pipe: &PipeReader) -> bool {
    let Ok(name) = fs::read_link(format!("/proc/self/fd/{}", pipe.as_raw_fd())) else {
        return false;
    };
    children_of(std::process::id())
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
    use std::env;
    use std::io::{self, Read as _};
    use std::os::fd::AsFd as _;
    use std::process::{Child, Command, Stdio};

    use nix::fcntl::{FcntlArg, FdFlag, fcntl};

    use super::*;

    /// In this mode the test below is the program that it starts.
    const HOLDER: &str = "ANYPOOL_TEST_HOLDS_A_PIPE";

    /// What the holder prints when it holds the pipe as one that is not a program yet.
    const READY: &str = "ready\n";

    #[test]
    fn who_holds_a_pipe_until_its_next_program_is_told() {
        if env::var_os(HOLDER).is_some() {
            fcntl(io::stdout().as_fd(), FcntlArg::F_SETFD(FdFlag::FD_CLOEXEC)).unwrap();
            print!("{READY}");
            io::stdin().read_line(&mut String::new()).unwrap();
            return;
        }
        let (reader, writer) = io::pipe().unwrap();
        let mut holder = Command::new(env::current_exe().unwrap());
        let name = "who_holds_a_pipe_until_its_next_program_is_told";
        holder.args([name, "--nocapture"]).env(HOLDER, "");
        let mut child = holder.stdin(Stdio::piped()).stdout(writer).spawn().unwrap();
        drop(holder);
        read_until_ready(&reader);
        assert!(is_held_in_passing(&reader));
        end(&mut child);
        // Children of other tests may be on their way.
        let pipe = Some(reader);
        assert!(wait_until_gone_by([&pipe, &None]));
    }

    #[test]
    fn it_is_waited_for_as_long_as_something_is_held() {
        for held in [0, 1, 3] {
            let mut looks = 0..held;
            assert!(wait_while(|| looks.next().is_some()));
            assert_eq!(looks.next(), None);
        }
    }

    fn read_until_ready(mut pipe: &PipeReader) {
        let mut said = Vec::new();
        while !said.ends_with(READY.as_bytes()) {
            let mut byte = [0];
            pipe.read_exact(&mut byte).unwrap();
            said.extend(byte);
        }
    }

    fn end(child: &mut Child) {
        drop(child.stdin.take());
        child.wait().unwrap();
    }

    #[test]
    fn what_is_open_for_the_next_program_too_is_not_held_in_passing() {
        let (reader, writer) = io::pipe().unwrap();
        let name = fs::read_link(format!("/proc/self/fd/{}", reader.as_raw_fd())).unwrap();
        let mut command = Command::new("sh");
        command.args(["-c", "echo ready; read line"]);
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(writer)
            .spawn()
            .unwrap();
        // It has printed: it is a program.
        read_until_ready(&reader);
        let process = format!("/proc/{}", child.id());
        assert!(!passes_on(Path::new(&process), &name));
        assert!(!passes_on(Path::new(&process), Path::new("pipe:[0]")));
        // Children of other tests may be on their way; this one is not.
        let pipe = Some(reader);
        assert!(wait_until_gone_by([&pipe, &None]));
        end(&mut child);
    }
}
