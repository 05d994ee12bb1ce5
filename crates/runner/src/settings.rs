//! Finding a task and reading its `-s` settings. All that is wrong with them is reported at once.

use crate::catalogue::kind::Kind;
use crate::nearest::nearest;
use crate::parameter::{Argument, Parameter};
use crate::report::Report;

/// The task of this name.
///
/// # Errors
///
/// There is none.
pub(crate) fn find_task(name: &str) -> Result<&'static Kind, Report> {
    let unknown = || {
        let names: Vec<_> = Kind::all().map(|kind| kind.name).collect();
        let report = Report::new(format!("no task is named `{name}`"))
            .note(format!("tasks: {}", names.join(", ")));
        match nearest(name, names.iter().copied()) {
            Some(near) => report.help(format!("did you mean `{near}`?")),
            None => report.help("the command `list` says what each of them does"),
        }
    };
    Kind::find(name).ok_or_else(unknown)
}

/// Reads the settings of a task: a value for each of its parameters, in their order.
///
/// The parameter `given` gets its values elsewhere, from the INPUTs of `map`, and has none here.
///
/// # Errors
///
/// All settings that the task does not take, and all that it lacks.
pub(crate) fn read(
    kind: &'static Kind,
    settings: &[String],
    given: Option<&Parameter>,
) -> Result<Vec<Option<Argument>>, Vec<Report>> {
    let given = given.map(|parameter| parameter.name);
    let mut values: Vec<Option<Argument>> = vec![None; kind.parameters.len()];
    let mut wrong = Vec::new();
    for setting in settings {
        if let Err(report) = read_one(kind, setting, given, &mut values) {
            wrong.push(report);
        }
    }
    for (parameter, value) in kind.parameters.iter().zip(&mut values) {
        if value.is_some() || given == Some(parameter.name) || !wrong.is_empty() {
            continue;
        }
        match parameter.default {
            Some(default) => *value = parameter.domain.parse(default),
            None => wrong.push(missing(kind, parameter)),
        }
    }
    if wrong.is_empty() {
        Ok(values)
    } else {
        Err(wrong)
    }
}

fn read_one(
    kind: &'static Kind,
    setting: &str,
    given: Option<&str>,
    values: &mut [Option<Argument>],
) -> Result<(), Report> {
    let Some((name, text)) = setting.split_once('=') else {
        return Err(Report::new(format!("`-s {setting}` has no value"))
            .help(format!("write `-s {setting}=…`")));
    };
    let mut parameters = kind.parameters.iter();
    let Some(place) = parameters.position(|parameter| parameter.name == name) else {
        return Err(unknown(kind, name));
    };
    if given == Some(name) {
        return Err(
            Report::new(format!("`-s {name}=…` and an INPUT both set `{name}`")).help(format!(
                "leave `-s {setting}` out: each INPUT is a `{name}`"
            )),
        );
    }
    let (parameter, value) = (&kind.parameters[place], &mut values[place]);
    if value.is_some() {
        return Err(Report::new(format!(
            "`-s {name}=…` is given more than once"
        )));
    }
    *value = Some(parameter.domain.parse(text).ok_or_else(|| {
        Report::new(format!("`{}` cannot take `{text}` as `{name}`", kind.name))
            .note(format!("expected: {}", parameter.domain))
    })?);
    Ok(())
}

fn unknown(kind: &'static Kind, name: &str) -> Report {
    let report = Report::new(format!("`{}` has no parameter `{name}`", kind.name));
    let names: Vec<_> = kind.parameters.iter().map(|known| known.name).collect();
    if names.is_empty() {
        return report.note(format!("`{}` takes no parameters", kind.name));
    }
    let report = report.note(format!("parameters of `{}`: {}", kind.name, describe(kind)));
    match nearest(name, names) {
        Some(near) => report.help(format!("did you mean `{near}`?")),
        None => report,
    }
}

fn missing(kind: &'static Kind, parameter: &Parameter) -> Report {
    Report::new(format!(
        "`{}` needs its parameter `{}`",
        kind.name, parameter.name
    ))
    .note(format!("expected: {}", parameter.domain))
    .help(format!("add `-s {}=…`", parameter.name))
}

/// The parameters of a task with their defaults: `n, secs=1`.
pub(crate) fn describe(kind: &Kind) -> String {
    let describe = |parameter: &Parameter| match parameter.default {
        Some(default) => format!("{}={default}", parameter.name),
        None => parameter.name.to_owned(),
    };
    let parameters: Vec<_> = kind.parameters.iter().map(describe).collect();
    parameters.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(task: &str, settings: &[&str]) -> Vec<String> {
        let settings: Vec<_> = settings.iter().map(|&setting| setting.into()).collect();
        let kind = find_task(task).unwrap();
        let read = read(kind, &settings, None);
        read.unwrap_err().iter().map(Report::plain).collect()
    }

    #[test]
    fn defaults_fill_what_is_not_set() {
        let worker = find_task("worker").unwrap();
        let values = read(worker, &["lang=en".into()], None).unwrap();
        let texts: Vec<_> = values.iter().flatten().map(ToString::to_string).collect();
        assert_eq!(texts, ["2", "en"]);
    }

    #[test]
    fn the_parameter_that_inputs_set_stays_empty() {
        let square = find_task("square").unwrap();
        let values = read(square, &[], square.input()).unwrap();
        assert_eq!(values[0], None);
        let both = read(square, &["n=3".into()], square.input()).unwrap_err();
        assert!(both[0].plain().contains("both set `n`"), "{both:?}");
    }

    #[test]
    fn all_that_is_wrong_is_said_at_once() {
        let texts = wrong("worker", &["sec=1", "secs", "secs=x", "lang=fr"]);
        assert_eq!(
            texts,
            [
                "error: `worker` has no parameter `sec`\n  = parameters of `worker`: secs=2, \
                 lang=ko\nhelp: did you mean `secs`?\n",
                "error: `-s secs` has no value\nhelp: write `-s secs=…`\n",
                "error: `worker` cannot take `x` as `secs`\n  = expected: a number of seconds, \
                 like 2 or 0.05\n",
                "error: `worker` cannot take `fr` as `lang`\n  = expected: ko or en\n",
            ]
        );
    }

    #[test]
    fn what_is_missing_and_what_comes_twice_is_wrong() {
        assert!(wrong("sleep", &[])[0].contains("needs its parameter `ms`"));
        assert!(wrong("sleep", &["ms=1", "ms=2"])[0].contains("more than once"));
        assert!(wrong("noop", &["x=1"])[0].contains("takes no parameters"));
    }

    #[test]
    fn an_unknown_task_is_told_from_the_known() {
        let report = find_task("sqaure").unwrap_err().plain();
        assert!(report.contains("tasks: worker, square, noop"), "{report}");
        assert!(
            report.ends_with("help: did you mean `square`?\n"),
            "{report}"
        );
    }
}
