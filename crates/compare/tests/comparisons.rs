//! The comparisons of programs that are not ours, which people start from to write their own.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anypool_compare::{Arm, CompareFile, Gate, Options, Plan, Shape};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("comparisons")
}

fn read(name: &str) -> CompareFile {
    CompareFile::read(&folder().join(name)).unwrap()
}

fn plan(file: &CompareFile) -> Plan {
    let options = Options {
        names: vec![file.name.clone()],
        own: vec![file.workload()],
        measure: file.measure,
        ..Options::default()
    };
    Plan::new(&options, 2).unwrap()
}

#[test]
fn every_file_is_right_and_its_gates_are_about_its_arms() {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder()).unwrap() {
        let path = entry.unwrap().path();
        if path
            .extension()
            .is_some_and(|extension| extension == "toml")
        {
            let file = CompareFile::read(&path).unwrap();
            let plan = plan(&file);
            let found = file.gates.iter().map(|gate: &Gate| gate.find(&plan));
            assert_eq!(
                found.collect::<Result<Vec<()>, _>>().map(drop),
                Ok(()),
                "{}",
                file.name
            );
            names.push(file.name);
        }
    }
    names.sort();
    assert_eq!(names, ["gzip", "words"]);
}

#[test]
fn the_python_program_is_compared_under_its_own_names() {
    let words = read("words.toml");
    let names: Vec<&str> = words.arms.iter().map(|arm| arm.name()).collect();
    assert_eq!(names, ["plain", "executor-threads", "executor-processes"]);
    let plan = plan(&words);
    assert_eq!(plan.workloads[0].baseline(), words.arms[1]);
    assert!(!words.arms.contains(&Arm::Threads));
}

#[test]
fn the_python_program_prints_the_same_in_each_way() {
    let python = |arguments: &[&str]| {
        let script = folder().join("words.py");
        let mut command = Command::new("python3");
        command.arg(script).args(arguments).stdin(Stdio::null());
        command.output()
    };
    let Ok(plain) = python(&["plain"]) else {
        eprintln!("left out: there is no python3 here");
        return;
    };
    assert!(
        plain.status.success() && !plain.stdout.is_empty(),
        "{plain:?}"
    );
    for way in ["threads", "processes"] {
        let other = python(&[way]).unwrap();
        assert_eq!(other.stdout, plain.stdout, "{way}");
    }
    assert!(!python(&["elsewhere"]).unwrap().status.success());
}

#[test]
fn the_program_that_is_not_ours_is_run_once_for_each_input() {
    let Shape::Exec {
        command, inputs, ..
    } = read("gzip.toml").shape
    else {
        panic!("it runs a command");
    };
    assert!(
        command.iter().any(|word| word.contains("gzip")),
        "{command:?}"
    );
    assert_eq!(inputs.len(), 8);
}
