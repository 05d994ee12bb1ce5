//! What reports say of machines.

use super::{is, machine};
use crate::doctor::{Health, facts, facts_at_the_end};
use crate::environment::Fact;

#[test]
fn a_report_says_of_each_thing_what_it_is_or_who_does_not_tell() {
    let (_folder, machine) = machine(
        &[
            ("proc/meminfo", "MemTotal: 2097152 kB"),
            ("proc/pressure/memory", "some avg10=1.50 avg60=0 total=1"),
        ],
        &[],
    );
    let value = |name: &str, facts: &[Fact]| {
        let found = facts.iter().find(|fact| fact.name == name);
        found.map(|fact| fact.value.clone()).unwrap()
    };
    let begin = facts(&machine, true);
    assert_eq!(value("memory", &begin), "2.00 GiB");
    assert_eq!(value("load", &begin), "n/a: /proc/loadavg does not tell");
    assert_eq!(
        value("host", &begin),
        "n/a: /proc/sys/kernel/hostname does not tell"
    );
    let silent = facts(&machine, false);
    assert_eq!(value("host", &silent), "left out, as was asked for");
    let end = facts_at_the_end(&machine);
    assert_eq!(
        value("memory pressure, at the end", &end),
        "something waited for memory in 1.5 % of the last 10 s"
    );
}

#[test]
fn processors_are_counted_by_sockets_and_cores() {
    let cpu = |number: u32, socket: &'static str, core: &'static str| {
        let file = |name| format!("sys/devices/system/cpu/cpu{number}/topology/{name}");
        [
            (file("physical_package_id"), socket),
            (file("core_id"), core),
        ]
    };
    let all = [
        cpu(0, "0", "0"),
        cpu(1, "0", "0"),
        cpu(2, "0", "1"),
        cpu(3, "1", "0"),
    ]
    .concat();
    let files: Vec<(&str, &str)> = all
        .iter()
        .map(|(file, text)| (file.as_str(), *text))
        .collect();
    is(
        "sockets and cores",
        &files,
        Health::Well,
        "2 sockets, 3 cores, 4 processors",
    );
    is(
        "sockets and cores",
        &files[..2],
        Health::Well,
        "1 socket, 1 core, 1 processor",
    );
    is(
        "processors that may be used",
        &[
            ("proc/self/status", "Name: x\nCpus_allowed_list:\t0-1\n"),
            ("sys/devices/system/cpu/online", "0-3\n"),
        ],
        Health::Well,
        "0-1 of 0-3",
    );
    is(
        "memory nodes (NUMA)",
        &[("sys/devices/system/node/online", "0")],
        Health::Well,
        "one",
    );
    is(
        "memory nodes (NUMA)",
        &[("sys/devices/system/node/online", "0-1")],
        Health::Well,
        "0-1",
    );
}
