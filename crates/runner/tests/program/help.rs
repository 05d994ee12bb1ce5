//! The texts of `--help`: the same for both programs, but for their names and what stands under Isolation.

use super::child::run;

/// The text without the program's name, and what it says under Isolation.
fn help(arguments: &str) -> (String, String) {
    let ran = run(arguments);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    let text = ran.out.replace(crate::NAME, "RUNNER");
    match text.split_once("\nIsolation:\n") {
        Some((common, isolation)) => (common.to_owned(), isolation.to_owned()),
        None => (text, String::new()),
    }
}

#[test]
fn help_is_the_same_for_both_programs() {
    for (arguments, expected) in [
        ("--help", include_str!("help/top.txt")),
        ("spawn --help", include_str!("help/spawn.txt")),
        ("map --help", include_str!("help/map.txt")),
        ("exec --help", include_str!("help/exec.txt")),
        ("replay --help", include_str!("help/replay.txt")),
        ("list --help", include_str!("help/list.txt")),
        ("run --help", include_str!("help/run.txt")),
        ("check --help", include_str!("help/check.txt")),
        ("help", include_str!("help/top.txt")),
        ("help exec", include_str!("help/exec.txt")),
        ("help suite", include_str!("help/suite.txt")),
        ("help exit-codes", include_str!("help/exit-codes.txt")),
    ] {
        let (common, _) = help(arguments);
        assert_eq!(common, expected, "{arguments}");
    }
}

#[test]
fn isolation_is_the_programs_own() {
    let own = ["spawn --help", "map --help", "run --help"].map(|arguments| help(arguments).1);
    assert_eq!(own, crate::ISOLATION);
}

#[test]
fn the_page_of_events_tells_all_of_them() {
    let (page, schema) = (run("help events").out, run("schema events").out);
    for event in [
        "run-started",
        "task-output",
        "task-finished",
        "run-finished",
        "error",
    ] {
        assert!(page.contains(&format!("\n{event}: ")), "{event}");
        assert!(schema.contains(&format!("\"{event}\"")), "{event}");
    }
    for field in ["  key ", "  (digest) ", "  try "] {
        assert!(page.contains(field), "{field}");
    }
}

#[test]
fn a_page_that_is_not_there_is_told_from_those_that_are() {
    let ran = run("help exit-code");
    assert_eq!((ran.code, ran.out.as_str()), (2, ""));
    assert!(
        ran.err.contains("pages: suite, events, exit-codes"),
        "{}",
        ran.err
    );
    assert!(
        ran.err.contains("did you mean `exit-codes`?"),
        "{}",
        ran.err
    );
}

#[test]
fn the_version_is_told() {
    let ran = run("-V");
    let expected = format!("{} {}\n", crate::NAME, env!("CARGO_PKG_VERSION"));
    assert_eq!((ran.code, ran.out.as_str()), (0, expected.as_str()));
    // In full, it is told how the program was built.
    let ran = run("--version");
    assert_eq!(ran.code, 0);
    let mut lines = ran.out.lines();
    assert_eq!(lines.next(), Some(expected.trim_end()));
    let names: Vec<&str> = lines
        .filter_map(|line| Some(line.split_once(": ")?.0))
        .collect();
    assert_eq!(
        names,
        ["features", "allocator", "debug assertions", "platform"]
    );
    assert!(ran.out.contains("\nfeatures: cli"), "{}", ran.out);
}

#[test]
fn the_list_tells_every_task_in_both_forms() {
    let (table, json) = (run("list").out, run("list --format json").out);
    for task in [
        "worker", "square", "noop", "sleep", "spin", "primes", "panic", "abort", "segv", "exit",
        "hang",
    ] {
        assert!(table.lines().any(|line| line.starts_with(task)), "{task}");
        assert!(json.contains(&format!("\"name\": \"{task}\"")), "{task}");
    }
}
