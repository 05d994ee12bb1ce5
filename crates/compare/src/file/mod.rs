//! A person's own comparison, in a file: what is run, on which arms, how it is measured, and what it must keep to.
//!
//! - [`wrong`] gathers all that is wrong with a file, each with its place;
//! - [`fields`] reads the keys of a table;
//! - [`work`] is what is run, [`arms`] on which arms, [`measure`] how it is measured; [`reading`] reads all of it.

mod wrong;
mod fields;
mod work;
mod arms;
mod measure;
mod reading;

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;
use std::time::Duration;

use crate::arm::Arm;
use crate::class::Class;
use crate::gate::Gate;
use crate::measure::Measure;
use crate::sweep::Sweep;
use crate::terms::Terms;
use crate::workload::{Shape, Workload};

pub use wrong::FileError;

/// What a file says.
#[derive(Debug, Clone, PartialEq)]
pub struct CompareFile {
    /// What the comparison is called.
    pub name: String,
    /// What its figures answer.
    pub question: String,
    /// What the work spends its time on.
    pub class: Class,
    /// What is run; without a number of workers, on as many as there are processors.
    pub shape: Shape,
    /// The other parameters of a task, as `-s` takes them.
    pub params: Vec<String>,
    /// What is turned from cell to cell.
    pub sweep: Option<Sweep>,
    /// The arms.
    pub arms: Vec<Arm>,
    /// How it is measured.
    pub measure: Measure,
    /// What it must keep to.
    pub gates: Vec<Gate>,
    /// On what terms its arms are judged.
    pub terms: Terms,
}

impl CompareFile {
    /// Reads a file.
    ///
    /// # Errors
    ///
    /// Fails when it cannot be read, or with all that is wrong with it.
    ///
    /// ```
    /// use anypool_compare::CompareFile;
    ///
    /// let text = "schema = 1\nname = \"gil\"\nroundz = 8\n[workload]\nkind = \"primes\"\ninput = 1000\ntasks = 8\n";
    /// let error = CompareFile::parse("gil.toml".as_ref(), text).unwrap_err().to_string();
    /// assert!(error.starts_with("unknown key `roundz` in the file\n  ┌─ gil.toml:3:1"));
    /// ```
    pub fn read(file: &Path) -> Result<Self, FileError> {
        let text = bounded(file);
        let text =
            text.map_err(|why| FileError::whole(file, format!("the file cannot be read: {why}")))?;
        Self::parse(file, &text)
    }

    /// Reads a file's text; `file` is what it is called in errors.
    ///
    /// # Errors
    ///
    /// Fails with all that is wrong with it.
    pub fn parse(file: &Path, text: &str) -> Result<Self, FileError> {
        reading::read(file, text)
    }

    /// What it compares.
    pub fn workload(&self) -> Workload {
        Workload {
            name: self.name.clone(),
            question: self.question.clone(),
            class: self.class,
            shape: self.shape.clone(),
            sweep: self.sweep.clone(),
            settings: self.params.clone(),
            pool: Vec::new(),
            ballast: None,
            arms: self.arms.clone(),
            expected: None,
            round: A_ROUND,
            notes: Vec::new(),
            terms: self.terms.clone(),
        }
    }
}

/// Nobody writes more than this by hand.
const MOST_BYTES: u64 = 1 << 20;

/// What a file holds, which may be one that has no end.
fn bounded(file: &Path) -> io::Result<String> {
    let mut text = String::new();
    let read = File::open(file)?
        .take(MOST_BYTES + 1)
        .read_to_string(&mut text)?;
    match u64::try_from(read) {
        Ok(length) if length <= MOST_BYTES => Ok(text),
        _ => Err(io::Error::other("it has more than 1 MiB")),
    }
}

/// Nobody knows how long the work takes before it was run.
const A_ROUND: Duration = Duration::from_secs(1);

#[cfg(test)]
mod tests;
