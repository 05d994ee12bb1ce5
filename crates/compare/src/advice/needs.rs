//! What the work needs decides before speed does.

use super::flips::without_needs;
use crate::need::Need;
use crate::report::{Answer, Card, Grade};

/// The card of work that has needs; `by_speed` is the one that it would have without, from rounds of so much noise.
pub(super) fn decided(needs: &[Need], by_speed: &Card, grade: Grade) -> Card {
    // One process that crashes is worth more than all that threads would gain.
    let (answer, name) = match needs.iter().any(|need| need.wants_processes()) {
        true => (Answer::Processes, "Processes"),
        false => (Answer::Threads, "Threads"),
    };
    let texts: Vec<&str> = needs.iter().map(|need| need.text()).collect();
    let headline = format!("{name}, whatever is faster: {}.", texts.join("; "));
    Card {
        reasons: needs.iter().map(|need| need.why().to_owned()).collect(),
        flips: vec![without_needs(by_speed, grade)],
        caveats: by_speed.caveats.clone(),
        needs: needs.to_vec(),
        ..Card::new(answer, headline)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faster() -> Card {
        Card::new(
            Answer::Threads,
            "Threads are 2.00 x as fast as processes here.",
        )
    }

    #[test]
    fn a_need_decides_against_speed_and_says_what_speed_says() {
        let card = decided(&[Need::Crash, Need::Kill], &faster(), Grade::Good);
        assert_eq!((card.answer, card.effect), (Answer::Processes, None));
        assert_eq!(
            card.headline,
            "Processes, whatever is faster: its code may crash, or is not trusted; tasks are stopped when their time \
             is over."
        );
        assert_eq!(card.reasons.len(), 2);
        assert_eq!(
            card.flips,
            ["without these needs speed decides: threads are 2.00 x as fast as processes here."]
        );
        let shared = decided(&[Need::SharedState], &faster(), Grade::Good);
        assert_eq!(shared.answer, Answer::Threads);
    }

    #[test]
    fn a_busy_machine_takes_the_word_from_speed_alone() {
        let card = decided(&[Need::Crash], &faster(), Grade::Poor);
        assert_eq!(card.answer, Answer::Processes);
        assert!(!card.flips[0].contains("2.00"), "{:?}", card.flips);
    }
}
