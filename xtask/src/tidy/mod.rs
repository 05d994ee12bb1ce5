//! `cargo xtask tidy`: the house rules that no compiler knows, each in a file of its own.
//!
//! A rule is a function from a [`tree::Tree`] to the places that break it, so its tests need no checkout.

mod violation;
mod tree;
mod manifest;
mod targets;
mod modules;
mod references;

mod arrows;
mod cli_feature;
mod fault_points;
mod lints;
mod layers;
mod detours;
mod length;
mod module_docs;
mod unsafe_rooms;
mod forbid_unsafe;
mod unlisted;
mod names;
mod words;
mod doc_tests;

use std::io;
use std::path::Path;

use tree::Tree;
use violation::Violation;

type Rule = fn(&Tree) -> Vec<Violation>;

const RULES: [Rule; 14] = [
    arrows::check,
    cli_feature::check,
    fault_points::check,
    lints::check,
    layers::check,
    detours::check,
    length::check,
    module_docs::check,
    unsafe_rooms::check,
    forbid_unsafe::check,
    unlisted::check,
    names::check,
    words::check,
    doc_tests::check,
];

/// Checks the checkout at `root`, prints what breaks a rule, and tells whether nothing does.
///
/// # Errors
///
/// Fails when the checkout cannot be read.
pub(crate) fn run(root: &Path) -> io::Result<bool> {
    let tree = Tree::read(root)?;
    let found: Vec<Violation> = RULES.iter().flat_map(|rule| rule(&tree)).collect();
    for violation in &found {
        eprintln!("{violation}\n");
    }
    match found.len() {
        0 => eprintln!(
            "tidy: {} files keep {} rules",
            tree.files().count(),
            RULES.len()
        ),
        1 => eprintln!("tidy: 1 place breaks a rule"),
        many => eprintln!("tidy: {many} places break a rule"),
    }
    Ok(found.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clean_tree_breaks_no_rule() {
        let tree = Tree::of(&[
            ("Cargo.toml", "[workspace]\nmembers = [\"crates/*\"]\n"),
            (
                "crates/core/Cargo.toml",
                "[package]\nname = \"anypool-core\"\n[lints]\nworkspace = true\n[dependencies]\nserde = \"1\"\n",
            ),
            (
                "crates/core/src/lib.rs",
                "//! The guide.\n#![forbid(unsafe_code)]\nmod low;\nmod high;\npub use high::Y;\n",
            ),
            ("crates/core/src/low.rs", "//! Low.\npub struct X;\n"),
            (
                "crates/core/src/high.rs",
                "//! High.\nuse crate::low::X;\npub struct Y(X);\n",
            ),
            ("crates/core/tests/contract.rs", "//! Contract.\n"),
        ]);
        for rule in RULES {
            assert_eq!(rule(&tree), []);
        }
    }
}
