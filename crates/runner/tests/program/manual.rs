//! Pages for `man`: one for the program and one for each command, none of them with a section that says nothing.

use std::fs;

use super::child::run;

/// Each section of a page: its title, and its text.
fn sections(page: &str) -> Vec<(&str, &str)> {
    let sections = page.split("\n.SH ").skip(1);
    sections
        .filter_map(|section| section.split_once('\n'))
        .collect()
}

#[test]
fn every_command_has_a_page_whose_sections_all_say_something() {
    let folder = tempfile::tempdir().unwrap();
    let pages = folder.path().join("pages");
    let ran = run(&format!("man {}", pages.display()));
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    let written: Vec<_> = ran.out.lines().collect();
    for command in [
        "",
        "-spawn",
        "-map",
        "-run",
        "-exec",
        "-replay",
        "-list",
        "-check",
        "-schema",
        "-help",
        "-completions",
        "-man",
    ] {
        let name = format!("{}{command}.1", crate::NAME);
        assert!(written.contains(&&*name), "{name}: {written:?}");
    }
    for name in &written {
        let page = fs::read_to_string(pages.join(name)).unwrap();
        assert!(
            page.contains(&format!(".TH {} 1", name.trim_end_matches(".1"))),
            "{page}"
        );
        let sections = sections(&page);
        for needed in ["NAME", "SYNOPSIS", "DESCRIPTION"] {
            assert!(
                sections.iter().any(|(title, _)| *title == needed),
                "{name}: no {needed}"
            );
        }
        for (title, text) in sections {
            let says = |line: &str| !line.is_empty() && !line.starts_with(".TP");
            assert!(text.lines().any(says), "{name}: {title} is empty");
        }
    }
    assert_eq!(written.len(), fs::read_dir(&pages).unwrap().count());
}

#[test]
fn a_folder_that_cannot_be_is_told() {
    let ran = run("man /dev/null/pages");
    assert_eq!((ran.code, ran.out.as_str()), (74, ""));
    assert!(
        ran.err.contains("/dev/null/pages cannot be written"),
        "{}",
        ran.err
    );
}
