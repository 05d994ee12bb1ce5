//! Who else uses the processors: other programs, other machines on the same host, a quota.

use super::finding::Finding;
use super::machine::{Machine, group, number};
use crate::render::{count, share, time};

/// Where the kernel counts the processors' time.
pub(super) const STAT: &str = "proc/stat";

pub(super) const PROBES: &[fn(&Machine) -> Finding] = &[
    load,
    pressure,
    memory_pressure,
    disk_pressure,
    quota,
    throttled,
];

/// With this share of the processors in use by others, small differences do not show.
const SOME: f64 = 0.1;

/// With this share, few differences do.
const MUCH: f64 = 0.4;

const QUIET: &str = "other programs take processor time from the arms; find them with `top` and wait for or stop them";

/// What ran between two looks at [`STAT`].
pub(super) fn meanwhile(before: Option<&str>, after: Option<&str>) -> Vec<Finding> {
    let spent = before.zip(after).and_then(|(one, other)| spent(one, other));
    let Some(Spent { busy, steal }) = spent else {
        let unknown = |name| Finding::unknown(name, "/proc/stat");
        return ["other programs", "steal"].map(unknown).to_vec();
    };
    vec![
        Finding::well("other programs", format!("{} of the processors", share(busy)))
            .mind_if(busy > SOME, QUIET)
            .ill_if(busy > MUCH, QUIET),
        Finding::well("steal", format!("{} went to other machines on the host", share(steal))).mind_if(
            steal > SOME / 10.0,
            "the hypervisor gives processor time to other machines, which nobody here can see or stop; measure at \
             another time, or on a machine of one's own",
        ),
    ]
}

/// Shares of the processors' time.
struct Spent {
    busy: f64,
    steal: f64,
}

fn spent(before: &str, after: &str) -> Option<Spent> {
    let (before, after) = (ticks(before)?, ticks(after)?);
    let passed: Vec<f64> = after
        .iter()
        .zip(&before)
        .map(|(after, before)| after.saturating_sub(*before))
        .map(crate::render::float)
        .collect();
    // user, nice, system, idle, iowait, irq, softirq, steal; what follows is in user already.
    let [user, nice, system, idle, waiting, hard, soft, steal, ..] = passed[..] else {
        return None;
    };
    let busy = user + nice + system + hard + soft;
    let all = busy + idle + waiting + steal;
    (all > 0.0).then_some(Spent {
        busy: busy / all,
        steal: steal / all,
    })
}

fn ticks(stat: &str) -> Option<Vec<u64>> {
    let line = stat.lines().find_map(|line| line.strip_prefix("cpu "))?;
    line.split_whitespace()
        .map(|word| word.parse().ok())
        .collect()
}

fn load(machine: &Machine) -> Finding {
    let name = "load";
    let load = machine
        .read("proc/loadavg")
        .and_then(|text| text.split(' ').next()?.parse::<f64>().ok());
    let Some(load) = load else {
        return Finding::unknown(name, "/proc/loadavg");
    };
    let cpus = count(machine.cpus());
    let value = format!("{load:.2} in the last minute, on {cpus} processors");
    Finding::well(name, value)
        .mind_if(load > cpus / 4.0, QUIET)
        .ill_if(load > cpus, QUIET)
}

fn pressure(machine: &Machine) -> Finding {
    let name = "CPU pressure";
    let Some(some) = waited(machine, "cpu") else {
        return Finding::unknown(name, "/proc/pressure/cpu");
    };
    let value = format!(
        "something waited for a processor in {} of the last 10 s",
        share(some)
    );
    Finding::well(name, value)
        .mind_if(some > SOME, QUIET)
        .ill_if(some > MUCH, QUIET)
}

/// In what share of the last ten seconds something waited.
fn waited(machine: &Machine, of: &str) -> Option<f64> {
    let text = machine.read(&format!("proc/pressure/{of}"))?;
    let (_, rest) = text.split_once("some avg10=")?;
    let percent = rest.split(' ').next()?.parse::<f64>().ok()?;
    Some(percent / 100.0)
}

