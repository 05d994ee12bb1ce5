//! The lines that tell how far a run has come.

use std::time::Duration;

use unicode_width::UnicodeWidthChar as _;

use super::super::moment::Tally;
use super::super::roster::{Now, Running};
use crate::excerpt::OneLine;

/// So many tasks that run get a row.
const ROWS: usize = 8;

/// So many tasks must have run before the rest of the time says something.
const SAMPLE: u64 = 5;

/// How many columns the bar has at most.
const BAR: usize = 24;

/// The bar, and a row for each of those that have run longest, for a terminal of this size.
pub(super) fn board(now: &Now, time: Duration, (columns, rows): (usize, usize)) -> Vec<String> {
    // The last column stays free: some terminals break the line there already.
    let width = columns.saturating_sub(1);
    let room = rows.saturating_sub(2).min(ROWS);
    let mut lines = vec![bar(now, time, width)];
    lines.extend(
        now.oldest(room)
            .into_iter()
            .map(|running| row(running, time)),
    );
    let more = now.len().saturating_sub(room);
    if more > 0 && room > 0 {
        lines.truncate(room);
        lines.push(format!("  … and {} more", more + 1));
    }
    let cut = lines.iter().map(|line| fitting(line, width));
    cut.collect()
}

/// What is said where nothing can be drawn.
pub(super) fn line(now: &Now) -> String {
    let oldest = now.oldest(3);
    let names = oldest
        .iter()
        .map(|running| OneLine(&running.started.task).to_string());
    let mut names = names.collect::<Vec<_>>().join(", ");
    if now.len() > oldest.len() {
        names.push_str(", …");
    }
    let count = count(&now.tally);
    format!("{count}  {} still running: {names}", now.len())
}

fn bar(now: &Now, time: Duration, width: usize) -> String {
    let tally = &now.tally;
    let mut parts = vec![count(tally), format!("{} running", now.len())];
    let failed = tally.counts.not_ok();
    if failed > 0 {
        parts.push(format!("{failed} failed"));
    }
    let seconds = |time: Duration| humantime::format_duration(Duration::from_secs(time.as_secs()));
    parts.push(match left(tally, time) {
        Some(left) => format!("{}, ~{} left", seconds(time), seconds(left)),
        None => seconds(time).to_string(),
    });
    let text = parts.join(" · ");
    let room = width.saturating_sub(columns(&text) + 3).min(BAR);
    match tally.total {
        Some(total) if room >= 4 => {
            format!("[{}] {text}", drawn(tally.counts.settled(), total, room))
        }
        _ => text,
    }
}

fn count(tally: &Tally) -> String {
    let settled = tally.counts.settled();
    match tally.total {
        Some(total) => format!("{settled}/{total}"),
        None => format!("{settled} done"),
    }
}

fn drawn(settled: u64, total: u64, room: usize) -> String {
    let share = u128::from(settled) * room as u128 / u128::from(total.max(1));
    let full = usize::try_from(share).unwrap_or(room).min(room);
    let head = if full < room { ">" } else { "" };
    format!("{:<room$}", format!("{}{head}", "=".repeat(full)))
}

/// How long the rest takes, if it goes on like this.
fn left(tally: &Tally, time: Duration) -> Option<Duration> {
    let run = tally.counts.run();
    let rest = tally.total?.saturating_sub(tally.counts.settled());
    if run < SAMPLE || rest == 0 {
        return None;
    }
    let nanos = time.as_nanos().saturating_mul(rest.into()) / u128::from(run);
    Some(Duration::from_nanos(u64::try_from(nanos).ok()?))
}

fn row(running: &Running, time: Duration) -> String {
    let ran = time.saturating_sub(Duration::from_nanos(running.since));
    let task = OneLine(&running.started.task);
    format!("  [{:>8.1}s] {task}", ran.as_secs_f64())
}

/// As much of a line as fits.
fn fitting(line: &str, width: usize) -> String {
    if columns(line) <= width {
        return line.to_owned();
    }
    let mut taken = 0;
    let fits = |letter: &char| {
        taken += letter.width().unwrap_or(0);
        taken < width
    };
    let mut cut: String = line.chars().take_while(fits).collect();
    if width > 0 {
        cut.push('…');
    }
    cut
}

fn columns(line: &str) -> usize {
    line.chars().map(|letter| letter.width().unwrap_or(0)).sum()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::super::listener::Listener as _;
    use super::super::super::moment::Moment;
    use super::super::super::roster::Roster;
    use super::*;
    use crate::event::samples::samples;
    use crate::event::{Counts, Event, Stamped};

    /// So many tasks run, and so many have ended.
    fn roster(running: u64, ok: u64, failed: u64, total: Option<u64>) -> Arc<Roster> {
        let roster = Arc::<Roster>::default();
        let mut samples = samples().into_iter().map(|sample| sample.event);
        let sample = samples.find_map(|event| match event {
            Event::TaskStarted(started) => Some(started),
            _ => None,
        });
        let counts = Counts {
            ok,
            failed,
            ..Counts::default()
        };
        for index in 0..running {
            let mut started = sample.clone().unwrap();
            started.index = index;
            started.task = format!("일[{index}]").into();
            let t = index * 1_000_000_000;
            let event = Event::TaskStarted(started);
            let stamped = Stamped { t, event };
            let tally = Tally {
                total,
                counts,
                ..Tally::default()
            };
            roster.hear(&Moment { stamped, tally });
        }
        roster
    }

    const TIME: Duration = Duration::from_millis(14_200);

    #[test]
    fn the_bar_and_what_runs_are_shown() {
        let lines = board(&roster(2, 11, 1, Some(27)).now(), TIME, (80, 24));
        assert_eq!(
            lines,
            [
                "[==========>             ] 12/27 · 2 running · 1 failed · 14s, ~17s left",
                "  [    14.2s] 일[0]",
                "  [    13.2s] 일[1]",
            ]
        );
    }

    #[test]
    fn nothing_is_made_up_where_little_is_known() {
        let unknown = board(&roster(1, 11, 0, None).now(), TIME, (80, 24));
        assert_eq!(unknown[0], "11 done · 1 running · 14s");
        let early = board(&roster(1, 4, 0, Some(27)).now(), TIME, (80, 24));
        assert!(early[0].ends_with("· 14s"), "{early:?}");
    }

    #[test]
    fn eight_rows_are_enough_and_a_low_terminal_has_fewer() {
        let many = roster(100, 0, 0, Some(200));
        let lines = board(&many.now(), TIME, (80, 24));
        assert_eq!((lines.len(), lines[8].as_str()), (9, "  … and 93 more"));
        assert_eq!(board(&many.now(), TIME, (80, 5)).len(), 4);
        assert_eq!(board(&many.now(), TIME, (80, 1)).len(), 1);
        assert_eq!(board(&roster(8, 0, 0, None).now(), TIME, (80, 24)).len(), 9);
    }

    #[test]
    fn no_line_is_wider_than_the_terminal() {
        let many = roster(9, 7, 1, Some(1_000_000));
        for width in 0..100 {
            for line in board(&many.now(), TIME, (width, 24)) {
                assert!(columns(&line) <= width.saturating_sub(1), "{width}: {line}");
            }
        }
    }

    #[test]
    fn a_line_names_some_of_those_that_run() {
        let text = line(&roster(5, 11, 1, Some(27)).now());
        assert_eq!(text, "12/27  5 still running: 일[0], 일[1], 일[2], …");
    }
}
