//! Rule `cli-feature`: a runner's library never reaches what only its program needs.
//!
//! A library and its program share one list of dependencies, so the program's part of it is optional behind the
//! feature `cli`, which is on by default, and the program requires that feature.

use std::collections::BTreeSet;

use toml::Value;

use super::arrows::RUNNERS;
use super::manifest::{Dependency, Package, packages};
use super::modules::Module;
use super::targets::{Kind, targets};
use super::tree::Tree;
use super::violation::Violation;

/// Checks both runner packages.
pub(crate) fn check(tree: &Tree) -> Vec<Violation> {
    let packages = packages(tree);
    let runners = packages
        .iter()
        .filter(|package| RUNNERS.contains(&package.name.as_str()));
    runners
        .flat_map(|package| check_runner(tree, package))
        .collect()
}

fn check_runner(tree: &Tree, package: &Package) -> Vec<Violation> {
    let targets = targets(tree, package);
    let library = targets.iter().find(|target| target.kind == Kind::Lib);
    let library = library.and_then(|target| Module::of_crate(tree, &target.root));
    let has_program = targets.iter().any(|target| target.kind == Kind::Bin);
    let mut found = Vec::new();
    for dependency in package
        .dependencies
        .iter()
        .filter(|dependency| !dependency.dev)
    {
        let named = library
            .as_ref()
            .is_some_and(|library| library.all().iter().any(|m| names(m, &dependency.key)));
        let for_program = dependency.package == "anypool-runner" || (has_program && !named);
        if for_program && !dependency.optional {
            let what = format!(
                "only the program needs `{}`, and it is not optional",
                dependency.package
            );
            let help = format!(
                "make it `optional = true` and add `dep:{}` to the feature `cli`",
                dependency.key
            );
            found.push(violation(package, dependency.line, what, help));
        } else if for_program {
            found.extend(behind_cli(package, dependency));
        }
    }
    found.extend(has_program.then(|| program(package)).flatten());
    found
}

fn names(module: &Module, key: &str) -> bool {
    let name = key.replace('-', "_");
    let text = module.tokens.to_string();
    text.split(|c: char| !c.is_alphanumeric() && c != '_')
        .any(|word| word == name)
}

fn violation(package: &Package, line: usize, what: String, help: String) -> Violation {
    let why = "a program that uses the library must not compile a command line";
    Violation {
        rule: "cli-feature",
        file: package.file.clone(),
        line,
        what,
        why,
        help,
    }
}

fn behind_cli(package: &Package, dependency: &Dependency) -> Option<Violation> {
    let (key, line) = (&dependency.key, dependency.line);
    if !reached(package, "cli", "").contains(key) {
        let help = format!("add `dep:{key}` to `cli` in [features]");
        return Some(violation(
            package,
            line,
            format!("the feature `cli` does not bring in `{key}`"),
            help,
        ));
    }
    let others = features(package).filter(|(name, _)| !["cli", "default"].contains(name));
    let other = others
        .map(|(name, _)| name)
        .find(|name| reached(package, name, "cli").contains(key));
    other.map(|other| {
        let what = format!("the feature `{other}` brings in `{key}`, which is the program's");
        violation(
            package,
            line,
            what,
            "let `cli` alone bring it in".to_owned(),
        )
    })
}

fn features(package: &Package) -> impl Iterator<Item = (&str, Vec<&str>)> {
    let table = package
        .table
        .get("features")
        .and_then(Value::as_table)
        .into_iter()
        .flatten();
    table.map(|(name, list)| {
        let list = list
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str);
        (name.as_str(), list.collect())
    })
}

/// The dependencies that a feature brings in, not counting what it brings in through the feature `without`.
fn reached(package: &Package, feature: &str, without: &str) -> BTreeSet<String> {
    let mut seen = BTreeSet::from([without.to_owned()]);
    let mut open = vec![feature.to_owned()];
    let mut dependencies = BTreeSet::new();
    while let Some(name) = open.pop() {
        if !seen.insert(name.clone()) {
            continue;
        }
        for entry in features(package)
            .filter(|(known, _)| *known == name)
            .flat_map(|(_, list)| list)
        {
            match (entry.strip_prefix("dep:"), entry.split_once('/')) {
                (Some(dependency), _) => {
                    dependencies.insert(dependency.to_owned());
                }
                (None, Some((dependency, _))) if !dependency.ends_with('?') => {
                    dependencies.insert(dependency.to_owned());
                }
                _ => open.push(entry.to_owned()),
            }
        }
        // A feature of an optional dependency's name brings that dependency in.
        if package
            .dependencies
            .iter()
            .any(|dependency| dependency.optional && dependency.key == name)
        {
            dependencies.insert(name);
        }
    }
    dependencies
}

fn program(package: &Package) -> Option<Violation> {
    let bins: Vec<&Value> = package
        .table
        .get("bin")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .collect();
    let requires_cli = |bin: &&Value| {
        let required = bin
            .get("required-features")
            .and_then(Value::as_array)
            .into_iter()
            .flatten();
        required
            .filter_map(Value::as_str)
            .any(|feature| feature == "cli")
    };
    if bins.is_empty() || !bins.iter().all(requires_cli) {
        let help =
            "give the program a `[[bin]]` table with `required-features = [\"cli\"]`".to_owned();
        return Some(violation(
            package,
            1,
            format!("the program of `{}` does not require `cli`", package.name),
            help,
        ));
    }
    let by_default =
        features(package).any(|(name, list)| name == "default" && list.contains(&"cli"));
    (!by_default).then(|| {
        let what = format!("`cli` is not a default feature of `{}`", package.name);
        violation(
            package,
            1,
            what,
            "write `default = [\"cli\"]`, so that the program is built when asked for".to_owned(),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"
[package]
name = "thread-runner"
[features]
default = ["cli"]
cli = ["dep:anypool-runner", "dep:anyhow"]
fast = []
[[bin]]
name = "thread-runner"
path = "src/main.rs"
required-features = ["cli"]
[dependencies]
anypool-core = "1"
anypool-runner = { version = "1", optional = true }
anyhow = { version = "1", optional = true }
"#;

    fn broken(manifest: &str) -> Vec<String> {
        let tree = Tree::of(&[
            ("crates/t/Cargo.toml", manifest),
            ("crates/t/src/lib.rs", "pub use anypool_core::Task;"),
            (
                "crates/t/src/main.rs",
                "fn main() { anypool_runner::run() }",
            ),
        ]);
        check(&tree).into_iter().map(|v| v.what).collect()
    }

    #[test]
    fn a_program_behind_its_feature_passes() {
        assert_eq!(broken(GOOD), [""; 0]);
    }

    #[test]
    fn each_leak_fails() {
        for (from, to, what) in [
            (
                "anyhow = { version = \"1\", optional = true }",
                "anyhow = \"1\"",
                "only the program needs `anyhow`, and it is not optional",
            ),
            (
                "fast = []",
                "fast = [\"anypool-runner/x\"]",
                "the feature `fast` brings in `anypool-runner`, which is the program's",
            ),
            (
                "required-features = [\"cli\"]",
                "",
                "the program of `thread-runner` does not require `cli`",
            ),
            (
                "\"dep:anypool-runner\", ",
                "",
                "the feature `cli` does not bring in `anypool-runner`",
            ),
            (
                "default = [\"cli\"]",
                "default = []",
                "`cli` is not a default feature of `thread-runner`",
            ),
        ] {
            assert_eq!(broken(&GOOD.replace(from, to)), [what]);
        }
    }
}
