//! Rule `unlisted`: every Rust file is reached by `mod` lines from a target of its package.
//!
//! A test file that no target names is never compiled, and looks like a test all the same.

use std::collections::BTreeSet;

use proc_macro2::{TokenStream, TokenTree};

use super::manifest::packages;
use super::modules::Module;
use super::targets::targets;
use super::tree::Tree;
use super::violation::Violation;

/// Checks every Rust file.
pub(crate) fn check(tree: &Tree) -> Vec<Violation> {
    let packages = packages(tree);
    let roots: Vec<_> = packages
        .iter()
        .flat_map(|package| targets(tree, package))
        .collect();
    let mut reached: BTreeSet<String> = roots.iter().map(|target| target.root.clone()).collect();
    for root in roots
        .iter()
        .filter_map(|target| Module::of_crate(tree, &target.root))
    {
        for module in root.all() {
            reached.insert(module.file.clone());
            included(&module.tokens, &module.file, &mut reached);
        }
    }
    tree.rust_files()
        .filter(|(path, _)| !reached.contains(*path))
        .map(|(path, _)| violation(path))
        .collect()
}

/// Finds `include!("file")` beside the file that says so.
fn included(stream: &TokenStream, file: &str, reached: &mut BTreeSet<String>) {
    let tokens: Vec<TokenTree> = stream.clone().into_iter().collect();
    for (index, token) in tokens.iter().enumerate() {
        let TokenTree::Group(group) = token else {
            continue;
        };
        let macro_name = index.checked_sub(2).map(|at| tokens[at].to_string());
        if macro_name.as_deref() == Some("include") {
            let folder = file
                .rsplit_once('/')
                .map_or(String::new(), |(folder, _)| format!("{folder}/"));
            reached.insert(folder + group.stream().to_string().trim_matches('"'));
        }
        included(&group.stream(), file, reached);
    }
}

fn violation(path: &str) -> Violation {
    Violation {
        rule: "unlisted",
        file: path.to_owned(),
        line: 1,
        what: "no target names this file".to_owned(),
        why: "a file that cargo never compiles cannot fail, and so proves nothing",
        help: "declare it with a `mod` line, or as a target of the package's manifest".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_no_mod_line_reaches_fails() {
        let found = check(&Tree::of(&[
            ("p/Cargo.toml", "[package]\nname = \"p\"\n"),
            ("p/src/lib.rs", "mod a; fn f() { include!(\"table.rs\"); }"),
            ("p/src/a.rs", "#[cfg(test)] mod tests { mod deep; }"),
            ("p/src/a/tests/deep.rs", ""),
            ("p/src/table.rs", ""),
            ("p/src/orphan.rs", ""),
            ("p/tests/found.rs", ""),
            ("p/tests/group/forgotten.rs", ""),
        ]));
        assert_eq!(
            found,
            ["p/src/orphan.rs", "p/tests/group/forgotten.rs"].map(violation)
        );
    }

    #[test]
    fn without_autotests_a_test_needs_a_table() {
        let manifest = "[package]\nname = \"p\"\nautotests = false\n[[test]]\nname = \"a\"\npath = \"tests/a.rs\"\n";
        let found = check(&Tree::of(&[
            ("p/Cargo.toml", manifest),
            ("p/tests/a.rs", ""),
            ("p/tests/b.rs", ""),
        ]));
        assert_eq!(found, [violation("p/tests/b.rs")]);
    }
}
