//! One round: every arm once, with what the rest of the machine did meanwhile.

use std::time::{Duration, Instant};

use super::agenda::Turn;
use super::course::Course;
use super::{Comparison, nanoseconds};
use crate::disturbance::disturbances;
use crate::failure::CompareError;
use crate::report::{MemorySample, Round, Sample};
use crate::run::Finished;

/// Runs the arms in their order, and checks what each answers. What they prepared took so long, and is in no time of theirs.
pub(super) fn run(
    comparison: &mut Comparison<'_>,
    course: &mut Course<'_>,
    turn: &Turn,
    number: usize,
) -> Result<(Round, Duration), CompareError> {
    let name = name(number);
    let (before, began) = (comparison.run.read(), Instant::now());
    let mut samples = Vec::with_capacity(turn.order.len());
    let (mut uncounted, mut prepared) = (Duration::ZERO, Duration::ZERO);
    for arm in &turn.order {
        let Some(command) = course.command(arm).cloned() else {
            continue;
        };
        let ended = comparison.run.run(&command);
        let (finished, digest) = course.check((arm, &name), &command, ended)?;
        uncounted += finished.uncounted;
        prepared += finished.prepared;
        samples.push(sample(arm, &finished, digest));
    }
    let computed = samples.iter().filter_map(Sample::cpu_ns).sum();
    let after = comparison.run.read();
    // What is not counted was no work of others all the same.
    let load = after.since(
        &before,
        Duration::from_nanos(computed).saturating_add(uncounted),
    );
    let round = Round {
        number,
        disturbed: disturbances(&load, began.elapsed()),
        repeats: turn.repeats,
        load,
        samples,
    };
    Ok((round, prepared))
}

/// Runs the arms once more and looks at their memory, which costs them time.
pub(super) fn weigh(
    comparison: &mut Comparison<'_>,
    course: &mut Course<'_>,
    order: &[String],
) -> Result<Vec<MemorySample>, CompareError> {
    let mut samples = Vec::with_capacity(order.len());
    for arm in order {
        let Some(command) = course.command(arm).cloned() else {
            continue;
        };
        let (ended, weight) = match comparison.run.weigh(&command) {
            Ok((finished, weight)) => (Ok(finished), weight),
            Err(error) => (Err(error), crate::run::Weight::default()),
        };
        course.check((arm, "a round for memory"), &command, ended)?;
        samples.push(MemorySample {
            arm: arm.clone(),
            peak_pss: weight.pss,
            peak_rss: weight.rss,
            processes: weight.processes,
            looks: weight.looks,
        });
    }
    Ok(samples)
}

fn sample(arm: &str, finished: &Finished, digest: String) -> Sample {
    let (phases, usage) = (finished.phases, finished.usage);
    Sample {
        setup_ns: phases.map(|phases| nanoseconds(phases.setup)),
        work_ns: phases.map(|phases| nanoseconds(phases.work)),
        teardown_ns: phases.map(|phases| nanoseconds(phases.teardown)),
        user_ns: usage.map(|usage| nanoseconds(usage.user)),
        sys_ns: usage.map(|usage| nanoseconds(usage.sys)),
        voluntary_switches: usage.map(|usage| usage.voluntary_switches),
        involuntary_switches: usage.map(|usage| usage.involuntary_switches),
        resident: finished.resident,
        digest,
        ..Sample::timed(arm, nanoseconds(finished.wall))
    }
}

fn name(number: usize) -> String {
    match number {
        0 => "the warm-up round".to_owned(),
        number => format!("round {number}"),
    }
}
