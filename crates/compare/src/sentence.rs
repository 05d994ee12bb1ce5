//! One plain sentence a workload, which never says more than the rounds do.

use crate::arm::Arm;
use crate::report::{ArmResult, Interval, Side, rounds};
use crate::verdict::{ENOUGH_ROUNDS, MIN_ROUNDS, Rule, Verdict};
use crate::workload::Workload;

/// Words the summary of a workload, whose arms came to this.
pub(crate) fn sentence(workload: &Workload, arms: &[ArmResult], rule: Rule) -> String {
    let name = &workload.name;
    let fewest = arms.iter().map(|arm| arm.wall.n).min().unwrap_or(0);
    if fewest < MIN_ROUNDS {
        return format!(
            "{name}: too few for a verdict: {}, of at least {MIN_ROUNDS}; the numbers are all there is.",
            rounds(fewest)
        );
    }
    let entrants = workload.arms.iter().copied();
    let pools: Vec<(Arm, &ArmResult)> = entrants
        .filter(|arm| arm.side() != Side::Sequential && !is_case(*arm))
        .filter_map(|arm| Some((arm, arms.iter().find(|result| result.arm == arm.name())?)))
        .collect();
    let baseline = workload.baseline();
    let mut clauses: Vec<String> = Vec::new();
    if baseline.side() != Side::Sequential {
        let others = pools.iter().filter(|(arm, _)| *arm != baseline);
        clauses.extend(others.filter_map(|(arm, result)| beside(*arm, result, baseline, rule)));
    }
    clauses.extend(speed_ups(&pools, seq(workload), rule));
    match clauses.as_slice() {
        [] => format!("{name}: there is nothing to compare."),
        clauses => format!("{name}: {}.", clauses.join("; ")),
    }
}

/// What doing one job after another is called.
fn seq(workload: &Workload) -> &'static str {
    let mut arms = workload.arms.iter().copied();
    let found = arms.find(|arm| arm.side() == Side::Sequential);
    found.unwrap_or(Arm::Seq).noun()
}

fn beside(arm: Arm, result: &ArmResult, baseline: Arm, rule: Rule) -> Option<String> {
    let (one, other) = (arm.noun(), baseline.noun());
    let [are, take] = ["are", "take"].map(|verb| conjugated(verb, &[one]));
    Some(match rule.verdict(result.wall.n, &result.ratio?) {
        Verdict::Faster(times) => format!("{one} {are} {times:.2} x as fast as {other} here"),
        Verdict::Slower(times) => format!("{one} {take} {times:.2} x as long as {other} here"),
        Verdict::Within(percent) => {
            format!("{other} and {one} are within {percent:.0} % of each other here")
        }
        Verdict::Unclear => format!("no clear difference between {other} and {one} here"),
        Verdict::TooFewRounds => {
            format!("too few rounds to tell {one} from {other}, of at least {ENOUGH_ROUNDS}")
        }
    })
}

