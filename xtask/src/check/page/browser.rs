//! A browser without a window: which one there is, and what it says of a file.

use std::fmt;
use std::fs::File;
use std::io::{self, Read as _, Seek as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use wait_timeout::ChildExt as _;

/// What Chromium is called, by whom it comes from.
pub(super) const NAMES: [&str; 5] = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
];

/// A page is there within seconds, on a busy machine too.
const PATIENCE: Duration = Duration::from_secs(60);

/// A browser that answers.
#[derive(Debug)]
pub(super) struct Browser {
    program: PathBuf,
    version: String,
}

/// What it saw.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Seen {
    /// What it looked at.
    pub(super) looked: String,
    /// What is wrong, one a line.
    pub(super) findings: Vec<String>,
}

impl fmt::Display for Browser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.version)
    }
}

impl Browser {
    /// The wanted one, or the first of those known that answers.
    pub(super) fn find(wanted: Option<&str>) -> Option<Self> {
        match wanted {
            Some(program) => Self::answering(program),
            None => NAMES.into_iter().find_map(Self::answering),
        }
    }

    fn answering(program: &str) -> Option<Self> {
        let output = Command::new(program)
            .arg("--version")
            .stdin(Stdio::null())
            .output();
        let output = output.ok().filter(|output| output.status.success())?;
        Some(Self {
            program: PathBuf::from(program),
            version: String::from_utf8_lossy(&output.stdout).trim().to_owned(),
        })
    }

    /// Opens a file, waits for its scripts, and reads what they wrote.
    ///
    /// # Errors
    ///
    /// Fails when the browser does not end in time or well, or the checker did not come to its end.
    pub(super) fn look(&self, file: &Path, dark: bool) -> io::Result<Seen> {
        let profile = file.with_extension("profile");
        let (stdout, stderr) = (scratch(file, "stdout")?, scratch(file, "stderr")?);
        let mut command = Command::new(&self.program);
        command
            .args(["--headless", "--disable-gpu", "--no-first-run"])
            // Scripts may look into a frame only where both have one origin, which files do not have by themselves.
            .args(["--allow-file-access-from-files", "--enable-logging=stderr"])
            // Time passes as fast as the page can use it, and the page is told once it needs no more.
            .args(["--virtual-time-budget=10000", "--dump-dom"])
            .arg(format!(
                "--blink-settings=preferredColorScheme={}",
                if dark { "0" } else { "1" }
            ))
            .arg(format!("--user-data-dir={}", profile.display()));
        if is_root() {
            // Chromium's sandbox refuses root. The pages are ours, and run nothing.
            command.arg("--no-sandbox");
        }
        command.arg(format!("file://{}", file.display()));
        let streams = command
            .stdin(Stdio::null())
            .stdout(stdout.try_clone()?)
            .stderr(stderr.try_clone()?);
        let mut child = streams.spawn()?;
        let Some(status) = child.wait_timeout(PATIENCE)? else {
            child.kill()?;
            child.wait()?;
            return Err(io::Error::other(format!(
                "{self} has not ended after {} s",
                PATIENCE.as_secs()
            )));
        };
        let (dom, log) = (text(stdout)?, text(stderr)?);
        if !status.success() {
            return Err(io::Error::other(format!(
                "{self} ended with {status}\n{log}"
            )));
        }
        seen(&dom, &log).ok_or_else(|| {
            io::Error::other(format!(
                "the checker did not come to its end in {self}\n{log}"
            ))
        })
    }
}

/// An empty file beside another.
fn scratch(file: &Path, extension: &str) -> io::Result<File> {
    let mut options = File::options();
    options.read(true).write(true).create(true).truncate(true);
    options.open(file.with_extension(extension))
}

fn text(mut file: File) -> io::Result<String> {
    let mut bytes = Vec::new();
    file.rewind()?;
    file.read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn is_root() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ids = status.lines().find_map(|line| line.strip_prefix("Uid:"));
    // The second is the one that counts: the effective one.
    ids.and_then(|ids| ids.split_whitespace().nth(1)) == Some("0")
}

/// What the checker wrote into its page, and what the console has.
fn seen(dom: &str, log: &str) -> Option<Seen> {
    let (_, rest) = dom.split_once("<pre>")?;
    let (told, _) = rest.split_once("</pre>")?;
    let mut lines = told.lines().map(plain);
    let looked = lines.next().filter(|line| !line.is_empty())?;
    let console = log
        .lines()
        .filter_map(|line| Some(line.split_once(":CONSOLE")?.1))
        .map(|message| {
            format!(
                "console: {}",
                message
                    .split_once(']')
                    .map_or(message, |(_, rest)| rest.trim())
            )
        });
    Some(Seen {
        looked,
        findings: lines.chain(console).collect(),
    })
}

/// Text as it was before it was written as markup.
fn plain(line: &str) -> String {
    line.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&nbsp;", " ")
        .replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_seen_is_read_from_the_page_and_the_console() {
        let dom = "<html><pre>looked at 3 texts\ncontrast 1.2: \"a &lt;b&gt; &amp;amp;\"\n</pre><script>…";
        let log = "[1:2:0101/1.2:ERROR:bus.cc:405] Failed to connect to the bus\n\
                   [1:2:0101/1.2:INFO:CONSOLE:0] \"Refused to load\", source: x (0)";
        let seen = seen(dom, log).unwrap();
        assert_eq!(seen.looked, "looked at 3 texts");
        assert_eq!(
            seen.findings,
            [
                "contrast 1.2: \"a <b> &amp;\"",
                "console: \"Refused to load\", source: x (0)"
            ]
        );
    }

    #[test]
    fn a_checker_that_wrote_nothing_saw_nothing() {
        assert_eq!(seen("<html><pre></pre>", ""), None);
        assert_eq!(seen("", ""), None);
    }

    #[test]
    fn a_browser_that_is_not_there_is_not_found() {
        assert!(Browser::find(Some("/no/such/browser")).is_none());
    }
}
