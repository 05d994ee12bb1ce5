//! What a module refers to: its `use` lines, and the `crate::`, `super::` and `self::` paths in its code.
//!
//! Items under `#[cfg(test)]`, blocks of inner modules and `$crate` paths of macros are left out: the first two are
//! other modules' business, the last are resolved where the macro is used.

use proc_macro2::{Delimiter, TokenStream, TokenTree};

use super::modules::is_test_only;

/// A path that is written in a module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reference {
    /// Its parts, as written; a glob ends in `*`.
    pub(crate) segments: Vec<String>,
    /// The name that a `use` gives to it; `None` for a path in code.
    pub(crate) name: Option<String>,
    /// Where it stands.
    pub(crate) line: usize,
}

/// Lists a module's references in the order in which they stand.
pub(crate) fn references(tokens: &TokenStream) -> Vec<Reference> {
    let mut found = Vec::new();
    collect(tokens, &mut found);
    found
}

fn collect(stream: &TokenStream, found: &mut Vec<Reference>) {
    let tokens: Vec<TokenTree> = stream.clone().into_iter().collect();
    let mut at = 0;
    while at < tokens.len() {
        at = match &tokens[at] {
            TokenTree::Group(group)
                if group.delimiter() == Delimiter::Bracket && is_test_only(group) =>
            {
                after_item(&tokens, at + 1)
            }
            TokenTree::Group(group) => {
                collect(&group.stream(), found);
                at + 1
            }
            TokenTree::Ident(word) if word == "mod" && is_block(tokens.get(at + 2)) => at + 3,
            TokenTree::Ident(word) if word == "use" => {
                let end = after_item(&tokens, at);
                use_tree(&tokens[at + 1..end], &[], found);
                end
            }
            TokenTree::Ident(word) if word == "extern" && is_word(tokens.get(at + 2), "self") => {
                // `extern crate self as name;` is `use crate as name;` in other words.
                let end = after_item(&tokens, at);
                use_tree(&tokens[at + 3..end], &["crate".to_owned()], found);
                end
            }
            TokenTree::Ident(word) if is_anchor(&word.to_string()) && !is_dollar(&tokens, at) => {
                path(&tokens, at, found)
            }
            _ => at + 1,
        };
    }
}

fn is_anchor(word: &str) -> bool {
    ["crate", "super", "self"].contains(&word)
}

fn is_word(token: Option<&TokenTree>, wanted: &str) -> bool {
    matches!(token, Some(TokenTree::Ident(word)) if word == wanted)
}

fn is_dollar(tokens: &[TokenTree], at: usize) -> bool {
    at > 0 && is_punct(tokens.get(at - 1), '$')
}

fn is_block(token: Option<&TokenTree>) -> bool {
    matches!(token, Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace)
}

fn is_punct(token: Option<&TokenTree>, wanted: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == wanted)
}

/// The place behind the item that starts at `at`: behind its `;`, or behind its block.
///
/// The block of a `use` is a part of it, and so is what follows a macro's brackets.
fn after_item(tokens: &[TokenTree], mut at: usize) -> usize {
    let is_use = tokens[at..]
        .iter()
        .take(3)
        .any(|token| matches!(token, TokenTree::Ident(word) if word == "use"));
    while at < tokens.len() {
        at += 1;
        let last = tokens.get(at - 1);
        if is_punct(last, ';') || (is_block(last) && !is_use) {
            break;
        }
    }
    at
}

/// Reads `crate::a::b` at `at`; a lone `crate`, `super` or `self` is no path.
fn path(tokens: &[TokenTree], at: usize, found: &mut Vec<Reference>) -> usize {
    let mut segments = vec![tokens[at].to_string()];
    let mut next = at + 1;
    while is_punct(tokens.get(next), ':') && is_punct(tokens.get(next + 1), ':') {
        let Some(TokenTree::Ident(word)) = tokens.get(next + 2) else {
            break;
        };
        segments.push(word.to_string());
        next += 3;
    }
    if segments.len() > 1 {
        found.push(Reference {
            segments,
            name: None,
            line: tokens[at].span().start().line,
        });
    }
    next
}

/// Flattens what stands between `use` and `;`, or between the commas of a group.
fn use_tree(tokens: &[TokenTree], prefix: &[String], found: &mut Vec<Reference>) {
    let mut segments = prefix.to_vec();
    let mut name = None;
    let mut line = None;
    let mut renamed = false;
    for token in tokens {
        line.get_or_insert(token.span().start().line);
        match token {
            TokenTree::Group(group) => {
                let inside: Vec<TokenTree> = group.stream().into_iter().collect();
                for branch in inside
                    .split(|token| is_punct(Some(token), ','))
                    .filter(|branch| !branch.is_empty())
                {
                    use_tree(branch, &segments, found);
                }
                return;
            }
            TokenTree::Ident(word) if word == "as" => renamed = true,
            TokenTree::Ident(word) if renamed => name = Some(word.to_string()),
            TokenTree::Ident(word) if word == "self" && !segments.is_empty() => {}
            TokenTree::Ident(word) => segments.push(word.to_string()),
            TokenTree::Punct(punct) if punct.as_char() == '*' => segments.push("*".to_owned()),
            _ => {}
        }
    }
    let name = name.or_else(|| segments.last().cloned());
    found.push(Reference {
        segments,
        name,
        line: line.unwrap_or(1),
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::modules::tokens;

    fn seen(text: &str) -> Vec<(String, Option<String>, usize)> {
        let references = references(&tokens(text).unwrap());
        references
            .into_iter()
            .map(|r| (r.segments.join("::"), r.name, r.line))
            .collect()
    }

    #[test]
    fn flattens_use_trees() {
        let text = "pub use crate::a::{self, B as C,\n d::*};\nfn f() { use super::g; }";
        let expected = [
            ("crate::a", "a", 1),
            ("crate::a::B", "C", 1),
            ("crate::a::d::*", "*", 2),
            ("super::g", "g", 3),
        ];
        assert_eq!(
            seen(text),
            expected.map(|(path, name, line)| (path.to_owned(), Some(name.to_owned()), line))
        );
    }

    #[test]
    fn sees_other_names_of_the_crate() {
        let text = "use crate as me;\nuse super::{self as up};\nextern crate self as own;";
        let expected = [("crate", "me", 1), ("super", "up", 2), ("crate", "own", 3)];
        assert_eq!(
            seen(text),
            expected.map(|(path, name, line)| (path.to_owned(), Some(name.to_owned()), line))
        );
    }

    #[test]
    fn sees_paths_in_code_and_macros_but_not_in_strings_or_comments() {
        let text = "fn f(x: crate::a::T) { vec![super::b::c()]; let s = \"crate::no\"; } // crate::no\npub(crate) fn g() {}";
        assert_eq!(
            seen(text),
            [
                ("crate::a::T".to_owned(), None, 1),
                ("super::b::c".to_owned(), None, 1)
            ]
        );
    }

    #[test]
    fn leaves_out_tests_inner_modules_and_macro_callers() {
        let text = "#[cfg(test)] use crate::a;\n#[cfg(test)] mod tests { use crate::b; }\nmod inner { use crate::c; }\n\
                    macro_rules! m { () => { $crate::d::e() } }\n#[cfg(test)] fn f() { crate::g::h() }\nuse crate::last;";
        assert_eq!(
            seen(text),
            [("crate::last".to_owned(), Some("last".to_owned()), 6)]
        );
    }
}
