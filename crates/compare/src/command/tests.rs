//! The words of each arm.

use super::*;
use crate::batch::Batch;
use crate::catalogue::workloads;
use crate::python::Python;
use crate::sweep::Knob;

#[test]
fn commands_and_programs_of_ones_own_have_theirs() {
    let runners = Runners {
        folder: PathBuf::from("bin"),
        ..Runners::default()
    };
    let mut workload = workloads(2).remove(0);
    workload.shape = Shape::Exec {
        command: ["sha256sum", "{}"].map(str::to_owned).to_vec(),
        inputs: ["a", "b"].map(str::to_owned).to_vec(),
        workers: 4,
    };
    assert_eq!(
        runners.command(&workload, Arm::Pool).to_string(),
        "bin/process-runner exec --keep-order --workers 4 -- sha256sum {} ::: a b"
    );
    let seq = runners.command(&workload, Arm::Seq).to_string();
    assert!(
        seq.starts_with("bin/thread-runner exec --keep-order --workers 1 --"),
        "{seq}"
    );
    workload.shape = Shape::Programs(vec![Program {
        arm: Arm::Threads,
        command: ["./own", "threads"].map(str::to_owned).to_vec(),
    }]);
    let own = runners.command(&workload, Arm::Threads).to_string();
    assert_eq!(own, "./own threads");
}

#[test]
fn a_large_program_is_what_it_is_before_or_after_its_fork_server() {
    let runners = Runners {
        folder: PathBuf::from("bin"),
        ..Runners::default()
    };
    let cpu = workloads(2).into_iter().find(|one| one.name == "cpu");
    let large = cpu.unwrap().turned(Knob::Parent, 64.0).unwrap();
    let line = |arm| runners.command(&large, arm).to_string();
    for (arm, told) in [
        (Arm::Threads, "late:64 bin/thread-runner map primes "),
        (Arm::Pool, "late:64 bin/process-runner map primes "),
        (Arm::PoolParent, "early:64 bin/process-runner map primes "),
        (Arm::ForkParent, "early:64 bin/process-runner map primes "),
    ] {
        let line = line(arm);
        assert!(
            line.starts_with(&format!("ANYPOOL_BALLAST={told}")),
            "{line}"
        );
    }
    assert!(line(Arm::ForkParent).ends_with(" --isolation fork"));
}

fn python(name: &str) -> Python {
    Python {
        program: Path::new("bin").join(name),
        version: "CPython 3".to_owned(),
        has_interpreters: false,
        is_free: name.ends_with('t'),
    }
}

#[test]
fn each_arm_has_its_program_and_its_flags() {
    let runners = Runners {
        folder: PathBuf::from("bin"),
        pythons: Pythons {
            usual: ["python3", "python3.12"].map(python).to_vec(),
            free: vec![python("python3t")],
        },
        twins: PathBuf::from("arms.py"),
    };
    let told = |name: &str, arms: &[Arm]| -> Vec<String> {
        let all = workloads(2);
        let workload = all.iter().find(|one| one.name == name).unwrap();
        let line = |arm: &Arm| runners.command(workload, *arm).to_string();
        arms.iter().map(line).collect()
    };
    assert_eq!(
        told("tutorial", &[Arm::Pool, Arm::Seq, Arm::PyProcsFork]),
        [
            "bin/process-runner spawn worker --count 5 -s secs=0.05",
            "bin/thread-runner spawn worker --count 5 --inline -s secs=0.05",
            "bin/python3 arms.py procs@fork spawn worker --count 5 -s secs=0.05",
        ]
    );
    let ten: Batch = "10".parse().unwrap();
    let arms = [
        Arm::Seq,
        Arm::Threads,
        Arm::PoolIpc,
        Arm::ThreadsGil,
        Arm::SeqGil,
        Arm::ExecGil,
        Arm::PyThreadsFree,
        Arm::PoolShm.in_batches(Batch::AUTO, true),
        Arm::PyProcs.on_python(1, "3.12").in_batches(ten, true),
    ];
    let map = "map square 1 2 3 4 5";
    assert_eq!(
        told("tutorial-map", &arms),
        [
            format!("bin/thread-runner {map} --inline -s secs=0.05"),
            format!("bin/thread-runner {map} --workers 4 -s secs=0.05"),
            format!("bin/process-runner {map} --workers 4 --transport ipc -s secs=0.05"),
            format!("bin/thread-runner {map} --workers 4 --gil -s secs=0.05"),
            format!("bin/thread-runner {map} --inline --gil -s secs=0.05"),
            format!("bin/process-runner {map} --workers 4 --isolation exec --gil -s secs=0.05"),
            format!("bin/python3t arms.py threads-ft {map} --workers 4 -s secs=0.05"),
            format!(
                "bin/process-runner {map} --workers 4 --batch auto --transport shm -s secs=0.05"
            ),
            format!("bin/python3.12 arms.py procs {map} --workers 4 --batch 10 -s secs=0.05"),
        ]
    );
}

#[test]
fn our_runners_can_tell_what_their_workers_do_and_nobody_else() {
    let runners = Runners {
        folder: PathBuf::from("bin"),
        ..Runners::default()
    };
    let all = workloads(2);
    let traced = |name: &str, arm| {
        let workload = all.iter().find(|one| one.name == name).unwrap();
        let line = runners.command(workload, arm).traced(Path::new("t.json"));
        line.map(|line| line.to_string())
    };
    assert_eq!(
        traced("tutorial", Arm::Pool).unwrap(),
        "bin/process-runner spawn --trace t.json worker --count 5 -s secs=0.05"
    );
    let exec = traced("tools", Arm::Seq).unwrap();
    assert!(
        exec.starts_with("bin/thread-runner exec --trace t.json --keep-order "),
        "{exec}"
    );
    assert_eq!(traced("tools", Arm::Xargs), None);
    assert_eq!(traced("gil", Arm::PyThreads), None);
    assert_eq!(traced("faults", Arm::Pool), None);
}
