//! What speed-ups by number of workers amount to: a curve where they determine one, and how many workers pay.

use crate::report::{ArmResult, Cell, Curve, Scaling};

/// A curve of three numbers needs more points than that.
const LEAST_POINTS: usize = 5;

/// Beyond the processors a speed-up stands still for want of them, whatever the arm does; so much must lie before.
const LEAST_WITHIN: usize = 3;

/// How much of a worker must be used for it to pay.
const USED_WELL: f64 = 0.7;

/// How the arm of that name scales over cells whose points are numbers of workers, on so many processors.
///
/// An arm that has no speed-up anywhere has no scaling.
pub(crate) fn scaling(arm: &str, cells: &[Cell], cpus: usize) -> Option<Scaling> {
    let mut points: Vec<(f64, f64)> = cells
        .iter()
        .filter_map(|cell| Some((cell.point?, speed_up(cell.arm(arm)?)?)))
        .collect();
    if points.is_empty() {
        return None;
    }
    points.sort_by(|a, b| a.0.total_cmp(&b.0));
    Some(Scaling {
        arm: arm.to_owned(),
        curve: curve(&points, cpus),
        suggested_workers: suggested(&points),
    })
}

fn speed_up(arm: &ArmResult) -> Option<f64> {
    let speed_up = arm.speed_up?.mid;
    (speed_up.is_finite() && speed_up > 0.0).then_some(speed_up)
}

/// The most workers of which each is still used well.
fn suggested(points: &[(f64, f64)]) -> Option<usize> {
    let well = points
        .iter()
        .rfind(|(workers, speed_up)| speed_up / workers >= USED_WELL);
    well.map(|(workers, _)| whole(*workers))
}

fn curve(points: &[(f64, f64)], cpus: usize) -> Result<Curve, String> {
    let within = points
        .iter()
        .filter(|(workers, _)| whole(*workers) <= cpus)
        .count();
    if points.len() < LEAST_POINTS {
        return Err(format!(
            "a curve cannot be told from {} of workers, of at least {LEAST_POINTS}",
            numbers(points.len())
        ));
    }
    if within < LEAST_WITHIN {
        let processors = if cpus == 1 { "processor" } else { "processors" };
        return Err(format!(
            "a curve cannot be told on {cpus} {processors}: {} of workers at or below, of at least {LEAST_WITHIN}",
            numbers(within)
        ));
    }
    fitted(points).ok_or_else(|| "no curve goes through these speed-ups".to_owned())
}

fn numbers(count: usize) -> String {
    format!("{count} number{}", if count == 1 { "" } else { "s" })
}

/// The curve with the least sum of squared relative errors, among those that cost nothing less than nothing.
///
/// `n / X(n) = (1 + σ (n − 1) + κ n (n − 1)) / λ` is linear in `1/λ`, `σ/λ` and `κ/λ`. Where the best `σ` or `κ` is
/// below zero, the best allowed one is zero, so all four choices of what is zero are tried.
fn fitted(points: &[(f64, f64)]) -> Option<Curve> {
    let choices: [&[usize]; 4] = [&[0, 1, 2], &[0, 1], &[0, 2], &[0]];
    let solved = choices.into_iter().filter_map(|used| {
        let weights = least_squares(points, used)?;
        let [one, sigma, kappa] = weights;
        (one > 0.0 && sigma >= 0.0 && kappa >= 0.0).then_some(weights)
    });
    let best = solved.min_by(|a, b| error(points, a).total_cmp(&error(points, b)))?;
    let [one, sigma, kappa] = best;
    let mut curve = Curve {
        lambda: 1.0 / one,
        sigma: sigma / one,
        kappa: kappa / one,
        r_squared: 0.0,
        peak: None,
    };
    if curve.kappa > 0.0 && curve.sigma < 1.0 {
        curve.peak = Some(((1.0 - curve.sigma) / curve.kappa).sqrt());
    }
    curve.r_squared = explained(points, &curve);
    Some(curve)
}

/// What stands beside `1/λ`, `σ/λ` and `κ/λ` for so many workers.
fn terms(workers: f64) -> [f64; 3] {
    [1.0, workers - 1.0, workers * (workers - 1.0)]
}

/// How far off the speed-ups are, each as a share of itself.
fn error(points: &[(f64, f64)], weights: &[f64; 3]) -> f64 {
    let off = |(workers, speed_up): &(f64, f64)| {
        let sum: f64 = terms(*workers)
            .iter()
            .zip(weights)
            .map(|(term, weight)| term * weight)
            .sum();
        (sum * speed_up / workers - 1.0).powi(2)
    };
    points.iter().map(off).sum()
}

/// The weights of the terms that are used, by the normal equations; the others are zero.
fn least_squares(points: &[(f64, f64)], used: &[usize]) -> Option<[f64; 3]> {
    let size = used.len();
    let mut rows = vec![vec![0.0; size + 1]; size];
    for (workers, speed_up) in points {
        let scale = speed_up / workers;
        let all = terms(*workers);
        let scaled: Vec<f64> = used.iter().map(|term| all[*term] * scale).collect();
        for (row, left) in rows.iter_mut().zip(&scaled) {
            for (cell, right) in row.iter_mut().zip(scaled.iter().chain(&[1.0])) {
                *cell += left * right;
            }
        }
    }
    let solution = solved(rows)?;
    let mut weights = [0.0; 3];
    for (term, weight) in used.iter().zip(solution) {
        weights[*term] = weight;
    }
    Some(weights)
}

/// Below this a row tells nothing that the rows before it do not tell.
const NOTHING: f64 = 1e-12;

