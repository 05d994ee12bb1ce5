//! Machines made of files.

use std::fs;
use std::path::Path;

use super::*;

mod facts;

/// A machine with such files, in a folder that lives as long.
fn machine(files: &[(&str, &str)], variables: &[(&str, &str)]) -> (tempfile::TempDir, Machine) {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap_or(Path::new("/"))).unwrap();
        fs::write(path, text).unwrap();
    }
    let machine = Machine::of(folder.path(), variables);
    (folder, machine)
}

/// The finding of a name on such a machine.
fn finding(name: &str, files: &[(&str, &str)]) -> Finding {
    let (_folder, machine) = machine(files, &[]);
    probed(&machine)
        .into_iter()
        .find(|found| found.name == name)
        .unwrap()
}

#[test]
fn available_is_what_the_machine_and_the_control_group_both_have_left() {
    let left = |files: &[(&str, &str)]| {
        let (_folder, machine) = machine(files, &[]);
        available_memory(&machine)
    };
    let memory = (
        "proc/meminfo",
        "MemTotal: 9000 kB\nMemAvailable:    2048 kB\n",
    );
    let group = ("proc/self/cgroup", "0::/a");
    let current = ("sys/fs/cgroup/a/memory.current", "1000000");
    let most = |text| ("sys/fs/cgroup/a/memory.max", text);
    assert_eq!(left(&[memory]), Some(2 << 20));
    assert_eq!(left(&[memory, group, current, most("max")]), Some(2 << 20));
    assert_eq!(
        left(&[memory, group, current, most("1500000")]),
        Some(500_000)
    );
    assert_eq!(left(&[memory, group, current, most("900000")]), Some(0));
    assert_eq!(left(&[]), None);
}

#[track_caller]
fn is(name: &str, files: &[(&str, &str)], health: Health, value: &str) {
    let found = finding(name, files);
    assert_eq!(
        (found.health, found.value.as_str()),
        (health, value),
        "{files:?}"
    );
    assert_eq!(found.advice.is_empty(), health < Health::Mind, "{found:?}");
}

#[test]
fn a_machine_that_shows_nothing_is_unknown_and_no_failure() {
    let (_folder, machine) = machine(&[], &[]);
    let found = diagnose(&machine, &mut || {});
    let told = found
        .findings
        .iter()
        .filter(|finding| finding.health != Health::Unknown);
    let told: Vec<&str> = told.map(|finding| finding.name).collect();
    // What needs no file: how steady it is, that no battery is there, how the runners are built.
    let expected = [
        "same work twice",
        "clock resolution",
        "battery",
        "build of the runners",
    ];
    assert_eq!(told, expected);
}

#[test]
fn files_that_make_no_sense_are_unknown() {
    for (name, file) in [
        ("load", "proc/loadavg"),
        ("CPU pressure", "proc/pressure/cpu"),
        ("free memory", "proc/meminfo"),
        ("processes", "proc/self/limits"),
    ] {
        for text in ["", "\u{0}", "nonsense here", "9999999999999999999999999"] {
            let health = finding(name, &[(file, text)]).health;
            assert!(health != Health::Mind, "{name}: {text:?}");
        }
    }
}

#[test]
fn load_and_pressure_are_judged_by_the_processors() {
    is(
        "load",
        &[("proc/loadavg", "0.31 0.2 0.1 1/9 1")],
        Health::Well,
        "0.31 in the last minute, on 2 processors",
    );
    is(
        "load",
        &[("proc/loadavg", "1.00 0.2 0.1 1/9 1")],
        Health::Mind,
        "1.00 in the last minute, on 2 processors",
    );
    is(
        "load",
        &[("proc/loadavg", "3.00 0.2 0.1 1/9 1")],
        Health::Ill,
        "3.00 in the last minute, on 2 processors",
    );
    let psi =
        |some: &str| format!("some avg10={some} avg60=1.00 avg300=1.00 total=1\nfull avg10=0.00");
    assert_eq!(
        finding("CPU pressure", &[("proc/pressure/cpu", &psi("2.00"))]).health,
        Health::Well
    );
    assert_eq!(
        finding("CPU pressure", &[("proc/pressure/cpu", &psi("99.49"))]).health,
        Health::Ill
    );
}

