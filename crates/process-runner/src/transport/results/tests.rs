//! Results from both sides, honest and hostile ones.

use anypool_core::Draft;

use super::*;
use crate::wire::place::Place;

struct Sides {
    worker: ResultWriter,
    parent: Arc<Results>,
    budget: Arc<Budget>,
}

fn sides(budget: usize) -> Sides {
    let file = SharedMemory::create(results_range().end).unwrap();
    let shared = Arc::new(SharedMemory::map_first(&file, SHARED_BYTES).unwrap());
    let budget = Arc::new(Budget::new(budget));
    Sides {
        parent: Results::map(&file, Arc::clone(&shared), Arc::clone(&budget)).unwrap(),
        worker: ResultWriter::map(&file, shared).unwrap(),
        budget,
    }
}

fn pattern(len: usize) -> Vec<u8> {
    (0..=250).cycle().take(len).collect()
}

/// Writes a result in pieces; `None` when it found no room.
fn write(worker: &mut ResultWriter, bytes: &[u8], piece: usize) -> Option<Loan> {
    let mut buffer = Vec::new();
    let mut draft = Draft::with_annex(&mut buffer, worker);
    bytes.chunks(piece).for_each(|part| draft.write(part));
    let is_annexed = draft.finish();
    assert_eq!(is_annexed, buffer.is_empty());
    assert!(is_annexed || buffer == bytes);
    is_annexed.then(|| worker.lend().expect("a number was free"))
}

fn read(lease: &ResultLease) -> Vec<u8> {
    let mut copy = Vec::new();
    lease.copy_out(0..lease.len(), &mut copy);
    copy
}

#[test]
fn a_result_is_read_where_it_was_written_however_it_grew() {
    let Sides {
        mut worker, parent, ..
    } = sides(1 << 30);
    for piece in [1, 5_000, 70_000, 1_000_000] {
        let bytes = pattern(1_000_000);
        let loan = write(&mut worker, &bytes, piece).unwrap();
        let lease = parent.lend(loan).unwrap();
        assert!(read(&lease) == bytes);
        let mut part = Vec::new();
        lease.copy_out(999_990..2_000_000, &mut part);
        assert_eq!(part, bytes[999_990..], "no more than was lent");
    }
    assert!(parent.bytes() < 3_000_000, "places are used again");
}

#[test]
fn as_many_are_lent_as_there_are_numbers_and_given_back_in_any_order() {
    let Sides {
        mut worker, parent, ..
    } = sides(1 << 30);
    let bytes = pattern(LARGE);
    let mut leases: Vec<ResultLease> = (0..LOANS)
        .map(|_| {
            parent
                .lend(write(&mut worker, &bytes, LARGE).unwrap())
                .unwrap()
        })
        .collect();
    assert_eq!(write(&mut worker, &bytes, LARGE), None);
    drop(leases.remove(7));
    let again = write(&mut worker, &bytes, LARGE).unwrap();
    assert_eq!(again.number, 7);
    let again = parent.lend(again).unwrap();
    assert!(
        leases
            .iter()
            .chain([&again])
            .all(|lease| read(lease) == bytes)
    );
}

const LARGE: usize = crate::transport::region::LARGE_BYTES;

#[test]
fn loans_that_no_honest_worker_makes_are_refused_and_take_nothing() {
    let Sides { parent, budget, .. } = sides(1 << 30);
    let loan = |number, at, len| Loan {
        number,
        place: Place { at, len },
    };
    let memory = REGION_BYTES as u64;
    for hostile in [
        loan(u32::try_from(LOANS).unwrap(), 0, 10),
        loan(u32::MAX, 0, 10),
        loan(0, memory, 1),
        loan(0, 1, memory),
        loan(0, u64::MAX, 2),
        loan(0, 2, u64::MAX),
    ] {
        assert!(parent.lend(hostile).is_err(), "{hostile:?}");
    }
    assert_eq!((parent.bytes(), budget.taken()), (0, 0));
    let first = parent.lend(loan(3, 8, 100)).unwrap();
    assert!(parent.lend(loan(3, 500, 100)).is_err(), "lent twice");
    // Overlapping ones are wrong bytes of the worker's own.
    let second = parent.lend(loan(4, 9, 100)).unwrap();
    assert_eq!(read(&first).len() + read(&second).len(), 200);
    drop(first);
    assert!(parent.lend(loan(3, 500, 100)).is_ok());
}

#[test]
fn memory_is_given_back_when_nothing_is_lent_and_found_again() {
    let Sides {
        mut worker,
        parent,
        budget,
    } = sides(1 << 30);
    let bytes = pattern(300_000);
    let lease = parent
        .lend(write(&mut worker, &bytes, 300_000).unwrap())
        .unwrap();
    assert!(parent.rests_at(Duration::ZERO).is_none(), "it is in use");
    parent.trim();
    assert!(read(&lease) == bytes, "what is lent stays");
    drop(lease);
    assert!(parent.rests_at(Duration::ZERO).is_some());
    parent.trim();
    assert_eq!((parent.bytes(), budget.taken()), (0, 0));
    assert!(parent.rests_at(Duration::ZERO).is_none());
    let lease = parent
        .lend(write(&mut worker, &bytes, 300_000).unwrap())
        .unwrap();
    assert!(read(&lease) == bytes);
    drop((lease, parent));
    assert_eq!(budget.taken(), 0);
}

#[test]
fn a_used_up_budget_keeps_results_from_growing() {
    let Sides {
        mut worker, parent, ..
    } = sides(400_000);
    let small = pattern(200_000);
    let large = pattern(2_000_000);
    let lease = parent
        .lend(write(&mut worker, &large, 2_000_000).unwrap())
        .unwrap();
    assert_eq!(
        write(&mut worker, &small, 200_000),
        None,
        "behind the first"
    );
    drop(lease);
    assert!(
        write(&mut worker, &small, 200_000).is_some(),
        "in its place"
    );
}
