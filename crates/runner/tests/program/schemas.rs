//! What the programs tell other programs: the schemas that they print, what they write by them, and what was wrong.

use anypool_runner::event::{Event, Stamped};
use serde_json::Value;

use super::audience::events;
use super::child::{program, run};
use super::exec::{ran, script};
use super::suites::Folder;

/// The schema of a format.
fn schema(of: &str) -> Value {
    let ran = run(&format!("schema {of}"));
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{of}");
    let schema: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(
        schema["$schema"],
        "https://json-schema.org/draft/2020-12/schema"
    );
    schema
}

#[test]
fn each_format_has_a_schema_that_validators_take() {
    for (of, title) in [
        ("suite", "Anypool suite"),
        ("events", "Event of an Anypool run"),
        ("report", "Report of an Anypool comparison"),
    ] {
        let schema = schema(of);
        assert_eq!(schema["title"], title);
        let validator = jsonschema::validator_for(&schema).unwrap();
        assert!(!validator.is_valid(&Value::from("a text")), "{of}");
    }
    assert_eq!(schema("suite")["additionalProperties"], false);
}

#[test]
fn what_runs_write_is_as_the_schema_of_events_says() {
    let validator = jsonschema::validator_for(&schema("events")).unwrap();
    let folder = Folder::with(
        "[[task]]\nid = \"panics\"\nkind = \"panic\"\n[[task]]\nid = \"after\"\nkind = \"noop\"\nafter = \"panics\"\n\
         [[task]]\nid = \"hangs\"\nkind = \"hang\"\ntimeout = \"100ms\"\nslow-after = \"10ms\"\n\
         [[task]]\nid = \"prints\"\nkind = \"noisy\"\nparams = { mib = 0, raw = true }\n",
    );
    let suite = folder.path().join("some.toml").display().to_string();
    for (command, code) in [
        (
            script(
                "--retries 1 --message-format json",
                "echo $1 >&2; test $1 != b",
                "a b",
            ),
            100,
        ),
        (
            script(
                "--run-timeout 300ms --message-format json -j 1",
                "exec sleep 60",
                "a b",
            ),
            124,
        ),
        (
            program("map square 1 2 3 -s secs=0 --message-format json"),
            0,
        ),
        (
            program("spawn worker --count 2 -s secs=0 --message-format json"),
            0,
        ),
        (program(&format!("run --message-format json {suite}")), 100),
        (program("run --message-format json no-such.toml"), 69),
    ] {
        let what = format!("{command:?}");
        let ran = ran(command);
        assert_eq!(ran.code, code, "{what}: {}", ran.err);
        for line in ran.out.lines() {
            let event: Value = serde_json::from_str(line).unwrap();
            let errors = validator.iter_errors(&event);
            let wrong: Vec<_> = errors.map(|error| error.to_string()).collect();
            assert_eq!(wrong, [""; 0], "{line}");
        }
        assert!(!ran.out.is_empty(), "{what}");
    }
}

#[test]
fn programs_are_told_of_a_wrong_command_line_as_well() {
    for (arguments, code) in [
        ("map noop 1 --message-format json -j 0", 2),
        ("exec --no-such --message-format=json -- true", 2),
        ("run --message-format json", 2),
        ("map noop 1 --message-format json --config no-such.toml", 69),
        ("map noop 1 --message-format json --profile ci", 2),
    ] {
        let ran = run(arguments);
        assert_eq!(ran.code, code, "{arguments}: {}", ran.err);
        let told = events(ran.out.as_bytes());
        let [
            Stamped {
                event: Event::Error(fatal),
                ..
            },
        ] = &told[..]
        else {
            panic!("{arguments}: {told:?}");
        };
        assert_eq!(i32::from(fatal.exit), code, "{arguments}");
        assert!(ran.err.contains(&fatal.message), "{arguments}: {}", ran.err);
    }
    // What a program is given is its own.
    let ran = run("exec --no-such -- echo --message-format json");
    assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{}", ran.err);
}
