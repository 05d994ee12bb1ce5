//! What changes the speed of the processors: how they are governed, turbo, shared cores, heat, batteries.

use super::finding::Finding;
use super::machine::Machine;

pub(super) const PROBES: &[fn(&Machine) -> Finding] =
    &[governor, turbo, shared_cores, clock, hypervisor, battery];

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
        return Finding::unknown(name);
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
        (None, None) => return Finding::unknown(name),
    };
    let advice = format!(
        "one busy processor is faster than several, so speed-ups look smaller than they are; {fix}"
    );
    Finding::well(name, if on { "on" } else { "off" }).mind_if(on, &advice)
}

fn shared_cores(machine: &Machine) -> Finding {
    let name = "shared cores (SMT)";
    let Some(active) = machine.read("sys/devices/system/cpu/smt/active") else {
        return Finding::unknown(name);
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
        return Finding::unknown(name);
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

fn hypervisor(machine: &Machine) -> Finding {
    let name = "virtual machine";
    let Some(text) = machine.read("proc/cpuinfo") else {
        return Finding::unknown(name);
    };
    let flags = text.lines().filter(|line| line.starts_with("flags"));
    let is_guest = flags
        .flat_map(str::split_whitespace)
        .any(|flag| flag == "hypervisor");
    // Nothing can be done about it from within, so it is no reason to mind: what it does shows as steal and unsteadiness.
    Finding::well(name, if is_guest { "yes" } else { "no" })
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
