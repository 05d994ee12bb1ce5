//! Every key that a suite may have: what it takes, and what it is for. The reader, the schema and the page of help all
//! go by these tables.

use super::form::{Form, Key, Written};
use super::range::range;
use crate::engine::policy::{MaxFail, Repeat};
use crate::workers::WorkerCount;

/// The version of the format.
pub(super) const SCHEMA: u64 = 1;

/// A suite.
pub(super) static SUITE: &[Key] = &[
    Key::required(
        "schema",
        Form::Whole(SCHEMA, SCHEMA),
        "the version of the format",
    ),
    Key::new(
        "name",
        Form::Text,
        "what the suite is called; the name of its file when left out",
    ),
    Key::new("description", Form::Text, "what it is for"),
    Key::new(
        "defaults",
        Form::Table(GRANTS),
        "what holds for every task that does not say otherwise",
    ),
    Key::new(
        "groups",
        Form::Names("group", &Form::Table(GROUP)),
        "groups of tasks that share a limit",
    ),
    Key::new(
        "profile",
        Form::Names("profile", &Form::Table(PROFILE)),
        "what else holds with --profile NAME",
    ),
    Key::new("task", Form::Tables("task", TASK), "the tasks, in order"),
];

/// What every task can be granted.
pub(super) static GRANTS: &[Key] = &[TIMEOUT, GRACE, SLOW_AFTER, RETRIES];

const TIMEOUT: Key = Key::new("timeout", Form::Limit, "how long a try may run");
const GRACE: Key = Key::new(
    "grace",
    Form::Pause,
    "what is to stop gets so long to do so, before it is made to",
);
const SLOW_AFTER: Key = Key::new(
    "slow-after",
    Form::Limit,
    "a try that runs longer than this is told of",
);
const RETRIES: Key = Key::new(
    "retries",
    RETRY_FORM,
    "how often it is tried again, which must do no harm",
);
const RETRY_FORM: Form = Form::Any(&[Form::Whole(0, MOST_RETRIES), Form::Table(PAUSES)]);

/// As many retries as the command line takes.
const MOST_RETRIES: u64 = 1_000;

/// The words for how pauses grow.
pub(super) const BACKOFFS: &[&str] = &["fixed", "exponential"];

/// Retries with their pauses.
static PAUSES: &[Key] = &[
    Key::required(
        "count",
        Form::Whole(0, MOST_RETRIES),
        "how often it is tried again",
    ),
    Key::new(
        "backoff",
        Form::Word(BACKOFFS),
        "whether each pause is twice the one before",
    ),
    Key::new("delay", Form::Pause, "the first pause"),
    Key::new("max-delay", Form::Pause, "the longest pause"),
    Key::new(
        "jitter",
        Form::Flag,
        "whether chance shortens pauses, by up to half",
    ),
];

/// A group.
static GROUP: &[Key] = &[Key::required(
    "max-running",
    Form::Whole(1, 1_000_000),
    "how many of its tasks may run side by side",
)];

/// A profile.
static PROFILE: &[Key] = &[
    Key::new("inherits", Form::Text, "the profile that this one adds to"),
    Key::new(
        "defaults",
        Form::Table(GRANTS),
        "in place of the suite's own defaults",
    ),
    Key::new(
        "workers",
        Form::Any(&[Form::Whole(1, 100_000), Form::Written(WORKERS)]),
        "as --workers",
    ),
    Key::new("seed", Form::Whole(0, i64::MAX as u64), "as --seed"),
    Key::new(
        "repeat",
        Form::Any(&[Form::Whole(1, i64::MAX as u64), Form::Written(REPEAT)]),
        "as --repeat",
    ),
    Key::new("run-timeout", Form::Limit, "as --run-timeout"),
    Key::new("flaky", Form::Word(&["pass", "fail"]), "as --flaky"),
    Key::new(
        "max-fail",
        Form::Any(&[Form::Whole(1, i64::MAX as u64), Form::Written(MAX_FAIL)]),
        "as --max-fail",
    ),
    Key::new(
        "until-success",
        Form::Whole(1, i64::MAX as u64),
        "as --until-success",
    ),
    Key::new("delay", Form::Pause, "as --delay"),
    Key::new("max-load", Form::Real, "as --max-load"),
    Key::new("min-free-mem", Form::Size, "as --min-free-mem"),
];

