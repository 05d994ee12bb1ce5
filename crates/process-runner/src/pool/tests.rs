//! The pool's handle, without a pool behind it.

use anypool_core::Executor as _;

use super::*;

#[test]
fn a_copy_of_a_pool_in_another_process_is_refused_and_does_no_harm() {
    let here = std::process::id();
    let owner = here + 1;
    let copy = ProcessPool {
        id: ExecutorId::unique(),
        owner_pid: owner,
        workers: 1,
        terms: Arc::default(),
        stock: Arc::new(Stock::new(false)),
        grace: Duration::ZERO,
        inbox: Arc::new(Inbox::new(1).unwrap()),
        shared: Arc::default(),
        floor: Arc::new(Floor::vacant()),
        relay: Relay::current(),
        supervisor: Mutex::default(),
    };
    let refused = copy.submit(|n: u64| n, 1).unwrap_err();
    assert_eq!(refused, SubmitError::WrongProcess { owner, here });
    // Nobody would ever say that it has ended: its destructor does not wait.
    drop(copy);
}
