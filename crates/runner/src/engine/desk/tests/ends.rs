//! How a run ends before all of it is done.

use super::super::super::policy::{MaxFail, Then};
use super::*;

#[test]
fn enough_failures_or_successes_end_the_run_and_the_rest_is_cancelled() {
    let now = Instant::now();
    let count = |limit| MaxFail {
        limit,
        then: Then::Wait,
    };
    for (limit, enough) in [
        (FailLimit::All, [false; 3]),
        (
            FailLimit::Count(NonZeroU64::new(2).unwrap()),
            [false, true, true],
        ),
        (FailLimit::Percent(50), [false, true, true]),
    ] {
        let policy = Policy {
            max_fail: count(limit),
            ..slots(1)
        };
        let mut desk = desk_of(plain(4), &[], policy, now);
        let seen = [(); 3].map(|()| {
            let tried = start(&mut desk, now);
            finish(&mut desk, tried, Verdict::Failed, now);
            desk.enough() == Some(StopCause::MaxFail)
        });
        assert_eq!(seen, enough, "{limit:?}");
        let cancelled = told(desk.close(StopCause::MaxFail));
        assert_eq!(cancelled, ["3 cancelled --max-fail was reached"]);
        assert!(matches!(desk.take(now), Take::Over));
        assert_eq!(desk.counts.settled(), 4);
    }
    let policy = Policy {
        until_success: NonZeroU64::new(1),
        ..slots(1)
    };
    let mut desk = desk_of(plain(2), &[], policy, now);
    let tried = start(&mut desk, now);
    finish(&mut desk, tried, Verdict::Ok, now);
    assert_eq!(desk.enough(), Some(StopCause::UntilSuccess));
}

#[test]
fn what_waits_for_its_next_try_is_settled_as_it_was_when_the_run_ends() {
    let now = Instant::now();
    let units = vec![
        unit("a", retries(3, Duration::from_secs(9)), &[]),
        plain(1).remove(0),
    ];
    let mut desk = desk_of(units, &[], slots(1), now);
    let tried = start(&mut desk, now);
    finish(&mut desk, tried, Verdict::TimedOut, now);
    let settled = told(desk.close(StopCause::Interrupted));
    assert_eq!(settled, ["a timed-out", "0 cancelled interrupted"]);
    assert!(
        told(desk.close(StopCause::Terminated)).is_empty(),
        "the first cause stays"
    );
}
