//! What runs, for somebody who asks: a run that seems to hang tells on `SIGUSR1` what it does.

use std::fmt::Write as _;
use std::time::Duration;

use super::roster::{Now, Running};
use crate::excerpt::OneLine;

/// So many tasks are told of.
const MOST: usize = 64;

/// So many of the last lines of each are told.
const LINES: usize = 4;

/// What runs now, at this time of the run.
pub(super) fn dump(now: &Now, time: Duration) -> String {
    let settled = now.tally.counts.settled();
    let mut text = format!("{} running, {settled} ended", now.len());
    // Writing to a string cannot fail.
    let _ = match now.tally.total {
        Some(total) => writeln!(text, " of {total}"),
        None => writeln!(text),
    };
    for running in now.oldest(MOST) {
        text.push_str(&row(running, time));
    }
    if now.len() > MOST {
        let _ = writeln!(text, "  … and {} more", now.len() - MOST);
    }
    text
}

fn row(running: &Running, time: Duration) -> String {
    let started = &running.started;
    let ran = time.saturating_sub(Duration::from_nanos(running.since));
    let mut text = format!("  [{:>8.1}s] {}", ran.as_secs_f64(), OneLine(&started.task));
    let _ = write!(text, "  worker {}", started.worker);
    if let Some(pid) = started.pid {
        let _ = write!(text, ", pid {pid}");
    }
    if started.attempt > 1 {
        let _ = write!(text, ", try {}", started.attempt);
    }
    text.push('\n');
    let tail = String::from_utf8_lossy(&running.tail);
    let lines: Vec<_> = tail.lines().collect();
    for line in &lines[lines.len().saturating_sub(LINES)..] {
        let _ = writeln!(text, "             | {}", OneLine(line));
    }
    text
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::listener::Listener as _;
    use super::super::moment::{Moment, Tally};
    use super::super::roster::Roster;
    use super::*;
    use crate::event::samples::samples;
    use crate::event::{Event, Stamped};

    #[test]
    fn what_runs_is_told_with_the_end_of_what_it_printed() {
        let roster = Arc::<Roster>::default();
        let mut tally = Tally::default();
        for Stamped { t, event } in samples() {
            tally.count(&event);
            if matches!(event, Event::TaskStarted(_) | Event::TaskOutput(_)) {
                let stamped = Stamped { t, event };
                roster.hear(&Moment { stamped, tally });
            }
        }
        let text = dump(&roster.now(), Duration::from_secs(14));
        let expected = "1 running, 0 ended of 27\n  [    14.0s] thumbs[a.png]  worker 0, pid 4242\n             | \
                        convert: \"a\"\n             | \\u{0}\u{fffd}\u{fffd}\n";
        assert_eq!(text, expected);
    }
}
