//! The lines at the end of a run.

use std::path::Path;
use std::time::Duration;

use super::grid::Grid;
use crate::event::{Counts, RunFinished, RunStarted, Verdict};
use crate::excerpt::OneLine;
use crate::exec::template::quote;

/// The line at the beginning: who runs what, on how many workers.
pub(super) fn header(started: &RunStarted) -> String {
    let mut parts = vec![format!("{} {}", started.runner, started.version)];
    let name = started
        .name
        .as_deref()
        .map(|name| OneLine(name).to_string());
    parts.push(match name {
        Some(name) => format!("{} {name}", started.command),
        None => started.command.clone(),
    });
    if let Some(tasks) = started.tasks {
        parts.push(plural(tasks, "task"));
    }
    let workers = plural(started.workers, "worker");
    parts.push(match &started.workers_from {
        Some(from) => format!("{workers} ({from})"),
        None => workers,
    });
    if let Some(seed) = started.seed {
        parts.push(format!("seed {seed}"));
    }
    format!(" {}", parts.join(" · "))
}

/// The lines at the end: how many ended how, and what it took.
pub(super) fn summary(grid: &Grid, finished: &RunFinished, cpus: u64) -> String {
    let taken = finished.setup + finished.work + finished.teardown;
    let wall = Duration::from_nanos(taken);
    let ended = format!("{}  {}", rounded(wall), counts(&finished.counts));
    let mut lines = vec![grid.own("Summary", &ended)];
    let mut parts = vec![used(finished, wall, cpus)];
    if let Some(bytes) = finished.peak_pss {
        parts.push(format!("peak {} MiB PSS", bytes >> 20));
    }
    if let Some(task) = &finished.first_failure {
        parts.push(format!("first failure: {}", OneLine(task)));
    }
    if let Some(cause) = finished.stopped {
        parts.push(format!("stopped: {cause}"));
    }
    lines.push(format!("{:>10} {}", "", parts.join(" · ")));
    lines.join("\n")
}

/// The flag by which the rest of a run is done: what failed, or after a stop also what nobody has begun.
pub(super) fn rest(finished: &RunFinished) -> &'static str {
    match finished.stopped {
        Some(_) => "--resume",
        None => "--rerun-failed",
    }
}

/// The command that does the rest, by this log: the one that was given, with `flag` more and without one that says
/// something like it.
pub(super) fn rerun(argv: &[String], flag: &str, log: &Path) -> Option<String> {
    let [program, command, rest @ ..] = argv else {
        return None;
    };
    let program = Path::new(program).file_name()?.to_str()?;
    let log = log.to_str()?;
    let mut words = vec![program, command, flag, log];
    let mut rest = rest.iter().map(String::as_str);
    while let Some(word) = rest.next() {
        match word {
            "--resume" | "--rerun-failed" => _ = rest.next(),
            _ if word.starts_with("--resume=") || word.starts_with("--rerun-failed=") => {}
            _ => words.push(word),
        }
        if word == "--" {
            words.extend(rest.by_ref());
        }
    }
    let mut line = Vec::new();
    for word in words {
        if !line.is_empty() {
            line.push(b' ');
        }
        quote(word.as_bytes(), &mut line);
    }
    Some(String::from_utf8_lossy(&line).into_owned())
}

fn counts(counts: &Counts) -> String {
    let extras = [(counts.flaky, "flaky"), (counts.slow, "slow")];
    let mut parts = vec![format!("{} ok{}", counts.ok, listed(&extras, " (", ")"))];
    if counts.not_ok() > 0 {
        let bad = [
            (counts.failed, "failed"),
            (counts.panicked, "panicked"),
            (counts.crashed, "crashed"),
            (counts.timed_out, "timed out"),
            (counts.leaked, "leaked"),
        ];
        parts.push(format!(
            "{} not ok{}",
            counts.not_ok(),
            listed(&bad, ": ", "")
        ));
    }
    let mut text = format!("{} run: {}", counts.run(), parts.join(", "));
    for verdict in [Verdict::Cancelled, Verdict::Skipped] {
        if counts.of(verdict) > 0 {
            text.push_str(&format!(" · {} {verdict}", counts.of(verdict)));
        }
    }
    text
}

/// Those that there are, between `before` and `after`; nothing when there are none.
fn listed(counts: &[(u64, &str)], before: &str, after: &str) -> String {
    let some = counts.iter().filter(|(count, _)| *count > 0);
    let some: Vec<_> = some
        .map(|(count, what)| format!("{count} {what}"))
        .collect();
    match some.is_empty() {
        true => String::new(),
        false => format!("{before}{}{after}", some.join(", ")),
    }
}

