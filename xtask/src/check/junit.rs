//! `cargo xtask check junit`: whether what runs tell build servers has the form that these accept, by `xmllint`.
//!
//! Both programs run what ends in every way there is, prints bytes that are no text, and is called what breaks files.
//! The form is the one that the tests read as well; a file that breaks it comes first, so that it is known that it
//! would be seen.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::build::{self, RUNNERS};
use crate::check::Checked;
use crate::workspace;

/// The form.
const FORM: &str = "crates/runner/src/audience/junit/tests/junit.xsd";

/// A file that is not of it.
const BROKEN: &str = "<testsuites><testsuite name=\"a\"/></testsuites>\n";

/// A script that prints what XML cannot hold, and ends well at its second try.
const PRINTS: &str = "printf '\\033[31m]]>\\001\\377<&\"' ; echo \"$1\" >&2; test -e \"$2\" || { touch \"$2\"; exit 1; }";

/// What is run, beside the file that is written and another one that the script makes: its words, with a suite's path for
/// `SUITE`.
const RUNS: [(&str, &[&str]); 3] = [
    ("faults", &["run", "SUITE"]),
    (
        "words",
        &[
            "exec",
            "--retries",
            "1",
            "--",
            "sh",
            "-c",
            PRINTS,
            "sh",
            "{}",
            "MARK",
            ":::",
            "a\u{1b}\n\t\"'<&>]]>",
        ],
    ),
    ("none", &["exec", "--", "true"]),
];

/// The suite whose tasks end in every way.
const SUITE: &str = "crates/runner/suites/faults.toml";

/// Those that a thread can run.
const SAFE: [&str; 6] = ["panic", "fail", "flaky", "noisy", "hang", "good*"];

/// Has every file looked at.
///
/// # Errors
///
/// Fails when the programs cannot be built or started, or files cannot be written.
pub(crate) fn run() -> io::Result<Checked> {
    let target = build::target_folder().map_err(io::Error::other)?;
    let folder = target.join("junit");
    fs::create_dir_all(&folder)?;
    let broken = folder.join("broken.xml");
    fs::write(&broken, BROKEN)?;
    match is_of_form(&broken, Stdio::null()) {
        Ok(false) => {}
        Ok(true) => {
            eprintln!(
                "check junit: xmllint does not see what is wrong with {}",
                broken.display()
            );
            return Ok(Checked::Impossible);
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            eprintln!(
                "check junit: xmllint is not installed:\n\
                 \n    apt-get install libxml2-utils    # or dnf install libxml2, pacman -S libxml2\n"
            );
            return Ok(Checked::Impossible);
        }
        Err(error) => return Err(error),
    }
    build::runners_with("dev").map_err(io::Error::other)?;
    let mut checked = Checked::Sound;
    for program in RUNNERS {
        for (name, words) in RUNS {
            let file = folder.join(format!("{program}-{name}.xml"));
            write(&target.join("debug").join(program), words, &file)?;
            if !is_of_form(&file, Stdio::inherit())? {
                checked = Checked::Broken;
            }
        }
    }
    Ok(checked)
}

/// Has a program write `file`. Tasks fail, and some are refused: what matters is what is told of them.
fn write(program: &Path, words: &[&str], file: &Path) -> io::Result<()> {
    let mark = file.with_extension("mark");
    for old in [file, &mark] {
        match fs::remove_file(old) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    let (flags, rest) = words.split_at(1);
    let mut run = Command::new(program);
    run.current_dir(workspace::root())
        .args(flags)
        .arg("--junit")
        .arg(file);
    if program.ends_with(RUNNERS[0]) && flags == ["run"] {
        // It would refuse all of them for those that end it.
        run.args(SAFE.map(|id| format!("--filter={id}")));
    }
    for word in rest {
        match *word {
            "SUITE" => run.arg(SUITE),
            "MARK" => run.arg(&mark),
            word => run.arg(word),
        };
    }
    run.stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    run.status().map(drop)
}

/// Whether a file is of the form; what is wrong goes to `said`.
fn is_of_form(file: &Path, said: Stdio) -> io::Result<bool> {
    let form: PathBuf = workspace::root().join(FORM);
    let mut look = Command::new("xmllint");
    look.args(["--noout", "--schema"]).arg(form).arg(file);
    let status = look.stdin(Stdio::null()).stderr(said).status()?;
    Ok(status.success())
}
