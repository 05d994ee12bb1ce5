//! Files that are right, and files with everything wrong that can be.

use super::*;
use crate::arm::Arm;
use crate::need::Need;
use crate::preset::Preset;
use crate::sweep::Knob;

mod choices;

fn parse(text: &str) -> Result<CompareFile, String> {
    CompareFile::parse("x.toml".as_ref(), text).map_err(|error| error.to_string())
}

const TASK: &str = r#"
schema = 1
name = "gil"
question = "CPU-bound tasks: threads or processes?"
class = "cpu"
needs = ["crash", "kill"]

[workload]
kind = "primes"
input = 200_000
tasks = 64
workers = 4
params = { stubborn = true }

[sweep]
workers = [1, 2, 4, 8]

[arms]
use = ["seq", "threads", "pool"]
baseline = "pool"
control = "seq"

[measure]
preset = "quick"
rounds = 16
seed = 42

[[gate]]
check = "pool/threads@workers=2 <= 1.30"
"#;

const OWN: &str = r#"
schema = 1
name = "own"

[[arm]]
name = "threads"
command = ["./own", "threads"]

[[arm]]
name = "pool"
command = ["./own", "processes"]
"#;

#[test]
fn a_file_says_all_that_a_command_line_does() {
    let file = parse(TASK).unwrap();
    assert_eq!((file.name.as_str(), file.class), ("gil", Class::Cpu));
    assert_eq!(file.terms.needs, [Need::Crash, Need::Kill]);
    let sweep = file.sweep.unwrap();
    assert_eq!(
        (sweep.knob, sweep.places),
        (Knob::Workers, vec![1.0, 2.0, 4.0, 8.0])
    );
    let how = Measure {
        preset: Some(Preset::Quick),
        rounds: (Some(16), Some(16)),
        seed: Some(42),
        ..Measure::default()
    };
    assert_eq!((file.measure, file.gates.len()), (how, 1));
    let (baseline, control) = (file.terms.baseline, file.terms.control);
    assert_eq!((baseline, control), (Some(Arm::Pool), Some(Arm::Seq)));
    let Shape::Map {
        task,
        inputs,
        workers,
    } = file.shape
    else {
        panic!("{:?}", file.shape);
    };
    assert_eq!((task.as_str(), workers), ("primes", 4));
    assert_eq!(inputs, vec!["200000".to_owned(); 64]);
    assert_eq!(
        (file.params, file.arms.len()),
        (vec!["stubborn=true".to_owned()], 3)
    );
}

#[test]
fn a_command_is_run_once_for_each_input() {
    let text = TASK.replace("kind = \"primes\"", "command = [\"sha256sum\", \"{}\"]");
    let Shape::Exec { command, .. } = parse(&text).unwrap().shape else {
        panic!("{text}");
    };
    assert_eq!(command, ["sha256sum", "{}"]);
    let both = TASK.replace("tasks = 64", "tasks = 64\ncommand = [\"true\"]");
    assert!(
        parse(&both)
            .unwrap_err()
            .starts_with("[workload] needs a `kind` or a `command`")
    );
}

#[test]
fn programs_of_ones_own_are_arms() {
    let file = parse(OWN).unwrap();
    assert_eq!(file.question, "own: threads or processes?");
    assert_eq!(file.arms, [Arm::Threads, Arm::Pool]);
    let Shape::Programs(programs) = file.shape else {
        panic!("{:?}", file.shape);
    };
    assert_eq!(programs[1].command, ["./own", "processes"]);
}

