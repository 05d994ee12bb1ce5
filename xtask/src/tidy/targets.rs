//! What cargo would compile of a package: the root file of each target, named or found by its place.

use toml::Value;

use super::manifest::Package;
use super::tree::Tree;

/// What a target is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The library.
    Lib,
    /// A program.
    Bin,
    /// A test, bench, example or build script.
    Other,
}

/// One crate of a package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Target {
    /// What it is for.
    pub(crate) kind: Kind,
    /// Its root file, relative to the root of the tree.
    pub(crate) root: String,
}

/// Lists the targets whose root file exists.
pub(crate) fn targets(tree: &Tree, package: &Package) -> Vec<Target> {
    let mut roots = vec![
        (
            Kind::Lib,
            path_of(package.table.get("lib")).unwrap_or_else(|| "src/lib.rs".to_owned()),
        ),
        (
            Kind::Other,
            path_of(package.table.get("package")).unwrap_or_else(|| "build.rs".to_owned()),
        ),
    ];
    for (key, folder, kind) in [
        ("bin", "src/bin", Kind::Bin),
        ("test", "tests", Kind::Other),
        ("bench", "benches", Kind::Other),
        ("example", "examples", Kind::Other),
    ] {
        roots.extend(
            named(package, key, folder)
                .into_iter()
                .map(|root| (kind, root)),
        );
        if found_by_place(package, key) {
            roots.extend(
                placed(tree, package, folder)
                    .into_iter()
                    .map(|root| (kind, root)),
            );
            if kind == Kind::Bin {
                roots.push((kind, "src/main.rs".to_owned()));
            }
        }
    }
    let mut targets: Vec<Target> = Vec::new();
    for (kind, root) in roots {
        let root = within(&package.dir, &root);
        if tree.text(&root).is_some() && targets.iter().all(|target| target.root != root) {
            targets.push(Target { kind, root });
        }
    }
    targets
}

/// Joins a package's folder and a path inside it.
pub(crate) fn within(dir: &str, path: &str) -> String {
    if dir.is_empty() {
        path.to_owned()
    } else {
        format!("{dir}/{path}")
    }
}

/// The `path` of a target table, or the `build` script of the package table.
fn path_of(table: Option<&Value>) -> Option<String> {
    let table = table?;
    table
        .get("path")
        .or_else(|| table.get("build"))?
        .as_str()
        .map(str::to_owned)
}

fn named(package: &Package, key: &str, folder: &str) -> Vec<String> {
    let entries = package
        .table
        .get(key)
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    entries
        .flat_map(
            |entry| match (entry.get("path").and_then(Value::as_str), entry.get("name")) {
                (Some(path), _) => vec![path.to_owned()],
                (None, Some(Value::String(name))) => {
                    vec![
                        format!("{folder}/{name}.rs"),
                        format!("{folder}/{name}/main.rs"),
                    ]
                }
                (None, _) => Vec::new(),
            },
        )
        .collect()
}

fn found_by_place(package: &Package, key: &str) -> bool {
    let switch = match key {
        "bench" => "autobenches".to_owned(),
        key => format!("auto{key}s"),
    };
    package
        .table
        .get("package")
        .and_then(|table| table.get(&switch))
        .and_then(Value::as_bool)
        != Some(false)
}

fn placed(tree: &Tree, package: &Package, folder: &str) -> Vec<String> {
    let prefix = within(&package.dir, folder) + "/";
    let inside = tree
        .rust_files()
        .filter_map(|(path, _)| path.strip_prefix(&prefix));
    let roots = inside.filter(|path| match path.split_once('/') {
        None => true,
        Some((_, rest)) => rest == "main.rs",
    });
    roots.map(|path| format!("{folder}/{path}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::manifest::packages;

    fn roots(manifest: &str, files: &[&str]) -> Vec<(Kind, String)> {
        let mut tree = vec![("p/Cargo.toml", manifest)];
        tree.extend(files.iter().map(|file| (*file, "//! Doc.\n")));
        let tree = Tree::of(&tree);
        let package = packages(&tree).remove(0);
        targets(&tree, &package)
            .into_iter()
            .map(|target| (target.kind, target.root))
            .collect()
    }

    #[test]
    fn finds_targets_by_their_place() {
        let files = [
            "p/src/lib.rs",
            "p/src/main.rs",
            "p/tests/a.rs",
            "p/tests/b/main.rs",
            "p/tests/c/deep.rs",
        ];
        let expected = [
            (Kind::Lib, "p/src/lib.rs"),
            (Kind::Bin, "p/src/main.rs"),
            (Kind::Other, "p/tests/a.rs"),
            (Kind::Other, "p/tests/b/main.rs"),
        ];
        assert_eq!(
            roots("[package]\nname = \"p\"\n", &files),
            expected.map(|(kind, root)| (kind, root.to_owned()))
        );
    }

    #[test]
    fn named_targets_count_when_places_do_not() {
        let manifest = "[package]\nname = \"p\"\nautotests = false\n[lib]\npath = \"support/lib.rs\"\n\
                        [[test]]\nname = \"a\"\npath = \"contract/a.rs\"\n";
        let files = ["p/support/lib.rs", "p/contract/a.rs", "p/tests/b.rs"];
        let expected = [
            (Kind::Lib, "p/support/lib.rs"),
            (Kind::Other, "p/contract/a.rs"),
        ];
        assert_eq!(
            roots(manifest, &files),
            expected.map(|(kind, root)| (kind, root.to_owned()))
        );
    }
}