fn memory_pressure(machine: &Machine) -> Finding {
    let name = "memory pressure";
    let Some(some) = waited(machine, "memory") else {
        return Finding::unknown(name, "/proc/pressure/memory");
    };
    let value = format!(
        "something waited for memory in {} of the last 10 s",
        share(some)
    );
    Finding::well(name, value).mind_if(
        some > SOME,
        "memory is short, and who waits for it is measured as slow; end what is not needed",
    )
}

fn disk_pressure(machine: &Machine) -> Finding {
    let name = "disk pressure";
    let Some(some) = waited(machine, "io") else {
        return Finding::unknown(name, "/proc/pressure/io");
    };
    let value = format!(
        "something waited for a disk in {} of the last 10 s",
        share(some)
    );
    Finding::well(name, value).mind_if(
        some > MUCH,
        "other programs keep the disk busy, which arms that read and write files have to wait for",
    )
}

fn quota(machine: &Machine) -> Finding {
    let name = "CPU quota";
    let text = group(machine).and_then(|group| machine.read(&format!("{group}/cpu.max")));
    let numbers = text.as_deref().and_then(|text| text.split_once(' '));
    match numbers {
        None => Finding::unknown(name, "the control group's cpu.max"),
        Some(("max", _)) => Finding::well(name, "none"),
        Some((quota, period)) => {
            let parsed = quota.parse::<f64>().ok().zip(period.parse::<f64>().ok());
            let Some((quota, period)) = parsed else {
                return Finding::unknown(name, "the control group's cpu.max");
            };
            let cpus = quota / period;
            let short = cpus < count(machine.cpus());
            Finding::well(name, format!("{cpus:.2} processors of {}", machine.cpus())).mind_if(
                short,
                "the control group stops all its programs for the rest of each period once the quota is spent; raise \
                 the quota (docker --cpus, systemd CPUQuota=), or use fewer workers than it has processors",
            )
        }
    }
}

fn throttled(machine: &Machine) -> Finding {
    let name = "throttled";
    let text = group(machine).and_then(|group| machine.read(&format!("{group}/cpu.stat")));
    let Some(microseconds) = text
        .as_deref()
        .and_then(|text| number(text, "throttled_usec"))
    else {
        return Finding::unknown(name, "the control group's cpu.stat");
    };
    let held = time(crate::render::float(microseconds) * 1e3);
    let periods = |name| text.as_deref().and_then(|text| number(text, name));
    let value = match periods("nr_throttled").zip(periods("nr_periods")) {
        Some((some, all)) => format!("{held} by the quota so far, in {some} of {all} periods"),
        None => format!("{held} by the quota so far"),
    };
    Finding::well(name, value).mind_if(
        microseconds > 0,
        "the quota has stopped programs of this control group before, and will stop arms; raise it",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::finding::Health;

    #[test]
    fn what_ran_between_two_looks_is_told_as_shares() {
        let before = "cpu  100 0 100 800 0 0 0 0 0 0\ncpu0 1 2";
        let after = "cpu  150 0 150 890 0 0 0 10 0 0\ncpu0 1 2";
        let found = meanwhile(Some(before), Some(after));
        assert_eq!(found[0].value, "50 % of the processors");
        assert_eq!(found[0].health, Health::Ill);
        assert_eq!(found[1].value, "5 % went to other machines on the host");
        assert_eq!(found[1].health, Health::Mind);
    }

    #[test]
    fn a_stat_that_cannot_be_read_or_stands_still_is_unknown() {
        let same = "cpu  1 2 3 4 5 6 7 8";
        for (before, after) in [
            (None, None),
            (Some(same), Some(same)),
            (Some("x"), Some("cpu x")),
        ] {
            let found = meanwhile(before, after);
            assert!(
                found
                    .iter()
                    .all(|finding| finding.health == Health::Unknown)
            );
        }
    }
}