#[test]
fn all_that_is_wrong_is_told_at_once_and_in_order() {
    let text = r#"schema = 2
name = "a/b"
klass = "cpu"
class = "cpi"
[workload]
kind = 3
input = 1
[sweep]
us = [10]
workers = "1..4"
[[gate]]
check = "pool <= 1"
[[gate]]
"#;
    let error = parse(text).unwrap_err();
    let heads: Vec<&str> = error
        .lines()
        .filter(|line| !line.starts_with(' ') && !line.contains(" │ "))
        .collect();
    assert_eq!(
        heads,
        [
            "`schema` of the file cannot be this",
            "error: a name has letters, digits, `-`, `_` and `.` alone, and folders are named after it",
            "error: unknown key `klass` in the file",
            "error: there is no class `cpi`; did you mean `cpu`?",
            "error: [workload] has no `tasks`",
            "error: `kind` of [workload] cannot be this",
            "error: `us=10` is no sweep: one place is no sweep",
            "error: `pool <= 1` is no gate: it has no `/` between two arms",
            "error: [[gate]] has no `check`",
        ],
        "{error}"
    );
    assert!(
        error.contains("3 │ klass = \"cpu\"\n  │ ^^^^^ did you mean `class`?"),
        "{error}"
    );
}

#[test]
fn needs_that_no_pool_has_together_are_told() {
    let needs = |list: &str| parse(&TASK.replace(r#"["crash", "kill"]"#, list)).unwrap_err();
    let both = needs(r#"["crash", "shared-state"]"#);
    assert!(
        both.starts_with("`crash` needs processes, and `shared-state` needs threads\n"),
        "{both}"
    );
    assert!(both.contains("x.toml:6:19"), "{both}");
    let unknown = needs(r#"["crash", "kil", 3]"#);
    assert!(unknown.contains("did you mean `kill`?"), "{unknown}");
    assert!(
        unknown.contains("`needs` of the file cannot be this"),
        "{unknown}"
    );
}

#[test]
fn a_file_needs_something_to_run_and_one_way_to_say_it() {
    let none = parse("schema = 1\nname = \"x\"\n").unwrap_err();
    assert!(none.starts_with("there is nothing to run"), "{none}");
    let both = parse(&format!("{TASK}{}", &OWN[OWN.find("[[arm]]").unwrap()..])).unwrap_err();
    assert!(
        both.starts_with("there are a [workload] and [[arm]]s"),
        "{both}"
    );
    let unclear = TASK.replace("input = 200_000", "inputs = [1]");
    assert!(
        parse(&unclear)
            .unwrap_err()
            .starts_with("it is not clear what the tasks are given")
    );
}

#[test]
fn what_is_no_toml_is_told_with_its_place() {
    let error = parse("schema = 1\nname = \n").unwrap_err();
    assert!(error.starts_with("this is no TOML: "), "{error}");
    assert!(error.contains("x.toml:2:"), "{error}");
    for hostile in [
        "\u{0}",
        "[[[[",
        "a = \"\u{202e}",
        "=",
        "\u{feff}schema = 1",
        &"[".repeat(10_000),
    ] {
        assert!(parse(hostile).is_err(), "{hostile:?}");
    }
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let error = CompareFile::read("/no/such.toml".as_ref())
        .unwrap_err()
        .to_string();
    assert!(
        error.starts_with("the file cannot be read: No such file"),
        "{error}"
    );
    assert!(error.contains("/no/such.toml"), "{error}");
}

#[test]
fn places_that_are_no_numbers_are_named_and_none_is_dropped() {
    let swept = |places: &str| {
        let text = format!(
            "schema = 1\nname = \"own\"\n[workload]\nkind = \"primes\"\ninput = 9\ntasks = 2\n[sweep]\nworkers = {places}\n"
        );
        CompareFile::parse("own.toml".as_ref(), &text).map_err(|error| error.to_string())
    };
    assert!(swept("[1, 2]").is_ok() && swept("\"1..2\"").is_ok());
    let negative = swept("[1, -2, 4]").unwrap_err();
    assert!(
        negative.contains("`-2` is not a whole number of workers above 0"),
        "{negative}"
    );
    for other in ["3", "[[1], 2]", "true"] {
        let error = swept(other).unwrap_err();
        assert!(
            error.starts_with("expected: a list of numbers, as [1, 2, 4], or a text"),
            "{error}"
        );
    }
}

#[test]
fn a_file_without_an_end_is_not_read_to_it() {
    let error = CompareFile::read("/dev/zero".as_ref())
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("the file cannot be read: it has more than 1 MiB"),
        "{error}"
    );
}
