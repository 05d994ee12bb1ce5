//! Programs that call `init` never, or too late.

use process_runner::{InitError, ProcessPool, StartError, init};

#[test]
fn starting_a_pool_says_what_to_do_about_init() {
    let error = ProcessPool::start().unwrap_err();
    assert_eq!(error, StartError::Init(InitError::NotCalled));
    let text = error.to_string();
    assert!(
        text.contains("call `init()` on the first line of main"),
        "{text}"
    );

    // The test harness has a thread for this test beside its main thread.
    init();
    let error = ProcessPool::start().unwrap_err();
    let StartError::Init(InitError::Threads { threads }) = error else {
        panic!("{error:?}");
    };
    assert!(threads >= 2);
    let text = error.to_string();
    assert!(text.contains(&format!("{threads} threads")), "{text}");
    assert!(text.contains("init_at_load!();"), "{text}");
}
