//! The text of a suite, and all that is wrong with it.

use std::ops::Range;

use crate::report::Report;
use crate::spot::Spot;

/// So many errors are told one by one.
const TOLD: usize = 50;

/// The text of a suite and where it comes from.
#[derive(Debug)]
pub(super) struct Text {
    /// The file, as it was named.
    pub(super) file: String,
    pub(super) text: String,
    /// The program that reads it.
    pub(super) program: &'static str,
}

impl Text {
    /// A place in it.
    pub(super) fn spot(&self, meant: Range<usize>) -> Spot {
        Spot::new(&self.file, &self.text, meant)
    }
}

/// All that is wrong with a suite.
#[derive(Debug)]
pub(super) struct Wrong<'t> {
    pub(super) text: &'t Text,
    reports: Vec<Report>,
    is_full: bool,
}

impl<'t> Wrong<'t> {
    pub(super) fn new(text: &'t Text) -> Self {
        Self {
            text,
            reports: Vec::new(),
            is_full: false,
        }
    }

    /// This is wrong.
    pub(super) fn tell(&mut self, report: Report) {
        if self.reports.len() < TOLD {
            self.reports.push(report);
        } else {
            self.is_full |= report.is_error();
        }
    }

    /// Whether nothing more is told, so that nobody need look for it.
    pub(super) fn is_full(&self) -> bool {
        self.is_full
    }

    /// `what` is wrong at this place, of which there is something to say.
    pub(super) fn at(&self, meant: Range<usize>, label: &str, what: String) -> Report {
        Report::new(what).at(self.text.spot(meant).label(label))
    }

    /// Everything, in the order of the file.
    pub(super) fn finish(mut self) -> Vec<Report> {
        self.reports
            .sort_by_key(|report| report.spot().map_or(0, Spot::line));
        if self.is_full {
            let more = format!("{} has more errors than these", self.text.file);
            self.reports.push(Report::new(more));
        }
        self.reports
    }
}
