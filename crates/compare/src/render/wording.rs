//! What is said of figures, in the same words by all who draw a report.

use super::quantity::{ratio, share};
use crate::report::{
    Answer, ArmResult, Card, Cell, GateOutcome, GateResult, Grade, Holds, Interval, Measured,
    Noise, Report, Round, State, Word, rounds,
};

/// An interval in brackets.
pub(crate) fn brackets(interval: &Interval) -> String {
    format!("[{}, {}]", ratio(interval.low), ratio(interval.high))
}

/// So many times, with the interval.
pub(crate) fn effect(interval: &Interval) -> String {
    format!("{}× {}", ratio(interval.mid), brackets(interval))
}

/// What is said of an arm beside the baseline; the figure alone where `speaks` is false.
pub(crate) fn beside(arm: &ArmResult, speaks: bool) -> String {
    let Some(interval) = &arm.ratio else {
        return "baseline".to_owned();
    };
    let inverse = interval.inverse();
    let plain = effect(interval);
    match arm.word.filter(|_| speaks) {
        Some(Word::Faster) => format!("{}× faster {}", ratio(inverse.mid), brackets(&inverse)),
        Some(Word::Slower) => format!("{}× slower {}", ratio(interval.mid), brackets(interval)),
        Some(Word::Same) => format!("same ({plain})"),
        Some(Word::Unclear) => format!("unclear ({plain})"),
        Some(Word::NotEnoughData) => format!("too few rounds ({plain})"),
        None => plain,
    }
}

/// The same in a word or two.
pub(crate) fn beside_shortly(arm: &ArmResult, speaks: bool) -> String {
    let Some(interval) = &arm.ratio else {
        return "baseline".to_owned();
    };
    let figure = format!("{}×", ratio(interval.mid));
    match arm.word.filter(|_| speaks) {
        Some(Word::Faster) => format!("{}× faster", ratio(interval.inverse().mid)),
        Some(Word::Slower) => format!("{figure} slower"),
        Some(Word::Same) => format!("same ({figure})"),
        Some(Word::Unclear) => format!("unclear ({figure})"),
        Some(Word::NotEnoughData) | None => figure,
    }
}

/// The answer as an advice.
pub(crate) fn advice(answer: Answer) -> &'static str {
    match answer {
        Answer::Threads => "Use threads",
        Answer::Processes => "Use processes",
        Answer::Either => "Either will do",
        Answer::Depends => "It depends",
        Answer::Unclear => "Unclear",
        Answer::NotEnoughData => "Not enough data",
        Answer::Other => "See below",
    }
}

/// What a card advises, and which of two equally fast ones to take.
pub(crate) fn advised(card: &Card) -> String {
    let advice = advice(card.answer);
    match card.choice {
        Some(choice) => format!("{advice}: take {}", choice.text()),
        None => advice.to_owned(),
    }
}

/// The card of a comparison, or why there is none. What was decided by more than speed needs no quiet machine.
pub(crate) fn card(measured: &Measured) -> Result<&Card, &'static str> {
    let Some(card) = &measured.card else {
        return Err("There are not all rounds yet.");
    };
    match grade(measured) {
        Grade::Poor if card.needs.is_empty() => Err(grade_means(Grade::Poor)),
        _ => Ok(card),
    }
}

/// A sign that tells answers apart without any colour.
pub(crate) fn sign(answer: Answer) -> &'static str {
    match answer {
        Answer::Threads => "●",
        Answer::Processes => "■",
        Answer::Either => "◐",
        Answer::Depends => "◇",
        Answer::Unclear | Answer::NotEnoughData => "?",
        Answer::Other => "→",
    }
}

/// A sign for whether something holds.
pub(crate) fn holds(holds: Holds) -> String {
    let sign = match holds {
        Holds::Yes => "✓",
        Holds::No => "✗",
        Holds::Unclear => "?",
        Holds::NotMeasured => "–",
    };
    format!("{sign} {}", holds.text())
}

/// How far the noise of a comparison's cells lets it be trusted: as most of its cells are.
pub(crate) fn grade(measured: &Measured) -> Grade {
    let mut grades: Vec<Grade> = measured.cells.iter().map(|cell| cell.noise.grade).collect();
    grades.sort_unstable();
    grades.get(grades.len() / 2).copied().unwrap_or(Grade::Good)
}

/// Whether words are said of a cell, and not its figures alone.
pub(crate) fn speaks(cell: &Cell) -> bool {
    cell.noise.grade != Grade::Poor
}

/// What a grade means, in one sentence.
pub(crate) fn grade_means(grade: Grade) -> &'static str {
    match grade {
        Grade::Good => "The machine was quiet: small differences show.",
        Grade::Fair => "The machine was not quiet: small differences do not show.",
        Grade::Poor => "The machine was too busy for a verdict: the figures are all there is.",
    }
}

