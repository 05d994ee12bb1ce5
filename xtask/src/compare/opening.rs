//! `--open`: has the page shown by what this desktop opens pages with.

use std::ffi::OsStr;
use std::io;
use std::path::Path;
use std::process::{Command, Stdio};

/// What opens a file as a double click would.
const OPENER: &str = if cfg!(target_os = "macos") {
    "open"
} else {
    "xdg-open"
};

/// Has the page shown; that it is not is told, and changes nothing else.
pub(super) fn open(page: &Path) {
    if let Err(error) = start(OPENER.as_ref(), page) {
        eprintln!(
            "note: the page is not opened: `{OPENER}`: {error}; it is {}",
            page.display()
        );
    }
}

/// Nobody waits for it: some openers stay as long as the browser does.
fn start(opener: &OsStr, page: &Path) -> io::Result<()> {
    let mut command = Command::new(opener);
    command.arg(page);
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command.spawn().map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_opener_that_is_not_there_is_an_error_and_no_more() {
        assert!(start("no-such-program-as-this".as_ref(), Path::new("page")).is_err());
        assert!(start("true".as_ref(), Path::new("page")).is_ok());
    }
}