/// Processor time, and what share it is of what there was.
fn used(finished: &RunFinished, wall: Duration, cpus: u64) -> String {
    let [user, sys] = [finished.user, finished.sys].map(Duration::from_nanos);
    let (user_s, sys_s) = (user.as_secs_f64(), sys.as_secs_f64());
    let available = wall.as_nanos().saturating_mul(cpus.into()).max(1);
    let share = ((user + sys).as_nanos() * 100 / available).min(100);
    format!(
        "CPU {user_s:.1}s user {sys_s:.1}s sys ({share} % of {})",
        plural(cpus, "CPU")
    )
}

fn plural(count: u64, what: &str) -> String {
    match count {
        1 => format!("1 {what}"),
        _ => format!("{count} {what}s"),
    }
}

/// A time that somebody reads.
fn rounded(time: Duration) -> String {
    match time.as_secs() {
        0..60 => format!("{:.1}s", time.as_secs_f64()),
        seconds => humantime::format_duration(Duration::from_secs(seconds)).to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::settings::StatusLevel;
    use super::*;
    use crate::event::StopCause;

    #[test]
    fn the_header_says_who_runs_what() {
        let mut started = RunStarted {
            runner: "thread-runner".to_owned(),
            version: "0.1.0".to_owned(),
            command: "exec".to_owned(),
            name: Some("zstd".to_owned()),
            workers: 1,
            ..RunStarted::default()
        };
        assert_eq!(
            header(&started),
            " thread-runner 0.1.0 · exec zstd · 1 worker"
        );
        started.tasks = Some(27);
        started.workers = 2;
        started.workers_from = Some("auto: 2 of 2 CPUs allowed".to_owned());
        started.seed = Some(42);
        assert_eq!(
            header(&started),
            " thread-runner 0.1.0 · exec zstd · 27 tasks · 2 workers (auto: 2 of 2 CPUs allowed) · seed 42"
        );
    }

    #[test]
    fn what_failed_is_run_again_by_the_same_words_and_one_flag_more() {
        let again = |argv: &str| {
            let argv: Vec<_> = argv.split(' ').map(str::to_owned).collect();
            rerun(&argv, "--rerun-failed", Path::new("a b.jsonl"))
        };
        let expected = "t exec --rerun-failed 'a b.jsonl' -j2 -- echo --resume x ::: a";
        for given in [
            "/bin/t exec -j2 -- echo --resume x ::: a",
            "t exec --resume old -j2 -- echo --resume x ::: a",
            "t exec --rerun-failed=old -j2 -- echo --resume x ::: a",
        ] {
            assert_eq!(again(given).unwrap(), expected);
        }
        assert_eq!(again("t"), None);
    }

    #[test]
    fn what_nobody_has_begun_is_no_failure_to_run_again() {
        let mut finished = RunFinished::default();
        assert_eq!(rest(&finished), "--rerun-failed");
        finished.stopped = Some(StopCause::MaxFail);
        assert_eq!(rest(&finished), "--resume");
    }

    #[test]
    fn the_summary_names_the_first_failure() {
        let grid = Grid::new(StatusLevel::All);
        let mut finished = RunFinished {
            work: 33_400_000_000,
            user: 41_200_000_000,
            sys: 1_100_000_000,
            ..RunFinished::default()
        };
        finished.counts.ok = 3;
        let good = summary(&grid, &finished, 2);
        assert!(
            good.ends_with(
                "33.4s  3 run: 3 ok\n           CPU 41.2s user 1.1s sys (63 % of 2 CPUs)"
            ),
            "{good}"
        );
        finished.counts.flaky = 1;
        finished.counts.failed = 1;
        finished.counts.timed_out = 1;
        finished.counts.skipped = 4;
        finished.peak_pss = Some(38 << 20);
        finished.first_failure = Some("thumbs[c.png]".into());
        finished.stopped = Some(StopCause::MaxFail);
        finished.work = 3_600_000_000_000;
        let bad = summary(&grid, &finished, 2);
        assert!(
            bad.contains(
                "1h  5 run: 3 ok (1 flaky), 2 not ok: 1 failed, 1 timed out · 4 skipped\n"
            ),
            "{bad}"
        );
        assert!(bad.ends_with(
            " · peak 38 MiB PSS · first failure: thumbs[c.png] · stopped: --max-fail was reached"
        ), "{bad}");
    }
}
