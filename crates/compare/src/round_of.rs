//! Rounds of given times, for tests.

use crate::report::{MachineLoad, Round, Sample};

/// A round in which the arms ran for so many milliseconds.
pub(crate) fn round(times: &[(&str, u64)]) -> Round {
    let sample = |(arm, ms): &(&str, u64)| Sample::timed(arm, ms * 1_000_000);
    Round {
        number: 1,
        disturbed: Vec::new(),
        repeats: None,
        load: MachineLoad::default(),
        samples: times.iter().map(sample).collect(),
    }
}
