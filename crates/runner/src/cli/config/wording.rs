//! How a flag that was found elsewhere is said on a command line, and why a command would not take it.

use std::ffi::{OsStr, OsString};

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, ArgAction, Command, Error};

use crate::report::Report;

/// The words by which `ask`, one of the commands of `command`, is told that its flag `arg` is to be as `texts` say.
///
/// # Errors
///
/// It does not take them. Where they were found is not told yet.
pub(super) fn words(
    command: &Command,
    ask: &Command,
    arg: &Arg,
    texts: &[OsString],
) -> Result<Vec<OsString>, Refusal> {
    let said = texts.iter().map(|text| word(arg, text));
    let said = said.collect::<Result<Vec<_>, _>>()?;
    let words: Vec<_> = said.into_iter().flatten().collect();
    // Each flag by itself, so that it is told where what is wrong comes from.
    let alone = [OsStr::new("runner"), OsStr::new(ask.get_name())];
    let alone = alone.into_iter().map(OsStr::to_owned);
    match command
        .clone()
        .try_get_matches_from(alone.chain(words.clone()))
    {
        Err(error) if !is_about_others(&error) => Err(Refusal::of(&error)),
        _ => Ok(words),
    }
}

/// Why a command does not take what was found.
pub(super) struct Refusal {
    what: String,
    /// What it would take, where that can be listed.
    takes: Option<String>,
    /// What there is to say about the place where it was found.
    pub(super) label: String,
}

impl Refusal {
    fn of(error: &Error) -> Self {
        let told = error.to_string();
        let what = told.lines().next().unwrap_or_default();
        let takes = match error.get(ContextKind::ValidValue) {
            Some(ContextValue::Strings(values)) if !values.is_empty() => Some(values.join(", ")),
            _ => None,
        };
        let label = match error.get(ContextKind::SuggestedValue) {
            Some(ContextValue::String(near)) => format!("did you mean `{near}`?"),
            _ => String::new(),
        };
        Self {
            what: what.strip_prefix("error: ").unwrap_or(what).to_owned(),
            takes,
            label,
        }
    }

    /// It as an error for people, who have yet to be told where what is refused was found.
    pub(super) fn report(&self) -> Report {
        let report = Report::new(&self.what);
        match &self.takes {
            Some(takes) => report.note(format!("it takes {takes}")),
            None => report,
        }
    }
}

/// Whether it tells of what a flag that stands alone cannot help.
fn is_about_others(error: &Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::MissingRequiredArgument | ErrorKind::DisplayHelp
    )
}

/// What to type for a flag that is to be as `text` says; `None` where that is to leave it out.
fn word(arg: &Arg, text: &OsStr) -> Result<Option<OsString>, Refusal> {
    let flag = arg.get_long().unwrap_or_default();
    let takes_none = !matches!(arg.get_action(), ArgAction::Set | ArgAction::Append);
    let may_take_none = takes_none
        || arg
            .get_num_args()
            .is_some_and(|range| range.min_values() == 0);
    match text.to_str() {
        Some("true") if may_take_none => Ok(Some(format!("--{flag}").into())),
        Some("false") if may_take_none => Ok(None),
        Some("1") if takes_none => Ok(Some(format!("--{flag}").into())),
        Some("0" | "") if takes_none => Ok(None),
        _ if takes_none => {
            let text = text.display();
            Err(Refusal {
                what: format!("`--{flag}` is true or false, and not `{text}`"),
                takes: None,
                label: String::new(),
            })
        }
        _ => {
            let mut word = OsString::from(format!("--{flag}="));
            word.push(text);
            Ok(Some(word))
        }
    }
}
