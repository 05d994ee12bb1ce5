//! How far a run has come, and what it does when somebody asks.

use std::fs::File;

use anypool_runner::event::Event;
use nix::sys::signal::Signal;

use super::audience::log;
use super::child::Live;
use super::exec::{ran, script};

/// Clears the terminal from the cursor on.
const CLEAR: &str = "\r\u{1b}[J";

#[test]
fn what_is_drawn_is_taken_away_again() {
    let folder = tempfile::tempdir().unwrap();
    let gate = folder.path().join("gate");
    let text = "until [ -e $GATE ]; do sleep 0.02; done; echo $1";
    let mut command = script("--progress bar -j 1", text, "a");
    command.env("GATE", &gate);
    let live = Live::start(command);
    live.wait_until_told("s] sh[a]");
    File::create(gate).unwrap();
    let drawn = live.finish();
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
    live.ask_until_told(&[
        "1 running, 0 ended of 3\n",
        "] sh[a]  worker 0, pid ",
        "| words\n",
        "2 waiting for a worker\n",
    ]);
    live.signal(Signal::SIGTERM);
    let told = live.finish();
    assert_eq!(told.code, 143, "{}", told.err);
}

#[test]
fn a_run_that_takes_its_time_tells_how_much_memory_all_of_it_took() {
    let told = ran(script("-v", "sleep 3", "a"));
    assert_eq!(told.code, 0, "{}", told.err);
    let (before, _) = told.err.split_once(" MiB PSS").unwrap_or_default();
    let peak = before
        .rsplit_once("peak ")
        .map(|(_, peak)| peak.parse::<u64>());
    assert!(matches!(peak, Some(Ok(1..))), "{}", told.err);
}

#[test]
fn lines_about_tasks_come_in_the_order_of_their_ends() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log");
    let options = format!("-j 8 --status all --log {}", path.display());
    let arguments: Vec<_> = (0..80).map(|number| number.to_string()).collect();
    let text = "test $1 != 7 && test $1 != 11";
    let ran = ran(script(&options, text, &arguments.join(" ")));
    let ends = log(&path)
        .into_iter()
        .filter_map(|stamped| match stamped.event {
            Event::TaskFinished(finished) => Some(finished.task.to_string()),
            _ => None,
        });
    let ends: Vec<_> = ends.collect();
    let (lines, summary) = ran.err.split_once("────────\n").unwrap();
    assert_eq!(told(lines), ends, "{}", ran.err);
    let failed = |name: &&String| ["sh[7]", "sh[11]"].contains(&name.as_str());
    let failed: Vec<_> = ends.iter().filter(failed).cloned().collect();
    assert_eq!(told(summary), failed, "{}", ran.err);
}

/// The names of tasks in lines about their ends.
fn told(lines: &str) -> Vec<String> {
    let rows = lines.lines().filter(|line| line.contains("s] ("));
    let words = rows.flat_map(str::split_whitespace);
    words
        .filter(|word| word.starts_with("sh["))
        .map(str::to_owned)
        .collect()
}
