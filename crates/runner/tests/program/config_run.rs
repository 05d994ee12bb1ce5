//! What the environment and the config file say about `run`, `check` and `list`, and how much that weighs beside a suite.

use std::process::{Command, Stdio};

use super::child::{Live, Ran, program};
use super::suites::Folder;

const SUITE: &str = "
[profile.ci]
defaults.timeout = \"3s\"

[[task]]
id = \"own\"
kind = \"noop\"
timeout = \"1s\"

[[task]]
id = \"plain\"
kind = \"noop\"
";

/// Runs the program with this config file, beside a suite.
fn run(config: &str, arguments: &str, environment: &[(&str, &str)]) -> Ran {
    let folder = Folder::with(SUITE);
    folder.write("anypool.toml", config);
    let suite = folder.path().join("some.toml");
    let mut command: Command = program(&arguments.replace("SUITE", suite.to_str().unwrap()));
    command.env("XDG_CONFIG_HOME", folder.path());
    command.envs(environment.iter().copied());
    command.stdout(Stdio::piped());
    Live::start(command).finish()
}

/// What a plan says of the time limits of the two tasks.
fn limits(ran: &Ran) -> [Option<&str>; 2] {
    assert_eq!(ran.code, 0, "{}", ran.err);
    ["own ", "plain "].map(|task| {
        let line = ran.out.lines().find(|line| line.starts_with(task)).unwrap();
        let (_, rest) = line.split_once("timeout ")?;
        rest.split([',', ' ', ')']).next()
    })
}

#[test]
fn a_suite_goes_before_the_config_file_and_behind_the_environment() {
    let config = "timeout = \"7s\"\n[profile.slow]\ntimeout = \"9s\"\n";
    let dry = "run SUITE --dry-run";
    for (arguments, environment, expected) in [
        ("", &[][..], [Some("1s"), Some("7s")]),
        ("--profile slow", &[], [Some("1s"), Some("9s")]),
        ("--profile ci", &[], [Some("1s"), Some("3s")]),
        (
            "--profile slow",
            &[("RUNNER_TIMEOUT", "5s")],
            [Some("5s"), Some("5s")],
        ),
        (
            "--timeout 4s",
            &[("RUNNER_TIMEOUT", "5s")],
            [Some("4s"), Some("4s")],
        ),
        ("", &[("RUNNER_PROFILE", "ci")], [Some("1s"), Some("3s")]),
    ] {
        let ran = run(config, &format!("{dry} {arguments}"), environment);
        assert_eq!(limits(&ran), expected, "{arguments} {environment:?}");
    }
}

#[test]
fn a_profile_may_be_the_suites_or_the_config_files_and_must_be_somebodys() {
    for command in ["run SUITE --dry-run", "check SUITE"] {
        for profile in ["ci", "slow"] {
            let ran = run(
                "[profile.slow]\n",
                &format!("{command} --profile {profile}"),
                &[],
            );
            assert_eq!(ran.code, 0, "{command} {profile}: {}", ran.err);
        }
        let ran = run("", &format!("{command} --profile slow"), &[]);
        assert_eq!(ran.code, 65, "{command}: {}", ran.err);
        assert!(ran.err.contains("no profile `slow`"), "{}", ran.err);
    }
}

#[test]
fn each_command_explains_what_holds() {
    let config = "status = \"all\"\nfilter = [\"own\"]\nformat = \"json\"\n";
    for (command, flag, value) in [
        ("run SUITE", "--status", "all"),
        ("run SUITE", "--filter", "own"),
        ("check SUITE", "--filter", "own"),
        ("list SUITE", "--format", "json"),
    ] {
        let ran = run(config, &format!("{command} --explain-config"), &[]);
        assert_eq!(ran.code, 0, "{command}: {}", ran.err);
        let row = ran.out.lines().find(|line| line.starts_with(flag));
        let row = row.unwrap_or_else(|| panic!("{command}:\n{}", ran.out));
        let words: Vec<_> = row.split_whitespace().collect();
        assert_eq!(words[1], value, "{row}");
        assert!(words[2].contains("anypool.toml:"), "{row}");
    }
    // What holds is what happens.
    let ran = run(config, "run SUITE -j 1", &[("RUNNER_STATUS", "ok")]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.err.contains("(1/1) own"), "{}", ran.err);
}
