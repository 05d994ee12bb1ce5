//! What makes a round a poor one: others that worked meanwhile. Such rounds are marked, and measured once more.

use std::time::Duration;

use crate::render::quantity::{share, time_of};
use crate::report::MachineLoad;

/// Others may take so large a share of the processors.
const FOREIGN: f64 = 0.1;

/// The hypervisor may take so large a share of them.
const STOLEN: f64 = 0.05;

/// Something may wait for memory for so large a share of the time.
const MEMORY: f64 = 0.1;

/// A quota may hold the arms for so large a share of the time.
const THROTTLED: f64 = 0.01;

/// What disturbed a round that took so long, in words.
pub(crate) fn disturbances(load: &MachineLoad, elapsed: Duration) -> Vec<String> {
    let beyond = |found: Option<f64>, limit: f64| found.filter(|found| *found > limit);
    let foreign = beyond(load.foreign_cpu, FOREIGN)
        .map(|found| format!("other programs took {} of the processors", share(found)));
    let stolen = beyond(load.steal, STOLEN)
        .map(|found| format!("the hypervisor took {} of the processors", share(found)));
    let memory = beyond(load.memory_pressure, MEMORY)
        .map(|found| format!("memory was waited for during {} of the time", share(found)));
    let held = elapsed.mul_f64(THROTTLED);
    let throttled = load
        .throttled_ns
        .filter(|ns| Duration::from_nanos(*ns) > held)
        .map(|ns| format!("a quota held the arms for {}", time_of(ns)));
    [foreign, stolen, memory, throttled]
        .into_iter()
        .flatten()
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn a_quiet_round_and_one_of_which_nothing_is_known_are_not_disturbed() {
        let quiet = MachineLoad {
            foreign_cpu: Some(0.02),
            steal: Some(0.0),
            cpu_pressure: Some(0.9),
            memory_pressure: Some(0.0),
            io_pressure: Some(0.1),
            throttled_ns: Some(1_000),
        };
        for load in [quiet, MachineLoad::default()] {
            assert_eq!(disturbances(&load, SECOND), [""; 0]);
        }
    }

    #[test]
    fn each_disturbance_is_told_with_its_size() {
        let busy = MachineLoad {
            foreign_cpu: Some(0.31),
            steal: Some(0.08),
            memory_pressure: Some(0.2),
            throttled_ns: Some(20_000_000),
            ..MachineLoad::default()
        };
        let expected = [
            "other programs took 31 % of the processors",
            "the hypervisor took 8 % of the processors",
            "memory was waited for during 20 % of the time",
            "a quota held the arms for 20.0 ms",
        ];
        assert_eq!(disturbances(&busy, SECOND), expected);
    }
}
