//! Runs that leave logs behind.

use super::*;
use crate::need::Need;
use crate::report::{Answer, Isolation};
use crate::run::FakeRun;

fn runners() -> Runners {
    Runners {
        folder: "bin".into(),
        ..Runners::default()
    }
}

/// A run of which threads die of a segmentation fault, and processes do not.
fn ran(command: &CommandLine) -> Result<Finished, RunError> {
    let log = &command.arguments[4];
    let line = |task: &str, outcome: &str| {
        format!(
            "{{\"event\":\"task-finished\",\"t\":5,\"task\":\"{task}\",\"outcome\":\"{outcome}\"}}\n"
        )
    };
    let healthy: String = (0..9).map(|_| line("healthy-1", "ok")).collect();
    let is_process = command.program.ends_with("process-runner");
    let text = match is_process {
        true => format!("{healthy}{}", line("faulty", "crashed")),
        false => String::new(),
    };
    fs::write(log, text).unwrap();
    let status = if is_process {
        "exit status: 100"
    } else {
        "signal: 11 (SIGSEGV)"
    };
    Err(RunError::Failed {
        status: status.to_owned(),
        stderr: String::new(),
    })
}

#[test]
fn processes_are_the_answer_where_threads_lose_the_run() {
    let mut run = FakeRun::of(|_, command| ran(command));
    let arms = [Arm::Threads, Arm::Pool]
        .map(|arm| attempt(&FAULTS[6], arm, &runners(), &mut run).unwrap());
    let rows = vec![row(&FAULTS[6], arms.to_vec())];
    let card = card(&Isolation { rows }, &[Need::Crash]);
    assert_eq!(
        (card.answer, card.needs),
        (Answer::Processes, vec![Need::Crash])
    );
    assert_eq!(
        card.reasons,
        [
            "a segmentation fault on threads: 9 of 9 others lost (the run ended with it: signal: 11 (SIGSEGV))"
        ]
    );
    let threads = run.calls[0].to_string();
    assert!(
        threads.starts_with("bin/thread-runner run --workers 2 --log "),
        "{threads}"
    );
    assert!(threads.contains("--allow-unsafe"), "{threads}");
}

#[test]
fn a_runner_that_leaves_no_log_has_not_run() {
    let mut run = FakeRun::of(|_, _| {
        Err(RunError::Failed {
            status: "exit status: 65".to_owned(),
            stderr: "the suite is wrong".to_owned(),
        })
    });
    let error = attempt(&FAULTS[0], Arm::Pool, &runners(), &mut run)
        .unwrap_err()
        .1;
    assert!(error.to_string().contains("the suite is wrong"), "{error}");
}

#[test]
fn a_signal_ends_it() {
    let mut run = FakeRun::of(|_, _| Err(RunError::Stopped { signal: 2 }));
    let error = attempt(&FAULTS[0], Arm::Threads, &runners(), &mut run)
        .unwrap_err()
        .1;
    assert!(matches!(error, RunError::Stopped { signal: 2 }), "{error}");
}
