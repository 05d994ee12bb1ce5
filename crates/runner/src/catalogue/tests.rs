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
            assert_eq!(value.unwrap().to_string(), default, "{}", parameter.name);
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