#[test]
fn quotas_are_found_in_the_own_group() {
    let group = ("proc/self/cgroup", "9:x:/y\n0::/a/b");
    let with = |max: &str, stat: &str, name: &str| {
        let files = [
            group,
            ("sys/fs/cgroup/a/b/cpu.max", max),
            ("sys/fs/cgroup/a/b/cpu.stat", stat),
        ];
        let found = finding(name, &files);
        (found.health, found.value)
    };
    assert_eq!(
        with("max 100000", "", "CPU quota"),
        (Health::Well, "none".to_owned())
    );
    assert_eq!(
        with("150000 100000", "", "CPU quota"),
        (Health::Mind, "1.50 processors of 2".to_owned())
    );
    assert_eq!(with("200000 100000", "", "CPU quota").0, Health::Well);
    let stat = "nr_periods 40\nnr_throttled 3\nthrottled_usec 2500000";
    assert_eq!(
        with("", stat, "throttled").1,
        "2.50 s by the quota so far, in 3 of 40 periods"
    );
    let stat = "usage_usec 5\nthrottled_usec 2500000";
    assert_eq!(
        with("", stat, "throttled"),
        (Health::Mind, "2.50 s by the quota so far".to_owned())
    );
}

#[test]
fn what_changes_the_speed_has_an_advice() {
    let cpu = |number: u32, governor: &'static str| {
        (
            format!("sys/devices/system/cpu/cpu{number}/cpufreq/scaling_governor"),
            governor,
        )
    };
    let all = [cpu(0, "performance"), cpu(1, "powersave")];
    let files: Vec<(&str, &str)> = all
        .iter()
        .map(|(file, text)| (file.as_str(), *text))
        .collect();
    is("governor", &files, Health::Mind, "performance, powersave");
    is("governor", &files[..1], Health::Well, "performance");
    is(
        "turbo",
        &[("sys/devices/system/cpu/intel_pstate/no_turbo", "0")],
        Health::Mind,
        "on",
    );
    is(
        "turbo",
        &[("sys/devices/system/cpu/cpufreq/boost", "0")],
        Health::Well,
        "off",
    );
    is(
        "shared cores (SMT)",
        &[("sys/devices/system/cpu/smt/active", "1")],
        Health::Mind,
        "yes",
    );
    let clock = "sys/devices/system/clocksource/clocksource0/current_clocksource";
    is("clock", &[(clock, "hpet")], Health::Mind, "hpet");
    is("clock", &[(clock, "tsc\n")], Health::Well, "tsc");
    is(
        "battery",
        &[("sys/class/power_supply/BAT0/status", "Discharging")],
        Health::Mind,
        "discharging",
    );
    let guest = ("proc/cpuinfo", "flags\t\t: fpu hypervisor sse");
    is("virtual machine", &[guest], Health::Well, "yes");
    let host = ("sys/class/dmi/id/sys_vendor", "QEMU\n");
    is("virtual machine", &[guest, host], Health::Well, "yes: QEMU");
    is(
        "virtual machine",
        &[("proc/cpuinfo", "flags : fpu"), host],
        Health::Well,
        "no",
    );
}

#[test]
fn memory_limits_and_builds_have_theirs() {
    let memory = (
        "proc/meminfo",
        "MemTotal: 9 kB\nMemAvailable:    1048576 kB\nSwapTotal: 100 kB\nSwapFree: 40 kB",
    );
    is("free memory", &[memory], Health::Mind, "1.00 GiB");
    is("swap in use", &[memory], Health::Mind, "60.0 KiB");
    let huge = "sys/kernel/mm/transparent_hugepage/enabled";
    is(
        "huge pages",
        &[(huge, "[always] madvise never")],
        Health::Mind,
        "always",
    );
    is(
        "huge pages",
        &[(huge, "always [madvise] never")],
        Health::Well,
        "madvise",
    );
    let limits = "Max processes             100                  96364                processes\n\
                  Max open files            unlimited            20000                files\n\
                  Max stack size            8388608              unlimited            bytes";
    is(
        "stack",
        &[("proc/self/limits", limits)],
        Health::Well,
        "at most 8.00 MiB",
    );
    is(
        "processes",
        &[("proc/self/limits", limits)],
        Health::Mind,
        "at most 100",
    );
    is(
        "open files",
        &[("proc/self/limits", limits)],
        Health::Well,
        "at most unlimited",
    );
    let variables = [
        ("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0"),
        ("CARGO_PROFILE_RELEASE_DEBUG", "1"),
    ];
    let (_folder, machine) = machine(&[], &variables);
    let found = probed(&machine);
    let build = found.last().unwrap();
    assert_eq!(
        build.value,
        "release, changed by CARGO_PROFILE_RELEASE_OPT_LEVEL=0"
    );
    assert_eq!(build.health, Health::Mind);
}

#[test]
fn the_text_ends_with_what_it_all_amounts_to() {
    let (_folder, machine) = machine(&[("proc/loadavg", "9.00 0 0 1/9 1")], &[]);
    let text = diagnose(&machine, &mut || {}).text();
    assert!(text.contains("\n✗ load: other programs take"), "{text}");
    assert!(text.ends_with("hardly a verdict.\n"), "{text}");
}
