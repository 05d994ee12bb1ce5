//! Rule `arrows`: which package may depend on which, and what the core never depends on.
//!
//! The table below is the design's. What a runner's program needs beyond its library is the business of
//! [`cli_feature`](super::cli_feature).

use super::manifest::{Dependency, Package, packages};
use super::tree::Tree;
use super::violation::Violation;

/// Each package of ours, and the packages of ours that it may depend on.
const ARROWS: [(&str, &[&str]); 10] = [
    ("anypool-core", &[]),
    ("thread-runner", &["anypool-core", "anypool-runner"]),
    ("process-runner", &["anypool-core", "anypool-runner"]),
    ("anypool-runner", &["anypool-core"]),
    ("anypool-compare", &["anypool-runner"]),
    ("xtask", &["anypool-compare"]),
    (
        "anypool",
        &["anypool-core", "thread-runner", "process-runner"],
    ),
    (FUZZ, &["process-runner"]),
    (PEERS, &["anypool"]),
    (
        TESTS,
        &[
            "anypool-core",
            "thread-runner",
            "process-runner",
            "anypool-runner",
            "anypool-compare",
            "anypool",
        ],
    ),
];

/// Its tests may use anything of ours.
const TESTS: &str = "anypool-tests";

/// Its targets are in a workspace of their own, and keep the arrows all the same.
const FUZZ: &str = "anypool-fuzz";

/// What the bench measures is in a workspace of its own, too, and sees what users see.
const PEERS: &str = "anypool-peers";

/// The packages whose libraries must stay free of their command lines.
pub(super) const RUNNERS: [&str; 2] = ["thread-runner", "process-runner"];

/// What the task model is free of: processes, system calls, terminals.
const NOT_IN_CORE: [&str; 4] = ["nix", "ipc-channel", "libc", "clap"];

/// Checks every member's dependencies.
pub(crate) fn check(tree: &Tree) -> Vec<Violation> {
    let packages = packages(tree);
    let ours =
        |package: &&Package| package.member || [FUZZ, PEERS].contains(&package.name.as_str());
    packages
        .iter()
        .filter(ours)
        .flat_map(check_member)
        .collect()
}

fn check_member(package: &Package) -> Vec<Violation> {
    let Some((_, allowed)) = ARROWS.iter().find(|(name, _)| *name == package.name) else {
        return vec![unknown(package)];
    };
    let mut found = Vec::new();
    for dependency in &package.dependencies {
        let ours = ARROWS.iter().any(|(name, _)| *name == dependency.package);
        if ours && !allowed.contains(&dependency.package.as_str()) {
            found.push(forbidden(package, dependency, allowed));
        }
        if package.name == "anypool-core" && NOT_IN_CORE.contains(&dependency.package.as_str()) {
            found.push(not_in_core(package, dependency));
        }
        let runner = RUNNERS.contains(&dependency.package.as_str());
        if package.name == "anypool" && runner && dependency.default_features {
            found.push(with_cli(package, dependency));
        }
    }
    found
}

fn violation(package: &Package, line: usize, what: String, help: String) -> Violation {
    let why =
        "arrows between packages point down only, so that each can be read, tested and used alone";
    Violation {
        rule: "arrows",
        file: package.file.clone(),
        line,
        what,
        why,
        help,
    }
}

fn unknown(package: &Package) -> Violation {
    let what = format!(
        "the design has no arrows for the package `{}`",
        package.name
    );
    violation(
        package,
        1,
        what,
        "give it a line in the table of this rule".to_owned(),
    )
}

fn forbidden(package: &Package, dependency: &Dependency, allowed: &[&str]) -> Violation {
    let what = format!("`{}` depends on `{}`", package.name, dependency.package);
    let help = match allowed {
        [] => "remove the dependency: this package depends on nothing of ours".to_owned(),
        allowed => format!(
            "remove the dependency: of ours it may use {}",
            allowed.join(", ")
        ),
    };
    violation(package, dependency.line, what, help)
}

