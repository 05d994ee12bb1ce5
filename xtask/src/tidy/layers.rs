//! Rule `layers`: inside a crate, a module imports only from modules that are declared above its own `mod` line.
//!
//! The order of the `mod` lines is the order of the layers, lowest first. Two modules are compared where their paths
//! part; a child may always use what its ancestors define themselves. A name that an ancestor re-exports counts as an
//! import of the module that it comes from. What only tests compile is free.

use super::manifest::packages;
use super::modules::Module;
use super::references::{Reference, references};
use super::targets::targets;
use super::tree::Tree;
use super::violation::Violation;

/// Checks every crate of every package.
pub(crate) fn check(tree: &Tree) -> Vec<Violation> {
    let packages = packages(tree);
    let roots = packages.iter().flat_map(|package| targets(tree, package));
    let mut found = Vec::new();
    for root in roots.filter_map(|target| Module::of_crate(tree, &target.root)) {
        check_module(&root, &root, &mut found);
    }
    found
}

fn check_module(root: &Module, module: &Module, found: &mut Vec<Violation>) {
    for reference in references(&module.tokens) {
        let upward = absolute(module, &reference)
            .and_then(|target| upward(root, &module.path, &target, RENAMES));
        found.extend(upward.map(|upward| violation(module, &reference, &upward)));
    }
    for child in module.children.iter().filter(|child| !child.test_only) {
        check_module(root, child, found);
    }
}

/// How many re-exports of re-exports are followed before the rule gives up on a name.
const RENAMES: usize = 8;

/// An import from a layer above.
struct Upward {
    lower: String,
    upper: String,
    declared_in: String,
}

/// The reference's path from the crate's root; `None` when it leads out of the crate.
pub(crate) fn absolute(module: &Module, reference: &Reference) -> Option<Vec<String>> {
    let segments = &reference.segments;
    let supers = segments
        .iter()
        .take_while(|segment| *segment == "super")
        .count();
    let (base, skip) = match segments.first()?.as_str() {
        "crate" => (0, 1),
        "super" => (module.path.len().checked_sub(supers)?, supers),
        "self" => (module.path.len(), 1),
        first if module.children.iter().any(|child| child.name() == first) => {
            (module.path.len(), 0)
        }
        _ => return None,
    };
    Some(
        module.path[..base]
            .iter()
            .chain(&segments[skip..])
            .cloned()
            .collect(),
    )
}

fn upward(root: &Module, from: &[String], target: &[String], renames: usize) -> Option<Upward> {
    let parting = from
        .iter()
        .zip(target)
        .take_while(|(mine, theirs)| mine == theirs)
        .count();
    let (mine, theirs) = (from.get(parting)?, target.get(parting)?);
    let parent = root.find(&from[..parting])?;
    let layer = |name: &str| {
        parent
            .children
            .iter()
            .position(|child| child.name() == name)
    };
    if let Some(upper) = layer(theirs) {
        let names = (mine.clone(), theirs.clone());
        return (upper > layer(mine)?).then(|| Upward {
            lower: names.0,
            upper: names.1,
            declared_in: parent.file.clone(),
        });
    }
    let origins = re_exported(parent, theirs);
    origins.into_iter().find_map(|mut origin| {
        origin.extend_from_slice(&target[parting + 1..]);
        upward(root, from, &origin, renames.checked_sub(1)?)
    })
}

/// Where a name of `module` may come from, when a `use` and not an item gives it.
fn re_exported(module: &Module, name: &str) -> Vec<Vec<String>> {
    let uses = references(&module.tokens)
        .into_iter()
        .filter(|reference| reference.name.is_some());
    uses.filter_map(|reference| {
        let mut origin = absolute(module, &reference)?;
        if reference.name.as_deref() == Some(name) {
            return Some(origin);
        }
        origin.pop_if(|last| last == "*")?;
        let child = module.find(origin.strip_prefix(module.path.as_slice())?)?;
        defines(child, name).then(|| {
            origin.push(name.to_owned());
            origin
        })
    })
    .collect()
}

