//! What changes the speed of the processors: how they are governed, turbo, shared cores, heat, batteries.

use std::time::Instant;

use super::finding::Finding;
use super::machine::Machine;
use crate::render::{float, time};

pub(super) const PROBES: &[fn(&Machine) -> Finding] = &[
    governor,
    turbo,
    shared_cores,
    clock,
    resolution,
    hypervisor,
    battery,
];

fn governor(machine: &Machine) -> Finding {
    let name = "governor";
    let mut governors: Vec<String> = machine
        .each("sys/devices/system/cpu", "cpufreq/scaling_governor")
        .into_iter()
        .map(|(_, governor)| governor)
        .collect();
    governors.sort();
    governors.dedup();
    if governors.is_empty() {
        return Finding::unknown(name, "/sys/devices/system/cpu/cpu*/cpufreq");
    }
    let slow = governors.iter().any(|governor| governor != "performance");
    Finding::well(name, governors.join(", ")).mind_if(
        slow,
        "processors start slow and speed up with work, which favours what runs later; \
         `sudo cpupower frequency-set -g performance`, and back afterwards",
    )
}

fn turbo(machine: &Machine) -> Finding {
    let name = "turbo";
    let no_turbo = machine.read("sys/devices/system/cpu/intel_pstate/no_turbo");
    let boost = machine.read("sys/devices/system/cpu/cpufreq/boost");
    let (on, fix) = match (no_turbo.as_deref(), boost.as_deref()) {
        (Some(off), _) => (
            off == "0",
            "`echo 1 | sudo tee /sys/devices/system/cpu/intel_pstate/no_turbo`, and 0 afterwards",
        ),
        (None, Some(on)) => (
            on == "1",
            "`echo 0 | sudo tee /sys/devices/system/cpu/cpufreq/boost`, and 1 afterwards",
        ),
        (None, None) => return Finding::unknown(name, "/sys/devices/system/cpu"),
    };
    let advice = format!(
        "one busy processor is faster than several, so speed-ups look smaller than they are; {fix}"
    );
    Finding::well(name, if on { "on" } else { "off" }).mind_if(on, &advice)
}

fn shared_cores(machine: &Machine) -> Finding {
    let name = "shared cores (SMT)";
    let Some(active) = machine.read("sys/devices/system/cpu/smt/active") else {
        return Finding::unknown(name, "/sys/devices/system/cpu/smt");
    };
    let is_active = active == "1";
    Finding::well(name, if is_active { "yes" } else { "no" }).mind_if(
        is_active,
        "two processors that share a core are not twice one; compare with as many workers as there are cores, or \
         `echo off | sudo tee /sys/devices/system/cpu/smt/control`, and on afterwards",
    )
}

fn clock(machine: &Machine) -> Finding {
    let name = "clock";
    let source = machine.read("sys/devices/system/clocksource/clocksource0/current_clocksource");
    let Some(source) = source else {
        return Finding::unknown(name, "/sys/devices/system/clocksource");
    };
    let slow = matches!(
        source.as_str(),
        "hpet" | "acpi_pm" | "jiffies" | "refined-jiffies"
    );
    Finding::well(name, source).mind_if(
        slow,
        "reading this clock is a system call and takes a microsecond, which tasks that look at it pay; boot with \
         clocksource=tsc where the processor has a stable one",
    )
}

/// The least time that two looks at the clock are apart.
fn resolution(_: &Machine) -> Finding {
    let name = "clock resolution";
    match apart(&looks()) {
        Some(least) => Finding::well(name, time(float(least))),
        None => Finding::unknown(name, "the clock"),
    }
}

/// So many looks take less than a millisecond, and more than one step of any clock that can be measured by.
const LOOKS: usize = 1_000;

fn looks() -> Vec<Instant> {
    (0..LOOKS).map(|_| Instant::now()).collect()
}

/// The least step between looks that are apart, in nanoseconds.
fn apart(looks: &[Instant]) -> Option<u64> {
    let steps = looks.windows(2).filter_map(|pair| {
        let step = pair.last()?.checked_duration_since(*pair.first()?)?;
        u64::try_from(step.as_nanos()).ok()
    });
    steps.filter(|step| *step > 0).min()
}

fn hypervisor(machine: &Machine) -> Finding {
    let name = "virtual machine";
    let Some(text) = machine.read("proc/cpuinfo") else {
        return Finding::unknown(name, "/proc/cpuinfo");
    };
    let flags = text.lines().filter(|line| line.starts_with("flags"));
    let is_guest = flags
        .flat_map(str::split_whitespace)
        .any(|flag| flag == "hypervisor");
    // Nothing can be done about it from within, so it is no reason to mind: what it does shows as steal and unsteadiness.
    match hypervisor_name(machine).filter(|_| is_guest) {
        Some(kind) => Finding::well(name, format!("yes: {kind}")),
        None => Finding::well(name, if is_guest { "yes" } else { "no" }),
    }
}

/// What the guest is told of its host.
fn hypervisor_name(machine: &Machine) -> Option<String> {
    let said = [
        "sys/hypervisor/type",
        "sys/class/dmi/id/sys_vendor",
        "sys/class/dmi/id/product_name",
    ];
    let said = said.iter().filter_map(|file| machine.read(file));
    let said: Vec<String> = said.filter(|text| !text.is_empty()).collect();
    (!said.is_empty()).then(|| said.join(", "))
}

fn battery(machine: &Machine) -> Finding {
    let name = "battery";
    let supplies = machine.each("sys/class/power_supply", "status");
    if supplies.is_empty() {
        return Finding::well(name, "none");
    }
    let discharging = supplies.iter().any(|(_, status)| status == "Discharging");
    let value = if discharging {
        "discharging"
    } else {
        "not in use"
    };
    Finding::well(name, value).mind_if(
        discharging,
        "processors are slowed down to save power; plug the machine in",
    )
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_clock_is_as_fine_as_its_least_step() {
        let start = Instant::now();
        let at = |ns: &[u64]| -> Vec<Instant> {
            ns.iter()
                .map(|ns| start + Duration::from_nanos(*ns))
                .collect()
        };
        assert_eq!(apart(&at(&[0, 0, 40, 40, 60, 160])), Some(20));
        assert_eq!(apart(&at(&[0, 0])), None);
        assert_eq!(apart(&[]), None);
    }
}
