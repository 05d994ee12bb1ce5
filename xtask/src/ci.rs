//! `cargo xtask ci`: every check that needs no test run, in order, until the first that fails.

use std::io;
use std::process::{Command, Stdio};
use std::time::Instant;

use crate::{tidy, workspace};

/// One check: what is printed for it, and its cargo arguments.
type Step = (&'static str, &'static [&'static str]);

const FIRST: [Step; 5] = [
    ("format", &["fmt", "--all", "--check"]),
    (
        "lints",
        &[
            "clippy",
            "--workspace",
            "--all-targets",
            "--all-features",
            "--",
            "-D",
            "warnings",
        ],
    ),
    (
        "thread-runner without its program",
        &[
            "clippy",
            "-p",
            "thread-runner",
            "--lib",
            "--no-default-features",
            "--",
            "-D",
            "warnings",
        ],
    ),
    (
        "process-runner without its program",
        &[
            "clippy",
            "-p",
            "process-runner",
            "--lib",
            "--no-default-features",
            "--",
            "-D",
            "warnings",
        ],
    ),
    ("docs", &["doc", "--workspace", "--no-deps"]),
];

/// Runs the checks and tells whether all passed; the last line printed says which one did not.
///
/// # Errors
///
/// Fails when a check cannot be started.
pub(crate) fn run() -> io::Result<bool> {
    for (name, arguments) in FIRST {
        if !timed(name, || cargo(arguments))? {
            return Ok(false);
        }
    }
    let all = timed("tidy", || tidy::run(&workspace::root()))? && deny()?;
    if all {
        eprintln!("ci: all checks passed");
    }
    Ok(all)
}

fn timed(name: &str, step: impl FnOnce() -> io::Result<bool>) -> io::Result<bool> {
    eprintln!("ci: {name} …");
    let start = Instant::now();
    let passed = step()?;
    let seconds = start.elapsed().as_secs_f64();
    match passed {
        true => eprintln!("ci: {name} passed in {seconds:.1} s"),
        false => eprintln!("ci: {name} FAILED after {seconds:.1} s; later checks were not run"),
    }
    Ok(passed)
}

fn cargo(arguments: &[&str]) -> io::Result<bool> {
    let mut command = workspace::cargo();
    command.args(arguments).stdin(Stdio::null());
    if arguments.contains(&"doc") {
        command.env("RUSTDOCFLAGS", "-D warnings");
    }
    Ok(command.status()?.success())
}

/// Checks licences and advisories, where the tool for it is installed.
fn deny() -> io::Result<bool> {
    if is_installed(workspace::cargo().args(["deny", "--version"])) {
        return timed("deny", || cargo(&["deny", "check"]));
    }
    eprintln!("ci: deny skipped: cargo-deny is not installed (cargo install cargo-deny)");
    Ok(true)
}

fn is_installed(probe: &mut Command) -> bool {
    let quiet = probe
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    quiet.status().is_ok_and(|status| status.success())
}
