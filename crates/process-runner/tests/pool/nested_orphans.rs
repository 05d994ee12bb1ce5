//! Programs and fork servers killed over a nest of pools: nothing of it survives.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::Stdio;

use anypool_core::Executor as _;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::leaks::children_of;
use crate::nested::{nest, nest_of};
use crate::scene::{PATIENCE, Scene, TRANSPORTS, eventually, is_alone, is_gone, pool, program};

const TEST: &str = "nested_orphans::a_killed_program_or_fork_server_takes_nests_with_it";

/// The program that will be killed, or whose fork server will be: says the numbers of all processes below
/// it, the fork server's first, and waits.
fn be_killed() {
    let scenes = TRANSPORTS.map(|_| Scene::new());
    let pools = TRANSPORTS.map(|transport| pool(1, transport));
    for (index, (pool, scene)) in pools.iter().zip(&scenes).enumerate() {
        let stage = (index, scene.gate.clone(), scene.log.clone());
        std::mem::forget(pool.submit(nest, (stage, 2)).unwrap());
    }
    let zygote = children_of(std::process::id())[0].cast_signed();
    let mut pids = vec![zygote];
    for scene in &scenes {
        // All of the zygote's, also those of the other nest.
        pids.extend(nest_of(&scene.log, 2));
        // The kill would leave the folder behind.
        drop(std::fs::remove_dir_all(scene.path("")));
    }
    let pids: Vec<String> = pids.iter().map(ToString::to_string).collect();
    println!("\npids {}", pids.join(" "));
    std::io::stdout().flush().unwrap();
    loop {
        std::thread::park_timeout(PATIENCE);
    }
}

#[test]
fn a_killed_program_or_fork_server_takes_nests_with_it() {
    if is_alone(TEST) {
        be_killed();
    }
    for kills_zygote in [false, true] {
        let mut victim = program(TEST).stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(victim.stdout.take().unwrap()).lines();
        let pids = lines.find_map(|line| Some(line.ok()?.strip_prefix("pids ")?.to_owned()));
        let pids = pids.expect("the program says its processes");
        let pids: Vec<i32> = pids.split(' ').map(|pid| pid.parse().unwrap()).collect();
        // The zygote; in each nest a worker, three templates, their two workers and a child.
        assert!(pids.len() > 2 * (1 + 3 * (1 + 2 + 1)));
        assert!(!pids.iter().any(|&pid| is_gone(pid)));
        if kills_zygote {
            kill(Pid::from_raw(pids[0]), Signal::SIGKILL).unwrap();
            eventually("all are gone", || pids.iter().all(|&pid| is_gone(pid)));
        }
        victim.kill().unwrap();
        victim.wait().unwrap();
        eventually("all are gone", || pids.iter().all(|&pid| is_gone(pid)));
    }
}
