//! Submissions that are refused: the input comes back, and a map says why it ends.

use std::time::Duration;

use anypool_core::{CodecError, Executor as _, JobError, SubmitError, submit_closure};

use crate::hand_driven::HandDriven;

fn shout(mut text: String) -> String {
    text.make_ascii_uppercase();
    text
}

#[test]
fn a_refused_submission_says_why() {
    let pool = HandDriven::new();
    pool.refuse(SubmitError::Shutdown);
    assert_eq!(
        pool.submit(shout, "a".to_owned()).unwrap_err(),
        SubmitError::Shutdown
    );
    assert_eq!(
        submit_closure(&pool, || 1).unwrap_err(),
        SubmitError::Shutdown
    );
}

#[test]
fn a_refused_submission_gives_the_input_back() {
    let pool = HandDriven::new();
    let full = SubmitError::QueueFull { limit: 3 };
    pool.refuse(full.clone());
    let refused = pool.try_submit(shout, "a".to_owned()).unwrap_err();
    assert_eq!(
        (refused.error, refused.input.as_deref()),
        (full.clone(), Some("a"))
    );
    let soon = Duration::from_millis(1);
    let refused = pool
        .submit_timeout(shout, "b".to_owned(), soon)
        .unwrap_err();
    assert_eq!((refused.error, refused.input.as_deref()), (full, Some("b")));
}

#[test]
fn a_map_of_a_closed_executor_fails_what_it_took_and_ends() {
    let pool = HandDriven::new();
    pool.refuse(SubmitError::Shutdown);
    let mut pulled = 0;
    let source = std::iter::repeat_with(|| {
        pulled += 1;
        "x".to_owned()
    });
    let outcomes: Vec<_> = pool.map(shout, source).collect();
    assert_eq!(outcomes, [Err(JobError::Shutdown)]);
    assert_eq!(pulled, 1);
}

#[test]
fn an_input_that_cannot_be_encoded_does_not_end_the_map() {
    let pool = HandDriven::new();
    pool.refuse(SubmitError::Codec(CodecError::NoEncodedForm));
    let inputs = ["a", "b", "c"].map(str::to_owned);
    let outcomes: Vec<_> = pool.map(shout, inputs).collect();
    let refused = Err(JobError::Codec(CodecError::NoEncodedForm));
    assert_eq!(outcomes, [refused.clone(), refused.clone(), refused]);
}

#[test]
fn an_executor_that_closes_meanwhile_ends_the_map_after_what_it_accepted() {
    let pool = HandDriven::new();
    let mut map = pool.map(shout, ["a", "b", "c", "d", "e", "f"].map(str::to_owned));
    let accepted = pool.queued();
    pool.refuse(SubmitError::Shutdown);
    pool.run_all();
    let outcomes: Vec<_> = map.by_ref().collect();
    let (done, lost) = outcomes.split_at(accepted);
    assert!(done.iter().all(Result::is_ok) && !done.is_empty());
    assert!(
        lost.iter()
            .all(|outcome| *outcome == Err(JobError::Shutdown))
            && !lost.is_empty()
    );
    assert_eq!(map.next(), None);
}

#[test]
fn every_reason_reaches_the_map() {
    let failed = |reason: &str| reason.to_owned();
    let reasons = [
        (
            SubmitError::PoolFailed {
                reason: failed("x"),
            },
            JobError::PoolFailed {
                reason: failed("x"),
            },
        ),
        (
            SubmitError::WrongProcess { owner: 1, here: 2 },
            JobError::WrongProcess { owner: 1, here: 2 },
        ),
        (SubmitError::QueueFull { limit: 1 }, JobError::Cancelled),
    ];
    for (refusal, expected) in reasons {
        let pool = HandDriven::new();
        pool.refuse(refusal);
        let outcome = pool.map(shout, ["a".to_owned()]).next();
        assert_eq!(outcome, Some(Err(expected)));
    }
}
