//! A bench of arms that only keep a log.

use std::cell::RefCell;
use std::rc::Rc;

use super::*;
use crate::bench::contender::Reading;
use crate::bench::mode::Mode;
use crate::bench::rows::all;
use crate::environment::Environment;

/// Everything that happened, in order.
type Log = Rc<RefCell<Vec<String>>>;

/// Arms that answer with how often they were asked, or do what their names say.
struct Scripted(Log);

struct Arm {
    name: String,
    log: Log,
    asked: u32,
}

impl Stage for Scripted {
    fn enter(&mut self, arm: &str, _: &str, _: Mode) -> Result<Box<dyn Contender>, Absence> {
        self.0.borrow_mut().push(format!("enter {arm}"));
        match arm {
            "procspawn" => Err(Absence::Skipped("not today".to_owned())),
            "tokio" => Err(Absence::Stopped(2)),
            _ => Ok(Box::new(Arm {
                name: arm.to_owned(),
                log: Rc::clone(&self.0),
                asked: 0,
            })),
        }
    }
}

impl Contender for Arm {
    fn ask(&mut self, _: Request) -> Result<(), Absence> {
        self.asked += 1;
        self.log.borrow_mut().push(format!("ask {}", self.name));
        Ok(())
    }

    fn answer(&mut self) -> Result<Reading, Absence> {
        self.log.borrow_mut().push(format!("answer {}", self.name));
        // The one of Python is lost in its second round.
        if self.name.starts_with("py") && self.asked == 2 {
            return Err(Absence::Failed("it ended".to_owned()));
        }
        Ok([("n".to_owned(), f64::from(self.asked))].into())
    }
}

impl Drop for Arm {
    fn drop(&mut self) {
        self.log.borrow_mut().push(format!("end {}", self.name));
    }
}

fn row(staging: Staging, others: &'static [&'static str]) -> Row {
    let mut row = all().remove(1);
    row.others = others;
    row.pace.staging = staging;
    row.pace.rounds = 2;
    row
}

fn run(row: Row) -> (Result<(), BenchError>, BenchReport, Vec<String>) {
    let log = Log::default();
    let transports = vec!["pipe".to_owned()];
    let mut report = BenchReport::new(Environment::probe(), String::new(), transports);
    let mut saved = 0;
    let measured = measure(
        &mut Measuring {
            rows: &[row],
            stage: &mut Scripted(Rc::clone(&log)),
            say: &mut |_| {},
            save: &mut |_| {
                saved += 1;
                Ok(())
            },
        },
        &mut report,
    );
    assert_eq!(saved, if measured.is_ok() { 2 } else { 0 });
    let log = log.borrow().clone();
    (measured, report, log)
}

fn numbers(report: &BenchReport) -> Vec<Vec<f64>> {
    let lanes = report.rows[0].lanes.iter();
    lanes.map(|lane| lane.numbers("n")).collect()
}

#[test]
fn every_arm_is_there_before_the_first_round_and_has_been_asked_once_unheard() {
    let (measured, report, log) = run(row(Staging::InTurn, &["rayon"]));
    assert!(measured.is_ok() && report.complete);
    let entries = [
        "enter pool-pipe",
        "ask pool-pipe",
        "answer pool-pipe",
        "enter rayon",
    ];
    assert_eq!(log[..4], entries);
    assert_eq!(numbers(&report), [[2.0, 3.0], [2.0, 3.0]]);
    assert_eq!(
        log.iter().filter(|event| event.starts_with("end")).count(),
        2
    );
}

#[test]
fn both_orders_come_up() {
    let (_, _, log) = run(row(Staging::InTurn, &["rayon"]));
    let asked: Vec<&str> = log
        .iter()
        .filter_map(|event| event.strip_prefix("ask "))
        .collect();
    // After one unheard round each: there and back.
    assert_eq!(asked[2], asked[5]);
    assert_eq!(asked[3], asked[4]);
    assert_ne!(asked[2], asked[3]);
}

#[test]
fn arms_that_do_nothing_are_measured_at_the_same_time() {
    let (_, report, log) = run(row(Staging::Together, &["rayon"]));
    let kinds: Vec<&str> = log
        .iter()
        .filter_map(|event| event.split(' ').next())
        .collect();
    assert_eq!(kinds[2..6], ["ask", "ask", "answer", "answer"]);
    assert_eq!(numbers(&report), [[1.0, 2.0], [1.0, 2.0]]);
}

#[test]
fn fresh_arms_live_for_one_round() {
    let (_, report, log) = run(row(Staging::Fresh, &["rayon"]));
    for four in log.chunks(4) {
        let kinds: Vec<&str> = four
            .iter()
            .filter_map(|event| event.split(' ').next())
            .collect();
        assert_eq!(kinds, ["enter", "ask", "answer", "end"]);
    }
    assert_eq!(numbers(&report), [[1.0, 1.0], [1.0, 1.0]]);
}

#[test]
fn absent_and_lost_arms_keep_nobody_else_from_their_rounds() {
    let (measured, report, _) = run(row(Staging::InTurn, &["procspawn", "py-pool", "rayon"]));
    assert!(measured.is_ok());
    let lanes = &report.rows[0].lanes;
    let absent: Vec<Option<&str>> = lanes.iter().map(|lane| lane.absent.as_deref()).collect();
    let expected = [
        None,
        Some("not measured: not today"),
        Some("failed: it ended"),
        None,
    ];
    assert_eq!(absent, expected);
    assert_eq!(
        numbers(&report),
        [vec![2.0, 3.0], vec![], vec![], vec![2.0, 3.0]]
    );
}

#[test]
fn a_signal_ends_the_bench() {
    let (measured, report, _) = run(row(Staging::InTurn, &["tokio", "rayon"]));
    assert!(matches!(measured, Err(BenchError::Stopped { signal: 2 })));
    assert!(!report.complete && report.rows.is_empty());
}

#[test]
fn a_quick_run_has_few_rounds_of_little_work() {
    let row = row(Staging::InTurn, &[]);
    let quick = request(&row, true);
    assert_eq!(quick.budget * QUICK_BUDGET, row.pace.budget);
    assert_eq!(request(&row, false).scale, 1.0);
}
