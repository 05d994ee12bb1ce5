//! What keeps chosen instances from being run at all: they would end the runner, or their program is not there.

use std::ffi::OsStr;

use super::choice::Chosen;
use super::plan::Skipped;
use super::task::Doing;
use crate::engine::program::is_there;
use crate::report::Report;

/// A task whose program is not there.
#[derive(Debug)]
pub(crate) struct Missing {
    pub(crate) report: Report,
    /// The same as a reason to skip it.
    pub(crate) skipped: Skipped,
}

/// The tasks that would end the runner itself.
pub(crate) fn deadly(chosen: &[Chosen<'_>], is_inline: bool) -> Vec<Report> {
    let total: usize = chosen.iter().map(Chosen::len).sum();
    let mut reports = Vec::new();
    for one in chosen {
        let text = &one.suite.text;
        for (task, rows) in one.suite.tasks.iter().zip(&one.rows) {
            let Some(how) = task.doing.kind().and_then(|kind| kind.ends_process) else {
                continue;
            };
            if rows.is_empty() {
                continue;
            }
            let (program, id) = (text.program, &task.id);
            let what = match is_inline {
                false => format!(
                    "`{program}` cannot run task `{id}`: {how} in a thread ends the whole process"
                ),
                true => format!(
                    "`{program}` cannot run task `{id}` inline: {how} would end the runner itself"
                ),
            };
            let others = total - rows.len();
            let help = match is_inline {
                false => {
                    "run this suite with `process-runner` (each crash is contained and reported), or pass \
                          --allow-unsafe to watch it happen"
                }
                true => {
                    "leave --inline out: in a worker process each crash is contained and reported"
                }
            };
            let report = Report::new(what).at(text.spot(task.kind_at.clone()));
            let report = match others {
                0 => report,
                1 => report.note("the other task of this run would be lost with it"),
                others => report.note(format!(
                    "{others} other tasks of this run would be lost with it"
                )),
            };
            reports.push(report.help(help));
        }
    }
    reports
}

/// The tasks whose program is not there, as far as that can be known before it is started.
pub(crate) fn missing(chosen: &[Chosen<'_>]) -> Vec<Missing> {
    let mut missing = Vec::new();
    for (suite, one) in chosen.iter().enumerate() {
        for (place, (task, rows)) in one.suite.tasks.iter().zip(&one.rows).enumerate() {
            let Doing::Command(command) = &task.doing else {
                continue;
            };
            let Some((name, folder)) = command.program().filter(|_| !rows.is_empty()) else {
                continue;
            };
            if is_there(OsStr::new(name), &folder) {
                continue;
            }
            let why = format!("there is no program `{name}`");
            let spot = one.suite.text.spot(command.program_at.clone());
            let report = Report::new(format!("{why}, which task `{}` runs", task.id)).at(spot);
            let report = match name.contains('/') {
                true => report.note("no file of this name can be executed"),
                false => report.note("no folder in PATH has one of this name"),
            };
            missing.push(Missing {
                report: report.help("install it, or pass --skip-missing to run the rest"),
                skipped: Skipped {
                    suite,
                    task: place,
                    why,
                },
            });
        }
    }
    missing
}
