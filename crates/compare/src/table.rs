//! The report as a person reads it in a terminal.

use std::fmt::Write as _;
use std::time::Duration;

use crate::columns::columns;
use crate::plan::Plan;
use crate::report::{ArmResult, Interval, Measured, Report, rounds};

/// Renders a whole report: the machine, a table and a sentence for each workload.
pub fn render(report: &Report) -> String {
    let mut text = header(report);
    for measured in &report.comparisons {
        text.push('\n');
        text.push_str(&comparison(measured));
    }
    text
}

/// Renders the workloads of a plan: names, arms, estimates and questions.
///
/// ```
/// use anypool_compare::{Options, Plan, list};
///
/// let plan = Plan::new(&Options::default(), 2)?;
/// assert!(list(&plan).contains("tutorial-map"));
/// # Ok::<(), anypool_compare::UnknownName>(())
/// ```
pub fn list(plan: &Plan) -> String {
    let mut rows = vec![["name", "arms", "time", "question"].map(str::to_owned)];
    for workload in &plan.workloads {
        let arms: Vec<&str> = workload.arms.iter().map(|arm| arm.name()).collect();
        let estimate = format!(
            "{:.0} s",
            (workload.round * (plan.rounds + 1)).as_secs_f64().ceil()
        );
        rows.push([
            workload.name.clone(),
            arms.join(", "),
            estimate,
            workload.question.clone(),
        ]);
    }
    columns(&rows)
}

fn header(report: &Report) -> String {
    let machine = &report.environment;
    let busy = if machine.was_busy() {
        "! other work kept this machine busy when this began: real differences may not show, and all times are longer\n"
    } else {
        ""
    };
    format!(
        "threads or processes? · {} + {} warm-up · order balanced, seed {} · release builds, wall clock of each program\n\
         {} ({} CPUs allowed) · {} · {} · load {} at the start\n\
         Rust has no global interpreter lock: threads scale CPU-bound work too. CPython is not among the arms.\n\
         ratio: median of per-round ratios to the baseline, in brackets where it lies with 95 % confidence\n\
         {busy}",
        rounds(usize::try_from(report.settings.max_rounds).unwrap_or(usize::MAX)),
        report.settings.warmup_rounds,
        report.settings.seed,
        machine.cpu,
        machine.cpus_allowed,
        machine.kernel,
        machine.rustc,
        machine.load,
    )
}

fn comparison(measured: &Measured) -> String {
    let ratio = format!("vs {}", measured.baseline);
    let heads = ["arm", "n", "median", "min", "max", &ratio, "vs seq"];
    let mut rows = vec![heads.map(str::to_owned)];
    let arms = measured.cells.iter().flat_map(|cell| &cell.arms);
    rows.extend(arms.map(row));
    let mut text = format!(
        "{} · {}\n{}",
        measured.name,
        measured.question,
        columns(&rows)
    );
    if let Some(card) = &measured.card {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "→ {}", card.headline);
    }
    text
}

fn row(arm: &ArmResult) -> [String; 7] {
    let time = |nanoseconds| seconds(Duration::from_nanos(nanoseconds).as_secs_f64());
    [
        arm.arm.clone(),
        arm.wall.n.to_string(),
        time(arm.wall.median_ns),
        time(arm.wall.min_ns),
        time(arm.wall.max_ns),
        arm.ratio.as_ref().map_or("baseline".to_owned(), interval),
        arm.speed_up
            .map_or("–".to_owned(), |speed_up| format!("{:.2}x", speed_up.mid)),
    ]
}

fn interval(ratio: &Interval) -> String {
    format!("{:.3} [{:.3}, {:.3}]", ratio.mid, ratio.low, ratio.high)
}

/// A time with three or four digits that matter.
fn seconds(seconds: f64) -> String {
    match seconds {
        s if s >= 10.0 => format!("{s:.1} s"),
        s if s >= 1.0 => format!("{s:.2} s"),
        s if s >= 0.1 => format!("{:.0} ms", s * 1e3),
        s => format!("{:.1} ms", s * 1e3),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_keep_the_digits_that_matter() {
        let shown = [12.34, 1.234, 0.4123, 0.05, 0.0009].map(seconds);
        assert_eq!(shown, ["12.3 s", "1.23 s", "412 ms", "50.0 ms", "0.9 ms"]);
    }
}
