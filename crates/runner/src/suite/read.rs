//! Reading a suite: its text, its form, its tasks, and their order. All that is wrong is told at once.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::check::{self, Place};
use super::fields::Fields;
use super::files::MOST;
use super::form::whole;
use super::grants::Grants;
use super::keys::{SCHEMA, SUITE};
use super::order::{self, Target};
use super::profile::{self, Profile, Wishes};
use super::task::{self, Around, Task};
use super::wrong::{Text, Wrong};
use crate::engine::source::Group;
use crate::report::Report;

/// A suite that can be run.
#[derive(Debug)]
pub(crate) struct Suite {
    pub(super) text: Text,
    /// What it is called.
    pub(crate) name: String,
    /// What it is for.
    pub(crate) description: Option<String>,
    pub(super) tasks: Vec<Task>,
    /// What each task comes after.
    pub(super) after: Vec<Vec<Target>>,
    pub(super) groups: Vec<Group>,
    /// What holds for tasks that do not say otherwise.
    pub(super) grants: Grants,
    /// What its profile says of the run as a whole.
    pub(crate) wishes: Wishes,
    /// What is odd about it, and stops nothing.
    pub(crate) warnings: Vec<Report>,
}

/// Why there is no suite.
#[derive(Debug)]
pub(crate) enum Unread {
    /// There is no such file.
    Missing(Report),
    /// It is wrong.
    Invalid(Vec<Report>),
}

/// The longest suite, in bytes.
const LONGEST: u64 = 64 << 20;

impl Suite {
    /// Reads the suite of this file for `program`, with a profile.
    ///
    /// # Errors
    ///
    /// Tells all that is wrong with it.
    pub(crate) fn read(
        path: &Path,
        program: &'static str,
        profile: Option<Profile<'_>>,
    ) -> Result<Self, Unread> {
        let file = path.display().to_string();
        let text = load(path).map_err(|error| unloaded(&file, &error))?;
        let text = Text {
            file,
            text,
            program,
        };
        Self::parse(text, &folder(path), profile).map_err(Unread::Invalid)
    }

    pub(super) fn parse(
        text: Text,
        folder: &Path,
        profile: Option<Profile<'_>>,
    ) -> Result<Self, Vec<Report>> {
        let (table, errors) = DeTable::parse_recoverable(&text.text);
        let mut wrong = Wrong::new(&text);
        let mut last = None;
        for error in &errors {
            let at = error.span().unwrap_or(0..0);
            let line = text.text[..at.start.min(text.text.len())]
                .matches('\n')
                .count();
            // One slip of a pen is noticed several times, and it is the first that tells.
            if last.replace(line) != Some(line) {
                let what = format!("{} is no TOML", text.file);
                wrong.tell(wrong.at(at, error.message(), what));
            }
        }
        // A key that comes twice leaves all else as it is; after any other error nobody knows what was meant.
        if errors
            .iter()
            .any(|error| error.message() != "duplicate key")
        {
            return Err(wrong.finish());
        }
        if let Some(newer) = newer(&wrong, table.get_ref()) {
            return Err(vec![newer]);
        }
        let whole = table.span();
        let read = Parts::read(
            &mut wrong,
            table.get_ref(),
            whole.start..whole.start,
            folder,
            profile,
        );
        let (errors, warnings): (Vec<_>, _) =
            wrong.finish().into_iter().partition(Report::is_error);
        if !errors.is_empty() {
            return Err(errors);
        }
        let stem = Path::new(&text.file).file_stem().unwrap_or_default();
        Ok(Self {
            name: read
                .name
                .unwrap_or_else(|| stem.to_string_lossy().into_owned()),
            description: read.description,
            tasks: read.tasks,
            after: read.after,
            groups: read.groups,
            grants: read.grants,
            wishes: read.wishes,
            warnings,
            text,
        })
    }
}

