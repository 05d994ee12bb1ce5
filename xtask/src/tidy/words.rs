//! Rule `words`: no text names a machine's folders, a numbered ticket, a work session or a registry's host.
//!
//! The words are spelled in halves, so that the rule does not find itself.

use super::tree::Tree;
use super::violation::Violation;

/// Absolute folders of the machine that someone worked on.
const FOLDERS: [&str; 3] = [
    concat!("/wo", "rk/"),
    concat!("/ro", "ot/"),
    concat!("/ho", "me/"),
];

/// What a number follows when a text points at a ticket.
const TICKETS: [&str; 5] = [
    concat!("iss", "ue #"),
    concat!("iss", "ues #"),
    concat!("p", "r #"),
    concat!("bu", "g #"),
    concat!("pull req", "uest #"),
];

/// Words of one sitting at the desk.
const SITTINGS: [&str; 3] = [
    concat!("in this ses", "sion"),
    concat!("previous ses", "sion"),
    concat!("as requ", "ested by"),
];

/// Hosts that packages are fetched from.
const HOSTS: [&str; 4] = [
    concat!("index.crates", ".io"),
    concat!("static.crates", ".io"),
    concat!("crates.io", "-index"),
    concat!("files.python", "hosted.org"),
];

/// The lockfile is cargo's text, and names the registry on every third line.
const LOCKFILE: &str = "Cargo.lock";

/// Checks every line of every text file.
pub(crate) fn check(tree: &Tree) -> Vec<Violation> {
    let texts = tree
        .files()
        .filter(|(path, _)| path.rsplit('/').next() != Some(LOCKFILE));
    let lines = texts.flat_map(|(path, text)| {
        text.lines()
            .enumerate()
            .map(move |(index, line)| (path, index + 1, line))
    });
    lines
        .filter_map(|(path, number, line)| Some(violation(path, number, foreign_word(line)?)))
        .collect()
}

fn foreign_word(line: &str) -> Option<&'static str> {
    let line = line.to_lowercase();
    let folders = FOLDERS.into_iter().filter(|word| is_absolute(&line, word));
    let tickets = TICKETS.into_iter().filter(|word| is_numbered(&line, word));
    let others = SITTINGS
        .into_iter()
        .chain(HOSTS)
        .filter(|word| line.contains(word));
    folders.chain(tickets).chain(others).next()
}

/// Tells whether the folder starts a path, and is no part of a longer one.
fn is_absolute(line: &str, folder: &str) -> bool {
    let mut places = line.match_indices(folder);
    places.any(|(at, _)| {
        !line[..at].ends_with(|c: char| c.is_alphanumeric() || "._-/~$}*".contains(c))
    })
}

fn is_numbered(line: &str, word: &str) -> bool {
    let mut places = line.match_indices(word);
    places.any(|(at, _)| {
        let whole = !line[..at].ends_with(char::is_alphanumeric);
        whole && line[at + word.len()..].starts_with(|c: char| c.is_ascii_digit())
    })
}

fn violation(path: &str, line: usize, word: &str) -> Violation {
    Violation {
        rule: "words",
        file: path.to_owned(),
        line,
        what: format!("the text says `{word}`"),
        why: "a reader elsewhere has neither this machine nor these tickets, and the code must stand alone",
        help: "say the reason itself, in words that stay true".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(line: &str) -> usize {
        check(&Tree::of(&[("notes.md", line)])).len()
    }

    #[test]
    fn each_kind_of_word_fails() {
        for line in [
            format!("see {}main/x", FOLDERS[0]),
            format!("(`{}me`)", FOLDERS[2]),
            format!("Fixes {}12", "ISSUE #"),
            format!("see {}7", TICKETS[2]),
            format!("done {}", SITTINGS[0]),
            format!("fetched from {}", HOSTS[0]),
        ] {
            assert_eq!(count(&line), 1, "{line}");
        }
    }

    #[test]
    fn ordinary_words_pass() {
        for line in [
            "docs/work/plan.md",
            "a/home/b",
            "the issue is",
            "expr #1",
            "setsid starts a session",
            "cpu0 #3",
        ] {
            assert_eq!(count(line), 0, "{line}");
        }
        assert_eq!(check(&Tree::of(&[("Cargo.lock", HOSTS[2])])), []);
    }
}