/// How each pool compares with doing one job after another; arms of which the same is true share a clause.
fn speed_ups(pools: &[(Arm, &ArmResult)], seq: &str, rule: Rule) -> Vec<String> {
    let mut said: Vec<(Words, Vec<&str>)> = Vec::new();
    for (arm, pool) in pools {
        let beside = |speed_up: Interval| rule.verdict(pool.wall.n, &speed_up.inverse());
        let Some(words) = pool.speed_up.map(beside).and_then(beside_seq) else {
            continue;
        };
        match said.iter_mut().find(|(known, _)| *known == words) {
            Some((_, nouns)) => nouns.push(arm.noun()),
            None => said.push((words, vec![arm.noun()])),
        }
    }
    match said.as_slice() {
        // The same words for all but a figure.
        [(one, a), (other, b)] if one.ends == other.ends => {
            let start = conjugated(&one.start, a);
            let (a, b, ends) = (a.join(", "), b.join(", "), one.ends);
            vec![format!(
                "{a} {start} and {b} {} {ends} {seq}",
                other.figure()
            )]
        }
        said => said
            .iter()
            .map(|(words, nouns)| clause(words, nouns, (pools.len(), seq)))
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

/// What is said of some of so many pools.
fn clause(words: &Words, nouns: &[&str], (pools, seq): (usize, &str)) -> String {
    let who = match nouns {
        [_, _] if pools == 2 => "both".to_owned(),
        nouns => nouns.join(", "),
    };
    let start = conjugated(&words.start, nouns);
    format!("{who} {start} {} {seq}", words.ends)
}

/// What begins with a verb in the plural, in the number that fits who is spoken of.
fn conjugated(start: &str, nouns: &[&str]) -> String {
    let is_one = |noun: &str| noun.starts_with("a ") || ONE.contains(&noun);
    let (verb, rest) = start.split_at(start.find(' ').unwrap_or(start.len()));
    match (nouns, verb) {
        ([noun], "are") if is_one(noun) => format!("is{rest}"),
        ([noun], _) if is_one(noun) => format!("{verb}s{rest}"),
        _ => start.to_owned(),
    }
}

/// What is one thing without saying so.
const ONE: [&str; 2] = ["xargs", "GNU parallel"];

fn beside_seq(verdict: Verdict) -> Option<Words> {
    let (start, ends) = match verdict {
        Verdict::Faster(times) => (format!("are {times:.1} x"), "as fast as"),
        Verdict::Slower(times) => (format!("take {times:.1} x"), "as long as"),
        Verdict::Within(percent) => (format!("are within {percent:.0} %"), "of"),
        Verdict::Unclear => ("show no".to_owned(), "clear difference from"),
        Verdict::TooFewRounds => return None,
    };
    Some(Words { start, ends })
}

/// Whether an arm belongs to a case of its own, which another sentence is about.
fn is_case(arm: Arm) -> bool {
    arm.is_locked() || arm.twin().is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::workloads;
    use crate::report::{Cell, Round, Settings};
    use crate::round_of::round;
    use crate::summary::Summing;

    fn said<const N: usize>(arms: &[Arm], rounds: &[[u64; N]]) -> String {
        let named = |times: &[u64; N]| -> Round {
            let arms = arms.iter().map(|arm| arm.name());
            round(&arms.zip(times.iter().copied()).collect::<Vec<_>>())
        };
        let rounds: Vec<Round> = rounds.iter().map(named).collect();
        let infos: Vec<_> = arms.iter().map(|arm| arm.info(String::new())).collect();
        let settings = Settings::default();
        let has_threads = arms.contains(&Arm::Threads);
        let baseline = if has_threads { Arm::Threads } else { arms[0] };
        let summing = Summing {
            arms: &infos,
            baseline: baseline.name(),
            settings: &settings,
            cpus: 2,
        };
        let mut cell = Cell {
            rounds,
            ..Cell::default()
        };
        summing.conclude(&mut cell);
        let mut workload = workloads(2).remove(0);
        (workload.name, workload.arms) = ("w".to_owned(), arms.to_vec());
        workload.terms.baseline = Some(baseline);
        sentence(&workload, &cell.arms, Rule::new(0.05, None))
    }

    #[test]
    fn equal_pools_share_their_speed_up() {
        let expected = "w: threads and processes are within 3 % of each other here; \
                        both are 1.9 x as fast as one after another.";
        assert_eq!(said(&Arm::ALL, &[[1900, 1000, 1025]; 16]), expected);
    }

    #[test]
    fn a_clear_difference_is_named_with_its_size() {
        let faster = "w: processes are 2.00 x as fast as threads here; threads are within 1 % of one after another; \
                      processes are 2.0 x as fast as one after another.";
        assert_eq!(said(&Arm::ALL, &[[1000, 1000, 500]; 16]), faster);
        let uneven = "w: processes take 1.20 x as long as threads here; \
                      threads are 2.4 x and processes 2.0 x as fast as one after another.";
        assert_eq!(said(&Arm::ALL, &[[2400, 1000, 1200]; 16]), uneven);
        let slower = "w: processes take 1.50 x as long as threads here.";
        assert_eq!(
            said(&[Arm::Threads, Arm::Pool], &[[1000, 1500]; 16]),
            slower
        );
    }

    #[test]
    fn programs_of_ones_own_have_sentences_too() {
        let own =
            [("old", Side::Other), ("new", Side::Other)].map(|(name, side)| Arm::own(name, side));
        assert_eq!(
            said(&own, &[[1000, 500]; 16]),
            "w: runs of new are 2.00 x as fast as runs of old here."
        );
    }

    #[test]
    fn one_thing_takes_what_several_take() {
        assert_eq!(
            said(&[Arm::Threads, Arm::Fork], &[[1000, 1500]; 16]),
            "w: a process for each task takes 1.50 x as long as threads here."
        );
        let arms = [Arm::Seq, Arm::Threads, Arm::Pool, Arm::Parallel];
        assert_eq!(
            said(&arms, &[[2000, 1000, 1000, 500]; 16]),
            "w: threads and processes are within 1 % of each other here; GNU parallel is 2.00 x as fast as threads here; \
             threads, processes are 2.0 x and GNU parallel 4.0 x as fast as one after another."
        );
        let apart = said(&arms, &[[2000, 1000, 1000, 4000]; 16]);
        assert!(
            apart.ends_with(
                "threads, processes are 2.0 x as fast as one after another; \
                 GNU parallel takes 2.0 x as long as one after another."
            ),
            "{apart}"
        );
    }

    #[test]
    fn rounds_that_disagree_make_no_verdict() {
        let rounds = [700, 800, 900, 1300, 1400, 1500].map(|time| [1000, time]);
        assert_eq!(
            said(&[Arm::Threads, Arm::Pool], &[rounds; 3].concat()),
            "w: no clear difference between threads and processes here."
        );
    }

    #[test]
    fn few_rounds_make_no_verdict() {
        let expected =
            "w: too few for a verdict: 5 rounds, of at least 6; the numbers are all there is.";
        assert_eq!(said(&Arm::ALL, &[[2000, 1000, 500]; 5]), expected);
        let large = "w: too few rounds to tell processes from threads, of at least 16; \
                     threads are 2.0 x as fast as one after another.";
        assert_eq!(said(&Arm::ALL, &[[1000, 500, 540]; 6]), large);
    }
}
