//! Whether a run printed what a page shows, but for what differs from run to run: times, pids, shares of processors.

/// The line with a letter in the place of each figure that no two runs share.
pub(crate) fn lasting(line: &str) -> String {
    let line = without_peak(line);
    let mut lasting = String::new();
    let mut rest = &*line;
    while let Some(at) = rest.find(|letter: char| letter.is_ascii_digit()) {
        let (before, from) = rest.split_at(at);
        lasting.push_str(before);
        let end = from
            .find(|letter: char| !letter.is_ascii_digit() && letter != '.')
            .unwrap_or(from.len());
        let (number, after) = from.split_at(end);
        rest = after;
        if let Some(machine) = after.strip_prefix(" CPU") {
            // As many as there are.
            lasting.push_str("CPUs");
            rest = machine.strip_prefix('s').unwrap_or(machine);
        } else if let Some(sign) = passing(&lasting, number, after) {
            // Columns are as wide as their figures.
            lasting.truncate(lasting.trim_end_matches(' ').len());
            if !lasting.ends_with(['(', '[', '>']) {
                lasting.push(' ');
            }
            lasting.push_str(sign);
        } else {
            lasting.push_str(number);
        }
    }
    lasting + rest
}

/// The line without the memory that a run took: only one that takes its time is looked at, which on a busy machine is any.
fn without_peak(line: &str) -> String {
    let (before, after) = line.split_once(" · peak ").unwrap_or((line, ""));
    let rest = after.split_once(" MiB PSS").map_or("", |(_, rest)| rest);
    format!("{before}{rest}")
}

/// What stands for a number that another run would have otherwise.
fn passing(before: &str, number: &str, after: &str) -> Option<&'static str> {
    let unit: String = after
        .chars()
        .take_while(char::is_ascii_alphabetic)
        .collect();
    let in_word = before.ends_with(|letter: char| letter.is_alphanumeric());
    match &*unit {
        "s" | "ms" | "us" | "ns" if !in_word => Some("T"),
        _ if before.ends_with("pid ") => Some("PID"),
        // Which of the tutorial's workers is the first to say something.
        _ if before.ends_with("Worker ") => Some("ANY"),
        // Slots of workers have fewer digits.
        _ if before.ends_with("worker ") && number.len() > 2 => Some("PID"),
        _ if after.starts_with(" %") => Some("SHARE"),
        _ => None,
    }
}

/// Whether these lines are shown by those. `…` on a line of its own is any lines, within a line any text.
pub(super) fn alike(shown: &[String], said: &[&str]) -> bool {
    match (shown, said) {
        ([], []) => true,
        ([], _) => false,
        ([any, rest @ ..], _) if any.trim() == "…" => {
            (0..=said.len()).any(|from| alike(rest, &said[from..]))
        }
        ([line, shown @ ..], [first, said @ ..]) => {
            line_is(&lasting(line), &lasting(first)) && alike(shown, said)
        }
        (_, []) => false,
    }
}

fn line_is(shown: &str, said: &str) -> bool {
    let Some((before, after)) = shown.split_once('…') else {
        return shown == said;
    };
    said.strip_prefix(before).is_some_and(|rest| {
        let ends = rest.char_indices().map(|(at, _)| at).chain([rest.len()]);
        ends.into_iter().any(|at| line_is(after, &rest[at..]))
    })
}

#[test]
fn what_no_two_runs_share_is_passed_over_and_nothing_else() {
    let shown = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
    for (page, said, expected) in [
        (
            "        OK [   0.120s] (1/3) a",
            "        OK [  12.001s] (1/3) a",
            true,
        ),
        (
            "        OK [   0.120s] (1/3) a",
            "        OK [   0.120s] (2/3) a",
            false,
        ),
        ("worker 4242 died", "worker 99 died", false),
        ("worker 4242 died", "worker 121212 died", true),
        ("CPU (75 % of 2 CPUs)", "CPU (0 % of 1 CPU)", true),
        ("Worker 0 시작", "Worker 3 시작", true),
        ("b3", "b4", false),
        ("one\n…\nfour", "one\ntwo\nthree\nfour", true),
        ("one\n…\nfour", "one\ntwo", false),
        ("tasks: a, …", "tasks: a, b, c", true),
        ("tasks: a, … c", "tasks: a, b, d", false),
        ("one", "one\ntwo", false),
        ("one\ntwo", "one", false),
    ] {
        let said: Vec<_> = said.lines().collect();
        assert_eq!(alike(&shown(page), &said), expected, "{page}");
    }
}
