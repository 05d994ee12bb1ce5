//! Rule `fault-points`: only the workspace's own tests turn on the feature with which processes can be made to fail.
//!
//! A feature is on for everything that is built together. So it stands under `[dev-dependencies]` of the tests alone,
//! which cargo leaves out of a build of the programs; anywhere else, a build would give the programs away.

use toml::{Table, Value};

use super::tree::Tree;
use super::violation::Violation;

const FEATURE: &str = "fault-points";

/// The one place: a manifest, and the way to the list of features in it.
const ALLOWED: (&str, &[&str]) = (
    "tests/Cargo.toml",
    &["dev-dependencies", "process-runner", "features"],
);

/// Checks every manifest.
pub(crate) fn check(tree: &Tree) -> Vec<Violation> {
    let mut found = Vec::new();
    let manifests = tree
        .files()
        .filter(|(path, _)| path.rsplit('/').next() == Some("Cargo.toml"));
    for (path, text) in manifests {
        // One that is not TOML is cargo's to report.
        let Ok(manifest) = text.parse::<Table>() else {
            continue;
        };
        let mut ways = Vec::new();
        turned_on(&Value::Table(manifest), &mut Vec::new(), &mut ways);
        ways.retain(|way| path != ALLOWED.0 || way != ALLOWED.1);
        found.extend(ways.iter().map(|way| violation(path, text, way)));
    }
    found
}

/// Finds the ways to all lists that name the feature.
fn turned_on(value: &Value, way: &mut Vec<String>, ways: &mut Vec<Vec<String>>) {
    match value {
        Value::Table(table) => {
            for (key, value) in table {
                way.push(key.clone());
                turned_on(value, way, ways);
                way.pop();
            }
        }
        Value::Array(list) => {
            for value in list {
                match value.as_str().and_then(|name| name.rsplit('/').next()) {
                    Some(FEATURE) => ways.push(way.clone()),
                    _ => turned_on(value, way, ways),
                }
            }
        }
        _ => {}
    }
}

fn violation(file: &str, text: &str, way: &[String]) -> Violation {
    let quoted = |line: &str| line.contains(FEATURE) && line.contains('"');
    Violation {
        rule: "fault-points",
        file: file.to_owned(),
        line: text.lines().position(quoted).map_or(1, |index| index + 1),
        what: format!("`{}` turns on `{FEATURE}`", way.join(".")),
        why: "with it, all code in a program can kill its pools' processes",
        help: "leave it to the [dev-dependencies] of the tests package".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn broken(path: &str, manifest: &str) -> Vec<String> {
        let found = check(&Tree::of(&[(path, manifest)]));
        found.into_iter().map(|violation| violation.what).collect()
    }

    #[test]
    fn the_tests_may_and_the_feature_may_be_declared() {
        let dev = "[dev-dependencies]\nprocess-runner = { path = \"p\", features = [\"fault-points\"] }\n";
        assert_eq!(broken("tests/Cargo.toml", dev), [""; 0]);
        let declared = "[features]\nfault-points = []\n";
        assert_eq!(
            broken("crates/process-runner/Cargo.toml", declared),
            [""; 0]
        );
    }

    #[test]
    fn everything_else_fails() {
        for (path, manifest, way) in [
            (
                "tests/Cargo.toml",
                "[dependencies]\nprocess-runner = { path = \"p\", features = [\"fault-points\"] }\n",
                "dependencies.process-runner.features",
            ),
            (
                "crates/anypool/Cargo.toml",
                "[features]\nprocesses = [\"process-runner/fault-points\"]\n",
                "features.processes",
            ),
            (
                "crates/process-runner/Cargo.toml",
                "[features]\ndefault = [\"cli\", \"fault-points\"]\n",
                "features.default",
            ),
            (
                "crates/process-runner/Cargo.toml",
                "[[bin]]\nname = \"p\"\nrequired-features = [\"fault-points\"]\n",
                "bin.required-features",
            ),
            (
                "Cargo.toml",
                "[workspace.dependencies]\np = { path = \"p\", features = [\"fault-points\"] }\n",
                "workspace.dependencies.p.features",
            ),
        ] {
            let what = format!("`{way}` turns on `fault-points`");
            assert_eq!(broken(path, manifest), [what]);
        }
    }
}
