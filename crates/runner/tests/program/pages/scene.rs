//! Where commands are typed: a folder with the files that they need, and a shell.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

use super::super::child::{Live, Ran};

/// A folder of its own, in which the tested program is found by its name.
pub(crate) struct Scene(TempDir);

impl Scene {
    /// Lays out the files of the scene that is named, and these. `bin` in a scene has stand-ins for programs that not
    /// everybody has. As commands of the pages may be typed at the top of a checkout, `crates` is there.
    pub(crate) fn new(name: Option<&str>, files: &[(String, String)]) -> Self {
        let scene = Self(tempfile::tempdir().unwrap());
        for folder in ["here", "bin"] {
            fs::create_dir(scene.0.path().join(folder)).unwrap();
        }
        let program = scene.0.path().join("bin").join(crate::NAME);
        symlink(crate::PROGRAM, program).unwrap();
        let crates = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
        symlink(crates, scene.here().join("crates")).unwrap();
        if let Some(name) = name {
            let folder = "/../runner/tests/program/pages/scenes/";
            let folder = env!("CARGO_MANIFEST_DIR").to_owned() + folder + name;
            copy(Path::new(&folder), &scene.here());
        }
        for (name, text) in files {
            fs::write(scene.here().join(name), text).unwrap();
        }
        scene
    }

    /// Where commands are typed.
    fn here(&self) -> PathBuf {
        self.0.path().join("here")
    }

    /// Types a command; all that it prints is in `out`, as a terminal shows it.
    pub(crate) fn run(&self, command: &str) -> Ran {
        let mut shell = Command::new("sh");
        shell.args(["-c", &format!("exec 2>&1\n{command}")]);
        let path = std::env::var("PATH").unwrap();
        let (ours, stand_ins) = (self.0.path().join("bin"), self.here().join("bin"));
        let path = format!("{}:{}:{path}", ours.display(), stand_ins.display());
        shell.env("PATH", path);
        shell.env("HOME", self.here());
        shell.env("XDG_CONFIG_HOME", "/nonexistent");
        shell.env_remove("CLICOLOR_FORCE");
        shell.env_remove("RUST_BACKTRACE");
        shell.current_dir(self.here());
        shell.stdin(Stdio::null()).stdout(Stdio::piped());
        Live::start(shell).finish()
    }
}

fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            fs::create_dir_all(&target).unwrap();
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}
