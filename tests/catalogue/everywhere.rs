//! The same answers on the caller, on threads and on processes.

use anypool_core::{Executor as _, InlineExecutor, RawExecutor};
use anypool_runner::{CallResult, run_call};
use process_runner::{ProcessPool, Transport};
use thread_runner::ThreadPool;

use crate::small::{CALLS, call};

fn answers(pool: &dyn RawExecutor) -> Vec<CallResult> {
    let outcomes = pool.map(run_call, CALLS.iter().copied().map(call));
    outcomes.map(Result::unwrap).collect()
}

#[test]
fn threads_processes_and_the_caller_give_the_same_answers() {
    let expected = answers(&InlineExecutor::new());
    for ((name, given), answer) in CALLS.iter().zip(&expected) {
        assert!(answer.is_ok(), "{name} {given:?}: {answer:?}");
    }
    let threads = ThreadPool::builder().workers(2).start().unwrap();
    assert_eq!(answers(&threads), expected);
    for transport in Transport::ALL {
        let builder = ProcessPool::builder().workers(2).transport(transport);
        assert_eq!(
            answers(&builder.start().unwrap()),
            expected,
            "{transport:?}"
        );
    }
}
