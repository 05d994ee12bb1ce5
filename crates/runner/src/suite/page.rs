//! What a suite may say, for people: the page of `help suite`.

use std::fmt::Write as _;

use super::form::{Form, Key};
use super::keys::SUITE;
use super::words::FIXED;

/// A suite that shows the most of it, and can be run.
const EXAMPLE: &str = include_str!("../../suites/tour.toml");

/// The page.
pub(crate) fn page(program: &str) -> String {
    let mut page = format!(
        "A suite is a file of tasks, in TOML. `{program} check SUITE.toml` says what is in it, and
`{program} run SUITE.toml` runs it.

Times and sizes are texts with their unit: \"200ms\", \"64MiB\". Unknown keys are errors.
Relative paths begin in the folder of the suite, and programs start there.

An example:

"
    );
    // Writing to a string cannot fail.
    for line in EXAMPLE.lines() {
        let _ = writeln!(page, "{}", format!("  {line}").trim_end());
    }
    table(&mut page, "The suite", SUITE, &mut Vec::new());
    let placeholders: Vec<_> = FIXED.iter().map(|name| format!("{{{name}}}")).collect();
    let _ = write!(
        page,
        "
Placeholders in `argv`, `stdin`, `cwd` and `env` of a command
  {}, and the names of its matrix.
  {{input}} is the input or file, {{path}} without its extension, {{name}} without its folder,
  {{stem}} without both, {{folder}} its folder; {{number}} is the instance's number from 1,
  {{slot}} (in `argv`) that of its worker from 0. {{{{input}}}} is the text {{input}}.

Instances
  One for each combination of the values of `matrix` with each input or file:
  square[n=3], thumbs[a.png], zip[level=9,a.log].
",
        placeholders.join(", ")
    );
    page
}

/// A table of keys, and below it the tables that are in it.
fn table(page: &mut String, title: &str, keys: &[Key], shown: &mut Vec<String>) {
    if shown.iter().any(|other| other == title) {
        return;
    }
    shown.push(title.to_owned());
    let _ = write!(page, "\n{title}\n");
    for key in keys {
        let needed = if key.is_required { " (needed)" } else { "" };
        let _ = writeln!(page, "  {:14}{}{needed}", key.name, key.summary);
        if let Some(form) = expected(&key.form) {
            let _ = writeln!(page, "  {:14}= {form}", "");
        }
    }
    for key in keys {
        below(page, key.name, &key.form, shown);
    }
}

fn below(page: &mut String, name: &str, form: &Form, shown: &mut Vec<String>) {
    match form {
        Form::Table(keys) => table(page, &format!("The table `{name}`"), keys, shown),
        Form::Names(kind, Form::Table(keys)) => {
            let title = match *kind == name {
                true => format!("Each [{name}.NAME]"),
                false => format!("Each [{name}.NAME], a {kind}"),
            };
            flat(page, &title, keys);
        }
        Form::Tables(kind, keys) => table(page, &format!("Each [[{kind}]]"), keys, shown),
        Form::Any(forms) => forms.iter().for_each(|form| below(page, name, form, shown)),
        _ => {}
    }
}

/// A table whose own tables were shown already.
fn flat(page: &mut String, title: &str, keys: &[Key]) {
    let _ = write!(page, "\n{title}\n");
    for key in keys {
        let _ = writeln!(page, "  {:14}{}", key.name, key.summary);
    }
}

/// What is expected, where the summary or a table below does not say it.
fn expected(form: &Form) -> Option<String> {
    match form {
        Form::Table(_) | Form::Names(..) | Form::Tables(..) => None,
        form => Some(form.to_string()),
    }
}
