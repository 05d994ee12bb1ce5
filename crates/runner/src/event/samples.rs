//! One event of each kind, with every field set: for tests of what reads and shows events.

use std::sync::Arc;

use super::*;

/// They come in an order in which a run could have them.
pub(crate) fn samples() -> Vec<Stamped> {
    let mut events = beginning();
    events.extend(of_a_task());
    events.push(Event::TaskFinished(Box::new(finished())));
    events.extend(ending());
    let stamp = |(t, event)| Stamped { t, event };
    (1..).zip(events).map(stamp).collect()
}

fn task() -> Arc<str> {
    "thumbs[a.png]".into()
}

fn key() -> TaskKey {
    TaskKey::builder("program")
        .part("argv", b"convert")
        .finish()
}

fn beginning() -> Vec<Event> {
    vec![
        Event::RunStarted(Box::new(RunStarted {
            schema: SCHEMA,
            run: "01J".to_owned(),
            runner: "process-runner".to_owned(),
            version: "0.1.0".to_owned(),
            command: "exec".to_owned(),
            name: Some("convert".to_owned()),
            isolation: "pool".to_owned(),
            workers: 2,
            workers_from: Some("auto: 2 of 2 CPUs allowed".to_owned()),
            tasks: Some(27),
            seed: Some(42),
            time: "2026-11-23T18:52:44Z".to_owned(),
            argv: vec!["process-runner".to_owned()],
            env: [("os".to_owned(), "linux".to_owned())].into(),
        })),
        Event::PoolReady(PoolReady {
            workers: vec![WorkerPid {
                worker: 0,
                pid: Some(4242),
            }],
        }),
        Event::TasksKnown(TasksKnown { tasks: 27 }),
    ]
}

fn of_a_task() -> Vec<Event> {
    vec![
        Event::TaskStarted(TaskStarted {
            task: task(),
            index: 7,
            key: key(),
            attempt: 1,
            worker: 0,
            pid: Some(4242),
        }),
        Event::TaskOutput(TaskOutput {
            task: task(),
            index: 7,
            attempt: 1,
            stream: OutputStream::Stderr,
            output: b"convert: \"a\"\n".to_vec().into(),
        }),
        Event::TaskOutput(TaskOutput {
            task: task(),
            index: 7,
            attempt: 1,
            stream: OutputStream::Stdout,
            output: vec![0, 0xff, 0xfe, b'\n'].into(),
        }),
        Event::TaskSlow(TaskSlow {
            task: task(),
            index: 7,
            attempt: 1,
            run: 5,
        }),
        Event::TaskStopping(TaskStopping {
            task: task(),
            index: 7,
            attempt: 1,
            run: 5,
            grace: 6,
            reason: "timeout".to_owned(),
        }),
        Event::TaskRetry(TaskRetry {
            task: task(),
            index: 7,
            attempt: 1,
            tries: 3,
            worker: 0,
            outcome: Verdict::Failed,
            message: Some("exit 1".to_owned()),
            run: 5,
            delay: 200,
        }),
    ]
}

fn finished() -> TaskFinished {
    let mut finished = TaskFinished::new(task(), key(), 7, Verdict::Crashed);
    finished.attempt = 2;
    finished.tries = Some(3);
    finished.worker = Some(1);
    finished.expected = Some(Verdict::Ok);
    finished.value = Some("9".to_owned());
    finished.digest = Some("0f".to_owned());
    finished.message = Some("died of SIGSEGV".to_owned());
    finished.location = Some("src/a.rs:1".to_owned());
    finished.code = Some(-1);
    finished.signal = Some("SIGSEGV".to_owned());
    finished.core = Some(false);
    finished.leaked = true;
    finished.slow = true;
    finished.queued = 900;
    finished.run = u64::MAX;
    finished.usage = Usage {
        user: Some(1),
        sys: Some(2),
        max_rss: Some(3),
        switches: Some(4),
    };
    finished
}

fn ending() -> Vec<Event> {
    vec![
        Event::WorkerStarted(WorkerStarted {
            worker: 1,
            pid: Some(4250),
            replaces: Some(4243),
        }),
        Event::WorkerLost(WorkerLost {
            worker: 1,
            pid: Some(4243),
            signal: Some("SIGSEGV".to_owned()),
            code: Some(3),
            task: Some(task()),
        }),
        Event::RunStopping(RunStopping {
            cause: StopCause::MaxFail,
            running: 2,
            stops_running: true,
        }),
        Event::RunFinished(Box::new(RunFinished {
            exit: 100,
            counts: Counts {
                ok: 24,
                flaky: 1,
                timed_out: 1,
                ..Counts::default()
            },
            setup: 1,
            work: 2,
            teardown: 3,
            user: 4,
            sys: 5,
            peak_pss: Some(6),
            first_failure: Some(task()),
            stopped: Some(StopCause::MaxFail),
        })),
        Event::Error(Box::new(Fatal {
            code: "suite-invalid".to_owned(),
            message: "unknown key".to_owned(),
            file: Some("a.toml".to_owned()),
            line: Some(34),
            column: Some(1),
            notes: vec!["task keys: id".to_owned()],
            help: Some("did you mean `retries`?".to_owned()),
            exit: 65,
        })),
    ]
}
