//! Rule `length`: a Rust file aims at 200 lines and stops at 300.

use super::tree::Tree;
use super::violation::Violation;

const LINES: usize = 300;

/// Checks every Rust file.
pub(crate) fn check(tree: &Tree) -> Vec<Violation> {
    let counted = tree
        .rust_files()
        .map(|(path, text)| (path, text.lines().count()));
    counted
        .filter(|(_, lines)| *lines > LINES)
        .map(|(path, lines)| violation(path, lines))
        .collect()
}

fn violation(path: &str, lines: usize) -> Violation {
    Violation {
        rule: "length",
        file: path.to_owned(),
        line: LINES + 1,
        what: format!("the file has {lines} lines, and {LINES} are the limit"),
        why: "a long file holds more than one concept",
        help: "give each concept a file, named by its glossary noun".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_itself_passes_and_one_more_line_fails() {
        let (limit, over) = ("//\n".repeat(LINES), "//\n".repeat(LINES + 1));
        let found = check(&Tree::of(&[
            ("limit.rs", &limit),
            ("over.rs", &over),
            ("prose.md", &over),
        ]));
        assert_eq!(found, [violation("over.rs", LINES + 1)]);
    }
}
