//! Tasks that print without measure: it takes the runner time and disk, and no memory.

use std::path::Path;
use std::process::{Command, Stdio};

use nix::sys::signal::Signal;

use super::child::{Live, program, wait_until};
use super::exec::script;
use super::suites::Folder;

/// So much is printed: more than a runner may keep.
const FLOOD: u64 = 64 << 20;

/// The most that a runner may ever have resident: twice what it has with nothing to do, and the room of its buffers.
const MOST: u64 = 48 << 20;

/// A command line whose first task floods, on one line, and whose second one touches `done` and stays.
fn flood(options: &str, done: &Path) -> Command {
    let text = format!(
        "test $1 != last || {{ touch {}; exec sleep 3600; }}; head -c $1 /dev/zero | tr '\\0' x",
        done.display()
    );
    script(&format!("-j 1 {options}"), &text, &format!("{FLOOD} last"))
}

/// Lets the flood pass, and looks at what the runner needed for it.
fn passes(command: Command, read: u64, done: &Path, what: &str) {
    let mut live = Live::start(command);
    live.skip(read);
    wait_until(what, || done.exists());
    let peak = live.peak_bytes();
    assert!(peak < MOST, "{what}: {} MiB", peak >> 20);
    live.signal(Signal::SIGTERM);
    let ran = live.finish();
    assert_eq!(ran.code, 143, "{what}: {}", ran.err);
}

#[test]
fn a_flood_of_one_line_passes_in_bounded_memory() {
    for options in ["--output group", "--output line", "--output tag", "-k"] {
        let folder = tempfile::tempdir().unwrap();
        let done = folder.path().join("done");
        passes(flood(options, &done), FLOOD, &done, options);
    }
}

#[test]
fn a_flood_that_nobody_wants_passes_in_bounded_memory() {
    for options in ["--output none", "--message-format json"] {
        let folder = tempfile::tempdir().unwrap();
        let done = folder.path().join("done");
        let mut command = flood(options, &done);
        command.stdout(Stdio::null());
        passes(command, 0, &done, options);
    }
}

#[test]
fn a_suites_floods_pass_in_bounded_memory() {
    let folder = Folder::with(&format!(
        "[[task]]\nid = \"program\"\nkind = \"command\"\nargv = [\"head\", \"-c\", \"{FLOOD}\", \"/dev/zero\"]\n\
         [[task]]\nid = \"noisy\"\nkind = \"noisy\"\nparams.mib = {}\nafter = \"program\"\n\
         [[task]]\nid = \"last\"\nkind = \"command\"\nargv = [\"sh\", \"-c\", \"touch done; exec sleep 3600\"]\n\
         after = \"noisy\"\n",
        FLOOD >> 20
    ));
    let done = folder.path().join("done");
    for (options, read) in [("", 0), ("--show-ok always", 2 * FLOOD)] {
        let _ = std::fs::remove_file(&done);
        let mut command = program(&format!("run -j 1 {options}"));
        command.arg(folder.path().join("some.toml"));
        passes(command, read, &done, options);
    }
}

#[test]
#[ignore = "10 GiB take minutes, and as much room for temporary files"]
fn ten_gibibytes_pass_in_bounded_memory() {
    for options in ["--output none", "--output group", "--output line"] {
        // Address space, most of which is reserved for threads and never touched.
        let limited =
            "ulimit -v 1500000; exec \"$0\" exec -j 1 $1 -- head -c {} /dev/zero ::: 10737418240";
        let mut command = Command::new("sh");
        command.args(["-c", limited, crate::PROGRAM, options]);
        command.stdout(Stdio::null());
        assert!(command.status().unwrap().success(), "{options}");
    }
}
