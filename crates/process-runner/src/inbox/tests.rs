//! The queue's bounds, and who is woken.

use std::time::Duration;

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use smallvec::smallvec;

use super::*;
use crate::parcel::tests::Keeper;

fn rings(inbox: &Inbox) -> bool {
    let mut watched = [PollFd::new(inbox.as_fd(), PollFlags::POLLIN)];
    poll(&mut watched, PollTimeout::ZERO) == Ok(1)
}

fn take(inbox: &Inbox) -> (Vec<Parcel>, Vec<Mail>) {
    let mut parcels = Vec::new();
    let mail = inbox.take(&mut parcels);
    (parcels, mail)
}

#[test]
fn the_bell_rings_only_for_a_sleeper() {
    let inbox = Inbox::new(10).unwrap();
    inbox.post(Mail::OutputRoom);
    assert!(!rings(&inbox), "nobody sleeps");
    assert_eq!(take(&inbox).1.len(), 1);
    inbox.post(Mail::OutputRoom);
    assert!(!rings(&inbox), "something was taken, so it looks again");
    take(&inbox);
    assert!(take(&inbox).1.is_empty());
    inbox.post(Mail::OutputRoom);
    assert!(rings(&inbox));
    inbox.wake_up();
    assert!(!rings(&inbox));
}

#[test]
fn taking_jobs_leaves_the_mail_and_a_sleeper_asleep() {
    let inbox = Inbox::new(10).unwrap();
    take(&inbox);
    assert!(inbox.take_parcels().is_empty());
    inbox.post(Mail::OutputRoom);
    assert!(rings(&inbox));
    let mut parcels = smallvec![Keeper::new().chunk(1)];
    assert_eq!(inbox.submit(&mut parcels), Ok(()));
    assert!(parcels.is_empty());
    assert_eq!(inbox.take_parcels().len(), 1);
    assert_eq!(take(&inbox).1.len(), 1);
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
    let mut parcels = smallvec![Keeper::new().chunk(1)];
    assert_eq!(inbox.submit(&mut parcels), Err(SubmitError::Shutdown));
    assert_eq!(parcels.len(), 1);
    assert!(!inbox.pass(1, &mut Vec::new()));
    assert!(take(&inbox).0.is_empty());
}
