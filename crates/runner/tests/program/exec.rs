//! `exec`: any program, once for each argument.

use std::ffi::OsStr;
use std::io::{Seek as _, Write as _};
use std::os::unix::ffi::OsStrExt as _;
use std::process::{Command, Stdio};

use super::child::{Live, Ran, program};

/// `exec` with these options, for `script` as a program of its own with what is put in for `{}` as `$1`.
pub(super) fn script(options: &str, script: &str, arguments: &str) -> Command {
    let mut command = program(&format!("exec {options} -- sh -c"));
    command.args([script, "sh", "{}"]);
    command.args(":::".split_whitespace());
    command.args(arguments.split_whitespace());
    command
}

pub(super) fn ran(command: Command) -> Ran {
    Live::start(command).finish()
}

pub(super) fn run(arguments: &str) -> Ran {
    ran(program(arguments))
}

/// What standard input gives.
fn input(bytes: &[u8]) -> Stdio {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(bytes).unwrap();
    file.rewind().unwrap();
    file.into()
}

#[test]
fn each_argument_is_put_where_the_command_says() {
    let ran = run("exec -k -j 2 -- echo {#} {} {.} {/} {//} {/.} x{}y ::: a/b.c d");
    let expected = "1 a/b.c a/b b.c a b xa/b.cy\n2 d d d . d xdy\n";
    assert_eq!((ran.code, ran.out.as_str()), (0, expected), "{}", ran.err);
    assert_eq!(ran.err, "");
}

#[test]
fn a_flag_with_its_value_is_one_word_or_two_and_what_follows_the_program_is_its_own() {
    for flags in [
        "-k -j2 --",
        "-kj2 --",
        "-k --workers=2 --",
        "-k -j2",
        "-k -j -1",
    ] {
        let ran = run(&format!("exec {flags} echo -n -j3 --timeout ::: a b"));
        let expected = "-j3 --timeout a-j3 --timeout b";
        assert_eq!(
            (ran.code, ran.out.as_str()),
            (0, expected),
            "{flags}: {}",
            ran.err
        );
    }
    let ran = run("exec --no-such-flag echo ::: a");
    assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{}", ran.err);
}

#[test]
fn a_command_without_a_place_gets_the_argument_at_its_end() {
    let ran = run("exec -k -- echo one ::: two three");
    assert_eq!((ran.code, ran.out.as_str()), (0, "one two\none three\n"));
}

#[test]
fn several_lists_give_every_combination_and_linked_ones_go_together() {
    let ran = run("exec -k -- echo {1}{2} ::: a b ::: 1 2");
    assert_eq!((ran.code, ran.out.as_str()), (0, "a1\na2\nb1\nb2\n"));
    let ran = run("exec -k -- echo {2}{1} ::: a b :::+ 1 2");
    assert_eq!((ran.code, ran.out.as_str()), (0, "1a\n2b\n"));
}

#[test]
fn arguments_are_lines_of_standard_input_or_of_a_file_or_end_with_a_zero() {
    let mut lines = program("exec -k -- printf [%s]");
    lines.stdin(input(b"a b\nc\nlast"));
    assert_eq!(ran(lines).out, "[a b][c][last]");
    let mut zeros = program("exec -k -0 -- printf [%s]");
    zeros.stdin(input(b"a\nb\0c\0"));
    assert_eq!(ran(zeros).out, "[a\nb][c]");
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(b"x\ny\n").unwrap();
    let mut named = program("exec -k -j 1 -a");
    named.arg(file.path()).args(["--", "printf", "[%s]"]);
    assert_eq!(ran(named).out, "[x][y]");
}

#[test]
fn bytes_that_are_no_text_arrive_as_they_are() {
    let mut command = program("exec -- sh -c");
    command.args(["printf %s \"$1\" | od -An -tx1", "sh", "{}", ":::"]);
    command.arg(OsStr::from_bytes(b"a\xff\xfe"));
    let ran = ran(command);
    assert_eq!((ran.code, ran.out.trim()), (0, "61 ff fe"), "{}", ran.err);
}

#[test]
fn no_shell_reads_arguments_unless_it_is_asked_for_and_then_they_are_quoted() {
    let mut command = program("exec -- echo");
    command.args(["{}", ":::", "$(echo no); `no` 'it'"]);
    assert_eq!(ran(command).out, "$(echo no); `no` 'it'\n");
    let mut command = program("exec -k --shell --");
    command.args(["echo {} | tr a-z A-Z", ":::", "it's", "b;c $HOME"]);
    assert_eq!(ran(command).out, "IT'S\nB;C $HOME\n");
}

#[test]
fn a_dry_run_shows_what_a_shell_would_be_given_and_runs_nothing() {
    let mut command = program("exec --dry-run -- no-such-folder/tool {} {.}.bak :::");
    command.arg("a b.txt");
    let wrong = ran(command);
    assert_eq!(wrong.code, 69, "{}", wrong.err);
    let mut command = program("exec --dry-run -- cp {} {.}.bak :::");
    command.args(["a b.txt", "c.tgz"]);
    let ran = ran(command);
    let expected = "cp 'a b.txt' 'a b.bak'\ncp c.tgz c.bak\n";
    assert_eq!((ran.code, ran.out.as_str()), (0, expected));
}

