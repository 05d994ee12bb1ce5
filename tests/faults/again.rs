//! This program again, for what a process does not survive: the death of its zygote, or its own.

use std::io::{PipeReader, Read as _, pipe};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// Tells the program which case of which test it is to play.
const CASE: &str = "ANYPOOL_TEST_CASE";

/// How soon after a program's end everything that it started must be gone. The promise is 100 ms on a
/// machine with nothing else to do.
const SOON: Duration = Duration::from_secs(5);

/// How a program ended.
#[derive(Debug)]
pub(crate) struct Ending {
    pub(crate) status: ExitStatus,
    /// How much later the last of its descendants ended.
    pub(crate) left_for: Duration,
    /// What it said.
    pub(crate) words: String,
}

/// The case of `test` that this program was started for; none in the test itself.
pub(crate) fn case_of(test: &str) -> Option<usize> {
    let case = std::env::var(CASE).ok()?;
    case.strip_prefix(test)?.strip_prefix(' ')?.parse().ok()
}

/// Plays a case of `test` in a program of its own, and waits until nothing is left of it.
#[track_caller]
pub(crate) fn again(test: &str, case: usize) -> Ending {
    // A program that is killed leaves its temporary files behind.
    let folder = tempfile::tempdir().unwrap();
    let (mut alive, mut program) = start(test, case, folder.path());
    let mut out = program.stdout.take().unwrap();
    let status = program.wait().unwrap();
    let ended = Instant::now();
    // Its end comes with the end of the last process that has inherited the other end.
    let _ = alive.read_to_end(&mut Vec::new()).unwrap();
    let left_for = ended.elapsed();
    let mut words = String::new();
    out.read_to_string(&mut words).unwrap();
    assert!(
        left_for < SOON,
        "something was left for {left_for:?}: {words}"
    );
    println!("case {case}: {status}, all gone {left_for:?} later");
    Ending {
        status,
        left_for,
        words,
    }
}

/// Starts the program with the end of a pipe that it and all its descendants keep open.
fn start(test: &str, case: usize, folder: &Path) -> (PipeReader, Child) {
    let (alive, kept) = pipe().unwrap();
    let mut shell = Command::new("sh");
    shell.args(["-c", "exec \"$0\" \"$@\" 9>&0 </dev/null 2>&1"]);
    shell.arg(std::env::current_exe().unwrap());
    shell.args(["--exact", test, "--nocapture", "--test-threads=1"]);
    shell.env(CASE, format!("{test} {case}"));
    shell.env("TMPDIR", folder);
    let program = shell.stdin(kept).stdout(Stdio::piped()).spawn().unwrap();
    (alive, program)
}

impl Ending {
    /// The test has passed in the other program.
    #[track_caller]
    pub(crate) fn must_pass(&self) {
        let passed = self.status.success() && self.words.contains("1 passed");
        assert!(passed, "{}", self.words);
    }
}
