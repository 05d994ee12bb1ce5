//! What holds where the command line says nothing: environment, profile, file and default, in this order.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use tempfile::TempDir;

use super::child::{Live, Ran, program, run};

/// A folder with a config file.
struct Desk(TempDir);

impl Desk {
    fn with(config: &str) -> Self {
        let desk = Self(tempfile::tempdir().unwrap());
        fs::write(desk.file(), config).unwrap();
        desk
    }

    fn file(&self) -> PathBuf {
        self.0.path().join("anypool.toml")
    }

    /// A command line that finds the file by itself.
    fn command(&self, arguments: &str) -> Command {
        let mut command = program(arguments);
        command.env("XDG_CONFIG_HOME", self.0.path());
        command
    }

    fn run(&self, arguments: &str, environment: &[(&str, &str)]) -> Ran {
        let mut command = self.command(arguments);
        command.envs(environment.iter().copied());
        command.stdout(std::process::Stdio::piped());
        Live::start(command).finish()
    }
}

/// What is told of a flag: its value, and where that comes from.
fn told<'t>(table: &'t str, flag: &str) -> Option<(&'t str, &'t str)> {
    let row = table
        .lines()
        .find_map(|line| line.strip_prefix(flag)?.strip_prefix(' '))?;
    let (value, origin) = row.trim_start().split_once(' ')?;
    Some((value, origin.trim_start()))
}

const CONFIG: &str = "workers = 1\ngrace = \"1s\"\ngil = true\nmemory-limit = \"1G\"\nretries = 2\n
[profile.ci]\ngrace = \"3s\"\noutput = \"none\"\n";

#[test]
fn what_weighs_more_goes_first_and_is_explained() {
    let desk = Desk::with(CONFIG);
    let file = desk.file().display().to_string();
    let environment = [("RUNNER_GRACE", "4s"), ("RUNNER_OUTPUT", "line")];
    for (flags, environment, flag, value, origin) in [
        ("", &[][..], "--timeout", "-", "default".to_owned()),
        ("", &[], "--workers", "1", format!("{file}:1:1")),
        ("", &[], "--gil", "5ms", format!("{file}:3:1")),
        ("", &[], "--grace", "1s", format!("{file}:2:1")),
        (
            "--profile ci",
            &[],
            "--grace",
            "3s",
            format!("profile ci, {file}:8:1"),
        ),
        ("--profile ci", &[], "--workers", "1", format!("{file}:1:1")),
        (
            "--profile ci",
            &environment,
            "--grace",
            "4s",
            "RUNNER_GRACE in the environment".to_owned(),
        ),
        (
            "--profile ci --grace 5s",
            &environment,
            "--grace",
            "5s",
            "the command line".to_owned(),
        ),
    ] {
        let ran = desk.run(&format!("map noop 1 --explain-config {flags}"), environment);
        assert_eq!(ran.code, 0, "{}", ran.err);
        assert_eq!(
            told(&ran.out, flag),
            Some((value, &*origin)),
            "{flags}:\n{}",
            ran.out
        );
    }
}

#[test]
fn what_is_found_holds() {
    let desk = Desk::with("output = \"none\"\n[profile.loud]\noutput = \"line\"\n");
    let line = "spawn worker -s secs=0 -s lang=en";
    assert_eq!(desk.run(line, &[]).out, "All tasks done\n");
    let loud = "Worker 0 started\nWorker 0 done\nAll tasks done\n";
    assert_eq!(desk.run(&format!("{line} --profile loud"), &[]).out, loud);
    assert_eq!(desk.run(line, &[("RUNNER_OUTPUT", "line")]).out, loud);
    assert_eq!(desk.run(line, &[("RUNNER_PROFILE", "loud")]).out, loud);
    // Another command's flag is no concern of this one's, and neither is a variable that is somebody else's.
    let desk = Desk::with("keep-order = true\n");
    let ran = desk.run(
        "map noop 1",
        &[("RUNNER_TEMP", "/tmp"), ("RUNNER_KEEP_ORDER", "true")],
    );
    assert_eq!((ran.code, ran.out.as_str()), (0, "[0]\n"), "{}", ran.err);
}

