//! Tasks in encoded form: what a worker in another process runs, and the check that encodes on
//! purpose.

use std::sync::Arc;

use anypool_core::{
    CodecError, Context, Executor as _, IntoTask as _, JobError, StandardStreams, StopSignal,
    TaskEntry, WorkerId, decode_exact, encode_append, registry, set_quiet, task,
};
use serde::{Deserialize, Serialize};

use crate::hand_driven::HandDriven;

fn divide(a: u32, b: u32) -> u32 {
    set_quiet(true);
    a / b
}

fn context() -> Context {
    Context::new(
        Arc::new(StandardStreams),
        WorkerId(0),
        StopSignal::default(),
    )
}

fn call<T: Serialize>(entry: &TaskEntry, input: &T) -> (Vec<u8>, Result<(), JobError>) {
    let (mut bytes, mut output) = (Vec::new(), vec![0xaa]);
    encode_append(input, &mut bytes).unwrap();
    let outcome = entry.run(&bytes, &context(), &mut output);
    (output, outcome)
}

#[test]
fn an_entry_runs_its_task_on_encoded_values() {
    let entry = TaskEntry::of(divide.into_task());
    assert!(entry.is_genuine());
    let (output, outcome) = call(entry, &(84_u32, 2_u32));
    assert_eq!(outcome, Ok(()));
    assert_eq!(
        (output[0], decode_exact::<u32>(&output[1..])),
        (0xaa, Ok(42))
    );
}

#[test]
fn a_failing_entry_leaves_the_output_as_it_was() {
    let entry = TaskEntry::of(divide.into_task());
    let (output, outcome) = call(entry, &(1_u32, 0_u32));
    assert!(matches!(outcome, Err(JobError::Panicked(_))), "{outcome:?}");
    assert_eq!(output, [0xaa]);
    let (output, outcome) = call(entry, &1_u8);
    assert!(
        matches!(outcome, Err(JobError::Codec(CodecError::Decode { .. }))),
        "{outcome:?}"
    );
    assert_eq!(output, [0xaa]);
}

#[test]
fn names_and_signatures_are_known() {
    let named = TaskEntry::of(task!("math.divide" => divide));
    assert_eq!(
        (named.name(), named.label()),
        (Some("math.divide"), "math.divide")
    );
    assert_eq!(named.signature(), ("(u32, u32)", "u32"));
    let unnamed = TaskEntry::of(divide.into_task());
    assert_eq!(unnamed.name(), None);
    assert!(unnamed.label().ends_with("::divide"), "{}", unnamed.label());
}

#[test]
fn a_task_found_by_its_name_runs() {
    let tasks = registry![divide, "half" => |n: u32| n / 2];
    let (output, outcome) = call(tasks.get("half").unwrap(), &10_u32);
    assert_eq!(
        (outcome, decode_exact::<u32>(&output[1..])),
        (Ok(()), Ok(5))
    );
    assert!(tasks.get("double").is_none());
}

/// Loses a part of itself on the way.
#[derive(Serialize, Deserialize)]
struct Forgetful {
    kept: u8,
    #[serde(skip)]
    lost: u8,
}

fn sum(Forgetful { kept, lost }: Forgetful) -> u8 {
    kept + lost
}

#[test]
fn verify_codec_sends_values_through_their_encoding() {
    for (verify, expected) in [(false, 3), (true, 1)] {
        let pool = HandDriven::new();
        let handle = pool.submit(sum, Forgetful { kept: 1, lost: 2 }).unwrap();
        let mut map = pool.map(sum, [Forgetful { kept: 1, lost: 2 }]);
        let mut ctx = context();
        ctx.set_verify_codec(verify);
        pool.take().run(&ctx);
        pool.take().run(&ctx);
        assert_eq!(
            (handle.join(), map.next()),
            (Ok(expected), Some(Ok(expected)))
        );
    }
}

#[test]
fn the_encoded_input_of_a_job_is_what_its_entry_runs_on() {
    let pool = HandDriven::new();
    let handle = pool.submit(divide, (9, 3)).unwrap();
    let work = pool.take();
    let mut input = vec![7];
    work.job.encode_input(0, &mut input).unwrap();
    work.job.forget_input();
    let mut output = Vec::new();
    let entry = work.job.entry().expect("a task has one");
    entry.run(&input[1..], &context(), &mut output).unwrap();
    let settled = anypool_core::Settlement::Encoded(output.into());
    crate::hand_driven::settle(&work.job, 0, settled);
    assert_eq!(handle.join(), Ok(3));
}

#[test]
fn a_closure_has_no_encoded_form() {
    let pool = HandDriven::new();
    let number = 4;
    let handle = anypool_core::submit_closure(&pool, move || number).unwrap();
    let work = pool.take();
    assert!(work.job.entry().is_none());
    let mut buf = vec![1];
    assert_eq!(
        work.job.encode_input(0, &mut buf),
        Err(CodecError::NoEncodedForm)
    );
    assert_eq!(buf, [1]);
    crate::hand_driven::run(&work);
    assert_eq!(handle.join(), Ok(4));
}
