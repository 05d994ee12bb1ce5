//! The queue's bounds, and who is woken.

use std::time::Duration;

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use super::*;
use crate::parcel::tests::Keeper;

fn rings(inbox: &Inbox) -> bool {
    let mut watched = [PollFd::new(inbox.as_fd(), PollFlags::POLLIN)];
    poll(&mut watched, PollTimeout::ZERO) == Ok(1)
}

#[test]
fn the_bell_rings_only_for_a_sleeper() {
    let inbox = Inbox::new(10).unwrap();
    inbox.post(Mail::OutputRoom);
    assert!(!rings(&inbox), "nobody sleeps");
    assert_eq!(inbox.take().1.len(), 1);
    inbox.post(Mail::OutputRoom);
    assert!(!rings(&inbox), "something was taken, so it looks again");
    inbox.take();
    assert!(inbox.take().1.is_empty());
    inbox.post(Mail::OutputRoom);
    assert!(rings(&inbox));
    inbox.wake_up();
    assert!(!rings(&inbox));
}

#[test]
fn taking_jobs_leaves_the_mail_and_a_sleeper_asleep() {
    let inbox = Inbox::new(10).unwrap();
    inbox.take();
    assert!(inbox.take_parcels().is_empty());
    inbox.post(Mail::OutputRoom);
    assert!(rings(&inbox));
    assert_eq!(inbox.submit(vec![Keeper::new().chunk(1)]).ok(), Some(()));
    assert_eq!(inbox.take_parcels().len(), 1);
    assert_eq!(inbox.take().1.len(), 1);
}

#[test]
fn a_full_queue_refuses_or_waits_until_there_is_room() {
    let inbox = Inbox::new(2).unwrap();
    assert_eq!(inbox.reserve(5, Patience::None), Ok(()), "it was empty");
    inbox.release(4, 0);
    assert_eq!(inbox.reserve(1, Patience::None), Ok(()));
    let full = Err(SubmitError::QueueFull { limit: 2 });
    assert_eq!(inbox.reserve(1, Patience::None), full);
    let soon = Instant::now() + Duration::from_millis(5);
    assert_eq!(inbox.reserve(1, Patience::Until(soon)), full);
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| inbox.reserve(1, Patience::Endless));
        inbox.adjust(-1, 0);
        assert_eq!(waiting.join().unwrap(), Ok(()));
        let waiting = scope.spawn(|| inbox.reserve(1, Patience::Endless));
        inbox.close(SubmitError::Shutdown);
        assert_eq!(waiting.join().unwrap(), Err(SubmitError::Shutdown));
    });
    assert_eq!(inbox.waiting().0, 2);
}

#[test]
fn nothing_gets_in_after_it_was_closed_and_the_first_reason_stays() {
    let inbox = Inbox::new(10).unwrap();
    assert_eq!(inbox.reserve(1, Patience::None), Ok(()));
    inbox.close(SubmitError::Shutdown);
    inbox.close(SubmitError::PoolFailed {
        reason: "later".to_owned(),
    });
    let (reason, parcels) = inbox.submit(vec![Keeper::new().chunk(1)]).unwrap_err();
    assert_eq!((reason, parcels.len()), (SubmitError::Shutdown, 1));
    assert!(inbox.take().0.is_empty());
}
