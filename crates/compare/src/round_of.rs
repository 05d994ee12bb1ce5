//! Rounds of given times, for tests.

use crate::report::{MachineLoad, Round, Sample};

/// A round in which the arms ran for so many milliseconds.
pub(crate) fn round(times: &[(&str, u64)]) -> Round {
    let sample = |(arm, ms): &(&str, u64)| Sample {
        arm: (*arm).to_owned(),
        wall_ns: ms * 1_000_000,
        setup_ns: None,
        work_ns: None,
        teardown_ns: None,
        user_ns: None,
        sys_ns: None,
        voluntary_switches: None,
        involuntary_switches: None,
        digest: String::new(),
    };
    Round {
        number: 1,
        disturbed: Vec::new(),
        repeats: None,
        load: MachineLoad::default(),
        samples: times.iter().map(sample).collect(),
    }
}
