//! The program killed: nothing of its pools survives.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::Stdio;
use std::time::{Duration, Instant};

use anypool_core::Executor as _;

use crate::leaks::children_of;
use crate::limits::{stubborn, with_child};
use crate::scene::{
    PATIENCE, Scene, TRANSPORTS, eventually, gated, is_alone, is_gone, pool, program,
};

const TEST: &str = "orphans::a_killed_program_takes_everything_with_it";

/// How soon everything must be gone; the promise is 100 ms on a machine with nothing else to do.
const SOON: Duration = Duration::from_secs(5);

/// The program that will be killed: says the numbers of all its processes and waits.
fn be_killed() {
    let scene = Scene::new();
    let pools = TRANSPORTS.map(|transport| pool(4, transport));
    for (before, pool) in pools.iter().enumerate() {
        let stage = (scene.gate.clone(), scene.log.clone());
        let jobs = (
            pool.submit(gated, (stage, 0)).unwrap(),
            pool.submit(stubborn, scene.log.clone()).unwrap(),
            pool.submit(with_child, scene.log.clone()).unwrap(),
        );
        eventually("all jobs run", || {
            let lines = scene.log.lines();
            let count = |start: &str| lines.iter().filter(|l| l.starts_with(start)).count();
            let running = [count("start"), count("stubborn"), count("child")];
            running == [before + 1; 3]
        });
        std::mem::forget(jobs);
    }
    let lines = scene.log.lines();
    let grandchildren = lines.iter().filter_map(|line| line.strip_prefix("child "));
    let workers = pools
        .iter()
        .flat_map(|pool| pool.stats().pids.into_values());
    let pids = workers.chain(children_of(std::process::id()));
    let pids: Vec<String> = pids
        .map(|pid| pid.to_string())
        .chain(grandchildren.map(str::to_owned))
        .collect();
    println!("\npids {}", pids.join(" "));
    std::io::stdout().flush().unwrap();
    // The kill would leave the folder behind.
    drop(std::fs::remove_dir_all(scene.path("")));
    loop {
        std::thread::park_timeout(PATIENCE);
    }
}

#[test]
fn a_killed_program_takes_everything_with_it() {
    if is_alone(TEST) {
        be_killed();
    }
    let mut victim = program(TEST).stdout(Stdio::piped()).spawn().unwrap();
    let lines = BufReader::new(victim.stdout.take().unwrap()).lines();
    // A test that failed over there ends the lines; its processes end with its pools.
    let pids = lines.map_while(Result::ok).find_map(|line| {
        let pids = line.strip_prefix("pids ")?;
        Some(
            pids.split(' ')
                .map(|pid| pid.parse().unwrap())
                .collect::<Vec<i32>>(),
        )
    });
    let pids = pids.expect("the program says its processes");
    // For each transport a pool of four and a grandchild; the zygote.
    assert_eq!(pids.len(), TRANSPORTS.len() * (4 + 1) + 1);
    assert!(!pids.iter().any(|&pid| is_gone(pid)));
    let killed = Instant::now();
    victim.kill().unwrap();
    victim.wait().unwrap();
    eventually("all are gone", || pids.iter().all(|&pid| is_gone(pid)));
    let took = killed.elapsed();
    println!("all gone {took:?} after the kill");
    assert!(took < SOON, "{took:?}");
}