/// Solves linear equations, each a row of factors with its right side last; `None` where they have no one solution.
fn solved(mut rows: Vec<Vec<f64>>) -> Option<Vec<f64>> {
    let size = rows.len();
    for step in 0..size {
        let largest = |a: &usize, b: &usize| rows[*a][step].abs().total_cmp(&rows[*b][step].abs());
        let pivot = (step..size).max_by(largest)?;
        rows.swap(step, pivot);
        if rows[step][step].abs() < NOTHING {
            return None;
        }
        let first = rows[step].clone();
        for (place, row) in rows.iter_mut().enumerate() {
            if place != step {
                let factor = row[step] / first[step];
                row.iter_mut()
                    .zip(&first)
                    .for_each(|(cell, one)| *cell -= factor * one);
            }
        }
    }
    let solution = (0..size).map(|step| rows[step][size] / rows[step][step]);
    Some(solution.collect())
}

/// The share of the speed-ups' spread that the curve explains.
fn explained(points: &[(f64, f64)], curve: &Curve) -> f64 {
    let count = points.iter().map(|_| 1.0).sum::<f64>();
    let mean = points.iter().map(|(_, speed_up)| speed_up).sum::<f64>() / count;
    let squares = |off: &dyn Fn(&(f64, f64)) -> f64| -> f64 {
        points.iter().map(|point| off(point).powi(2)).sum()
    };
    let spread = squares(&|(_, speed_up)| speed_up - mean);
    let left = squares(&|(workers, speed_up)| speed_up - curve.at(*workers));
    if spread > 0.0 {
        1.0 - left / spread
    } else {
        0.0
    }
}

/// A number of workers.
fn whole(workers: f64) -> usize {
    let seconds = std::time::Duration::try_from_secs_f64(workers.round()).unwrap_or_default();
    usize::try_from(seconds.as_secs()).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points(curve: &Curve, workers: &[f64]) -> Vec<(f64, f64)> {
        let point = |workers: &f64| (*workers, curve.at(*workers));
        workers.iter().map(point).collect()
    }

    fn law(lambda: f64, sigma: f64, kappa: f64) -> Curve {
        Curve {
            lambda,
            sigma,
            kappa,
            r_squared: 1.0,
            peak: None,
        }
    }

    const WORKERS: [f64; 6] = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0];

    #[track_caller]
    fn close(one: f64, other: f64) {
        assert!((one - other).abs() < 1e-6, "{one} is not {other}");
    }

    #[test]
    fn the_law_behind_exact_speed_ups_is_found() {
        for (lambda, sigma, kappa) in [(0.95, 0.03, 0.0004), (1.0, 0.1, 0.0), (0.9, 0.0, 0.001)] {
            let found = curve(&points(&law(lambda, sigma, kappa), &WORKERS), 32).unwrap();
            close(found.lambda, lambda);
            close(found.sigma, sigma);
            close(found.kappa, kappa);
            close(found.r_squared, 1.0);
        }
        let peaked = curve(&points(&law(1.0, 0.02, 0.0098), &WORKERS), 32).unwrap();
        close(peaked.peak.unwrap(), 10.0);
        let straight = curve(&points(&law(1.0, 0.0, 0.0), &WORKERS), 32).unwrap();
        close(straight.at(64.0), 64.0);
    }

    #[test]
    fn more_than_ideal_speed_ups_give_no_cost_below_zero() {
        let beyond: Vec<(f64, f64)> = WORKERS
            .iter()
            .map(|n| (*n, n * (1.0 + n / 100.0)))
            .collect();
        let found = curve(&beyond, 32).unwrap();
        assert_eq!((found.sigma, found.kappa, found.peak), (0.0, 0.0, None));
    }

    #[test]
    fn speed_ups_with_noise_give_a_law_nearby() {
        let mut random = fastrand::Rng::with_seed(7);
        let mut noisy = points(&law(1.0, 0.05, 0.001), &WORKERS);
        for (_, speed_up) in &mut noisy {
            *speed_up *= 1.0 + 0.02 * (random.f64() - 0.5);
        }
        let found = curve(&noisy, 32).unwrap();
        assert!((found.sigma - 0.05).abs() < 0.02, "{found:?}");
        assert!(found.r_squared > 0.99, "{found:?}");
    }

    #[test]
    fn what_does_not_determine_a_curve_gives_a_reason() {
        let all = points(&law(1.0, 0.1, 0.0), &WORKERS);
        let few = curve(&all[..4], 32).unwrap_err();
        assert_eq!(
            few,
            "a curve cannot be told from 4 numbers of workers, of at least 5"
        );
        let small = curve(&all, 2).unwrap_err();
        assert_eq!(
            small,
            "a curve cannot be told on 2 processors: 2 numbers of workers at or below, of at least 3"
        );
    }

    #[test]
    fn as_many_workers_are_suggested_as_are_used_well() {
        assert_eq!(suggested(&[(1.0, 0.99), (2.0, 1.9), (4.0, 1.95)]), Some(2));
        assert_eq!(suggested(&[(1.0, 0.3), (2.0, 0.4)]), None);
        // A dip in between, as noise makes them, does not hide what lies behind.
        assert_eq!(suggested(&[(1.0, 1.0), (2.0, 1.3), (4.0, 3.9)]), Some(4));
    }

    #[test]
    fn a_report_has_a_scaling_for_each_arm_with_speed_ups() {
        let report = crate::sample::report();
        let measured = &report.comparisons[3];
        assert_eq!(measured.name, "scaling");
        let threads = scaling("threads", &measured.cells, 2).unwrap();
        assert_eq!(threads.suggested_workers, Some(2));
        assert!(threads.curve.is_err());
        assert_eq!(scaling("nobody", &measured.cells, 2), None);
    }
}
