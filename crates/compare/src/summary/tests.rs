//! What cells amount to, from rounds of given times.

use super::*;
use crate::arm::Arm;
use crate::report::{MemorySample, Word};
use crate::round_of::round;

fn infos() -> Vec<ArmInfo> {
    Arm::ALL.map(|arm| arm.info(String::new())).to_vec()
}

fn concluded(arms: &[ArmInfo], mut cell: Cell) -> Cell {
    let summing = Summing {
        arms,
        baseline: "threads",
        settings: &Settings::default(),
        cpus: 2,
    };
    summing.conclude(&mut cell);
    cell
}

fn of(arms: &[ArmInfo], rounds: &[Round]) -> Vec<ArmResult> {
    let cell = Cell {
        rounds: rounds.to_vec(),
        ..Cell::default()
    };
    concluded(arms, cell).arms
}

#[test]
fn ratios_are_taken_within_a_round() {
    // The machine is ten times slower in the second round; the medians of the times would say 1.09.
    let rounds = [
        round(&[("threads", 100), ("pool", 200), ("seq", 400)]),
        round(&[("pool", 2_000), ("threads", 1_000), ("seq", 4_000)]),
    ];
    let arms = of(&infos(), &rounds);
    let pool = &arms[2];
    assert_eq!(pool.arm, "pool");
    assert_eq!(pool.ratio.unwrap().mid, 2.0);
    assert_eq!(pool.word, Some(Word::NotEnoughData));
    assert_eq!(pool.more_rounds, Some(14));
    assert_eq!(pool.speed_up.unwrap().mid, 2.0);
    assert_eq!(pool.efficiency, Some(1.0));
    assert_eq!(pool.wall.median_ns, 1_100_000_000);
    assert_eq!((arms[1].ratio, arms[1].word), (None, None));
}

#[test]
fn without_a_sequential_arm_there_is_no_speed_up() {
    let rounds = [round(&[("threads", 1), ("pool", 1)])];
    let arms = of(&infos()[1..], &rounds);
    assert!(arms.iter().all(|arm| arm.speed_up.is_none()));
    assert!(arms[1].ratio.is_some());
}

#[test]
fn the_control_makes_the_band() {
    let mut infos = infos();
    infos.push(ArmInfo {
        name: "control".to_owned(),
        control_of: Some("threads".to_owned()),
        ..infos[1].clone()
    });
    let rounds = vec![round(&[("threads", 1_000), ("pool", 1_120), ("control", 1_100)]); 16];
    let cell = concluded(
        &infos,
        Cell {
            rounds,
            ..Cell::default()
        },
    );
    assert!((cell.noise.floor.unwrap() - 0.1).abs() < 1e-9);
    assert_eq!(cell.arm("pool").unwrap().word, Some(Word::Slower));
    assert_eq!(cell.arm("control").unwrap().word, Some(Word::Same));
}

#[test]
fn rounds_far_from_the_rest_are_named_and_kept() {
    let mut rounds = vec![round(&[("threads", 1_000), ("pool", 1_000)]); 16];
    rounds.push(round(&[("threads", 1_000), ("pool", 3_000)]));
    for (place, round) in rounds.iter_mut().enumerate() {
        round.number = place + 1;
    }
    let pool = &of(&infos(), &rounds)[1];
    assert_eq!(pool.outliers, [17]);
    assert_eq!((pool.wall.n, pool.wall.max_ns), (17, 3_000_000_000));
}

#[test]
fn processor_time_is_divided_by_what_its_workers_can_use() {
    let mut rounds = vec![round(&[("seq", 1_000), ("threads", 500)])];
    for sample in &mut rounds[0].samples {
        sample.user_ns = Some(900_000_000);
        sample.sys_ns = Some(100_000_000);
    }
    let arms = of(&infos(), &rounds);
    assert_eq!((arms[0].cpu, arms[1].cpu), (Some(1.0), Some(1.0)));
}

#[test]
fn memory_is_the_median_of_its_samples() {
    let sample = |pss| MemorySample {
        arm: "pool".to_owned(),
        peak_pss: pss,
        peak_rss: 2 * pss,
        processes: 3,
        looks: 9,
    };
    let cell = concluded(
        &infos(),
        Cell {
            rounds: vec![round(&[("threads", 1), ("pool", 1)])],
            memory: vec![sample(3), sample(1), sample(2)],
            ..Cell::default()
        },
    );
    let pool = cell.arm("pool").unwrap();
    assert_eq!((pool.peak_pss, pool.peak_rss), (Some(2), Some(4)));
    assert_eq!(cell.arm("threads").unwrap().peak_pss, None);
}
