//! The events, described for people: the page of `help events`.

use std::fmt::Write as _;

use serde_json::Value;

use super::model::Event;
use super::schema::schema;

/// The page, made of the schema.
pub(crate) fn page(program: &str) -> String {
    let mut page = format!(
        "What happens in a run is a stream of events, one JSON object on one line. `t` is the time since the start of the
run; all times are whole nanoseconds. Fields in parentheses are there when there is something to say. Readers ignore
events and fields that they do not know; `{program} schema events` describes all of them for programs.
"
    );
    let schema: Value = serde_json::from_str(&schema()).unwrap_or_default();
    let variants = schema["oneOf"].as_array().into_iter().flatten();
    let variants: Vec<_> = variants.collect();
    for name in Event::NAMES {
        let is_it = |variant: &&&Value| variant["properties"]["event"]["const"] == *name;
        let Some(variant) = variants.iter().find(is_it) else {
            continue;
        };
        let about = variant["description"].as_str().unwrap_or_default();
        // Writing to a string cannot fail.
        let _ = write!(page, "\n{name}: {}\n", first_line(about));
        fields(&mut page, body(&schema, variant));
    }
    page
}

/// Where the fields of an event are described.
fn body<'s>(schema: &'s Value, variant: &'s Value) -> &'s Value {
    let place = variant["$ref"].as_str().and_then(|at| at.strip_prefix('#'));
    place
        .and_then(|place| schema.pointer(place))
        .unwrap_or(variant)
}

fn fields(page: &mut String, body: &Value) {
    let required: Vec<_> = body["required"].as_array().into_iter().flatten().collect();
    for (name, field) in body["properties"].as_object().into_iter().flatten() {
        if name == "event" {
            continue;
        }
        let shown = match required.iter().any(|known| *known == name) {
            true => name.clone(),
            false => format!("({name})"),
        };
        let about = field["description"].as_str().unwrap_or_default();
        let _ = writeln!(page, "  {shown:14} {}", first_line(about));
    }
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}
