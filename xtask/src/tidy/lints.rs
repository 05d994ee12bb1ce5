//! Rule `lints`: every member takes the workspace's lints, and none switches one off in its manifest.

use toml::Value;

use super::manifest::{Package, packages};
use super::tree::Tree;
use super::violation::Violation;

/// Checks every member's manifest.
pub(crate) fn check(tree: &Tree) -> Vec<Violation> {
    let packages = packages(tree);
    let members = packages.iter().filter(|package| package.member);
    members
        .filter(|package| !inherits(package))
        .map(violation)
        .collect()
}

fn inherits(package: &Package) -> bool {
    let lints = package.table.get("lints").and_then(Value::as_table);
    lints.is_some_and(|lints| lints.get("workspace").and_then(Value::as_bool) == Some(true))
}

fn violation(package: &Package) -> Violation {
    Violation {
        rule: "lints",
        file: package.file.clone(),
        line: 1,
        what: format!("`{}` does not take the workspace's lints", package.name),
        why: "a package without them escapes every rule that clippy and rustc keep for us",
        help: "add `[lints]` with `workspace = true`".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_without_the_workspaces_lints_fails() {
        let root = ("Cargo.toml", "[workspace]\nmembers = [\"p\"]\n");
        let count = |manifest| check(&Tree::of(&[root, ("p/Cargo.toml", manifest)])).len();
        assert_eq!(
            count("[package]\nname = \"p\"\n[lints]\nworkspace = true\n"),
            0
        );
        assert_eq!(count("[package]\nname = \"p\"\n"), 1);
        assert_eq!(
            count("[package]\nname = \"p\"\n[lints.rust]\nunsafe_code = \"allow\"\n"),
            1
        );
    }
}