/// Tells whether a module has an item of that name at its top level, or gives it on.
fn defines(module: &Module, name: &str) -> bool {
    let words: Vec<String> = module
        .tokens
        .clone()
        .into_iter()
        .map(|token| token.to_string())
        .collect();
    let keywords = [
        "struct", "enum", "union", "trait", "type", "fn", "const", "static",
    ];
    words
        .windows(2)
        .any(|pair| keywords.contains(&pair[0].as_str()) && pair[1] == name)
        || !re_exported(module, name).is_empty()
}

fn violation(module: &Module, reference: &Reference, upward: &Upward) -> Violation {
    let Upward {
        lower,
        upper,
        declared_in,
    } = upward;
    Violation {
        rule: "layers",
        file: module.file.clone(),
        line: reference.line,
        what: format!(
            "`{}` imports upward: `{lower}` is a lower layer than `{upper}`",
            reference.segments.join("::")
        ),
        why: "the `mod` lines are the layers, lowest first, and arrows point down only",
        help: format!(
            "move the item down, or `mod {upper};` above `mod {lower};` in {declared_in} if that is the truth"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MANIFEST: (&str, &str) = ("Cargo.toml", "[package]\nname = \"p\"\n");

    fn broken(files: &[(&str, &str)]) -> Vec<(String, usize)> {
        let files: Vec<_> = std::iter::once(MANIFEST)
            .chain(files.iter().copied())
            .collect();
        check(&Tree::of(&files))
            .into_iter()
            .map(|v| (v.file, v.line))
            .collect()
    }

    #[test]
    fn an_import_from_a_later_module_is_upward() {
        let files = |a| {
            [
                ("src/lib.rs", "mod a; mod b;"),
                ("src/a.rs", a),
                ("src/b.rs", "use crate::a::X; pub struct Y;"),
            ]
        };
        for import in [
            "use crate::b::Y;",
            "fn f() { super::b::g() }",
            "use super::{b as c};",
            "use crate::b::*;",
        ] {
            assert_eq!(
                broken(&files(import)),
                [("src/a.rs".to_owned(), 1)],
                "{import}"
            );
        }
        assert!(
            broken(&files(
                "pub struct X; #[cfg(test)] mod tests { use crate::b::Y; }"
            ))
            .is_empty()
        );
    }

    #[test]
    fn a_re_export_counts_as_its_origin() {
        for line in [
            "pub use b::Y;",
            "pub use self::b::Y;",
            "pub use b::*;",
            "pub use crate::b::Z as Y;",
        ] {
            let root = format!("mod a; mod b; {line} pub struct Own;");
            let files = [
                ("src/lib.rs", root.as_str()),
                ("src/a.rs", "\nuse crate::Y;"),
                ("src/b.rs", "pub struct Y;"),
            ];
            assert_eq!(broken(&files), [("src/a.rs".to_owned(), 2)], "{line}");
        }
        let own = [
            ("src/lib.rs", "mod a; mod b; pub use b::Y; pub struct Own;"),
            ("src/a.rs", "use crate::Own;"),
            ("src/b.rs", ""),
        ];
        assert!(broken(&own).is_empty());
    }

    #[test]
    fn nested_modules_are_compared_where_they_part() {
        let files = |x, y| {
            [
                ("src/lib.rs", "mod low; mod high;"),
                ("src/low.rs", "mod x; mod y; pub struct Parent;"),
                ("src/low/x.rs", x),
                ("src/low/y.rs", y),
                ("src/high.rs", "use crate::low::Parent;"),
            ]
        };
        let up = || ("src/low/x.rs".to_owned(), 1);
        assert_eq!(broken(&files("use super::y::A;", "")), [up()]);
        assert_eq!(broken(&files("use super::super::high::B;", "")), [up()]);
        assert!(broken(&files("use super::Parent;", "use super::{Parent, x::C};")).is_empty());
    }
}
