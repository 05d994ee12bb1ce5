//! Rule `module-docs`: every Rust file starts with a `//!` that says what it is for.

use proc_macro2::TokenTree;

use super::modules::tokens;
use super::tree::Tree;
use super::violation::Violation;

/// Checks every Rust file.
pub(crate) fn check(tree: &Tree) -> Vec<Violation> {
    let files = tree
        .rust_files()
        .filter_map(|(path, text)| Some((path, tokens(text)?)));
    let bare = files.filter(|(_, tokens)| !has_doc(tokens.clone().into_iter()));
    bare.map(|(path, _)| violation(path)).collect()
}

/// Looks through the inner attributes at the start; the lexer has made `#![doc = "…"]` of each `//!` line.
fn has_doc(mut tokens: impl Iterator<Item = TokenTree>) -> bool {
    while let (Some(hash), Some(bang), Some(TokenTree::Group(attribute))) =
        (tokens.next(), tokens.next(), tokens.next())
    {
        if hash.to_string() != "#" || bang.to_string() != "!" {
            return false;
        }
        let text = attribute.stream().to_string();
        if text
            .strip_prefix("doc")
            .is_some_and(|rest| rest.contains(char::is_alphanumeric))
        {
            return true;
        }
    }
    false
}

fn violation(path: &str) -> Violation {
    Violation {
        rule: "module-docs",
        file: path.to_owned(),
        line: 1,
        what: "the file has no module doc".to_owned(),
        why: "a reader must learn what a file is for, what it owns and what it never does before its code",
        help: "start it with `//!` and a whole sentence".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_without_a_doc_fails() {
        let found = check(&Tree::of(&[
            ("good.rs", "//! For this.\nfn f() {}"),
            (
                "attribute_first.rs",
                "// Licence.\n#![forbid(unsafe_code)]\n//! For that.\n",
            ),
            ("item_doc.rs", "/// A doc of the function.\nfn f() {}"),
            ("empty_doc.rs", "//!\nfn f() {}"),
            ("none.rs", "fn f() { let s = \"//! no\"; }"),
        ]));
        assert_eq!(
            found,
            ["empty_doc.rs", "item_doc.rs", "none.rs"].map(violation)
        );
    }
}