/// What is read of a suite, be it right or wrong.
struct Parts {
    name: Option<String>,
    description: Option<String>,
    tasks: Vec<Task>,
    after: Vec<Vec<Target>>,
    groups: Vec<Group>,
    grants: Grants,
    wishes: Wishes,
}

impl Parts {
    fn read(
        wrong: &mut Wrong<'_>,
        table: &DeTable<'_>,
        whole: std::ops::Range<usize>,
        folder: &Path,
        profile: Option<Profile<'_>>,
    ) -> Self {
        check::table(wrong, table, whole, SUITE, &Place::suite());
        let fields = Fields(table);
        let (wishes, profiled) = profile::read(wrong, fields, profile);
        let own = fields.table("defaults").map(Grants::read);
        let groups = groups(fields);
        let around = Around {
            folder,
            groups: &groups,
        };
        let tasks = task::read_all(wrong, fields, &around);
        let mut total = 0_u64;
        for task in &tasks {
            total = total.saturating_add(task.rows.len());
            if total > MOST {
                let what = format!(
                    "more than {MOST} instances: task `{}` makes it so many",
                    task.id
                );
                wrong.tell(wrong.at(task.kind_at.clone(), "this task", what));
                break;
            }
        }
        // Names of instances are looked for among all of them.
        let after = match total > MOST {
            true => Vec::new(),
            false => order::resolve(wrong, &tasks),
        };
        Self {
            name: fields.text("name").map(str::to_owned),
            description: fields.text("description").map(str::to_owned),
            tasks,
            after,
            groups,
            grants: profiled.or(own.unwrap_or_default()),
            wishes,
        }
    }
}

fn groups(suite: Fields<'_>) -> Vec<Group> {
    let named = suite.names("groups").into_iter();
    let groups = named.filter_map(|(name, group)| {
        let group = Fields(group.get_ref().as_table()?);
        let most = usize::try_from(group.whole("max-running")?).ok()?;
        Some(Group {
            name: (*name.get_ref()).into(),
            max_running: most.max(1),
        })
    });
    groups.collect()
}

/// A suite of a later format is not taken apart: everything in it may be new.
fn newer(wrong: &Wrong<'_>, table: &DeTable<'_>) -> Option<Report> {
    let schema: &Spanned<DeValue<'_>> = table.get("schema")?;
    let version = whole(schema.get_ref()).filter(|version| *version > SCHEMA)?;
    let what = format!("this suite is written for a later {}", wrong.text.program);
    let label = format!("this one knows schema {SCHEMA}");
    let report = wrong.at(schema.span(), &label, what);
    Some(report.help(format!("use a version that knows schema {version}")))
}

fn load(path: &Path) -> io::Result<String> {
    let mut bytes = Vec::new();
    File::open(path)?
        .take(LONGEST + 1)
        .read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LONGEST {
        return Err(io::Error::new(
            io::ErrorKind::FileTooLarge,
            format!("it is longer than {} MiB, which no suite is", LONGEST >> 20),
        ));
    }
    String::from_utf8(bytes).map_err(|error| {
        let good = error.utf8_error().valid_up_to();
        let line = 1 + error.as_bytes()[..good]
            .iter()
            .filter(|&&byte| byte == b'\n')
            .count();
        let why = format!("line {line} is not UTF-8 text");
        io::Error::new(io::ErrorKind::InvalidData, why)
    })
}

fn unloaded(file: &str, error: &io::Error) -> Unread {
    let what = format!("{file} cannot be read: {error}");
    match error.kind() {
        io::ErrorKind::InvalidData | io::ErrorKind::FileTooLarge => {
            Unread::Invalid(vec![Report::new(what)])
        }
        _ => Unread::Missing(Report::new(what)),
    }
}

/// Where a suite's relative paths begin; empty where that is the current folder.
fn folder(path: &Path) -> PathBuf {
    let folder = path.parent().unwrap_or(Path::new(""));
    match folder == Path::new(".") {
        true => PathBuf::new(),
        false => folder.to_owned(),
    }
}
