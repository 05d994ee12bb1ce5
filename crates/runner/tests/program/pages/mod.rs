//! Every terminal that a page shows is typed in, and has to show the same.
//!
//! A command that names the other program is left to that one's tests. One without output is only to end well. A block
//! that cannot be run says so, and why, behind its `console`, where readers do not see it.
//!
//! - [`page`] finds what pages show,
//! - [`scene`] is where it is typed,
//! - [`alike`] compares.

pub(super) mod alike;
mod page;
pub(super) mod scene;

use std::fs;
use std::path::PathBuf;

use page::{Command, Page};
use scene::Scene;

/// Both programs.
const PROGRAMS: [&str; 2] = ["thread-runner", "process-runner"];

/// The checkout.
fn root() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

/// Pages that people read, by their paths in the checkout.
fn pages() -> Vec<String> {
    let folder = fs::read_dir(root().join("docs")).unwrap();
    let names = folder.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let pages = names.filter(|name| name.ends_with(".md"));
    let pages = pages.map(|name| format!("docs/{name}"));
    let top = ["README.md", "README.ko.md", "CONTRIBUTING.md"];
    top.map(str::to_owned).into_iter().chain(pages).collect()
}

/// Which of the programs a command names.
fn named(command: &str) -> Vec<&'static str> {
    let ends = |letter: char| letter.is_whitespace() || "();|&`".contains(letter);
    let is_named = |name: &&str| command.split(ends).any(|word| word == *name);
    PROGRAMS.into_iter().filter(is_named).collect()
}

/// Types a command, if it is this program's, and says how what it shows differs from the page.
fn typed(scene: &Scene, command: &Command) -> Result<bool, String> {
    let ours = match named(&command.text)[..] {
        [] => true,
        [name] => name == crate::NAME,
        _ => return Err("a command names one of the programs".to_owned()),
    };
    if !ours {
        return Ok(false);
    }
    let ran = scene.run(&command.text);
    let shown = &command.shown;
    if shown.is_empty() && ran.code != 0 {
        return Err(format!("exit code {}, not 0:\n{}", ran.code, ran.out));
    }
    let said: Vec<_> = ran.out.lines().collect();
    if !shown.is_empty() && !alike::alike(shown, &said) {
        let shown = shown.join("\n");
        return Err(format!("-- shown:\n{shown}\n-- said:\n{}", ran.out));
    }
    Ok(true)
}

#[test]
fn terminals_of_the_pages_show_what_happens() {
    let mut wrong = Vec::new();
    let mut run = 0;
    for name in pages() {
        let page = Page::read(&fs::read_to_string(root().join(&name)).unwrap());
        wrong.extend(page.wrong.iter().map(|text| format!("{name}: {text}")));
        for terminal in &page.terminals {
            let scene = Scene::new(terminal.scene.as_deref(), &page.files);
            let first = terminal.commands[0].line;
            if terminal
                .commands
                .iter()
                .all(|command| named(&command.text).is_empty())
            {
                let told =
                    "no command names a program of ours; `not-run: REASON` says that none is run";
                wrong.push(format!("{name}:{first}: {told}"));
                continue;
            }
            for command in &terminal.commands {
                match typed(&scene, command) {
                    Ok(was_run) => run += usize::from(was_run),
                    Err(told) => {
                        let line = command.line;
                        wrong.push(format!("{name}:{line}: $ {}\n{told}", command.text));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n\n"));
    assert!(run >= 10, "only {run} commands were run");
}
