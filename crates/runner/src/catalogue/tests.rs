//! What every task of the catalogue owes, and what each of them gives.

use std::collections::BTreeSet;

use anypool_core::{Executor as _, InlineExecutor, JobError};

use super::call::{Call, run_call};
use super::kind::{Class, Kind};
use crate::parameter::Argument;

fn run(name: &str, arguments: Vec<Argument>) -> Result<String, JobError> {
    let call = Call::new(Kind::find(name).unwrap(), arguments, 7);
    let outcome = InlineExecutor::new().submit(run_call, call).unwrap().join();
    outcome.map(|result| result.unwrap().value.to_string())
}

#[test]
fn names_are_given_once() {
    let names: BTreeSet<_> = Kind::all().map(|kind| kind.name).collect();
    assert_eq!(names.len(), Kind::all().count());
}

#[test]
fn every_default_is_a_value_that_its_parameter_accepts() {
    for parameter in Kind::all().flat_map(|kind| kind.parameters) {
        if let Some(default) = parameter.default {
            let value = parameter.domain.parse(default);
            let shown = value.as_ref().unwrap().to_string();
            // Sizes are shown in bytes.
            assert_eq!(parameter.domain.parse(&shown), value, "{}", parameter.name);
        }
    }
}

#[test]
fn only_faults_end_their_process() {
    for kind in Kind::all().filter(|kind| kind.ends_process.is_some()) {
        assert_eq!(kind.class, Class::Fault, "{}", kind.name);
    }
}

#[test]
fn primes_counts_as_the_tables_do() {
    for (limit, count) in [
        (0, "0"),
        (1, "0"),
        (2, "1"),
        (3, "2"),
        (9, "4"),
        (10_000, "1229"),
    ] {
        assert_eq!(
            run("primes", vec![Argument::Integer(limit)]).unwrap(),
            count
        );
    }
}

#[test]
fn each_value_is_what_the_list_says() {
    let none = Argument::Time(std::time::Duration::ZERO);
    let word = Argument::Word("en".to_owned());
    let integer = Argument::Integer;
    assert_eq!(run("noop", vec![]).unwrap(), "0");
    assert_eq!(run("sleep", vec![integer(1)]).unwrap(), "1");
    assert_eq!(run("worker", vec![none.clone(), word]).unwrap(), "7");
    let largest = u64::from(u32::MAX);
    let square = run("square", vec![integer(largest), none]);
    assert_eq!(square.unwrap(), (largest * largest).to_string());
    let spin = run("spin", vec![integer(50), Argument::Flag(false)]);
    assert_eq!(spin.unwrap(), "50");
}

#[test]
fn a_panic_says_so() {
    let error = run("panic", vec![]).unwrap_err().to_string();
    assert!(error.contains("panicked: \"this task panics"), "{error}");
}

#[test]
fn a_call_that_does_not_fit_is_a_failure_and_no_panic() {
    let square = Kind::find("square").unwrap();
    let call = Call::new(square, vec![Argument::Flag(true)], 0);
    let result = InlineExecutor::new().submit(run_call, call).unwrap().join();
    let failure = result.unwrap().unwrap_err().to_string();
    assert!(failure.contains("no `n` for `square`"), "{failure}");
}

#[test]
fn a_flaky_task_fails_as_often_as_it_is_told_to() {
    let flaky = Kind::find("flaky").unwrap();
    let arguments = [2, 0, 0].map(Argument::Integer).to_vec();
    let tried = [1, 2, 3].map(|attempt| {
        let call = Call::new(flaky, arguments.clone(), 0).with_attempt(attempt);
        let job = InlineExecutor::new().submit(run_call, call).unwrap();
        job.join().unwrap().is_ok()
    });
    assert_eq!(tried, [false, false, true]);
}

#[test]
fn chance_is_the_same_on_every_run_and_as_likely_as_said() {
    let flaky = Kind::find("flaky").unwrap();
    let arguments = [1, 30, 42].map(Argument::Integer).to_vec();
    let failures = |_| {
        let failed = (0..1000).filter(|index| {
            let call = Call::new(flaky, arguments.clone(), *index);
            let job = InlineExecutor::new().submit(run_call, call).unwrap();
            job.join().unwrap().is_err()
        });
        failed.count()
    };
    let [one, other] = [0, 1].map(failures);
    assert_eq!(one, other);
    assert!((250..350).contains(&one), "{one}");
}

#[test]
fn digests_are_those_of_the_published_functions() {
    // The sums of no bytes, as their authors publish them.
    let empty = || vec![Argument::Path("".into()), Argument::Integer(0)];
    let sha256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    let blake3 = "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262";
    assert_eq!(run("sha256", empty()).unwrap(), format!("\"{sha256}\""));
    assert_eq!(run("blake3", empty()).unwrap(), format!("\"{blake3}\""));
}

#[test]
fn a_file_that_is_not_there_is_a_failure_that_names_it() {
    let sha256 = Kind::find("sha256").unwrap();
    let arguments = vec![Argument::Path("no/such/file".into()), Argument::Integer(0)];
    let job = InlineExecutor::new().submit(run_call, Call::new(sha256, arguments, 0));
    let failure = job.unwrap().join().unwrap().unwrap_err().to_string();
    assert!(
        failure.starts_with("`no/such/file` cannot be read: "),
        "{failure}"
    );
}

#[test]
fn sorting_by_runs_is_sorting() {
    let numbers = [40_000, 32_768, 5, 1, 0, 98_305];
    for n in numbers {
        let mut numbers = super::generated::Numbers(7);
        let mut sorted: Vec<u64> = (0..n).map(|_| numbers.next()).collect();
        sorted.sort_unstable();
        let fold = |sum: u64, number: &u64| sum.wrapping_mul(31).wrapping_add(*number);
        let expected = sorted.iter().fold(0, fold).to_string();
        assert_eq!(
            run("sort", vec![Argument::Integer(n)]).unwrap(),
            expected,
            "{n}"
        );
    }
}
