//! What the programs say about the most usual mistakes and mishaps, word by word.
//!
//! What is typed stands in a file of its own, with `RUNNER` for the program; what each program says to it in a file of its
//! name. `SNAPSHOTS=overwrite cargo test messages` writes the texts anew; what changes is to be read.

use std::fmt::Write as _;
use std::path::Path;

use snapbox::{Data, assert_data_eq};

use super::pages::alike::lasting;
use super::pages::scene::Scene;

/// The files of what is typed and said.
const FOLDER: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../runner/tests/program/messages"
);

#[test]
fn mistakes_and_mishaps_are_told_with_what_where_why_and_what_to_do() {
    let scene = Scene::new(Some("mistakes"), &[]);
    let mut said = String::new();
    for typed in include_str!("messages/typed.txt").lines() {
        let typed = typed.replace("RUNNER", crate::NAME);
        let ran = scene.run(&typed);
        let told: String = ran.out.lines().map(|line| lasting(line) + "\n").collect();
        // Writing to a string cannot fail.
        let _ = writeln!(said, "$ {typed}\n{told}(exit code {})\n", ran.code);
    }
    let expected = Path::new(FOLDER).join(crate::NAME).with_extension("txt");
    assert_data_eq!(said, Data::read_from(&expected, None).raw());
}
