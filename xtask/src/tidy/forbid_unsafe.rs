//! Rule `forbid-unsafe`: a library or program without a `sys` folder forbids unsafe code at its root.

use super::manifest::packages;
use super::modules::Module;
use super::targets::{Kind, targets};
use super::tree::Tree;
use super::unsafe_rooms::is_unsafe_room;
use super::violation::Violation;

/// Checks the root of every library and program of every member.
pub(crate) fn check(tree: &Tree) -> Vec<Violation> {
    let packages = packages(tree);
    let members = packages.iter().filter(|package| package.member);
    let crates = members
        .flat_map(|package| targets(tree, package))
        .filter(|target| target.kind != Kind::Other);
    let roots = crates.filter_map(|target| Module::of_crate(tree, &target.root));
    roots
        .filter(lacks_forbid)
        .map(|root| violation(&root.file))
        .collect()
}

fn lacks_forbid(root: &Module) -> bool {
    // Token by token: the text of a doc comment is one literal, whatever it says.
    let mut tokens = root
        .tokens
        .clone()
        .into_iter()
        .map(|token| token.to_string());
    let forbids = tokens.any(|token| token.replace(' ', "") == "[forbid(unsafe_code)]");
    !forbids && !root.all().iter().any(|module| is_unsafe_room(&module.file))
}

fn violation(path: &str) -> Violation {
    Violation {
        rule: "forbid-unsafe",
        file: path.to_owned(),
        line: 1,
        what: "the crate does not forbid unsafe code".to_owned(),
        why: "unsafe is forbidden where it has no business, so that no later change brings it in unseen",
        help: "add `#![forbid(unsafe_code)]` below the module doc".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_root_must_forbid_unless_its_crate_has_a_sys_folder() {
        let members = ("Cargo.toml", "[workspace]\nmembers = [\"crates/*\"]\n");
        let core = (
            "crates/core/Cargo.toml",
            "[package]\nname = \"anypool-core\"\n",
        );
        let lib = |text| {
            [
                members,
                core,
                ("crates/core/src/lib.rs", text),
                ("crates/core/src/sys/mod.rs", ""),
            ]
        };
        let root = "crates/core/src/lib.rs";
        assert_eq!(check(&Tree::of(&lib("//! Doc.\n"))), [violation(root)]);
        assert_eq!(
            check(&Tree::of(&lib("//! #![forbid(unsafe_code)] in prose.\n"))),
            [violation(root)]
        );
        assert_eq!(
            check(&Tree::of(&lib("//! Doc.\n#![forbid(unsafe_code)]\n"))),
            []
        );
        assert_eq!(check(&Tree::of(&lib("mod sys;"))), []);
    }
}
