//! The same work, timed again and again: how far apart equal things seem on this machine right now.

use std::hint::black_box;
use std::time::{Duration, Instant};

use super::finding::Finding;
use crate::render::{count, share};

/// How often the work is timed: half a second in all.
const TIMES: usize = 100;

/// About how long it takes.
const LENGTH: Duration = Duration::from_millis(5);

/// Times the same work again and again.
pub(super) fn times() -> Vec<Duration> {
    let steps = steps();
    (0..TIMES).map(|_| timed(steps)).collect()
}

/// So many steps take about [`LENGTH`].
fn steps() -> u32 {
    let mut steps = 1 << 10;
    while timed(steps) < LENGTH && steps < 1 << 30 {
        steps *= 2;
    }
    steps
}

fn timed(steps: u32) -> Duration {
    let start = Instant::now();
    let mut state = 1_u64;
    for _ in 0..steps {
        state = black_box(state.wrapping_mul(0x2545_f491_4f6c_dd1d).rotate_left(23));
    }
    black_box(state);
    start.elapsed()
}

/// Neighbours that are further apart than this hide small differences.
const UNSTEADY: f64 = 0.03;

/// And further than this, all but large ones.
const WILD: f64 = 0.25;

/// How far apart neighbours seem, in nine of ten cases.
pub(super) fn steadiness(times: &[Duration]) -> Finding {
    let name = "same work twice";
    let mut apart: Vec<f64> = times
        .windows(2)
        .filter_map(|pair| {
            let [one, other] = [pair.first()?, pair.last()?].map(Duration::as_secs_f64);
            Some((other / one - 1.0).abs())
        })
        .collect();
    apart.sort_by(f64::total_cmp);
    let Some(off) = apart.get(apart.len() * 9 / 10) else {
        return Finding::unknown(name, "the clock");
    };
    let half = apart.get(apart.len() / 2).copied().unwrap_or(0.0);
    let value = format!(
        "{} apart, one in ten more than {} (5 ms of computing, {} times)",
        share(half),
        share(*off),
        count(times.len())
    );
    let advice = "the same work takes now more and now less time, whatever is measured; the lines around this one may \
                  say why";
    Finding::well(name, value)
        .mind_if(*off > UNSTEADY, advice)
        .ill_if(*off > WILD, advice)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::finding::Health;

    #[test]
    fn steadiness_is_what_lies_between_neighbours() {
        let times = |ms: &[u64]| -> Vec<Duration> {
            let all = ms.iter().cycle().take(TIMES);
            all.map(|ms| Duration::from_millis(*ms)).collect()
        };
        assert_eq!(steadiness(&times(&[50])).health, Health::Well);
        assert_eq!(steadiness(&times(&[50, 54])).health, Health::Mind);
        assert_eq!(steadiness(&times(&[50, 90])).health, Health::Ill);
        assert_eq!(steadiness(&[]).health, Health::Unknown);
    }

    #[test]
    fn one_hiccup_is_no_unsteadiness() {
        let mut times = vec![Duration::from_millis(50); TIMES];
        times[20] = Duration::from_millis(500);
        assert_eq!(steadiness(&times).health, Health::Well);
    }
}
