//! Waiting for one job: for ever, for a while, not at all, or as a future.

use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use anypool_core::{Executor as _, JobHandle, Outcome, WaitUntil, wait};
use anypool_tests::{Gate, LONG, Pass, Pool, Subject};

anypool_tests::contract! {
    all: [
        an_ended_job_joins_without_waiting,
        a_handle_can_be_awaited,
        handles_may_move_to_other_threads,
    ],
    pools: [
        a_join_that_times_out_gives_the_handle_back,
        a_future_is_woken_when_its_job_ends,
        a_dropped_future_detaches_its_job,
    ],
}

fn square(n: u64) -> u64 {
    n * n
}

fn an_ended_job_joins_without_waiting<S: Subject>() {
    let pool = S::with_workers(1);
    let handle = pool.submit(square, 2).unwrap();
    wait(&[&handle], WaitUntil::All, Some(LONG));
    assert!(handle.is_finished());
    assert_eq!(handle.join_timeout(Duration::ZERO).unwrap(), Ok(4));
    let handle = pool.submit(square, 3).unwrap();
    wait(&[&handle], WaitUntil::All, Some(LONG));
    assert_eq!(handle.try_join().unwrap(), Ok(9));
}

fn a_join_that_times_out_gives_the_handle_back<P: Pool>() {
    let pool = P::with_workers(1);
    let gate = Gate::new();
    let handle = pool.submit(Pass::enter, gate.pass(8)).unwrap();
    let visitor = gate.next();
    let handle = handle.try_join().unwrap_err();
    let handle = handle.join_timeout(Duration::ZERO).unwrap_err();
    let handle = handle.join_timeout(Duration::from_millis(5)).unwrap_err();
    visitor.let_go();
    assert_eq!(handle.join_timeout(LONG).unwrap(), Ok(8));
}

/// Tells a channel that it was woken.
struct Bell(Sender<()>);

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        // A wake after the test's end has nobody to tell.
        let _ = self.0.send(());
    }
}

fn bell() -> (Waker, std::sync::mpsc::Receiver<()>) {
    let (tell, told) = channel();
    (Waker::from(Arc::new(Bell(tell))), told)
}

fn poll<T: 'static>(handle: &mut JobHandle<T>, waker: &Waker) -> Poll<Outcome<T>> {
    Pin::new(handle).poll(&mut Context::from_waker(waker))
}

/// The smallest executor of futures: polls whenever it is woken.
fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let (waker, woken) = bell();
    loop {
        if let Poll::Ready(value) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
            return value;
        }
        woken.recv_timeout(LONG).expect("a pending future is woken");
    }
}

fn a_handle_can_be_awaited<S: Subject>() {
    let pool = S::with_workers(2);
    let sum = async {
        let mut sum = 0;
        for n in 1..=20 {
            sum += pool.submit(square, n).unwrap().await.unwrap();
        }
        sum
    };
    assert_eq!(block_on(sum), 2870);
}

fn a_future_is_woken_when_its_job_ends<P: Pool>() {
    let pool = P::with_workers(1);
    let gate = Gate::new();
    let mut handle = pool.submit(Pass::enter, gate.pass(8)).unwrap();
    let (waker, woken) = bell();
    assert!(poll(&mut handle, &waker).is_pending());
    let visitor = gate.next();
    assert!(woken.try_recv().is_err());
    visitor.let_go();
    woken.recv_timeout(LONG).unwrap();
    assert_eq!(poll(&mut handle, &waker), Poll::Ready(Ok(8)));
}

fn a_dropped_future_detaches_its_job<P: Pool>() {
    let pool = P::with_workers(1);
    let gate = Gate::new();
    let running = pool.submit(Pass::enter, gate.pass(0)).unwrap();
    let visitor = gate.next();
    let mut handle = pool.submit(Pass::announce, gate.pass(1)).unwrap();
    assert!(poll(&mut handle, &bell().0).is_pending());
    drop(handle);
    visitor.let_go();
    assert_eq!((gate.next().number, running.join()), (1, Ok(0)));
}

fn handles_may_move_to_other_threads<S: Subject>() {
    let pool = S::with_workers(2);
    let handles: Vec<_> = (0..8).map(|n| pool.submit(square, n).unwrap()).collect();
    std::thread::scope(|scope| {
        for (n, handle) in (0..).zip(handles) {
            scope.spawn(move || assert_eq!(handle.join(), Ok(n * n)));
        }
    });
}
