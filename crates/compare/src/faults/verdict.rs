//! What it means that faults are contained here and not there.

use crate::need::Need;
use crate::report::{Answer, Card, Isolation};

/// The verdict on what was tried, for work with these needs.
pub(crate) fn card(isolation: &Isolation, needs: &[Need]) -> Card {
    let contained = |arm: &str| {
        let tried = isolation.rows.iter().flat_map(|row| &row.arms);
        let of_arm = tried.filter(|tried| tried.arm == arm);
        of_arm.filter(|tried| tried.contained == Some(true)).count()
    };
    let (threads, processes) = (contained("threads"), contained("pool"));
    let all = isolation.rows.len();
    let answer = match threads.cmp(&processes) {
        std::cmp::Ordering::Less => Answer::Processes,
        std::cmp::Ordering::Equal => Answer::Either,
        std::cmp::Ordering::Greater => Answer::Threads,
    };
    let headline = format!(
        "Of {all} faults, processes contain {processes} and threads {threads}: the others of the run are done, and the \
         caller is told of the one that is not."
    );
    Card {
        reasons: uncontained(isolation),
        flips: vec!["tasks that can only fail or panic: either".to_owned()],
        needs: needs.to_vec(),
        ..Card::new(answer, headline)
    }
}

/// What costs more than its own task, arm by arm.
fn uncontained(isolation: &Isolation) -> Vec<String> {
    let tried = isolation
        .rows
        .iter()
        .flat_map(|row| row.arms.iter().map(move |arm| (row, arm)));
    let lost = tried.filter(|(_, arm)| arm.contained == Some(false));
    lost.map(|(row, arm)| {
        format!(
            "{} on {}: {} of {} others lost ({})",
            row.fault, arm.arm, arm.others_lost, arm.others, arm.told
        )
    })
    .collect()
}
