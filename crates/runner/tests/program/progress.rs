//! How far a run has come, and what it does when somebody asks.

use nix::sys::signal::Signal;

use super::child::Live;
use super::exec::{ran, script};

/// Clears the terminal from the cursor on.
const CLEAR: &str = "\r\u{1b}[J";

#[test]
fn what_is_drawn_is_taken_away_again() {
    let drawn = ran(script("--progress bar -j 1", "sleep 0.7; echo $1", "a"));
    assert_eq!((drawn.code, drawn.out.as_str()), (0, "a\n"));
    assert!(drawn.err.contains(" 0/1 · 1 running · "), "{:?}", drawn.err);
    assert!(drawn.err.contains("s] sh[a]"), "{:?}", drawn.err);
    assert!(drawn.err.ends_with(CLEAR), "{:?}", drawn.err);
}

#[test]
fn where_nobody_looks_nothing_is_drawn() {
    for options in ["", "--progress none", "-q"] {
        let quiet = ran(script(&format!("{options} -j 1"), "sleep 0.7", "a"));
        assert_eq!((quiet.code, quiet.err.as_str()), (0, ""), "{options}");
    }
}

#[test]
fn a_run_tells_what_it_does_when_it_is_asked() {
    let text = "echo up; echo words >&2; sleep 3600";
    let mut live = Live::start(script("--output line -j 1", text, "a b c"));
    assert_eq!(live.line(), "up");
    live.wait_until_told("words");
    live.signal(Signal::SIGUSR1);
    live.wait_until_told("2 waiting for a worker");
    live.signal(Signal::SIGTERM);
    let told = live.finish();
    assert_eq!(told.code, 143, "{}", told.err);
    for expected in [
        "1 running, 0 ended of 3\n",
        "] sh[a]  worker 0, pid ",
        "| words\n",
    ] {
        assert!(told.err.contains(expected), "{expected}: {}", told.err);
    }
}
