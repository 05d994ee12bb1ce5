//! No job waits behind another while a worker is idle.

use std::num::NonZeroUsize;

use anypool_core::{Executor as _, MapOptions};

use crate::scene::{Gate, Log, Scene, TRANSPORTS, eventually, gated, logged, pool};

#[test]
fn the_fifth_job_starts_as_soon_as_one_of_four_workers_is_free() {
    for transport in TRANSPORTS {
        let scene = Scene::new();
        let pool = pool(4, transport);
        let gates = [0, 1, 2, 3, 4].map(|n| scene.gate(&format!("gate {n}")));
        let handles: Vec<_> = (0..5)
            .zip(&gates)
            .map(|(n, gate)| {
                let stage = (gate.clone(), scene.log.clone());
                pool.submit(gated, (stage, n)).unwrap()
            })
            .collect();
        eventually("four jobs run", || scene.log.lines().len() == 4);
        let is_running = |n: &usize| scene.log.lines().contains(&format!("start {n}"));
        let running: Vec<usize> = (0..5).filter(is_running).collect();
        let fifth = (0..5).find(|n| !running.contains(n)).unwrap();
        // The fifth was sent ahead to one of the busy workers; whichever gets free must run it.
        let _one = gates[running[2]].open();
        scene.log.wait_for(&format!("start {fifth}"));
        let _others = gates.map(|gate| gate.open());
        for (n, handle) in (0..).zip(handles) {
            assert_eq!(handle.join(), Ok(n));
        }
    }
}

#[test]
fn short_jobs_do_not_wait_for_a_long_one() {
    for transport in TRANSPORTS {
        let scene = Scene::new();
        let pool = pool(2, transport);
        let stage = (scene.gate.clone(), scene.log.clone());
        let long = pool.submit(gated, (stage, 0)).unwrap();
        let short: Vec<_> = (1..=7)
            .map(|n| pool.submit(logged, (scene.log.clone(), n)).unwrap())
            .collect();
        for (n, handle) in (1..).zip(short) {
            assert_eq!(handle.join(), Ok(n));
        }
        assert!(!long.is_finished());
        let _open = scene.gate.open();
        assert_eq!(long.join(), Ok(0));
    }
}

fn first_waits(input: (Gate, Log), n: u32) -> u32 {
    let (gate, log) = input;
    if n == 0 {
        gate.pass();
    }
    log.note(n);
    n
}

#[test]
fn the_rest_of_a_chunk_goes_to_a_worker_that_has_run_dry() {
    for transport in TRANSPORTS {
        for workers in [2, 3, 4] {
            let scene = Scene::new();
            let pool = pool(workers, transport);
            let options = MapOptions::new().chunk(NonZeroUsize::new(20).unwrap());
            let inputs = (0..20).map(|n| ((scene.gate.clone(), scene.log.clone()), n));
            let map = pool.map_with(first_waits, inputs, options);
            (1..20).for_each(|n| scene.log.wait_for(&n.to_string()));
            let open = scene.gate.open();
            let values: Result<Vec<u32>, _> = map.collect();
            assert_eq!(values, Ok((0..20).collect()));
            assert_eq!(scene.log.lines().len(), 20);
            drop(open);
        }
    }
}
