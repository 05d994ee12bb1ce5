//! Whether what orphans of a run used is counted. Alone in its process, which must have no other children.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anypool_compare::{ChildRun, CommandLine, Run as _};

#[test]
fn what_orphans_of_a_run_used_is_in_its_usage() {
    let mut run = ChildRun {
        limit: Duration::from_secs(60),
        stop: Arc::default(),
        adopts: true,
    };
    // The shell ends at once, and what it started computes on.
    let script = "(i=0; while [ $i -lt 50000 ]; do i=$((i+1)); done) & exit 0";
    let command = CommandLine {
        program: PathBuf::from("/bin/sh"),
        arguments: ["-c", script].map(str::to_owned).to_vec(),
        ballast: None,
    };
    let usage = run.run(&command).unwrap().usage.unwrap();
    assert!(
        usage.user + usage.sys > Duration::from_millis(5),
        "{usage:?}"
    );
}
