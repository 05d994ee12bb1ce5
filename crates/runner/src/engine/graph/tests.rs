//! Plans that are carried out without running anything.

use proptest::prelude::*;

use super::super::source;
use super::super::terms::Terms;
use super::*;
use crate::event::TaskKey;

/// A unit that waits at these gates, in a group or not, and takes so many slots.
fn unit(after: &[usize], group: Option<usize>, weight: usize) -> Arc<Unit> {
    let terms = Terms {
        group,
        weight,
        ..Terms::default()
    };
    Arc::new(Unit {
        id: "unit".into(),
        key: TaskKey::builder("test").finish(),
        work: Work::Program(Box::default()),
        terms: Arc::new(terms),
        after: after.into(),
    })
}

fn gate(of: &[usize]) -> source::Gate {
    source::Gate { of: of.to_vec() }
}

fn group(max_running: usize) -> Group {
    let name = "disk".into();
    Group { name, max_running }
}

/// A plan without groups.
fn plan(units: &[&[usize]], gates: &[&[usize]]) -> Plan {
    Plan {
        units: units.iter().map(|after| unit(after, None, 1)).collect(),
        gates: gates.iter().map(|of| gate(of)).collect(),
        groups: Vec::new(),
    }
}

/// All that can start with plenty of room.
fn startable(graph: &mut Graph) -> Vec<usize> {
    std::iter::from_fn(|| graph.next(9, 9)).collect()
}

fn dropped(place: usize, because_of: usize) -> Dropped {
    Dropped { place, because_of }
}

#[test]
fn units_start_in_their_order_and_after_what_they_wait_for() {
    let mut graph = Graph::new(plan(&[&[1], &[], &[], &[0, 1]], &[&[1], &[2]]));
    assert_eq!(startable(&mut graph), [1, 2]);
    assert_eq!(graph.settle(1, true), []);
    assert_eq!(startable(&mut graph), [0; 0]);
    assert_eq!(graph.settle(2, true), []);
    assert_eq!(startable(&mut graph), [0, 3]);
    for place in [3, 0] {
        assert!(!graph.is_done());
        graph.settle(place, true);
    }
    assert!(graph.is_done());
}

#[test]
fn a_gate_opens_when_the_last_of_many_has_ended() {
    let mut graph = Graph::new(plan(&[&[], &[], &[], &[0], &[0]], &[&[0, 1, 2]]));
    assert_eq!(startable(&mut graph), [0, 1, 2]);
    for place in [2, 0] {
        graph.settle(place, true);
        assert_eq!(startable(&mut graph), [0; 0]);
    }
    graph.settle(1, true);
    assert_eq!(startable(&mut graph), [3, 4]);
}

#[test]
fn what_comes_after_a_failure_is_dropped_once_and_tells_whose_it_is() {
    // 0 ← 2 ← 3, and 3 waits for 1 as well; 4 waits for nobody.
    let mut graph = Graph::new(plan(&[&[], &[], &[0], &[1, 2], &[]], &[&[0], &[1], &[2]]));
    assert_eq!(startable(&mut graph), [0, 1, 4]);
    assert_eq!(graph.settle(0, false), [dropped(2, 0), dropped(3, 2)]);
    assert_eq!(graph.settle(1, false), [], "3 is dropped already");
    assert!(!graph.is_done());
    graph.settle(4, true);
    assert!(graph.is_done());
}

#[test]
fn one_of_many_that_fails_shuts_the_gate_for_good() {
    let mut graph = Graph::new(plan(&[&[], &[], &[0]], &[&[0, 1]]));
    assert_eq!(startable(&mut graph), [0, 1]);
    assert_eq!(graph.settle(0, false), [dropped(2, 0)]);
    assert_eq!(graph.settle(1, true), []);
    assert!(graph.is_done());
    graph.begin();
    assert_eq!(startable(&mut graph), [0, 1], "the next round begins anew");
    graph.settle(0, true);
    graph.settle(1, true);
    assert_eq!(startable(&mut graph), [2]);
}

#[test]
fn a_full_group_holds_up_its_members_alone() {
    let mut graph = Graph::new(Plan {
        units: vec![
            unit(&[], Some(0), 1),
            unit(&[], Some(0), 1),
            unit(&[], None, 1),
        ],
        gates: Vec::new(),
        groups: vec![group(1)],
    });
    assert_eq!(startable(&mut graph), [0, 2]);
    assert_eq!(graph.waiting(), [(1, "group disk full (1/1)".to_owned())]);
    graph.settle(0, false);
    assert_eq!(startable(&mut graph), [1]);
}

#[test]
fn what_needs_more_slots_than_are_free_is_not_overtaken() {
    let mut graph = Graph::new(Plan {
        units: vec![unit(&[], None, 1), unit(&[], None, 2), unit(&[], None, 1)],
        ..Plan::default()
    });
    assert_eq!(graph.next(2, 2), Some(0));
    assert_eq!(graph.next(1, 2), None);
    graph.settle(0, true);
    assert_eq!(graph.next(2, 2), Some(1));
}

#[test]
fn what_has_not_started_can_be_given_up() {
    let mut graph = Graph::new(plan(&[&[], &[], &[0]], &[&[0]]));
    assert_eq!(graph.next(1, 1), Some(0));
    assert_eq!(graph.give_up(), [1, 2]);
    assert_eq!(graph.settle(0, true), []);
    assert_eq!(startable(&mut graph), [0; 0]);
    assert!(graph.is_done());
}

proptest! {
    /// Whatever waits for whatever and however it ends: each unit is started or dropped, once, and never before those
    /// that it waits for.
    #[test]
    fn every_unit_is_settled_once(
        after in proptest::collection::vec(proptest::collection::vec(0_usize..20, 0..4), 1..20),
        fails in proptest::collection::vec(any::<bool>(), 20),
        newest in any::<bool>(),
    ) {
        // A gate for each unit; who waits for one that comes later in the list would make a cycle, maybe.
        let before = |place: usize| after[place].iter().copied().filter(move |&other| other < place);
        let units = (0..after.len()).map(|place| unit(&before(place).collect::<Vec<_>>(), None, 1));
        let gates = (0..after.len()).map(|place| gate(&[place]));
        let mut graph = Graph::new(Plan {
            units: units.collect(),
            gates: gates.collect(),
            groups: Vec::new(),
        });
        let mut well = vec![None; after.len()];
        let mut running = startable(&mut graph);
        while !running.is_empty() {
            let place = if newest { running.pop().unwrap() } else { running.remove(0) };
            prop_assert!(before(place).all(|other| well[other] == Some(true)));
            prop_assert_eq!(well[place].replace(!fails[place]), None);
            for dropped in graph.settle(place, !fails[place]) {
                prop_assert_eq!(well[dropped.because_of], Some(false));
                prop_assert_eq!(well[dropped.place].replace(false), None);
            }
            running.extend(startable(&mut graph));
        }
        prop_assert!(graph.is_done());
        prop_assert!(well.iter().all(Option::is_some));
    }
}
