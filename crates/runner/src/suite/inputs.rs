//! The inputs of a task: a list, the lines of a file, or files by their patterns.

use std::ffi::OsString;
use std::ops::Range;
use std::path::Path;

use super::fields::{Fields, scalar};
use super::files::{self, InputError};
use super::wrong::Wrong;
use crate::report::Report;

/// The inputs of a task.
#[derive(Debug)]
pub(super) struct Inputs {
    pub(super) values: Vec<OsString>,
    /// Where the suite says what they are.
    pub(super) at: Range<usize>,
    /// Where each one stands, if that is in the suite.
    places: Vec<Range<usize>>,
    /// Whether they are the names of files.
    pub(super) are_files: bool,
}

impl Inputs {
    /// Reads those of a task, if it has any.
    pub(super) fn read(
        wrong: &mut Wrong<'_>,
        task: Fields<'_>,
        id: &str,
        folder: &Path,
    ) -> Option<Self> {
        let (inputs, files) = (task.get("inputs"), task.get("files"));
        if let (Some(inputs), Some(_)) = (inputs, files) {
            let what = format!("task `{id}` has both `files` and `inputs`");
            wrong.tell(wrong.at(inputs.span(), "one of them is enough", what));
        }
        if let Some(files) = files {
            return Some(Self {
                values: find(wrong, task, id, folder),
                at: files.span(),
                places: Vec::new(),
                are_files: true,
            });
        }
        let inputs = inputs?;
        let mut read = Self {
            values: Vec::new(),
            at: inputs.span(),
            places: Vec::new(),
            are_files: false,
        };
        if let Some(list) = inputs.get_ref().as_array() {
            for value in list.iter() {
                read.values.extend(scalar(value).map(OsString::from));
                read.places.push(value.span());
            }
        } else if let Some(file) = task.table("inputs")?.placed("lines-of") {
            match files::lines(&folder.join(file.get_ref())) {
                Ok(values) => read.values = values,
                Err(error) => wrong.tell(refused(wrong, id, file.span(), &error)),
            }
        }
        Some(read)
    }

    /// Where one of them stands, and how to name it.
    pub(super) fn place(&self, index: usize) -> (Range<usize>, String) {
        match self.places.get(index) {
            Some(place) => (place.clone(), "this is none".to_owned()),
            None => (self.at.clone(), format!("its input {} is none", index + 1)),
        }
    }
}

/// The files that a task's patterns find; each one once, in the order of the patterns.
fn find(wrong: &mut Wrong<'_>, task: Fields<'_>, id: &str, folder: &Path) -> Vec<OsString> {
    let mut all = Vec::new();
    let mut seen = std::collections::HashSet::new();
    for pattern in task.texts("files") {
        match files::find(folder, pattern.get_ref()) {
            Ok(found) => {
                if found.is_empty() {
                    let what = format!("`files` of task `{id}` finds nothing");
                    let folder = match folder.as_os_str().is_empty() {
                        true => "this folder".to_owned(),
                        false => folder.display().to_string(),
                    };
                    let label = format!("nothing in {folder} is called so");
                    let spot = wrong.text.spot(pattern.span()).label(label);
                    wrong.tell(Report::warning(what).at(spot));
                }
                all.extend(found.into_iter().filter(|file| seen.insert(file.clone())));
            }
            Err(error) => wrong.tell(refused(wrong, id, pattern.span(), &error)),
        }
    }
    all
}

fn refused(wrong: &Wrong<'_>, id: &str, at: Range<usize>, error: &InputError) -> Report {
    let what = format!("task `{id}` has no inputs: {error}");
    wrong.at(at, "from here", what)
}
