//! Suites, described for other programs: editors complete and check by it.

use serde_json::{Map, Value, json};

use super::form::{Form, Key};
use super::keys::{COMMAND, SUITE};
use crate::catalogue::kind::Kind;

/// The JSON Schema (draft 2020-12) of suites, as text.
///
/// What a schema cannot say is checked by the programs alone: parameters of a kind, ids that are named, cycles.
pub(crate) fn schema() -> String {
    let mut schema = table(SUITE);
    let about = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Anypool suite",
        "description": "A file of tasks that thread-runner and process-runner run.",
    });
    if let (Value::Object(schema), Value::Object(about)) = (&mut schema, about) {
        schema.extend(about);
    }
    let mut text = serde_json::to_string_pretty(&schema).unwrap_or_default();
    text.push('\n');
    text
}

fn table(keys: &[Key]) -> Value {
    let mut properties = Map::new();
    for key in keys {
        let mut value = match key.name {
            "kind" => kinds(),
            _ => form(&key.form),
        };
        if let Value::Object(value) = &mut value {
            value.insert("description".to_owned(), key.summary.into());
        }
        properties.insert(key.name.to_owned(), value);
    }
    let required = keys.iter().filter(|key| key.is_required);
    json!({
        "type": "object",
        "properties": properties,
        "required": required.map(|key| key.name).collect::<Vec<_>>(),
        "additionalProperties": false,
    })
}

fn kinds() -> Value {
    let names = Kind::all().map(|kind| kind.name).chain([COMMAND]);
    json!({ "enum": names.collect::<Vec<_>>() })
}

fn form(form: &Form) -> Value {
    match form {
        Form::Text => json!({ "type": "string" }),
        // A number and its unit, once or several times: `1m 30s`.
        Form::Limit | Form::Pause => {
            json!({ "type": "string", "pattern": "^([0-9]+ *[a-zA-Zµ]+ *)+$" })
        }
        Form::Size => {
            json!({ "type": "string", "pattern": "^[0-9.]+ *([KkMmGgTt]([Ii]?[Bb])?|[Bb])$" })
        }
        Form::Whole(least, most) => {
            json!({ "type": "integer", "minimum": least, "maximum": most })
        }
        Form::Real => json!({ "type": "number", "exclusiveMinimum": 0 }),
        Form::Flag => json!({ "type": "boolean" }),
        Form::Word(words) => json!({ "enum": words }),
        Form::Written(written) => json!({ "type": "string", "pattern": written.pattern }),
        Form::Scalar => json!({ "type": ["string", "number", "boolean"] }),
        Form::List(each) => json!({ "type": "array", "items": self::form(each) }),
        Form::Table(keys) => table(keys),
        Form::Names(_, each) => {
            json!({ "type": "object", "additionalProperties": self::form(each) })
        }
        Form::Tables(_, keys) => json!({ "type": "array", "items": table(keys) }),
        Form::Any(forms) => {
            let forms: Vec<_> = forms.iter().map(self::form).collect();
            json!({ "anyOf": forms })
        }
    }
}
