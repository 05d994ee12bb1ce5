//! What becomes of a job: its value, its task's own error, or why it has neither.

use anypool_core::{
    Context, Executor as _, JobError, JobHandle, Task, WaitUntil, set_quiet, task, wait,
};
use anypool_tests::{Gate, LONG, Pass, Pool, Subject};

anypool_tests::contract! {
    all: [
        a_value_comes_back,
        a_function_of_two_inputs_takes_a_pair,
        a_closure_without_captures_is_a_task,
        a_named_task_and_a_task_type_are_tasks,
        a_tasks_own_error_is_a_value,
        a_panic_says_what_and_where,
        a_panic_with_an_odd_payload_is_still_a_panic,
        a_panicking_job_harms_no_other,
        a_task_knows_its_job,
        a_dropped_handle_detaches_its_job,
        a_handle_prints_how_its_job_ended,
    ],
    pools: [a_handle_prints_where_its_job_is],
}

fn square(n: u64) -> u64 {
    n * n
}

fn a_value_comes_back<S: Subject>() {
    let pool = S::with_workers(2);
    assert_eq!(pool.submit(square, 3).unwrap().join(), Ok(9));
}

fn a_function_of_two_inputs_takes_a_pair<S: Subject>() {
    let pool = S::with_workers(2);
    let join = |words: Vec<String>, by: char| words.join(&by.to_string());
    let words = ["a", "b"].map(str::to_owned).to_vec();
    assert_eq!(
        pool.submit(join, (words, '+')).unwrap().join(),
        Ok("a+b".to_owned())
    );
}

fn a_closure_without_captures_is_a_task<S: Subject>() {
    let pool = S::with_workers(2);
    assert_eq!(pool.submit(|n: i8| -n, 5).unwrap().join(), Ok(-5));
    assert_eq!(pool.submit(|()| (), ()).unwrap().join(), Ok(()));
}

#[derive(Clone, Copy)]
struct Cube;

impl Task for Cube {
    type Input = u64;
    type Output = u64;

    fn run(&self, n: u64, _: &Context) -> u64 {
        n * n * n
    }
}

fn a_named_task_and_a_task_type_are_tasks<S: Subject>() {
    let pool = S::with_workers(2);
    assert_eq!(
        pool.submit(task!("quad" => |n: u64| n * 4), 2)
            .unwrap()
            .join(),
        Ok(8)
    );
    assert_eq!(pool.submit(Cube, 3).unwrap().join(), Ok(27));
}

fn a_tasks_own_error_is_a_value<S: Subject>() {
    let parse = |text: String| {
        text.parse::<u8>()
            .map_err(|error| format!("{text}: {error}"))
    };
    let pool = S::with_workers(2);
    assert_eq!(
        pool.submit(parse, "7".to_owned()).unwrap().join(),
        Ok(Ok(7))
    );
    let error = pool
        .submit(parse, "x".to_owned())
        .unwrap()
        .join()
        .unwrap()
        .unwrap_err();
    assert!(error.starts_with("x: "), "{error}");
}

fn refuse(n: u64) -> u64 {
    set_quiet(true);
    panic!("no {n}")
}

fn a_panic_says_what_and_where<S: Subject>() {
    let pool = S::with_workers(2);
    match pool.submit(refuse, 7).unwrap().join() {
        Err(JobError::Panicked(report)) => {
            assert_eq!(report.message, "no 7");
            let location = report.location.expect("the place is known");
            assert!(location.contains("outcomes.rs:"), "{location}");
        }
        other => panic!("the task panicked: {other:?}"),
    }
}

fn throw_a_number(n: u64) {
    set_quiet(true);
    std::panic::panic_any(n)
}

fn a_panic_with_an_odd_payload_is_still_a_panic<S: Subject>() {
    let pool = S::with_workers(1);
    let outcome = pool.submit(throw_a_number, 7).unwrap().join();
    assert!(matches!(outcome, Err(JobError::Panicked(_))), "{outcome:?}");
}

fn refuse_odd(n: u64) -> u64 {
    if n % 2 == 1 { refuse(n) } else { n }
}

fn a_panicking_job_harms_no_other<S: Subject>() {
    let pool = S::with_workers(2);
    let handles: Vec<_> = (0..40)
        .map(|n| pool.submit(refuse_odd, n).unwrap())
        .collect();
    for (n, handle) in (0..).zip(handles) {
        match handle.join() {
            Ok(value) => assert_eq!((value, n % 2), (n, 0)),
            Err(error) => assert!(
                n % 2 == 1 && matches!(error, JobError::Panicked(_)),
                "{error}"
            ),
        }
    }
}

/// The job's number, whether it has a deadline, which try it is.
fn who_am_i((): (), ctx: &Context) -> (u64, bool, u32) {
    ctx.checkpoint();
    let same = ctx.blocking(|| ctx.job());
    (same.0, ctx.deadline().is_some(), ctx.attempt())
}

fn a_task_knows_its_job<S: Subject>() {
    let pool = S::with_workers(2);
    let handle = pool.submit(who_am_i, ()).unwrap();
    let id = handle.id().0;
    assert_eq!(handle.join(), Ok((id, false, 1)));
}

fn a_dropped_handle_detaches_its_job<S: Subject>() {
    let pool = S::with_workers(1);
    let gate = Gate::new();
    for number in 0..3 {
        drop(pool.submit(Pass::announce, gate.pass(number)).unwrap());
    }
    let seen = gate.next_sorted(3);
    assert!(seen.iter().map(|visitor| visitor.number).eq(0..3));
}

/// What a handle prints of its job's state.
fn state<T>(handle: &JobHandle<T>) -> String {
    let printed = format!("{handle:?}");
    let state = printed.strip_prefix(&format!("JobHandle({}, ", handle.id()));
    let state = state.and_then(|state| state.strip_suffix(')'));
    state.expect("the job's number and its state").to_owned()
}

fn a_handle_prints_how_its_job_ended<S: Subject>() {
    let pool = S::with_workers(1);
    let done = pool.submit(square, 3).unwrap();
    let failed = pool.submit(fail_quietly, ()).unwrap();
    let _ = wait(&[&done], WaitUntil::All, Some(LONG));
    let _ = wait(&[&failed], WaitUntil::All, Some(LONG));
    assert_eq!(
        (state(&done), state(&failed)),
        ("done".into(), "failed".into())
    );
}

fn fail_quietly((): ()) -> u64 {
    set_quiet(true);
    panic!("a failure")
}

fn a_handle_prints_where_its_job_is<P: Pool>() {
    let pool = P::with_workers(1);
    let gate = Gate::new();
    let runs = pool.submit(Pass::enter, gate.pass(0)).unwrap();
    let waits = pool.submit(square, 3).unwrap();
    let visitor = gate.next();
    // What a worker process has been sent may have started there or not.
    assert!(["running", "sent"].contains(&&*state(&runs)), "{runs:?}");
    assert!(["queued", "sent"].contains(&&*state(&waits)), "{waits:?}");
    assert!(waits.cancel());
    assert_eq!(state(&waits), "cancelled");
    visitor.let_go();
    let _ = wait(&[&runs], WaitUntil::All, Some(LONG));
    assert_eq!(state(&runs), "done");
}
