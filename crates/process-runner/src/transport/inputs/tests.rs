//! Inputs from both sides.

use super::*;
use crate::sys::mapping::TrustedMemory;

fn inputs(budget: usize) -> (Arc<Inputs>, TrustedMemory) {
    let (inputs, theirs) = Inputs::create(Arc::new(Budget::new(budget))).unwrap();
    let read = TrustedMemory::map(&theirs, 0..REGION_BYTES).unwrap();
    (inputs, read)
}

fn bytes_at(memory: &TrustedMemory, place: Place) -> Vec<u8> {
    let at = usize::try_from(place.at).unwrap();
    let len = usize::try_from(place.len).unwrap();
    memory.bytes(at..at + len).unwrap().to_vec()
}

fn pattern(len: usize) -> Vec<u8> {
    (0..=250).cycle().take(len).collect()
}

#[test]
fn an_input_is_read_where_it_was_written_however_it_grew() {
    let (inputs, read) = inputs(1 << 30);
    for piece in [4_096, 70_000, 1_000_000] {
        let bytes = pattern(1_000_000);
        let mut lease = inputs.lease(piece).unwrap();
        // In the way of the first, which has to move.
        let other = inputs.lease(1).unwrap();
        assert!(bytes.chunks(piece).all(|part| lease.append(part)));
        lease.close();
        assert_eq!(bytes_at(&read, lease.place()), bytes);
        let mut copy = Vec::new();
        lease.copy_out(&mut copy);
        assert_eq!(copy, bytes);
        drop((lease, other));
        assert_eq!(inputs.count(), 0);
    }
}

#[test]
fn memory_is_used_again_and_given_back() {
    let (inputs, _) = inputs(1 << 30);
    for _ in 0..100 {
        let mut lease = inputs.lease(1 << 20).unwrap();
        assert!(lease.append(&pattern(1 << 20)));
        assert_eq!(lease.place().at, 0);
    }
    assert_eq!((inputs.bytes(), inputs.budget.taken()), (1 << 20, 1 << 20));
    let kept = inputs.lease(10).unwrap();
    inputs.trim();
    assert_eq!(inputs.bytes(), 4096);
    assert!(inputs.rests_at(Duration::ZERO).is_none(), "it is in use");
    drop(kept);
    assert!(inputs.rests_at(Duration::ZERO).is_some());
    inputs.trim();
    assert_eq!((inputs.bytes(), inputs.budget.taken()), (0, 0));
    assert!(inputs.rests_at(Duration::ZERO).is_none());
}

#[test]
fn the_budget_bounds_what_is_taken() {
    let (inputs, _) = inputs(1 << 20);
    let mut lease = inputs.lease(1 << 20).unwrap();
    assert!(lease.append(&pattern(1 << 20)));
    assert!(!lease.append(b"more"), "there is no room");
    assert!(inputs.lease(1 << 20).is_none());
    assert_eq!(inputs.count(), 1, "what was refused takes no place");
    drop(lease);
    let budget = Arc::clone(&inputs.budget);
    drop(inputs);
    assert_eq!(budget.taken(), 0);
}

#[test]
fn the_worker_cannot_write_and_an_input_moves_to_another_workers() {
    let budget = Arc::new(Budget::new(1 << 30));
    let (ours, theirs) = Inputs::create(Arc::clone(&budget)).unwrap();
    assert!(WrittenMemory::map(&theirs, 0..REGION_BYTES).is_err());
    let (others, theirs) = Inputs::create(budget).unwrap();
    let read = TrustedMemory::map(&theirs, 0..REGION_BYTES).unwrap();
    let mut lease = ours.lease(0).unwrap();
    assert!(lease.append(&pattern(300_000)));
    let moved = lease.copied_to(&others).unwrap();
    assert!(moved.lies_in(&others) && !moved.lies_in(&ours));
    drop(lease);
    assert_eq!(bytes_at(&read, moved.place()), pattern(300_000));
}
