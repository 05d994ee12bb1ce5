//! The queue's order and its expiries, without a pool.

use std::sync::Mutex;
use std::time::Duration;

use anypool_core::{Executor as _, ExecutorId, JobId, Patience, RawExecutor, Refused};

use super::*;

/// Keeps the work that is submitted.
#[derive(Default)]
struct Catcher(Mutex<Option<Work>>);

impl RawExecutor for Catcher {
    fn id(&self) -> ExecutorId {
        ExecutorId::unique()
    }

    fn workers(&self) -> usize {
        1
    }

    fn submit_work(&self, work: Work, _: Patience) -> Result<(), Refused> {
        *self.0.lock().unwrap() = Some(work);
        Ok(())
    }
}

fn work() -> Work {
    let catcher = Catcher::default();
    drop(catcher.submit(|n: u32| n, 7).unwrap());
    catcher.0.into_inner().unwrap().unwrap()
}

/// Queues so much work, of which every `step`-th expires; gives all the jobs' numbers.
fn fill(queue: &mut Injector, count: usize, step: usize, when: Instant) -> Vec<JobId> {
    let push = |n: usize| {
        let work = work();
        let id = work.job.id();
        queue.push(work, n.is_multiple_of(step).then_some(when));
        id
    };
    (0..count).map(push).collect()
}

fn ids(works: &[Work]) -> Vec<JobId> {
    works.iter().map(|work| work.job.id()).collect()
}

#[test]
fn what_has_expired_leaves_and_the_rest_keeps_its_order() {
    let (now, mut queue) = (Instant::now(), Injector::new(10));
    let all = fill(&mut queue, 6, 2, now);
    let back = work();
    let back_id = back.job.id();
    queue.put_back(vec![back]);
    assert_eq!(queue.pop().unwrap().job.id(), back_id);
    assert_eq!(queue.pop().unwrap().job.id(), all[0]);
    let late = queue.expire(now, 9);
    assert_eq!(ids(&late), [all[2], all[4]]);
    assert_eq!((queue.len(), queue.next_expiry()), (3, None));
    let left: Vec<_> = std::iter::from_fn(|| queue.pop()).collect();
    assert_eq!(ids(&left), [all[1], all[3], all[5]]);
    assert!(queue.expire(now, 9).is_empty());
}

#[test]
fn nothing_leaves_before_its_time_and_no_more_than_asked_for() {
    let (now, mut queue) = (Instant::now(), Injector::new(10));
    let later = now + Duration::from_secs(1);
    fill(&mut queue, 4, 1, later);
    assert!(queue.expire(now, 9).is_empty());
    assert_eq!(queue.next_expiry(), Some(later));
    assert_eq!(queue.expire(later, 3).len(), 3);
    assert_eq!(queue.expire(later, 3).len(), 1);
}

#[test]
fn places_of_what_has_expired_are_closed_up_and_later_expiries_still_hit() {
    let (now, mut queue) = (Instant::now(), Injector::new(10_000));
    let later = now + Duration::from_secs(1);
    let staying = fill(&mut queue, 1, 9, later);
    for _ in 0..100 {
        let expiring = fill(&mut queue, 100, 1, now);
        assert_eq!(ids(&queue.expire(now, 1_000)), expiring);
        assert!(queue.waiting.len() <= 1 + FEW + 100, "places are given up");
    }
    let last = fill(&mut queue, 1, 1, later);
    assert_eq!(ids(&queue.expire(later, 9)), [staying[0], last[0]]);
    assert_eq!((queue.len(), queue.expiries.len()), (0, 0));
}

#[test]
fn what_was_run_long_before_its_expiry_leaves_no_entries_behind() {
    let mut queue = Injector::new(10);
    let later = Instant::now() + Duration::from_secs(3_600);
    for _ in 0..10_000 {
        fill(&mut queue, 1, 1, later);
        assert!(queue.pop().is_some());
    }
    assert!(queue.expiries.len() <= FEW + 2, "{}", queue.expiries.len());
}
