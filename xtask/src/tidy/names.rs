//! Rule `names`: no file or folder has a name that says nothing.

use std::collections::BTreeSet;

use super::tree::Tree;
use super::violation::Violation;

const EMPTY_NAMES: [&str; 6] = ["util", "utils", "common", "helpers", "misc", "types"];

/// Checks the names of every Rust file and of the folders it is in; each name fails once.
pub(crate) fn check(tree: &Tree) -> Vec<Violation> {
    let mut found = BTreeSet::new();
    for (path, _) in tree.rust_files() {
        let mut end = 0;
        for part in path.split('/') {
            end += part.len();
            if EMPTY_NAMES.contains(&part.trim_end_matches(".rs")) {
                found.insert(&path[..end]);
            }
            end += 1;
        }
    }
    found.into_iter().map(violation).collect()
}

fn violation(path: &str) -> Violation {
    Violation {
        rule: "names",
        file: path.to_owned(),
        line: 1,
        what: format!(
            "the name `{}` says nothing",
            path.rsplit('/').next().unwrap_or(path)
        ),
        why: "a room without a concept collects what belongs elsewhere",
        help: "name it by its glossary noun, or move what is in it to its callers".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_says_nothing_fails_once() {
        let found = check(&Tree::of(&[
            ("p/src/common/a.rs", ""),
            ("p/src/common/b.rs", ""),
            ("p/src/types.rs", ""),
            ("p/src/prototypes.rs", ""),
            ("common/notes.md", ""),
        ]));
        assert_eq!(found, ["p/src/common", "p/src/types.rs"].map(violation));
    }
}
