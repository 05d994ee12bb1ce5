//! The command `list`: the catalogue as a table, or as JSON for programs.

use serde::Serialize;

use super::definition::Format;
use crate::catalogue::kind::Kind;
use crate::settings::describe;
use crate::suite::choice::Choice;

/// The whole listing of what was asked for, without its last newline.
pub(super) fn listing(format: Format, choice: &Choice) -> String {
    let kinds: Vec<_> = Kind::all()
        .filter(|kind| {
            choice.names.is_empty() || choice.names.iter().any(|name| name.matches(kind.name))
        })
        .filter(|kind| choice.classes.is_empty() || choice.classes.contains(&kind.class))
        .collect();
    match format {
        Format::Text => table(&kinds),
        Format::Json => json(&kinds),
    }
}

fn table(kinds: &[&'static Kind]) -> String {
    let rows: Vec<[String; 4]> = std::iter::once(["TASK", "CLASS", "PARAMETERS", "WHAT IT DOES"])
        .map(|row| row.map(str::to_owned))
        .chain(kinds.iter().map(|kind| {
            [
                kind.name.to_owned(),
                kind.class.to_string(),
                describe(kind),
                kind.summary.to_owned(),
            ]
        }))
        .collect();
    let width = |column: usize| {
        let widths = rows.iter().map(|row| row[column].chars().count());
        widths.max().unwrap_or(0)
    };
    let (task, class, parameters) = (width(0), width(1), width(2));
    let line = |row: &[String; 4]| {
        let [a, b, c, d] = row;
        format!("{a:task$}  {b:class$}  {c:parameters$}  {d}")
    };
    let lines: Vec<_> = rows.iter().map(line).collect();
    lines.join("\n")
}

#[derive(Serialize)]
struct Entry {
    name: &'static str,
    class: String,
    summary: &'static str,
    parameters: Vec<EntryParameter>,
    ends_process: bool,
}

#[derive(Serialize)]
struct EntryParameter {
    name: &'static str,
    default: Option<&'static str>,
    expected: String,
    summary: &'static str,
}

fn json(kinds: &[&'static Kind]) -> String {
    let entries: Vec<_> = kinds.iter().copied().map(entry).collect();
    // Strings and lists always have a JSON form.
    serde_json::to_string_pretty(&entries).unwrap_or_default()
}

fn entry(kind: &'static Kind) -> Entry {
    let parameters = kind.parameters.iter().map(|parameter| EntryParameter {
        name: parameter.name,
        default: parameter.default,
        expected: parameter.domain.to_string(),
        summary: parameter.summary,
    });
    Entry {
        name: kind.name,
        class: kind.class.to_string(),
        summary: kind.summary,
        parameters: parameters.collect(),
        ends_process: kind.ends_process.is_some(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::kind::Class;
    use crate::pattern::Pattern;

    #[test]
    fn both_forms_tell_every_task() {
        let all = Choice::default();
        let [table, json] = [Format::Text, Format::Json].map(|format| listing(format, &all));
        let entries: Vec<serde_json::Value> = serde_json::from_str(&json).unwrap();
        for (kind, entry) in Kind::all().zip(&entries) {
            assert!(table.contains(kind.summary), "{}", kind.name);
            assert_eq!(entry["name"], kind.name);
        }
        assert_eq!(entries.len(), Kind::all().count());
        assert_eq!(table.lines().count(), 1 + entries.len());
    }

    #[test]
    fn what_was_not_asked_for_is_left_out() {
        let some = Choice {
            names: vec![Pattern::new("s*")],
            classes: vec![Class::Io],
        };
        let table = listing(Format::Text, &some);
        let names: Vec<_> = table
            .lines()
            .skip(1)
            .map(|line| line.split(' ').next())
            .collect();
        assert_eq!(names, [Some("square"), Some("sleep")]);
    }
}