/// The figures of the noise, as far as they are known.
pub(crate) fn noise(noise: &Noise) -> Vec<String> {
    let mut said = Vec::new();
    if let Some(floor) = noise.floor {
        said.push(format!("A/A floor {}", share(floor)));
    }
    if let Some(effect) = noise.order_effect {
        said.push(format!("order effect {}", share(effect)));
    }
    if let Some(foreign) = noise.foreign_cpu {
        said.push(format!("other programs {}", share(foreign)));
    }
    if let Some((least, most)) = noise.cpu_pressure {
        said.push(format!("CPU pressure {}–{}", share(least), share(most)));
    }
    if let Some(steal) = noise.steal {
        said.push(format!("steal {}", share(steal)));
    }
    if noise.disturbed > 0 {
        let (busy, again) = (rounds(noise.disturbed), noise.repeated);
        said.push(format!("{busy} disturbed, {again} measured again"));
    }
    said
}

/// What stands above all figures: how a comparison ended that is not complete, and that its programs are not those of users.
pub(crate) fn warnings(report: &Report) -> Vec<&'static str> {
    let is_checked = report.environment.is_checked();
    let checked = is_checked.then_some(
        "The runners were built with debug assertions, as was allowed: users have other programs, and other times.",
    );
    state(report).into_iter().chain(checked).collect()
}

fn state(report: &Report) -> Option<&'static str> {
    match report.state {
        State::Complete => None,
        State::Unfinished => {
            Some("This comparison was interrupted: it tells what was measured until then.")
        }
        State::DifferentAnswers => {
            Some("Two arms gave different answers: no times are worth comparing.")
        }
        State::Failed => {
            Some("Something failed on the way: it tells what was measured until then.")
        }
    }
}

/// A sign and a word for what became of a gate.
pub(crate) fn outcome(outcome: GateOutcome) -> &'static str {
    match outcome {
        GateOutcome::Kept => "✓ kept",
        GateOutcome::Violated => "✗ violated",
        GateOutcome::Unclear => "? unclear",
    }
}

/// A gate with what was measured.
pub(crate) fn gate(gate: &GateResult) -> String {
    let place = match gate.comparison.as_str() {
        "" => String::new(),
        name => format!(" ({name})"),
    };
    match &gate.ratio {
        Some(ratio) => format!("{}{place}: measured {}", gate.gate, effect(ratio)),
        None => format!("{}{place}: not measured", gate.gate),
    }
}

/// Whether a round was disturbed.
pub(crate) fn is_busy(round: &Round) -> bool {
    !round.disturbed.is_empty()
}

/// How many rounds a comparison has, in words; what is tried and not timed has none.
pub(crate) fn round_count(measured: &Measured) -> String {
    if let Some(isolation) = &measured.isolation {
        let (faults, arms) = (isolation.rows.len(), measured.arms.len());
        return format!("{faults} faults tried on {arms} arms, and nothing timed");
    }
    let counts = measured.cells.iter().map(|cell| cell.rounds.len());
    let (least, most) = counts.fold((usize::MAX, 0), |(least, most), count| {
        (least.min(count), most.max(count))
    });
    match measured.cells.len() {
        0 => rounds(0),
        1 => rounds(most),
        cells if least == most => format!("{cells} points of {}", rounds(most)),
        cells => format!("{cells} points of {least} to {}", rounds(most)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::need::Need;
    use crate::sample;

    #[test]
    fn words_are_withheld_where_the_noise_is_too_much() {
        let report = sample::one();
        let cell = &report.comparisons[0].cells[0];
        let slower = cell.arm("seq").unwrap();
        assert!(
            beside(slower, true).contains("× slower ["),
            "{}",
            beside(slower, true)
        );
        assert!(!beside(slower, false).contains("slower"));
        assert_eq!(beside(cell.arm("threads").unwrap(), true), "baseline");
        assert!(speaks(cell) && !speaks(&sample::noisy().comparisons[0].cells[0]));
    }

    #[test]
    fn what_is_not_timed_has_faults_and_no_rounds() {
        let report = sample::report();
        let faults = report.comparisons.iter().find(|one| one.name == "faults");
        assert_eq!(
            round_count(faults.unwrap()),
            "4 faults tried on 2 arms, and nothing timed"
        );
        assert_eq!(round_count(&report.comparisons[1]), "18 rounds");
    }

    #[test]
    fn what_needs_decided_has_a_card_however_busy_the_machine_was() {
        let mut report = sample::noisy();
        let measured = &mut report.comparisons[0];
        assert!(card(measured).unwrap_err().contains("too busy"));
        measured.card.as_mut().unwrap().needs = vec![Need::Crash];
        assert!(card(measured).is_ok());
        measured.card = None;
        assert_eq!(card(measured), Err("There are not all rounds yet."));
    }

    #[test]
    fn a_choice_is_part_of_the_advice() {
        let either = Card {
            choice: Some(Answer::Threads),
            ..Card::new(Answer::Either, "")
        };
        assert_eq!(advised(&either), "Either will do: take threads");
        assert_eq!(advised(&Card::new(Answer::Depends, "")), "It depends");
    }

    #[test]
    fn a_faster_arm_is_told_by_how_many_times_it_is_faster() {
        let report = sample::one();
        let mut arm = report.comparisons[0].cells[0].arms[0].clone();
        arm.ratio = Some(Interval {
            low: 0.4,
            mid: 0.5,
            high: 0.8,
        });
        arm.word = Some(Word::Faster);
        assert_eq!(beside(&arm, true), "2.00× faster [1.25, 2.50]");
        assert_eq!(beside_shortly(&arm, true), "2.00× faster");
    }
}
