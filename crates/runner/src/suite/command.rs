//! A task that is a program: its words, and where it starts.

use std::ffi::OsString;
use std::ops::Range;
use std::os::unix::ffi::OsStringExt as _;
use std::path::PathBuf;
use std::sync::Arc;

use toml::de::DeValue;

use super::fields::{Fields, Placed};
use super::form;
use super::parts::Parts;
use super::rows::Row;
use super::words::{FIXED, Unknown, Words};
use super::wrong::Wrong;
use crate::engine::program::{Program, SlotPlace, Stdin};
use crate::engine::unit::Work;
use crate::event::TaskKey;
use crate::nearest::nearest;

/// A program with what its instances have in common.
#[derive(Debug)]
pub(super) struct CommandSpec {
    /// Where its program is named.
    pub(super) program_at: Range<usize>,
    argv: Vec<Words>,
    stdin: Reads,
    cwd: Option<Words>,
    env: Vec<(OsString, Words)>,
    ok_codes: Arc<[u8]>,
    memory_limit: Option<u64>,
    /// Where relative paths begin, and programs start.
    folder: PathBuf,
}

#[derive(Debug)]
enum Reads {
    Nothing,
    Text(Words),
    File(Words),
}

impl CommandSpec {
    /// Reads it; all that is wrong is told.
    pub(super) fn read(wrong: &mut Wrong<'_>, parts: &Parts<'_>) -> Self {
        let reading = Reading { parts };
        for (axis, at) in &parts.axes {
            if FIXED.contains(&&*axis.name) {
                let what = format!("a matrix of a command cannot have `{}`", axis.name);
                wrong.tell(wrong.at(at.clone(), "this name stands for something else", what));
            }
        }
        let task = parts.task;
        let argv: Vec<_> = task
            .texts("argv")
            .into_iter()
            .map(|word| reading.words(wrong, &word))
            .collect();
        if argv.first().is_none_or(|name| name.fixed() == Some("")) {
            let what = format!("task `{}` names no program", parts.id);
            let at = task
                .get("argv")
                .map_or(parts.at.clone(), toml::Spanned::span);
            let report = wrong.at(at, "a command needs `argv`", what);
            wrong.tell(report.help("add `argv = [\"program\", \"argument\"]`"));
        }
        let stdin = match (task.placed("stdin"), task.table("stdin")) {
            (Some(text), _) => Reads::Text(reading.plain(wrong, &text)),
            (None, Some(table)) => {
                let file = table.placed("file").map(|file| reading.plain(wrong, &file));
                file.map_or(Reads::Nothing, Reads::File)
            }
            (None, None) => Reads::Nothing,
        };
        let cwd = task.placed("cwd").map(|cwd| reading.plain(wrong, &cwd));
        let spec = Self {
            program_at: task
                .texts("argv")
                .first()
                .map_or(parts.at.clone(), Placed::span),
            argv,
            stdin,
            cwd,
            env: reading.env(wrong),
            ok_codes: ok_codes(task),
            memory_limit: task.size("memory-limit"),
            folder: parts.folder.to_owned(),
        };
        if let Some(inputs) = &parts.inputs
            && !spec.all_words().any(Words::asks_for_input)
        {
            let what = format!("task `{}` has inputs, and no place for them", parts.id);
            let report = wrong.at(inputs.at.clone(), "nothing uses these", what);
            wrong.tell(
                report
                    .help("put `{input}`, `{path}`, `{name}`, `{stem}` or `{folder}` into `argv`"),
            );
        }
        spec
    }

    fn all_words(&self) -> impl Iterator<Item = &Words> {
        let stdin = match &self.stdin {
            Reads::Nothing => None,
            Reads::Text(words) | Reads::File(words) => Some(words),
        };
        let env = self.env.iter().map(|(_, value)| value);
        self.argv.iter().chain(stdin).chain(&self.cwd).chain(env)
    }

    /// The program's name where that is the same for all instances, and the folder it is looked for in.
    pub(super) fn program(&self) -> Option<(&str, PathBuf)> {
        let name = self.argv.first()?.fixed()?;
        let cwd = match &self.cwd {
            Some(cwd) => cwd.fixed()?,
            None => "",
        };
        Some((name, self.folder.join(cwd)))
    }

