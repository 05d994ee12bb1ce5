//! Rule `doc-tests`: where a page of the docs names the tests that stand behind its sentences, they exist.
//!
//! A table with a column `test` names them there, each in backticks as `file::name` or `module::name`:
//! the last part is the function, the others are the folders and files that it is in, from the end.

use std::collections::BTreeMap;

use super::modules::tokens;
use super::tree::Tree;
use super::violation::Violation;

/// The pages whose tables are checked, and must name tests.
const PAGES: [&str; 2] = ["docs/security.md", "docs/failure.md"];

/// The column's heading.
const COLUMN: &str = "test";

/// Checks every page that is there.
pub(crate) fn check(tree: &Tree) -> Vec<Violation> {
    let pages = PAGES
        .iter()
        .filter_map(|page| Some((*page, tree.text(page)?)));
    let named: Vec<_> = pages
        .flat_map(|(page, text)| named(text).into_iter().map(move |named| (page, named)))
        .collect();
    if named.is_empty() {
        return Vec::new();
    }
    let functions = functions(tree);
    let missing = named
        .into_iter()
        .filter(|(_, (_, name))| !exists(&functions, name));
    missing
        .map(|(page, (line, name))| violation(page, line, &name))
        .collect()
}

/// The tests that a page's tables name, with their lines. An empty cell names the empty test, which
/// there is not.
fn named(text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut column = None;
    for (index, line) in text.lines().enumerate() {
        let Some(row) = line.trim().strip_prefix('|') else {
            column = None;
            continue;
        };
        let cells: Vec<&str> = row
            .trim_end_matches('|')
            .split('|')
            .map(str::trim)
            .collect();
        let Some(at) = column else {
            // The first row of a table is its heading; one without the column has nothing to name.
            column = Some(cells.iter().position(|cell| *cell == COLUMN));
            continue;
        };
        let cell = at.and_then(|at: usize| cells.get(at));
        let Some(cell) = cell.filter(|cell| !is_rule(cell)) else {
            continue;
        };
        let names: Vec<&str> = cell.split('`').skip(1).step_by(2).collect();
        if names.is_empty() {
            found.push((index + 1, String::new()));
        }
        found.extend(names.into_iter().map(|name| (index + 1, name.to_owned())));
    }
    found
}

/// Whether a cell belongs to the line between a table's heading and its rows.
fn is_rule(cell: &str) -> bool {
    !cell.is_empty() && cell.chars().all(|c| "-:".contains(c))
}

/// The functions of the tree: for each name, the paths of the files that have one.
fn functions(tree: &Tree) -> BTreeMap<String, Vec<&str>> {
    let mut functions: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for (path, text) in tree.rust_files() {
        let mut words = Vec::new();
        flatten(tokens(text).unwrap_or_default(), &mut words);
        for pair in words.windows(2).filter(|pair| pair[0] == "fn") {
            functions.entry(pair[1].clone()).or_default().push(path);
        }
    }
    functions
}

fn flatten(stream: proc_macro2::TokenStream, words: &mut Vec<String>) {
    for token in stream {
        match token {
            proc_macro2::TokenTree::Group(group) => flatten(group.stream(), words),
            other => words.push(other.to_string()),
        }
    }
}

fn exists(functions: &BTreeMap<String, Vec<&str>>, name: &str) -> bool {
    let mut parts: Vec<&str> = name.split("::").collect();
    let files = parts.pop().and_then(|function| functions.get(function));
    let is_in = |path: &&str| {
        let rooms = path.trim_end_matches(".rs").trim_end_matches("/mod");
        let rooms: Vec<&str> = rooms.split('/').collect();
        rooms.ends_with(&parts)
    };
    // A function alone could be anybody's.
    !parts.is_empty() && files.is_some_and(|files| files.iter().any(is_in))
}

fn violation(page: &str, line: usize, name: &str) -> Violation {
    let what = match name {
        "" => "a row names no test".to_owned(),
        name => format!("there is no test `{name}`"),
    };
    Violation {
        rule: "doc-tests",
        file: page.to_owned(),
        line,
        what,
        why: "what a page promises is worth as much as the tests behind it, and those may move",
        help: "name it as `file::function` in backticks, as in `lying::a_forged_answer_is_only_ever_the_forgers_own`".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn missing(table: &str) -> Vec<String> {
        let tree = Tree::of(&[
            ("docs/failure.md", table),
            ("p/tests/pool/deaths.rs", "#[test]\nfn a_death() {}"),
            ("p/src/seat/tests.rs", "mod deep { #[test] fn inside() {} }"),
        ]);
        check(&tree).into_iter().map(|found| found.what).collect()
    }

    #[test]
    fn tests_that_exist_pass() {
        for name in [
            "deaths::a_death",
            "pool::deaths::a_death",
            "seat::tests::inside",
        ] {
            let table =
                format!("| what | test |\n|---|---|\n| x | `{name}`, `deaths::a_death` |\n");
            assert_eq!(missing(&table), [""; 0], "{name}");
        }
        assert_eq!(
            missing("| what | why |\n|---|---|\n| `x::y` | |\n"),
            [""; 0]
        );
        assert_eq!(missing("prose about `x::y`"), [""; 0]);
    }

    #[test]
    fn tests_that_do_not_exist_fail() {
        for (cell, what) in [
            ("`deaths::another`", "there is no test `deaths::another`"),
            ("`lives::a_death`", "there is no test `lives::a_death`"),
            ("`a_death`", "there is no test `a_death`"),
            ("", "a row names no test"),
        ] {
            let table = format!("| test | what |\n|---|---|\n| {cell} | x |\n");
            assert_eq!(missing(&table), [what]);
        }
    }
}
