//! What is said when something is wrong: what, why, and what to do about it.
//!
//! A report is shown on standard error in one write, with colours only where a terminal wants them (`NO_COLOR` and
//! `CLICOLOR_FORCE` are honoured). Its meaning never hangs on a colour.

use std::fmt::Write as _;
use std::io::{self, Write as _};

use anstream::{AutoStream, ColorChoice};
use clap::builder::styling::{AnsiColor, Style};

use crate::curtain;
use crate::spot::Spot;

/// An error for people.
///
/// ```
/// use anypool_runner::Report;
///
/// let report = Report::new("no task is named `sqaure`")
///     .note("tasks: square, worker")
///     .help("did you mean `square`?");
/// assert_eq!(
///     report.plain(),
///     "error: no task is named `sqaure`\n  = tasks: square, worker\nhelp: did you mean `square`?\n"
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    is_error: bool,
    what: String,
    spots: Vec<Spot>,
    notes: Vec<String>,
    help: Vec<String>,
}

impl Report {
    /// An error that says `what` is wrong, in one line.
    #[must_use]
    pub fn new(what: impl Into<String>) -> Self {
        Self {
            is_error: true,
            what: what.into(),
            spots: Vec::new(),
            notes: Vec::new(),
            help: Vec::new(),
        }
    }

    /// Something that is odd, and stops nothing.
    pub(crate) fn warning(what: impl Into<String>) -> Self {
        Self {
            is_error: false,
            ..Self::new(what)
        }
    }

    /// Adds a place where it is wrong.
    #[must_use]
    pub(crate) fn at(mut self, spot: Spot) -> Self {
        self.spots.push(spot);
        self
    }

    /// Whether it is wrong, and not only odd.
    pub(crate) fn is_error(&self) -> bool {
        self.is_error
    }

    /// The first place that it names.
    pub(crate) fn spot(&self) -> Option<&Spot> {
        self.spots.first()
    }

    /// Adds a fact that explains the error.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// Adds something to do about it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }

    /// What is wrong, in one line.
    pub(crate) fn what(&self) -> &str {
        &self.what
    }

    /// The facts that explain it.
    pub(crate) fn notes(&self) -> &[String] {
        &self.notes
    }

    /// What to do about it.
    pub(crate) fn helps(&self) -> &[String] {
        &self.help
    }

    /// The text without colours.
    #[must_use]
    pub fn plain(&self) -> String {
        self.render(Palette::default())
    }

    fn render(&self, palette: Palette) -> String {
        let Palette {
            error,
            warning,
            note,
            help,
        } = palette;
        let mut text = match self.is_error {
            true => format!("{error}error:{error:#} {}\n", self.what),
            false => format!("{warning}warning:{warning:#} {}\n", self.what),
        };
        let paint = |part: &str| format!("{note}{part}{note:#}");
        match &*self.spots {
            [] => {}
            [spot] => text.push_str(&spot.draw(paint)),
            spots => text.push_str(&Spot::draw_all(spots, paint)),
        }
        // Writing to a string cannot fail.
        for line in &self.notes {
            let _ = writeln!(text, "  {note}={note:#} {line}");
        }
        for line in &self.help {
            let _ = writeln!(text, "{help}help:{help:#} {line}");
        }
        text
    }
}

#[derive(Clone, Copy, Default)]
struct Palette {
    error: Style,
    warning: Style,
    note: Style,
    help: Style,
}

const COLOURS: Palette = Palette {
    error: AnsiColor::Red.on_default().bold(),
    warning: AnsiColor::Yellow.on_default().bold(),
    note: AnsiColor::Blue.on_default().bold(),
    help: AnsiColor::Cyan.on_default().bold(),
};

/// Shows `reports` on standard error.
pub(crate) fn show(reports: &[Report]) {
    let palette = match AutoStream::choice(&io::stderr()) {
        ColorChoice::Never => Palette::default(),
        _ => COLOURS,
    };
    let text: String = reports
        .iter()
        .map(|report| report.render(palette))
        .collect();
    say(&text);
}

/// Writes `text` to standard error, whole.
pub(crate) fn say(text: &str) {
    let text = format!("{}{text}", curtain::lift());
    // Where standard error itself is gone, nobody is left to be told.
    let _ = io::stderr().lock().write_all(text.as_bytes());
}
