//! `cargo xtask check callgrind`: how many instructions a job takes from submit until its value is there.
//!
//! Unlike times, such counts do not depend on what else the machine does. The arms are those of the bench; valgrind
//! runs one thread at a time, so what threads would do at once is counted as well as what they do for one another.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anypool_compare::bench::{
    Count, JobCost, Section, instructions_page, instructions_terminal, put_into,
};

use crate::build;
use crate::check::Checked;

/// The flags of `cargo xtask check callgrind`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// A page that is given the counts; words around them stay as they are
    #[arg(long, value_name = "FILE")]
    markdown: Option<PathBuf>,
}

/// How many jobs the two runs have whose difference is counted.
const JOBS: [u64; 2] = [2_000, 6_000];

/// How jobs are submitted: what the program calls it, and in words.
const SHAPES: [(&str, &str); 2] = [("single", "one"), ("many", "all")];

/// The arms before the process pool's.
const ARMS: [&str; 2] = ["inline", "threads"];

/// Counts on every arm.
///
/// # Errors
///
/// Fails when the arms cannot be built, or files cannot be read or written.
pub(crate) fn run(arguments: &Arguments) -> io::Result<Checked> {
    let Some(version) = version() else {
        eprintln!(
            "check callgrind: valgrind is not installed:\n\
             \n    apt-get install valgrind    # or dnf, pacman, zypper\n"
        );
        return Ok(Checked::Impossible);
    };
    let program = build::peers().map_err(io::Error::other)?;
    let pools = build::transports(&program)?;
    let pools = pools.iter().map(|name| format!("pool-{name}"));
    let arms: Vec<String> = ARMS.map(str::to_owned).into_iter().chain(pools).collect();
    let folder = build::target_folder()
        .map_err(io::Error::other)?
        .join("callgrind");
    let mut costs = Vec::new();
    for (shape, words) in SHAPES {
        for arm in &arms {
            eprintln!("check callgrind: {arm}, {words} in flight …");
            let counts = JOBS.map(|jobs| count(&program, &folder, [arm, shape], jobs));
            let [few, many] = counts;
            match (few?, many?) {
                (Some(few), Some(many)) => costs.push(JobCost::between(arm, words, &few, &many)),
                _ => return Ok(Checked::Broken),
            }
        }
    }
    println!("instructions a job, by {version}");
    print!("{}", instructions_terminal(&costs));
    if let Some(file) = &arguments.markdown {
        let text = instructions_page(&costs, &version);
        let page = std::fs::read_to_string(file).or_else(|error| match error.kind() {
            io::ErrorKind::NotFound => Ok(String::new()),
            _ => Err(error),
        })?;
        std::fs::write(file, put_into(&page, Section::Instructions, &text))?;
    }
    Ok(Checked::Sound)
}

fn version() -> Option<String> {
    let output = Command::new("valgrind")
        .arg("--version")
        .stdin(Stdio::null())
        .output();
    let output = output.ok().filter(|output| output.status.success())?;
    Some(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// What the name of a file with counts begins with; the process id follows.
const FILE: &str = "count.";

/// What valgrind and the arm have to say.
const SAID: &str = "stderr.txt";

/// Runs an arm under valgrind; `None` when that fails, which has been told.
fn count(
    program: &Path,
    folder: &Path,
    [arm, shape]: [&str; 2],
    jobs: u64,
) -> io::Result<Option<Count>> {
    // What an earlier run has left would be taken for this one's.
    if folder.exists() {
        std::fs::remove_dir_all(folder)?;
    }
    std::fs::create_dir_all(folder)?;
    let said = folder.join(SAID);
    let mut child = Command::new("valgrind")
        .args(["--tool=callgrind", "--quiet"])
        .arg(format!(
            "--callgrind-out-file={}/{FILE}%p",
            folder.display()
        ))
        .arg(program)
        .args(["count", arm, shape, &jobs.to_string()])
        .stdin(Stdio::null())
        .stderr(File::create(&said)?)
        .spawn()?;
    let own = child.id();
    let status = child.wait()?;
    if !status.success() {
        // It also tells of system calls that it does not know, which is of interest only now.
        let said = std::fs::read_to_string(said)?;
        eprintln!("{said}check callgrind: {arm} ended with {status} under valgrind");
        return Ok(None);
    }
    let mut count = Count {
        jobs,
        program: 0,
        others: Vec::new(),
    };
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let pid: Option<u32> = path
            .file_name()
            .and_then(|name| name.to_str()?.strip_prefix(FILE)?.parse().ok());
        // A process that was killed has left no total.
        let Some(total) = total(&std::fs::read_to_string(&path)?) else {
            continue;
        };
        match pid {
            Some(pid) if pid == own => count.program = total,
            _ => count.others.push(total),
        }
    }
    Ok(Some(count))
}

/// The sum that callgrind writes at the end of its file.
fn total(text: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix("totals:"))?;
    line.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_total_is_found_behind_the_functions() {
        let text = "version: 1\nevents: Ir\nfn=(1) main\n12 34\n\ntotals: 5125618\n";
        assert_eq!(total(text), Some(5_125_618));
        assert_eq!(total("events: Ir\nfn=(1) main\n"), None);
    }
}
