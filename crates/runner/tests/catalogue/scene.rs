//! Running a task with settings as they would be typed.

use anypool_core::{Executor as _, InlineExecutor};
use anypool_runner::{Call, CallResult, Kind, run_call};

/// Runs a task in this thread.
pub(crate) fn run(task: &str, settings: &[(&str, &str)]) -> CallResult {
    let call = call(task, settings);
    let job = InlineExecutor::new().submit(run_call, call).unwrap();
    job.join().unwrap()
}

/// The text of its value.
pub(crate) fn value(task: &str, settings: &[(&str, &str)]) -> String {
    run(task, settings).unwrap().value.to_string()
}

/// Why it has none.
pub(crate) fn failure(task: &str, settings: &[(&str, &str)]) -> String {
    run(task, settings).unwrap_err().to_string()
}

fn call(task: &str, settings: &[(&str, &str)]) -> Call {
    let kind = Kind::find(task).unwrap();
    let is_known = |name: &&str| kind.parameters.iter().any(|known| known.name == *name);
    assert!(settings.iter().map(|(name, _)| name).all(is_known));
    let arguments = kind.parameters.iter().map(|parameter| {
        let given = settings.iter().find(|(name, _)| *name == parameter.name);
        let text = given.map(|(_, text)| *text).or(parameter.default);
        parameter.domain.parse(text.unwrap()).unwrap()
    });
    Call::new(kind, arguments.collect(), 0)
}
