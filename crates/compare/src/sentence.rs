//! One plain sentence a workload, which never says more than the rounds do.

use crate::arm::Arm;
use crate::round::rounds;
use crate::statistics::Spread;
use crate::summary::ArmSummary;
use crate::verdict::{MIN_ROUNDS, Verdict};

/// Words the summary of a workload.
pub(crate) fn sentence(name: &str, arms: &[ArmSummary], baseline: Arm) -> String {
    let fewest = arms.iter().map(|arm| arm.wall.n).min().unwrap_or(0);
    if fewest < MIN_ROUNDS {
        return format!(
            "{name}: too few for a verdict: {}, of at least {MIN_ROUNDS}; the numbers are all there is.",
            rounds(fewest)
        );
    }
    let pools: Vec<&ArmSummary> = arms.iter().filter(|arm| arm.arm != Arm::Seq).collect();
    let mut clauses: Vec<String> = Vec::new();
    if baseline != Arm::Seq {
        let others = pools.iter().filter(|arm| arm.arm != baseline);
        clauses.extend(others.filter_map(|arm| beside(arm, baseline)));
    }
    clauses.extend(speed_ups(&pools));
    match clauses.as_slice() {
        [] => format!("{name}: there is nothing to compare."),
        clauses => format!("{name}: {}.", clauses.join("; ")),
    }
}

fn beside(arm: &ArmSummary, baseline: Arm) -> Option<String> {
    let (one, other) = (arm.arm.noun(), baseline.noun());
    Some(match Verdict::of(&arm.ratio?) {
        Verdict::Faster(times) => format!("{one} are {times:.2} x as fast as {other} here"),
        Verdict::Slower(times) => format!("{one} take {times:.2} x as long as {other} here"),
        Verdict::Within(percent) => {
            format!("{other} and {one} are within {percent:.0} % of each other here")
        }
        Verdict::Unclear | Verdict::TooFewRounds => {
            format!("no clear difference between {other} and {one} here")
        }
    })
}

/// How each pool compares with doing one job after another; arms of which the same is true share a clause.
fn speed_ups(pools: &[&ArmSummary]) -> Vec<String> {
    let mut said: Vec<(Words, Vec<&str>)> = Vec::new();
    for pool in pools {
        let Some(speed_up) = pool.speed_up else {
            continue;
        };
        let words = beside_seq(&inverse(&speed_up));
        match said.iter_mut().find(|(known, _)| *known == words) {
            Some((_, nouns)) => nouns.push(pool.arm.noun()),
            None => said.push((words, vec![pool.arm.noun()])),
        }
    }
    let seq = Arm::Seq.noun();
    match said.as_slice() {
        // The same words for all but a figure.
        [(one, a), (other, b)] if one.ends == other.ends => {
            let (a, b, ends) = (a.join(", "), b.join(", "), one.ends);
            vec![format!(
                "{a} {} and {b} {} {ends} {seq}",
                one.start,
                other.figure()
            )]
        }
        said => said
            .iter()
            .map(|(words, nouns)| clause(words, nouns))
            .collect(),
    }
}

/// What is said of an arm beside one after another: a verb with its figure, and the rest.
#[derive(PartialEq, Eq)]
struct Words {
    start: String,
    ends: &'static str,
}

impl Words {
    /// The start without its verb.
    fn figure(&self) -> &str {
        self.start.split_once(' ').map_or("", |(_, figure)| figure)
    }
}

fn clause(words: &Words, nouns: &[&str]) -> String {
    let who = match nouns {
        [_, _] => "both".to_owned(),
        nouns => nouns.join(", "),
    };
    format!("{who} {} {} {}", words.start, words.ends, Arm::Seq.noun())
}

fn beside_seq(ratio: &Spread) -> Words {
    let (start, ends) = match Verdict::of(ratio) {
        Verdict::Faster(times) => (format!("are {times:.1} x"), "as fast as"),
        Verdict::Slower(times) => (format!("take {times:.1} x"), "as long as"),
        Verdict::Within(percent) => (format!("are within {percent:.0} %"), "of"),
        Verdict::Unclear | Verdict::TooFewRounds => ("show no".to_owned(), "clear difference from"),
    };
    Words { start, ends }
}

/// The same rounds seen from the other side: times of a pool divided by those of one after another.
fn inverse(speed_up: &Spread) -> Spread {
    Spread {
        n: speed_up.n,
        min: 1.0 / speed_up.max,
        low: 1.0 / speed_up.high,
        median: 1.0 / speed_up.median,
        high: 1.0 / speed_up.low,
        max: 1.0 / speed_up.min,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::round::{Round, Timing};
    use crate::summary::summarise;

    fn said<const N: usize>(arms: &[Arm], rounds: &[[u64; N]]) -> String {
        let round = |times: &[u64; N]| {
            let timing = |(arm, ms): (&Arm, &u64)| Timing {
                arm: *arm,
                wall_ns: ms * 1_000_000,
            };
            Round {
                number: 1,
                runs: arms.iter().zip(times).map(timing).collect(),
            }
        };
        let rounds: Vec<Round> = rounds.iter().map(round).collect();
        sentence("w", &summarise(arms, &rounds, Arm::Threads), Arm::Threads)
    }

    #[test]
    fn equal_pools_share_their_speed_up() {
        let expected = "w: threads and processes are within 3 % of each other here; \
                        both are 1.9 x as fast as one after another.";
        assert_eq!(said(&Arm::ALL, &[[1900, 1000, 1025]; 6]), expected);
    }

    #[test]
    fn a_clear_difference_is_named_with_its_size() {
        let faster = "w: processes are 2.00 x as fast as threads here; threads are within 1 % of one after another; \
                      processes are 2.0 x as fast as one after another.";
        assert_eq!(said(&Arm::ALL, &[[1000, 1000, 500]; 6]), faster);
        let uneven = "w: processes take 1.20 x as long as threads here; \
                      threads are 2.4 x and processes 2.0 x as fast as one after another.";
        assert_eq!(said(&Arm::ALL, &[[2400, 1000, 1200]; 6]), uneven);
        let slower = "w: processes take 1.50 x as long as threads here.";
        assert_eq!(said(&[Arm::Threads, Arm::Pool], &[[1000, 1500]; 6]), slower);
    }

    #[test]
    fn rounds_that_disagree_make_no_verdict() {
        let rounds: [[u64; 2]; 6] = [
            [1000, 700],
            [1000, 800],
            [1000, 900],
            [1000, 1300],
            [1000, 1400],
            [1000, 1500],
        ];
        assert_eq!(
            said(&[Arm::Threads, Arm::Pool], &rounds),
            "w: no clear difference between threads and processes here."
        );
    }

    #[test]
    fn few_rounds_make_no_verdict() {
        let expected =
            "w: too few for a verdict: 5 rounds, of at least 6; the numbers are all there is.";
        assert_eq!(said(&Arm::ALL, &[[2000, 1000, 500]; 5]), expected);
    }
}
