//! The raw samples: rounds of runs, in the order in which they were measured.

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One interleaved pass over all arms.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Round {
    /// Its number, from 1.
    pub number: usize,
    /// What made it a poor one, in words; empty for a quiet round. Disturbed rounds are kept and counted.
    pub disturbed: Vec<String>,
    /// The number of the disturbed round in whose place it was measured once more.
    pub repeats: Option<usize>,
    /// How busy the machine was meanwhile.
    pub load: MachineLoad,
    /// The runs, in the order in which they ran.
    pub samples: Vec<Sample>,
}

impl Round {
    /// The sample of the arm of that name.
    pub fn sample(&self, arm: &str) -> Option<&Sample> {
        self.samples.iter().find(|sample| sample.arm == arm)
    }

    /// The time of the arm of that name, in seconds.
    pub fn seconds(&self, arm: &str) -> Option<f64> {
        let sample = self.sample(arm)?;
        Some(Duration::from_nanos(sample.wall_ns).as_secs_f64())
    }

    /// The time of one arm divided by that of another.
    pub fn ratio(&self, one: &str, other: &str) -> Option<f64> {
        Some(self.seconds(one)? / self.seconds(other)?)
    }
}

/// What the rest of the machine did during a round; shares are between 0 and 1, and `None` is what cannot be known.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct MachineLoad {
    /// Processor time that went to others than the arms, as a share of all that there was.
    pub foreign_cpu: Option<f64>,
    /// Processor time that the hypervisor gave to other machines, as a share of all that there was.
    pub steal: Option<f64>,
    /// The share of the time in which something waited for a processor; the arms' own waiting is in it.
    pub cpu_pressure: Option<f64>,
    /// The share of the time in which something waited for memory.
    pub memory_pressure: Option<f64>,
    /// The share of the time in which something waited for a disk.
    pub io_pressure: Option<f64>,
    /// For how long the control group's quota kept the arms from running.
    pub throttled_ns: Option<u64>,
}

/// One run of one arm.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Sample {
    /// The arm's name.
    pub arm: String,
    /// From before the start to after the exit, but for what is prepared and not measured.
    pub wall_ns: u64,
    /// From the start to the moment at which the pool was ready; `None` where an arm does not tell.
    pub setup_ns: Option<u64>,
    /// From the first task's start to the last one's end.
    pub work_ns: Option<u64>,
    /// From there to the end of the pool.
    pub teardown_ns: Option<u64>,
    /// Processor time in the program, of all processes of the run.
    pub user_ns: Option<u64>,
    /// Processor time in the kernel, of all processes of the run.
    pub sys_ns: Option<u64>,
    /// How often they waited for something.
    pub voluntary_switches: Option<u64>,
    /// How often a processor was taken from them.
    pub involuntary_switches: Option<u64>,
    /// What its program had resident when its time began, in bytes, where that is turned.
    pub resident: Option<u64>,
    /// The digest of its answer, which is the same for all arms.
    pub digest: String,
}

impl Sample {
    /// A run of which its time is known, and nothing else.
    pub fn timed(arm: &str, wall_ns: u64) -> Self {
        Self {
            arm: arm.to_owned(),
            wall_ns,
            setup_ns: None,
            work_ns: None,
            teardown_ns: None,
            user_ns: None,
            sys_ns: None,
            voluntary_switches: None,
            involuntary_switches: None,
            resident: None,
            digest: String::new(),
        }
    }

    /// Processor time of all kinds.
    pub fn cpu_ns(&self) -> Option<u64> {
        Some(self.user_ns? + self.sys_ns?)
    }
}

/// So many rounds, in words.
pub(crate) fn rounds(count: usize) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} round{plural}")
}
