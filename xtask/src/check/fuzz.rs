//! `cargo xtask check fuzz`: runs the targets in `tests/fuzz`, each for a while.
//!
//! The same scripts run as proptests in the tests of process-runner; here libFuzzer makes them, which
//! looks at what they reach. Memory is limited: a length that a worker announces must not take any.

use std::io;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::build;
use crate::check::Checked;
use crate::workspace;

/// Where the targets are.
const FOLDER: &str = "tests/fuzz";

/// Longer scripts reach nothing that shorter ones do not.
const MAX_SCRIPT_BYTES: usize = 4096;

/// The most memory in MiB: at once, and altogether. The sanitizer's own is most of it.
const MAX_ALLOCATION: usize = 16;
const MAX_RESIDENT: usize = 1024;

/// A script that takes longer than this in seconds is a hang.
const PATIENCE: usize = 20;

/// The flags of `cargo xtask check fuzz`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The targets, or `list` for what there is; all when left out
    targets: Vec<String>,
    /// How long each target runs, after the build
    #[arg(long, value_name = "N", default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..))]
    seconds: u32,
}

/// Runs the targets until one finds something.
///
/// # Errors
///
/// Fails when a program that is there cannot be started, or the corpus has no place.
pub(crate) fn run(arguments: &Arguments) -> io::Result<Checked> {
    let compiler = Compiler::find();
    if !succeeds(compiler.cargo().args(["fuzz", "--version"])) {
        eprintln!(
            "check fuzz: cargo-fuzz is not installed; it also needs a C++ compiler:\n\
             \n    cargo install cargo-fuzz\n"
        );
        return Ok(Checked::Impossible);
    }
    let known = targets(&compiler)?;
    if arguments.targets == ["list"] {
        known.iter().for_each(|target| println!("{target}"));
        return Ok(Checked::Sound);
    }
    let unknown = arguments.targets.iter().find(|name| !known.contains(name));
    if let Some(unknown) = unknown {
        let known = known.join(", ");
        eprintln!("check fuzz: there is no target `{unknown}`; there are {known}");
        return Ok(Checked::Impossible);
    }
    eprintln!("check fuzz: with {}", compiler.words());
    let chosen = if arguments.targets.is_empty() {
        &known
    } else {
        &arguments.targets
    };
    let folder = build::target_folder()
        .map_err(io::Error::other)?
        .join("fuzz");
    let mut build = compiler.cargo();
    build.args(["fuzz", "build", "--fuzz-dir", FOLDER, "--target-dir"]);
    if !build.arg(folder.join("build")).status()?.success() {
        eprintln!("check fuzz: the targets could not be built; cargo says why above");
        return Ok(Checked::Broken);
    }
    for target in chosen {
        if !fuzz(&compiler, &folder, target, arguments.seconds)? {
            eprintln!("check fuzz: {target} FAILED; what it was fed is kept, see above");
            return Ok(Checked::Broken);
        }
    }
    eprintln!("check fuzz: {} targets found nothing", chosen.len());
    Ok(Checked::Sound)
}

/// What compiles the targets: libFuzzer's counters need options that are not stable.
#[derive(Clone, Copy, Debug)]
enum Compiler {
    /// A nightly toolchain is installed.
    Nightly,
    /// The stable one, told to accept them all the same.
    Stable,
}

impl Compiler {
    fn find() -> Self {
        let mut nightly = Command::new("rustup");
        match succeeds(nightly.args(["run", "nightly", "rustc", "--version"])) {
            true => Self::Nightly,
            false => Self::Stable,
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::Nightly => "the nightly toolchain",
            Self::Stable => {
                "the stable toolchain and RUSTC_BOOTSTRAP=1 (`rustup toolchain install nightly` is the clean way)"
            }
        }
    }

    fn cargo(self) -> Command {
        let mut command = match self {
            Self::Nightly => {
                let mut rustup = Command::new("rustup");
                rustup.args(["run", "nightly", "cargo"]);
                // What cargo tells its children names the toolchain that runs this program.
                rustup.env_remove("CARGO").env_remove("RUSTC");
                rustup
            }
            Self::Stable => {
                let mut cargo = workspace::cargo();
                cargo.env("RUSTC_BOOTSTRAP", "1");
                cargo
            }
        };
        command.current_dir(workspace::root()).stdin(Stdio::null());
        command
    }
}

fn succeeds(command: &mut Command) -> bool {
    let quiet = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    quiet.status().is_ok_and(|status| status.success())
}

fn targets(compiler: &Compiler) -> io::Result<Vec<String>> {
    let mut list = compiler.cargo();
    let output = list.args(["fuzz", "list", "--fuzz-dir", FOLDER]).output()?;
    if !output.status.success() {
        let words = String::from_utf8_lossy(&output.stderr).into_owned();
        return Err(io::Error::other(words));
    }
    let names = String::from_utf8_lossy(&output.stdout);
    Ok(names.lines().map(str::to_owned).collect())
}

/// Runs one target. What it learns is kept for the next time beside what is built.
fn fuzz(compiler: &Compiler, folder: &Path, target: &str, seconds: u32) -> io::Result<bool> {
    let corpus = folder.join("corpus").join(target);
    std::fs::create_dir_all(&corpus)?;
    eprintln!("check fuzz: {target} for {seconds} s …");
    let mut run = compiler.cargo();
    run.args(["fuzz", "run", "--fuzz-dir", FOLDER, "--target-dir"]);
    run.arg(folder.join("build")).arg(target).arg(&corpus);
    run.arg("--").args([
        format!("-max_total_time={seconds}"),
        format!("-max_len={MAX_SCRIPT_BYTES}"),
        format!("-malloc_limit_mb={MAX_ALLOCATION}"),
        format!("-rss_limit_mb={MAX_RESIDENT}"),
        format!("-timeout={PATIENCE}"),
        // Leaks are looked for by tracing the process, which containers forbid; growth is limited above.
        "-detect_leaks=0".to_owned(),
        "-verbosity=0".to_owned(),
        "-print_final_stats=1".to_owned(),
    ]);
    Ok(run.status()?.success())
}
