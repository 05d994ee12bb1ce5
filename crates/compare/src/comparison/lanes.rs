//! One run more of each arm, which tells what its workers did when. To tell takes time, so its time is not kept.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use super::Comparison;
use super::course::Course;
use crate::failure::CompareError;
use crate::report::Timeline;
use crate::run::RunError;
use crate::trace::lanes;

/// What the workers of each arm did that can tell it. An arm that fails here alone has no lanes, and fails nothing: they
/// are beside what is measured.
///
/// # Errors
///
/// Fails when it is stopped, and when an arm gives another answer.
pub(super) fn told(
    comparison: &mut Comparison<'_>,
    course: &mut Course<'_>,
) -> Result<Vec<Timeline>, CompareError> {
    let mut timelines = Vec::new();
    let Ok(folder) = tempfile::tempdir() else {
        return Ok(timelines);
    };
    for info in course.infos() {
        let file = folder.path().join("trace.json");
        let of_arm = course
            .command(&info.name)
            .filter(|_| info.control_of.is_none());
        let Some(command) = of_arm.and_then(|command| command.traced(&file)) else {
            continue;
        };
        let ended = comparison.run.run(&command);
        if matches!(ended, Err(ref error) if !matches!(error, RunError::Stopped { .. })) {
            continue;
        }
        course.check((&info.name, "a run for its lanes"), &command, ended)?;
        let lanes = bounded(&file).ok().and_then(|text| lanes(&text));
        timelines.extend(lanes.map(|lanes| Timeline {
            arm: info.name,
            round: 0,
            lanes,
        }));
    }
    Ok(timelines)
}

/// More than so many tasks need.
const MOST_BYTES: u64 = 16 << 20;

fn bounded(file: &Path) -> io::Result<Vec<u8>> {
    let mut text = Vec::new();
    File::open(file)?.take(MOST_BYTES).read_to_end(&mut text)?;
    Ok(text)
}
