//! Rule `detours`: a module names the modules around it by `crate::` and `super::` paths that say what they import.
//!
//! A glob of an ancestor, another name for one, and the crate's own name lead to every layer without naming it, so
//! the rule `layers` cannot follow them. What only tests compile is free.

use super::layers::absolute;
use super::manifest::packages;
use super::modules::Module;
use super::references::{Reference, references};
use super::targets::{Kind, targets};
use super::tree::Tree;
use super::violation::Violation;

/// Checks every crate of every package.
pub(crate) fn check(tree: &Tree) -> Vec<Violation> {
    let mut found = Vec::new();
    for package in packages(tree) {
        for target in targets(tree, &package) {
            // A program and a test name the library of their package as any other crate does.
            let own_name = (target.kind == Kind::Lib).then(|| package.name.replace('-', "_"));
            if let Some(root) = Module::of_crate(tree, &target.root) {
                check_module(&root, own_name.as_deref(), &mut found);
            }
        }
    }
    found
}

fn check_module(module: &Module, own_name: Option<&str>, found: &mut Vec<Violation>) {
    for reference in references(&module.tokens) {
        let detour = detour(module, own_name, &reference);
        found.extend(detour.map(|detour| violation(module, &reference, detour)));
    }
    for child in module.children.iter().filter(|child| !child.test_only) {
        check_module(child, own_name, found);
    }
}

/// How a reference gets around the layers, if it does.
fn detour(module: &Module, own_name: Option<&str>, reference: &Reference) -> Option<&'static str> {
    if own_name.is_some() && reference.segments.first().map(String::as_str) == own_name {
        return Some("is the crate's own name");
    }
    // A path in code names an item.
    reference.name.as_ref()?;
    let mut target = absolute(module, reference)?;
    let is_glob = target.pop_if(|last| last == "*").is_some();
    match (module.path.starts_with(&target), is_glob) {
        (true, true) => Some("imports everything that a module around this one has"),
        (true, false) => Some("gives a name to a module around this one"),
        (false, _) => None,
    }
}

fn violation(module: &Module, reference: &Reference, detour: &str) -> Violation {
    Violation {
        rule: "detours",
        file: module.file.clone(),
        line: reference.line,
        what: format!("`{}` {detour}", reference.segments.join("::")),
        why: "what is imported through it comes from any layer, and nobody sees from which",
        help: "import each item by its own `crate::` or `super::` path".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn broken(a: &str, inner: &str) -> Vec<(String, usize)> {
        let tree = Tree::of(&[
            ("Cargo.toml", "[package]\nname = \"my-crate\"\n"),
            (
                "src/lib.rs",
                "mod a; mod b; pub use b::*; pub use a::{self, X};",
            ),
            ("src/main.rs", "use my_crate::Y;"),
            ("src/a.rs", a),
            ("src/a/inner.rs", inner),
            ("src/b.rs", "use crate::a; use crate::a::*; pub struct Y;"),
        ]);
        let found = check(&tree);
        found.into_iter().map(|v| (v.file, v.line)).collect()
    }

    #[test]
    fn globs_of_what_is_around_a_module_are_detours() {
        for import in ["use super::*;", "use crate::*;", "use super::{b::Y, *};"] {
            assert_eq!(broken(import, ""), [("src/a.rs".to_owned(), 1)], "{import}");
        }
        for import in ["use super::*;", "use crate::a::*;", "use crate::*;"] {
            let found = broken("mod inner;", import);
            assert_eq!(found, [("src/a/inner.rs".to_owned(), 1)], "{import}");
        }
    }

    #[test]
    fn other_names_of_what_is_around_a_module_are_detours() {
        for import in [
            "use crate as me;",
            "use super as up;",
            "use super::{self as up};",
            "extern crate self as me;",
        ] {
            assert_eq!(broken(import, ""), [("src/a.rs".to_owned(), 1)], "{import}");
        }
        let found = broken("mod inner;", "use crate::a;");
        assert_eq!(found, [("src/a/inner.rs".to_owned(), 1)]);
    }

    #[test]
    fn a_library_that_calls_itself_by_name_takes_a_detour() {
        assert_eq!(
            broken("\nuse my_crate::Y;", ""),
            [("src/a.rs".to_owned(), 2)]
        );
    }

    #[test]
    fn tests_children_and_lower_modules_are_free() {
        assert_eq!(
            broken(
                "mod inner; pub use self::inner::*; #[cfg(test)] mod tests { use super::*; }",
                "use super::X; fn f() { super::g(); }"
            ),
            []
        );
    }
}
