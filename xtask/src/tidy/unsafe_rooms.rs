//! Rule `unsafe-rooms`: the word `unsafe`, and leave to use it, stand only in folders named `sys`.
//!
//! Macro bodies count. Which packages may have such a folder is the design's to say; that each block carries its SAFETY
//! comment is clippy's to check.

use proc_macro2::{TokenStream, TokenTree};

use super::modules::tokens;
use super::tree::Tree;
use super::violation::Violation;

/// The folders of the packages that may have a `sys`; the bench's bare programs are made of what others wrap.
const HOMES: [&str; 5] = [
    "crates/core/",
    "crates/thread-runner/",
    "crates/runner/",
    "crates/process-runner/",
    "xtask/peers/",
];

/// Checks every Rust file.
pub(crate) fn check(tree: &Tree) -> Vec<Violation> {
    let mut found = Vec::new();
    for (path, text) in tree.rust_files().filter(|(path, _)| !is_unsafe_room(path)) {
        let mut lines = Vec::new();
        collect(&tokens(text).unwrap_or_default(), &mut lines);
        found.extend(lines.into_iter().map(|line| violation(path, line)));
    }
    found
}

/// Tells whether unsafe code may stand in this file.
pub(crate) fn is_unsafe_room(path: &str) -> bool {
    path.split('/').rev().skip(1).any(|folder| folder == "sys")
        && HOMES.iter().any(|home| path.starts_with(home))
}

fn collect(stream: &TokenStream, lines: &mut Vec<usize>) {
    let mut previous = String::new();
    for token in stream.clone() {
        match &token {
            TokenTree::Ident(word) if word == "unsafe" => lines.push(word.span().start().line),
            TokenTree::Group(group) if ["allow", "expect"].contains(&previous.as_str()) => {
                let leave = group
                    .stream()
                    .into_iter()
                    .find(|token| token.to_string() == "unsafe_code");
                lines.extend(leave.map(|token| token.span().start().line));
            }
            TokenTree::Group(group) => collect(&group.stream(), lines),
            _ => {}
        }
        previous = token.to_string();
    }
}

fn violation(path: &str, line: usize) -> Violation {
    Violation {
        rule: "unsafe-rooms",
        file: path.to_owned(),
        line,
        what: "unsafe code outside a `sys` folder".to_owned(),
        why: "who audits memory safety must find all of it in a few small rooms",
        help: "move the call behind a safe function in the `sys` folder of core, thread-runner, runner or process-runner"
            .to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_unsafe_fails_outside_sys() {
        for text in [
            "fn f() { unsafe { g() } }",
            "unsafe fn f() {}",
            "unsafe impl Send for X {}",
            "unsafe trait T {}",
            "#[unsafe(no_mangle)] fn f() {}",
            "macro_rules! m { () => { unsafe { g() } } }",
            "#[expect(unsafe_code, reason = \"r\")] fn f() {}",
            "#![allow(dead_code, unsafe_code)]",
        ] {
            assert_eq!(
                check(&Tree::of(&[("crates/core/src/a.rs", text)])),
                [violation("crates/core/src/a.rs", 1)],
                "{text}"
            );
            assert_eq!(
                check(&Tree::of(&[("crates/core/src/sys/a.rs", text)])),
                [],
                "{text}"
            );
            assert_eq!(
                check(&Tree::of(&[("crates/compare/src/sys/a.rs", text)])).len(),
                1,
                "{text}"
            );
        }
    }

    #[test]
    fn the_word_in_prose_and_in_forbid_passes() {
        let text =
            "#![forbid(unsafe_code)]\n//! unsafe is a word.\nconst S: &str = \"unsafe\"; // unsafe";
        assert_eq!(check(&Tree::of(&[("crates/core/src/a.rs", text)])), []);
    }
}
