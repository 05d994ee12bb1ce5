//! A program to start: its words, and the place that it starts in.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::event::TaskKey;

/// A program to start. Nothing of it goes through a shell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Program {
    /// The program's name or path, and its arguments.
    pub(crate) argv: Vec<OsString>,
    /// Where in `argv` the number of the worker slot is to be put in, in order; most programs do not ask for it.
    pub(crate) slots: Vec<SlotPlace>,
    /// The folder to start it in; `None` is the runner's own.
    pub(crate) cwd: Option<Arc<Path>>,
    /// What is set in its environment, and what is taken out of it (`None`).
    pub(crate) env: Arc<[(OsString, Option<OsString>)]>,
    /// What it reads.
    pub(crate) stdin: Stdin,
    /// The exit codes by which it says that all went well; empty stands for 0 alone.
    pub(crate) ok_codes: Arc<[u8]>,
    /// How much address space it may have, in bytes.
    pub(crate) memory_limit: Option<u64>,
}

/// A place in a program's words where the number of the worker slot belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SlotPlace {
    /// Which word.
    pub(crate) word: usize,
    /// Before which of its bytes.
    pub(crate) offset: usize,
}

/// What a program reads.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Stdin {
    /// Nothing.
    #[default]
    Null,
    /// What the runner would read.
    Inherit,
    /// These bytes.
    Bytes(Arc<[u8]>),
    /// This file.
    File(PathBuf),
}

impl Program {
    /// The program of these words, with all else as it is by default.
    pub(crate) fn new(argv: Vec<OsString>) -> Self {
        Self {
            argv,
            ..Self::default()
        }
    }

    /// The words, for a worker slot of this number.
    pub(crate) fn words(&self, slot: usize) -> std::borrow::Cow<'_, [OsString]> {
        if self.slots.is_empty() {
            return (&self.argv).into();
        }
        let number = slot.to_string();
        let mut argv = self.argv.clone();
        // From the last place to the first, so that what is put in moves no place that is still to come.
        for place in self.slots.iter().rev() {
            let Some(word) = argv.get_mut(place.word) else {
                continue;
            };
            let mut bytes = std::mem::take(word).into_vec();
            let offset = place.offset.min(bytes.len());
            bytes.splice(offset..offset, number.bytes());
            *word = OsString::from_vec(bytes);
        }
        argv.into()
    }

    /// Whether an exit with this code is a good one.
    pub(crate) fn is_ok(&self, code: i32) -> bool {
        match &*self.ok_codes {
            [] => code == 0,
            codes => codes.iter().any(|&ok| i32::from(ok) == code),
        }
    }

    /// What it is, by its content: the words, the folder, what is changed in the environment, and what it reads.
    pub(crate) fn key(&self) -> TaskKey {
        let mut key = TaskKey::builder("program");
        for word in &self.argv {
            key = key.part("argv", word.as_bytes());
        }
        for place in &self.slots {
            let place = format!("{}:{}", place.word, place.offset);
            key = key.part("slot", place.as_bytes());
        }
        if let Some(cwd) = &self.cwd {
            key = key.part("cwd", cwd.as_os_str().as_bytes());
        }
        for (name, value) in &*self.env {
            key = key.part("env", name.as_bytes());
            key = match value {
                Some(value) => key.part("is", value.as_bytes()),
                None => key.part("unset", b""),
            };
        }
        match &self.stdin {
            Stdin::Null => key,
            Stdin::Inherit => key.part("stdin", b"inherit"),
            Stdin::Bytes(bytes) => key.part("stdin bytes", bytes),
            Stdin::File(path) => key.part("stdin file", path.as_os_str().as_bytes()),
        }
        .finish()
    }
}

/// Whether a program of this name would be found by one that starts it in `folder`.
pub(crate) fn is_there(program: &OsStr, folder: &Path) -> bool {
    let is_program = |path: &Path| {
        use nix::unistd::{AccessFlags, access};
        path.is_file() && access(path, AccessFlags::X_OK).is_ok()
    };
    if program.as_bytes().contains(&b'/') {
        return is_program(&folder.join(program));
    }
    let path = std::env::var_os("PATH").unwrap_or_else(|| "/bin:/usr/bin".into());
    std::env::split_paths(&path).any(|folder| is_program(&folder.join(program)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn program(words: &[&str]) -> Program {
        Program::new(words.iter().map(OsString::from).collect())
    }

    #[test]
    fn the_slot_is_put_in_where_it_was_asked_for() {
        let mut asks = program(&["run", "a--b", "{%}"]);
        assert_eq!(asks.words(7), asks.argv);
        asks.slots = vec![
            SlotPlace { word: 1, offset: 2 },
            SlotPlace { word: 1, offset: 4 },
        ];
        assert_eq!(*asks.words(12), *program(&["run", "a-12-b12", "{%}"]).argv);
    }

    #[test]
    fn the_key_tells_all_that_a_program_depends_on() {
        let plain = program(&["ls", "-l"]);
        let mut others = [(); 6].map(|()| plain.clone());
        others[0].argv = program(&["ls", "-", "l"]).argv;
        others[1].cwd = Some(Path::new("/").into());
        others[2].env = [("A".into(), Some("1".into()))].into();
        others[3].env = [("A".into(), None)].into();
        others[4].stdin = Stdin::Bytes((*b"").into());
        others[5].stdin = Stdin::Inherit;
        let mut keys: Vec<_> = others.iter().map(Program::key).collect();
        keys.push(plain.key());
        keys.sort();
        keys.dedup();
        assert_eq!(keys.len(), 7);
        let same = Program {
            ok_codes: [3].into(),
            ..plain.clone()
        };
        assert_eq!(
            same.key(),
            plain.key(),
            "what is expected of it is not what it does"
        );
    }

    #[test]
    fn other_exit_codes_can_be_good_ones() {
        let mut grep = program(&["grep"]);
        assert_eq!([0, 1].map(|code| grep.is_ok(code)), [true, false]);
        grep.ok_codes = [0, 1].into();
        assert_eq!([0, 1, 2].map(|code| grep.is_ok(code)), [true, true, false]);
    }
}
