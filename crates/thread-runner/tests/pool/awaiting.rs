//! Jobs that wait for others of their own pool with a limit, or as futures do.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use anypool_core::{Executor as _, WaitUntil, as_completed, wait};
use thread_runner::ThreadPool;

use crate::gate::LONG;

fn square(n: u64) -> u64 {
    n * n
}

/// Runs `inside` in a job of a pool with one worker, all of whose jobs it must therefore run itself.
fn inside_one_worker<R: Send + 'static>(
    inside: impl FnOnce(&ThreadPool) -> R + Send + 'static,
) -> R {
    let pool = Arc::new(ThreadPool::builder().workers(1).start().unwrap());
    let own = Arc::downgrade(&pool);
    let job = pool.submit_fn(move || inside(&own.upgrade().expect("the test owns it")));
    let outcome = job.unwrap().join_timeout(LONG).expect("it never hangs");
    outcome.unwrap()
}

#[test]
fn a_join_with_a_limit_gives_the_handle_back_and_the_job_is_run_later() {
    let value = inside_one_worker(|pool| {
        let short = Duration::from_millis(10);
        let handle = pool.submit(square, 3).unwrap();
        let handle = handle.join_timeout(short).expect_err("no worker is free");
        let waited = wait(&[&handle], WaitUntil::All, Some(short));
        assert_eq!(waited.pending, [0]);
        let mut completed = as_completed([handle]);
        assert_eq!(completed.next_timeout(short), None);
        let handle = completed.into_unfinished().next().unwrap().1;
        handle.join().unwrap()
    });
    assert_eq!(value, 9);
}

#[test]
fn a_limit_that_lies_beyond_the_clock_is_none() {
    let values = inside_one_worker(|pool| {
        let ever = Duration::MAX;
        let submit = || pool.submit(square, 3).unwrap();
        let joined = submit().join_timeout(ever).unwrap();
        let waited = wait(&[submit(), submit()], WaitUntil::All, Some(ever));
        let completed = as_completed([submit()]).next_timeout(ever);
        (joined, waited.done, completed)
    });
    assert_eq!(values, (Ok(9), vec![0, 1], Some((0, Ok(9)))));
}

/// Tells a channel that it was woken.
struct Bell(Sender<()>);

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        // A wake after the end has nobody to tell.
        let _ = self.0.send(());
    }
}

/// The smallest executor of futures: sleeps until it is woken.
fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let (tell, woken) = channel();
    let waker = Waker::from(Arc::new(Bell(tell)));
    loop {
        if let Poll::Ready(value) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
            return value;
        }
        woken.recv_timeout(LONG).expect("a pending future is woken");
    }
}

#[test]
fn awaiting_a_job_of_the_same_full_pool_helps() {
    let sum = inside_one_worker(|pool| {
        block_on(async {
            let mut sum = 0;
            for n in 1..=10 {
                sum += pool.submit(square, n).unwrap().await.unwrap();
            }
            sum
        })
    });
    assert_eq!(sum, 385);
}
