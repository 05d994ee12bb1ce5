//! The manifests of a tree: which packages there are, which are members, and what they depend on.

use toml::{Table, Value};

use super::tree::Tree;

/// A `Cargo.toml` with a `[package]` table.
#[derive(Debug)]
pub(crate) struct Package {
    /// The package's name.
    pub(crate) name: String,
    /// Its folder, empty for the root of the tree.
    pub(crate) dir: String,
    /// The path of its manifest.
    pub(crate) file: String,
    /// Whether the root's workspace lists it as a member.
    pub(crate) member: bool,
    /// The whole manifest.
    pub(crate) table: Table,
    /// All its dependencies, of every section and target.
    pub(crate) dependencies: Vec<Dependency>,
}

/// One line of a dependency section.
#[derive(Debug)]
pub(crate) struct Dependency {
    /// The name that the code uses, before `-` becomes `_`.
    pub(crate) key: String,
    /// The package's name.
    pub(crate) package: String,
    /// Whether it stands under `[dev-dependencies]`.
    pub(crate) dev: bool,
    /// Whether only a feature brings it in.
    pub(crate) optional: bool,
    /// Whether the dependency's default features are on, by this line or the workspace's.
    pub(crate) default_features: bool,
    /// The line of the manifest.
    pub(crate) line: usize,
}

/// Reads every package of the tree; a manifest that is not TOML is cargo's to report.
pub(crate) fn packages(tree: &Tree) -> Vec<Package> {
    let root: Table = tree
        .text("Cargo.toml")
        .and_then(|text| text.parse().ok())
        .unwrap_or_default();
    let manifests = tree
        .files()
        .filter(|(path, _)| *path == "Cargo.toml" || path.ends_with("/Cargo.toml"));
    manifests
        .filter_map(|(path, text)| package(&root, path, text))
        .collect()
}

fn package(root: &Table, path: &str, text: &str) -> Option<Package> {
    let table: Table = text.parse().ok()?;
    let name = table.get("package")?.get("name")?.as_str()?.to_owned();
    let dir = path
        .trim_end_matches("Cargo.toml")
        .trim_end_matches('/')
        .to_owned();
    let member = is_member(root, &dir);
    let dependencies = sections(&table)
        .into_iter()
        .flat_map(|(section, entries)| {
            entries
                .iter()
                .map(move |(key, entry)| dependency(root, text, section, (key, entry)))
        })
        .collect();
    Some(Package {
        name,
        dir,
        file: path.to_owned(),
        member,
        table,
        dependencies,
    })
}

fn is_member(root: &Table, dir: &str) -> bool {
    let patterns = root
        .get("workspace")
        .and_then(|workspace| workspace.get("members"))
        .and_then(Value::as_array);
    patterns.is_some_and(|patterns| {
        patterns
            .iter()
            .filter_map(Value::as_str)
            .any(|pattern| match pattern.strip_suffix("/*") {
                Some(folder) => dir
                    .rsplit_once('/')
                    .is_some_and(|(parent, _)| parent == folder),
                None => pattern == dir,
            })
    })
}

const SECTIONS: [&str; 3] = ["dependencies", "dev-dependencies", "build-dependencies"];

fn sections(table: &Table) -> Vec<(&str, &Table)> {
    let targets = table
        .get("target")
        .and_then(Value::as_table)
        .into_iter()
        .flat_map(Table::values);
    let tables = std::iter::once(table).chain(targets.filter_map(Value::as_table));
    let named = tables
        .flat_map(|table| SECTIONS.map(|name| (name, table.get(name).and_then(Value::as_table))));
    named
        .filter_map(|(name, entries)| Some((name, entries?)))
        .collect()
}

fn dependency(root: &Table, text: &str, section: &str, (key, entry): (&str, &Value)) -> Dependency {
    let flag = |entry: &Value, name| entry.get(name).and_then(Value::as_bool);
    let shared = root
        .get("workspace")
        .and_then(|workspace| workspace.get("dependencies"))
        .and_then(|dependencies| dependencies.get(key))
        .filter(|_| flag(entry, "workspace") == Some(true));
    let package = [Some(entry), shared]
        .into_iter()
        .flatten()
        .find_map(|entry| entry.get("package")?.as_str());
    let by_workspace = shared.and_then(|entry| flag(entry, "default-features"));
    // Cargo lets a member switch default features on again, but not off.
    let default_features = match (shared.is_some(), flag(entry, "default-features")) {
        (true, Some(true)) => true,
        (true, _) => by_workspace.unwrap_or(true),
        (false, own) => own.unwrap_or(true),
    };
    Dependency {
        key: key.to_owned(),
        package: package.unwrap_or(key).to_owned(),
        dev: section == "dev-dependencies",
        optional: flag(entry, "optional") == Some(true),
        default_features,
        line: line_of(text, section, key),
    }
}

/// Finds the line on which `key` stands in a section whose header ends in `section`; 1 when it hides.
fn line_of(text: &str, section: &str, key: &str) -> usize {
    let mut inside = false;
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        if let Some(header) = line.strip_prefix('[') {
            let header = header.trim_end_matches(']');
            if header
                .strip_suffix(key)
                .is_some_and(|rest| rest.trim_end_matches('.').ends_with(section))
            {
                return index + 1;
            }
            inside = header == section || header.ends_with(&format!(".{section}"));
        } else if inside
            && line
                .strip_prefix(key)
                .is_some_and(|rest| rest.starts_with([' ', '.', '=']))
        {
            return index + 1;
        }
    }
    1
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOT: &str = r#"
[workspace]
members = ["crates/*", "xtask"]
[workspace.dependencies]
a = { path = "crates/a", default-features = false }
"#;

    #[test]
    fn reads_members_sections_and_what_the_workspace_says() {
        let b = "[package]\nname = \"b\"\n[dependencies]\na.workspace = true\nc = { package = \"cc\", version = \"1\" }\n\
                 [dev-dependencies]\na = { workspace = true, default-features = true }\n\
                 [target.'cfg(unix)'.dependencies]\nd = { version = \"1\", optional = true }\n";
        let outside = "[package]\nname = \"peer\"\n";
        let tree = Tree::of(&[
            ("Cargo.toml", ROOT),
            ("crates/b/Cargo.toml", b),
            ("xtask/peers/Cargo.toml", outside),
        ]);
        let packages = packages(&tree);
        assert_eq!(
            packages
                .iter()
                .map(|package| (package.name.as_str(), package.member))
                .collect::<Vec<_>>(),
            [("b", true), ("peer", false)]
        );
        let seen: Vec<_> = packages[0]
            .dependencies
            .iter()
            .map(|d| {
                (
                    d.package.as_str(),
                    d.dev,
                    d.optional,
                    d.default_features,
                    d.line,
                )
            })
            .collect();
        assert_eq!(
            seen,
            [
                ("a", false, false, false, 4),
                ("cc", false, false, true, 5),
                ("a", true, false, true, 7),
                ("d", false, true, true, 9)
            ]
        );
    }
}