#[test]
fn a_program_that_is_not_there_is_missing_before_anything_starts() {
    let ran = run("exec -- anypool-no-such-program {} ::: 1 2");
    assert_eq!((ran.code, ran.out.as_str()), (69, ""));
    assert!(
        ran.err
            .starts_with("error: there is no program `anypool-no-such-program`"),
        "{}",
        ran.err
    );
    assert!(ran.err.contains("help: "), "{}", ran.err);
}

#[test]
fn each_failure_is_a_line_that_says_how_and_the_others_go_on() {
    let text = "case $1 in a) exit 7;; b) kill -SEGV $$;; *) echo $1;; esac";
    let ran = ran(script("-j 1", text, "a b c"));
    assert_eq!((ran.code, ran.out.as_str()), (100, "c\n"));
    let lines: Vec<_> = ran.err.lines().collect();
    assert_eq!(lines.len(), 5, "{}", ran.err);
    assert!(lines[0].starts_with("    FAILED ["), "{}", ran.err);
    assert!(lines[0].ends_with("] (1/3) sh[a]  exit 7"), "{}", ran.err);
    assert!(lines[1].starts_with("   CRASHED ["), "{}", ran.err);
    assert!(lines[1].contains("SIGSEGV"), "{}", ran.err);
    assert!(lines[4].ends_with("first failure: sh[a]"), "{}", ran.err);
}

#[test]
fn what_one_program_prints_stays_together() {
    let text = "for n in 1 2 3 4 5 6 7 8 9; do echo $1 $n; echo $1 err >&2; done";
    let ran = ran(script("-j 4", text, "a b c d e f g h"));
    assert_eq!(ran.code, 0, "{}", ran.err);
    let lines: Vec<_> = ran.out.lines().collect();
    assert_eq!(lines.len(), 72, "{}", ran.out);
    for block in lines.chunks(9) {
        let name = &block[0][..1];
        for (number, line) in (1..).zip(block) {
            assert_eq!(*line, format!("{name} {number}"), "{}", ran.out);
        }
    }
    assert_eq!(ran.err.lines().count(), 72);
}

#[test]
fn lines_are_passed_on_whole_and_can_have_a_tag() {
    let text = "printf 'x%.0s' 1 2 3; sleep 0.01; echo \" $1\"; printf \"end $1\"";
    let lines = ran(script("-j 4 --output line", text, "a b c d"));
    let mut seen: Vec<_> = lines.out.lines().collect();
    seen.sort_unstable();
    let expected = [
        "end a", "end b", "end c", "end d", "xxx a", "xxx b", "xxx c", "xxx d",
    ];
    assert_eq!(seen, expected);
    let tagged = run("exec --output tag -- echo hello ::: a");
    assert_eq!(tagged.out.split('\t').nth(1), Some("hello a\n"));
    let dropped = run("exec --output none -- echo ::: a");
    assert_eq!((dropped.code, dropped.out.as_str()), (0, ""));
}

#[test]
fn a_flood_of_output_is_passed_on_in_order() {
    let text = "head -c 5000000 /dev/zero | tr '\\0' \"$1\"; echo";
    let ran = ran(script("-k -j 2", text, "a b"));
    assert_eq!((ran.code, ran.out.len()), (0, 10_000_002));
    let (first, second) = ran.out.split_once('\n').unwrap();
    assert!(first.bytes().all(|byte| byte == b'a'));
    assert!(second.trim_end().bytes().all(|byte| byte == b'b'));
}

#[test]
fn a_failure_is_tried_again_only_if_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let mark = folder.path().join("mark");
    let text = format!(
        "test -e {0} || {{ touch {0}; exit 1; }}; echo $1",
        mark.display()
    );
    let once = ran(script("", &text, "a"));
    assert_eq!((once.code, once.out.as_str()), (100, ""));
    std::fs::remove_file(&mark).unwrap();
    let twice = ran(script("--retries 1", &text, "a"));
    assert_eq!(
        (twice.code, twice.out.as_str()),
        (0, "a\n"),
        "{}",
        twice.err
    );
    std::fs::remove_file(&mark).unwrap();
    let flaky = ran(script("--retries 1 --flaky fail", &text, "a"));
    assert_eq!(flaky.code, 100);
}

#[test]
fn nothing_starts_after_enough_failures_or_successes() {
    let failing = ran(script("-j 1 --max-fail 2", "echo $1; exit 1", "1 2 3 4"));
    assert_eq!((failing.code, failing.out.as_str()), (100, "1\n2\n"));
    let winning = ran(script(
        "-j 1 --until-success 1",
        "echo $1; test $1 = 2",
        "1 2 3",
    ));
    assert_eq!((winning.code, winning.out.as_str()), (0, "1\n2\n"));
}

#[test]
fn wrong_command_lines_say_what_to_do() {
    for (arguments, told) in [
        ("exec ::: a", "there is no program to run"),
        ("exec -a x -- echo ::: a", "not from both"),
        ("exec --repeat 2 -- echo", "--repeat needs arguments"),
    ] {
        let ran = run(arguments);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{arguments}");
        assert!(ran.err.contains(told), "{arguments}: {}", ran.err);
    }
}