#[test]
fn what_contradicts_something_that_weighs_more_is_left_out() {
    let desk = Desk::with("workers = 3\ntimeout = \"1m\"\n");
    let ran = desk.run("map noop 1 --inline", &[("RUNNER_WORKERS", "2")]);
    assert_eq!((ran.code, ran.out.as_str()), (0, "[0]\n"), "{}", ran.err);
    let ran = desk.run("map noop 1", &[("RUNNER_INLINE", "1")]);
    assert_eq!((ran.code, ran.out.as_str()), (0, "[0]\n"), "{}", ran.err);
}

#[test]
fn what_is_wrong_is_told_with_its_place() {
    for (config, arguments, code, words) in [
        (
            "workrs = 2\n",
            "map noop 1",
            65,
            &["no flag `--workrs`", "toml:1:1", "did you mean `workers`?"][..],
        ),
        (
            "workers = 0\ngrace = 5\n",
            "map noop 1",
            65,
            &["toml:1:1", "would ever run", "toml:2:1", "time unit needed"],
        ),
        (
            "inline = \"maybe\"\n",
            "map noop 1",
            65,
            &["true or false", "toml:1:1"],
        ),
        (
            "gil = {}\n",
            "map noop 1",
            65,
            &["`gil` is a text", "toml:1:7"],
        ),
        (
            "[profile]\nci = 1\n",
            "map noop 1",
            65,
            &["profile `ci` is no table"],
        ),
        (
            "workers = [",
            "map noop 1",
            65,
            &["is no TOML", "toml:1:12"],
        ),
        (
            "[profile.ci]\n",
            "map noop 1 --profile cii",
            2,
            &["no profile `cii`", "did you mean `ci`?"],
        ),
    ] {
        let ran = Desk::with(config).run(arguments, &[]);
        assert_eq!((ran.code, ran.out.as_str()), (code, ""), "{config}");
        for word in words {
            assert!(
                ran.err.contains(word),
                "{config}: {word:?} is not in\n{}",
                ran.err
            );
        }
    }
}

#[test]
fn all_that_is_wrong_with_a_file_is_told_at_once_from_its_first_line_to_its_last() {
    let config = "grace = 5\nworkrs = 2\nworkers = 0\nqueue = \"x\"\ngrace = \"1s\"\n
[profile.ci]\ncolor = \"nevr\"\n[profile.lab]\ntimeout = 3\n";
    // What weighs more, or is another command's or another profile's, is no better for that.
    let ran = Desk::with(config).run("exec --grace 2s --profile ci -- echo ::: a", &[]);
    assert_eq!((ran.code, ran.out.as_str()), (65, ""), "{}", ran.err);
    let places = ran
        .err
        .lines()
        .filter_map(|line| line.split("toml:").nth(1));
    let places: Vec<_> = places.collect();
    let expected = ["1:1", "2:1", "3:1", "4:1", "5:1", "8:1", "10:1"];
    assert_eq!(places, expected, "{}", ran.err);
    for word in [
        "`workers`?",
        "`never`?",
        "= it takes auto, always, never",
        "duplicate key",
    ] {
        assert!(ran.err.contains(word), "{word}: {}", ran.err);
    }
}

#[test]
fn what_is_wrong_elsewhere_is_told_too() {
    let ran = Desk::with("").run("map noop 1", &[("RUNNER_WORKERS", "0")]);
    assert_eq!((ran.code, ran.out.as_str()), (2, ""));
    assert!(
        ran.err.contains("RUNNER_WORKERS in the environment"),
        "{}",
        ran.err
    );
    let ran = run("map noop 1 --config no-such.toml");
    assert_eq!((ran.code, ran.out.as_str()), (69, ""));
    let ran = run("map noop 1 --profile ci");
    assert_eq!((ran.code, ran.out.as_str()), (2, ""));
}

#[test]
fn every_shell_gets_its_script() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let ran = run(&format!("completions {shell}"));
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{shell}");
        assert!(
            ran.out.contains("explain-config") && ran.out.contains(crate::NAME),
            "{shell}"
        );
    }
    assert_eq!(run("completions").code, 2);
}
