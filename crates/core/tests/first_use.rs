//! The first job of a program runs in a destructor, while its thread panics. A program of its own,
//! since the first job is what prepares the panic hook.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;

use anypool_core::{Executor as _, InlineExecutor, JobError, Outcome, PanicReport};

fn fail(n: u32) -> u32 {
    panic!("no {n}")
}

#[test]
fn a_first_job_in_a_destructor_of_an_unwinding_thread_has_its_outcome() {
    struct Work<'o>(&'o Mutex<Vec<Outcome<u32>>>);
    impl Drop for Work<'_> {
        fn drop(&mut self) {
            let handle = InlineExecutor::new().submit(|n: u32| n + 1, 1).unwrap();
            self.0.lock().unwrap().push(handle.join());
        }
    }
    let outcomes = Mutex::default();
    let unwound = catch_unwind(AssertUnwindSafe(|| {
        let _work = Work(&outcomes);
        panic!("on purpose");
    }));
    assert!(unwound.is_err());
    assert_eq!(*outcomes.lock().unwrap(), [Ok(2)]);
    let failed = InlineExecutor::new().submit(fail, 7).unwrap().join();
    let Err(JobError::Panicked(PanicReport { location, .. })) = failed else {
        panic!("it panicked: {failed:?}");
    };
    assert!(
        location.unwrap().contains("first_use.rs"),
        "later panics have their place"
    );
}
