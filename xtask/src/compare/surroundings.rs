//! What the figures depend on beside the arms: the machine, the commit, how the runners are built, the C library, and
//! Python's build.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anypool_compare::{Environment, Fact, Machine, facts, facts_at_the_end};

use super::Arguments;
use super::failure::Failure;
use crate::{build, workspace};

/// What Python is asked.
const BUILD_FLAGS: &str = "import sysconfig; print(sysconfig.get_config_var('CONFIG_ARGS') or '')";

/// Says all that is known when the comparison begins.
pub(super) fn describe(environment: &mut Environment, arguments: &Arguments) {
    environment.commit = commit();
    environment.facts = facts(&Machine::this(), !arguments.no_hostname);
    environment.facts.extend(software(&arguments.python));
}

/// Says how the runners in a folder are built, once they are.
///
/// # Errors
///
/// They have debug assertions, and that is not allowed.
pub(super) fn describe_runners(
    environment: &mut Environment,
    folder: &Path,
    allows_debug: bool,
) -> Result<(), Failure> {
    let asked = build::RUNNERS.map(|name| {
        let told = printed(folder.join(name).as_os_str(), &[OsStr::new("--version")]);
        (name, told.unwrap_or_default())
    });
    environment.facts.extend(of_runners(&asked));
    if !asked.iter().any(|(_, text)| text.contains(CHECKED)) {
        return Ok(());
    }
    environment.note_checks();
    match allows_debug {
        true => Ok(()),
        false => Err(Failure::Debug),
    }
}

/// What a runner says of itself that is slower than those of users.
const CHECKED: &str = "debug assertions: on";

/// What both of them say, once where it is the same.
fn of_runners(asked: &[(&str, String); 2]) -> Vec<Fact> {
    let facts = BUILT.map(|what| {
        let told = asked.each_ref().map(|(name, text)| {
            let mut lines = text.lines().filter_map(|line| line.split_once(": "));
            let value = lines
                .find(|(told, _)| *told == what)
                .map(|(_, value)| value);
            value.map_or_else(|| format!("n/a: {name} does not tell"), str::to_owned)
        });
        let value = match &told {
            [one, other] if one == other => one.clone(),
            [one, other] => format!("{one} ({}); {other} ({})", asked[0].0, asked[1].0),
        };
        Fact {
            name: format!("{what} of the runners"),
            value,
        }
    });
    facts.to_vec()
}

/// What the runners say of their build that figures depend on.
const BUILT: [&str; 3] = ["features", "allocator", "debug assertions"];

/// Says what has become of the machine.
pub(super) fn describe_the_end(environment: &mut Environment) {
    environment.facts.extend(facts_at_the_end(&Machine::this()));
}

/// The commit of the checkout, and whether files differ from it.
fn commit() -> String {
    let root = workspace::root();
    let git = |arguments: &[&str]| {
        let mut words = vec![OsStr::new("-C"), root.as_os_str()];
        words.extend(arguments.iter().map(OsStr::new));
        printed(OsStr::new("git"), &words)
    };
    let commit = git(&["rev-parse", "--short=10", "HEAD"]);
    let changes = git(&["status", "--porcelain", "--untracked-files=no"]);
    told(commit.as_deref(), changes.as_deref())
}

fn told(commit: Option<&str>, changes: Option<&str>) -> String {
    match (commit, changes) {
        (None | Some(""), _) => "n/a: git does not tell".to_owned(),
        (Some(commit), Some("")) => commit.to_owned(),
        (Some(commit), Some(_)) => format!("{commit} (with changes)"),
        (Some(commit), None) => format!("{commit} (git does not tell whether with changes)"),
    }
}