fn not_in_core(package: &Package, dependency: &Dependency) -> Violation {
    let what = format!("`{}` depends on `{}`", package.name, dependency.package);
    violation(
        package,
        dependency.line,
        what,
        "move what needs it to a runner: the core is the task model alone".to_owned(),
    )
}

fn with_cli(package: &Package, dependency: &Dependency) -> Violation {
    let what = format!(
        "the facade brings in the command line of `{}`",
        dependency.package
    );
    violation(
        package,
        dependency.line,
        what,
        "depend on it with `default-features = false`".to_owned(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn broken(name: &str, dependencies: &str) -> Vec<(usize, String)> {
        let root = "[workspace]\nmembers = [\"p\"]\n[workspace.dependencies]\n\
                    thread-runner = { path = \"t\", default-features = false }\nprocess-runner = { path = \"q\" }\n";
        let member = format!("[package]\nname = \"{name}\"\n{dependencies}\n");
        let tree = Tree::of(&[("Cargo.toml", root), ("p/Cargo.toml", &member)]);
        check(&tree).into_iter().map(|v| (v.line, v.what)).collect()
    }

    #[test]
    fn arrows_of_the_design_pass() {
        for (name, dependencies) in [
            ("anypool-core", "[dependencies]\nserde = \"1\""),
            (
                "thread-runner",
                "[dependencies]\nanypool-core = \"1\"\nanypool-runner = { version = \"1\", optional = true }",
            ),
            (
                "anypool",
                "[dependencies]\nthread-runner = { workspace = true, optional = true }",
            ),
            (
                "anypool-tests",
                "[dependencies]\nanypool = \"1\"\n[dev-dependencies]\nanypool-runner = \"1\"",
            ),
        ] {
            assert_eq!(broken(name, dependencies), [], "{name}");
        }
    }

    #[test]
    fn other_arrows_fail_in_every_section() {
        for (name, dependencies, what) in [
            (
                "anypool-core",
                "[dependencies]\nthread-runner = \"1\"",
                "`anypool-core` depends on `thread-runner`",
            ),
            (
                "process-runner",
                "[dependencies]\nx = { package = \"y\" }\n[dependencies.thread-runner]\nversion = \"1\"",
                "",
            ),
            (
                "thread-runner",
                "[dev-dependencies]\nprocess-runner = \"1\"",
                "`thread-runner` depends on `process-runner`",
            ),
            (
                "anypool-core",
                "[target.'cfg(unix)'.dependencies]\nnix = \"1\"",
                "`anypool-core` depends on `nix`",
            ),
        ] {
            let found = broken(name, dependencies);
            assert_eq!(found.len(), 1, "{name}: {found:?}");
            assert!(found[0].0 > 2 && found[0].1.contains(what), "{found:?}");
        }
    }

    #[test]
    fn the_facade_leaves_the_command_lines_out() {
        let found = broken("anypool", "[dependencies]\nprocess-runner.workspace = true");
        assert_eq!(
            found,
            [(
                4,
                "the facade brings in the command line of `process-runner`".to_owned()
            )]
        );
    }

    #[test]
    fn the_fuzz_targets_reach_what_they_feed_and_no_more() {
        let broken = |dependencies: &str| {
            let member = format!("[package]\nname = \"anypool-fuzz\"\n{dependencies}\n");
            let tree = Tree::of(&[
                ("Cargo.toml", "[workspace]\nmembers = []\n"),
                ("tests/fuzz/Cargo.toml", &member),
            ]);
            check(&tree).len()
        };
        assert_eq!(broken("[dependencies]\nprocess-runner = \"1\""), 0);
        assert_eq!(broken("[dependencies]\nthread-runner = \"1\""), 1);
    }

    #[test]
    fn a_new_package_needs_a_place_in_the_design() {
        assert_eq!(broken("newcomer", "").len(), 1);
    }
}