const WORKERS: Written = Written {
    what: "\"auto\", a share like \"50%\", or \"+N\" or \"-N\" from auto",
    pattern: "^(auto|[+-]?[0-9]+|[0-9]+%)$",
    is_one: |text| text.parse::<WorkerCount>().is_ok(),
};

const REPEAT: Written = Written {
    what: "a time like \"30s\"",
    pattern: "^[0-9a-z ]+$",
    is_one: |text| text.parse::<Repeat>().is_ok(),
};

const MAX_FAIL: Written = Written {
    what: "a text like \"10\", \"5%\", \"all\" or \"1:now\"",
    pattern: "^([0-9]+%?|all)(:wait|:now)?$",
    is_one: |text| text.parse::<MaxFail>().is_ok(),
};

/// What a task can be expected to do.
pub(super) const EXPECTED: &[&str] =
    &["ok", "failed", "panicked", "crashed", "timed-out", "leaked"];

/// The kind of a task that is a program.
pub(super) const COMMAND: &str = "command";

/// A task.
pub(super) static TASK: &[Key] = &[
    Key::required("id", Form::Text, "what it is called in this suite"),
    Key::required(
        "kind",
        Form::Text,
        "what it does: a task of the catalogue (see `list`), or \"command\"",
    ),
    Key::new(
        "params",
        Form::Names("parameter", &Form::Scalar),
        "parameters of its kind",
    ),
    Key::new(
        "matrix",
        Form::Names(
            "parameter",
            &Form::Any(&[Form::Written(RANGE), Form::List(&Form::Scalar)]),
        ),
        "parameters with several values: one instance for each combination",
    ),
    Key::new(
        "files",
        ONE_OR_MORE,
        "patterns of files, from the suite's folder on: one instance for each file",
    ),
    Key::new(
        "inputs",
        Form::Any(&[Form::List(&Form::Scalar), Form::Table(LINES)]),
        "one instance for each: a list, or the lines of a file",
    ),
    Key::new(
        "argv",
        Form::List(&Form::Text),
        "of a command: the program and its arguments; no shell reads them",
    ),
    Key::new(
        "stdin",
        Form::Any(&[Form::Text, Form::Table(FILE)]),
        "of a command: what it reads; nothing when left out",
    ),
    Key::new(
        "cwd",
        Form::Text,
        "of a command: the folder it starts in; the suite's own when left out",
    ),
    Key::new(
        "env",
        Form::Names("variable", &Form::Text),
        "of a command: what is set in its environment",
    ),
    Key::new(
        "ok-codes",
        Form::List(&Form::Whole(0, 255)),
        "of a command: the exit codes that are good ones; 0 when left out",
    ),
    Key::new(
        "memory-limit",
        Form::Size,
        "of a command: how much address space it may have",
    ),
    TIMEOUT,
    GRACE,
    SLOW_AFTER,
    RETRIES,
    Key::new("group", Form::Text, "the group that it belongs to"),
    Key::new(
        "weight",
        Form::Whole(1, 100_000),
        "how many workers it takes while it runs",
    ),
    Key::new(
        "after",
        ONE_OR_MORE,
        "what must have ended as expected before: ids of tasks or instances, `*` for anything",
    ),
    Key::new("expect", Form::Word(EXPECTED), "how it is to end"),
];

const ONE_OR_MORE: Form = Form::Any(&[Form::Text, Form::List(&Form::Text)]);

const RANGE: Written = Written {
    what: "a range like \"1..=8\"",
    pattern: r"^[0-9]+\.\.=?[0-9]+$",
    is_one: |text| range(text).is_some(),
};

static LINES: &[Key] = &[Key::required("lines-of", Form::Text, "the file")];

static FILE: &[Key] = &[Key::required("file", Form::Text, "the file")];
