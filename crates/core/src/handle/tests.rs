//! What other tests of handles cannot reach.

use std::task::Waker;

use super::*;
use crate::job::cell::JobCell;
use crate::job::contract::ExecutorId;
use crate::job::options::JobOptions;
use crate::job::workload::ClosureCall;

#[test]
fn polling_in_another_process_gives_an_error_and_does_not_sleep() {
    let call = ClosureCall(|| 7);
    let cell = JobCell::new(call, None, ExecutorId::unique(), JobOptions::new());
    let mut cell = Arc::into_inner(cell).unwrap();
    cell.owner_pid = 0;
    let mut handle = JobHandle::new(Arc::new(cell));
    let polled = Pin::new(&mut handle).poll(&mut Wake::from_waker(Waker::noop()));
    assert!(matches!(
        polled,
        Poll::Ready(Err(JobError::WrongProcess { .. }))
    ));
}