/// What is not the machine's, in the order in which it is shown.
fn software(pythons: &[PathBuf]) -> Vec<Fact> {
    let flags = [OsStr::new("-c"), OsStr::new(BUILD_FLAGS)];
    let of_python = |python: &PathBuf| Fact {
        name: match pythons {
            [_] => "flags of Python's build".to_owned(),
            _ => format!("flags of {}'s build", python.display()),
        },
        value: or_not(printed(python.as_os_str(), &flags), "it"),
    };
    let of_c = Fact {
        name: "C library".to_owned(),
        value: c_library(),
    };
    let of_pythons = pythons.iter().map(of_python);
    std::iter::once(of_c).chain(of_pythons).collect()
}

fn c_library() -> String {
    if cfg!(target_env = "musl") {
        return "musl, which is linked in".to_owned();
    }
    let words = [OsStr::new("GNU_LIBC_VERSION")];
    or_not(printed(OsStr::new("getconf"), &words), "getconf")
}

fn or_not(text: Option<String>, teller: &str) -> String {
    text.filter(|text| !text.is_empty())
        .unwrap_or_else(|| format!("n/a: {teller} does not tell"))
}

/// What a program prints; `None` where it cannot be run, or fails.
fn printed(program: &OsStr, arguments: &[&OsStr]) -> Option<String> {
    let mut command = Command::new(program);
    command
        .args(arguments)
        .stdin(Stdio::null())
        .stderr(Stdio::null());
    let output = command.output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn a_commit_says_whether_files_differ_from_it() {
        assert_eq!(told(Some("1a2b3c4d5e"), Some("")), "1a2b3c4d5e");
        assert_eq!(told(Some("1a2b"), Some(" M x.rs")), "1a2b (with changes)");
        assert!(told(Some("1a2b"), None).contains("does not tell"));
        assert_eq!(told(None, None), "n/a: git does not tell");
        assert_eq!(told(Some(""), Some("")), "n/a: git does not tell");
    }

    #[test]
    fn runners_with_debug_assertions_are_refused_unless_they_are_allowed() {
        let folder = tempfile::tempdir().unwrap();
        let build = |checks: &str| {
            for name in build::RUNNERS {
                let file = folder.path().join(name);
                fs::write(
                    &file,
                    format!("#!/bin/sh\necho 'debug assertions: {checks}'\n"),
                )
                .unwrap();
                fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
            }
        };
        let described = |allows_debug| {
            let mut environment = Environment::default();
            let done = describe_runners(&mut environment, folder.path(), allows_debug);
            (
                done.map_err(|failure| failure.exit().code()),
                environment.is_checked(),
            )
        };
        build("off");
        assert_eq!(described(false), (Ok(()), false));
        build("on");
        assert_eq!(described(false), (Err(70), true));
        assert_eq!(described(true), (Ok(()), true));
    }

    #[test]
    fn runners_say_how_they_are_built_and_where_they_differ() {
        let text = |features: &str| {
            format!("thread-runner 0.1.0\nfeatures: {features}\nallocator: glibc's\n")
        };
        let asked = |texts: [String; 2]| {
            let [one, other] = texts;
            let found = of_runners(&[("one", one), ("other", other)]);
            found.into_iter().map(|fact| fact.value).collect::<Vec<_>>()
        };
        let [features, allocator, checks] = &asked([text("cli"), text("cli, fuzzing")])[..] else {
            panic!("three facts");
        };
        assert_eq!(features, "cli (one); cli, fuzzing (other)");
        assert_eq!(allocator, "glibc's");
        assert_eq!(
            checks,
            "n/a: one does not tell (one); n/a: other does not tell (other)"
        );
        assert_eq!(asked([text("cli"), text("cli")])[0], "cli");
    }

    #[test]
    fn what_cannot_be_asked_is_not_known_and_no_failure() {
        let facts = software(&[PathBuf::from("/no/such/python")]);
        let found = facts
            .iter()
            .find(|fact| fact.name == "flags of Python's build");
        assert_eq!(found.unwrap().value, "n/a: it does not tell");
        assert!(facts.iter().all(|fact| !fact.value.is_empty()), "{facts:?}");
        assert_eq!(printed(OsStr::new("false"), &[]), None);
    }
}
