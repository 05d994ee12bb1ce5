//! When a unit is tried again.

use super::*;

#[test]
fn nothing_is_tried_again_or_over_before_that_was_told() {
    let now = Instant::now();
    let units = || vec![unit("a", retries(1, Duration::ZERO), &[])];
    let failed = |desk: &mut Desk| {
        let tried = start(desk, now);
        let failed = ended(&tried, Verdict::Failed);
        match desk.finish(tried, failed, now) {
            Verdicts::Again(_, paused) => paused,
            other => panic!("it is tried once: {other:?}"),
        }
    };
    let mut desk = desk_of(units(), &[], slots(2), now);
    let paused = failed(&mut desk);
    assert!(matches!(desk.take(now), Take::Wait(None)));
    assert!(told(desk.pause(paused)).is_empty());
    assert_eq!(start(&mut desk, now).attempt, 2);
    // Nothing more starts, and nobody was told of the next try as yet.
    let mut desk = desk_of(units(), &[], slots(2), now);
    let paused = failed(&mut desk);
    assert!(told(desk.close(StopCause::Interrupted)).is_empty());
    assert_eq!(told(desk.pause(paused)), ["a failed"]);
    assert!(matches!(desk.take(now), Take::Over));
}