    /// The program of an instance.
    pub(super) fn work(&self, row: &Row<'_>) -> (Work, TaskKey) {
        let text = |words: &Words| OsString::from_vec(words.fill(row).0);
        let mut program = Program::default();
        for (word, words) in self.argv.iter().enumerate() {
            let (text, slots) = words.fill(row);
            program.argv.push(OsString::from_vec(text));
            let slots = slots.into_iter().map(|offset| SlotPlace { word, offset });
            program.slots.extend(slots);
        }
        program.stdin = match &self.stdin {
            Reads::Nothing => Stdin::Null,
            Reads::Text(words) => Stdin::Bytes(words.fill(row).0.into()),
            Reads::File(words) => Stdin::File(self.folder.join(text(words))),
        };
        let cwd = self.cwd.as_ref().map(text).unwrap_or_default();
        let cwd = self.folder.join(cwd);
        program.cwd = (!cwd.as_os_str().is_empty()).then(|| cwd.into());
        let env = self.env.iter();
        program.env = env
            .map(|(name, value)| (name.clone(), Some(text(value))))
            .collect();
        program.ok_codes = Arc::clone(&self.ok_codes);
        program.memory_limit = self.memory_limit;
        let key = program.key();
        (Work::Program(Box::new(program)), key)
    }
}

fn ok_codes(task: Fields<'_>) -> Arc<[u8]> {
    let list = task
        .get("ok-codes")
        .and_then(|list| list.get_ref().as_array());
    let codes = list.into_iter().flat_map(|list| list.iter());
    let codes = codes.filter_map(|code| u8::try_from(form::whole(code.get_ref())?).ok());
    codes.collect()
}

/// A task that is read as a command.
struct Reading<'p> {
    parts: &'p Parts<'p>,
}

impl Reading<'_> {
    /// A text with its placeholders.
    fn words(&self, wrong: &mut Wrong<'_>, text: &Placed<'_>) -> Words {
        let axes = self.parts.axes.iter();
        let axes: Vec<_> = axes.map(|(axis, _)| &*axis.name).collect();
        let words = match Words::read(text.get_ref(), &axes) {
            Ok(words) => words,
            Err(Unknown(word)) => {
                self.unknown(wrong, &word, &axes, text.span());
                Words::default()
            }
        };
        if words.asks_for_input() && self.parts.inputs.is_none() {
            let what = format!("task `{}` has no inputs to put in here", self.parts.id);
            let report = wrong.at(text.span(), "this asks for one", what);
            wrong.tell(report.help("add `files` or `inputs`"));
        }
        words
    }

    /// A text that goes to no worker slot by itself.
    fn plain(&self, wrong: &mut Wrong<'_>, text: &Placed<'_>) -> Words {
        let at = text.span();
        let words = self.words(wrong, text);
        if words.asks_for_slot() {
            let what = format!("task `{}` cannot have `{{slot}}` here", self.parts.id);
            wrong.tell(wrong.at(at, "it is known for `argv` alone", what));
        }
        words
    }

    fn unknown(&self, wrong: &mut Wrong<'_>, word: &str, axes: &[&str], at: Range<usize>) {
        let known = FIXED.iter().chain(axes).copied();
        let label = match nearest(word, known.clone()) {
            Some(near) => format!("did you mean `{{{near}}}`?"),
            None => "it stands for nothing".to_owned(),
        };
        let known: Vec<_> = known.map(|name| format!("{{{name}}}")).collect();
        let what = format!(
            "unknown placeholder `{{{word}}}` in task `{}`",
            self.parts.id
        );
        let report = wrong.at(at, &label, what);
        let report = report.note(format!("placeholders: {}", known.join(", ")));
        wrong.tell(report.help(format!("write `{{{{{word}}}}}` for the text `{{{word}}}`")));
    }

    fn env(&self, wrong: &mut Wrong<'_>) -> Vec<(OsString, Words)> {
        let mut env = Vec::new();
        for (name, value) in self.parts.task.names("env") {
            if name.get_ref().is_empty() || name.get_ref().contains(['=', '\0']) {
                let what = format!("`{}` cannot be a variable", name.get_ref().escape_debug());
                wrong.tell(wrong.at(name.span(), "no environment has one of this name", what));
                continue;
            }
            if let DeValue::String(text) = value.get_ref() {
                let text = toml::Spanned::new(value.span(), &**text);
                env.push((OsString::from(name.get_ref()), self.plain(wrong, &text)));
            }
        }
        env
    }
}
