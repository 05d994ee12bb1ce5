//! A cliff: a step of the axis at which the cost of a unit jumps.

use crate::bench::unit::exact;

/// Two neighbouring points between which the cost of a unit jumps.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cliff {
    /// The last point before it.
    pub from: u64,
    /// The first point behind it.
    pub to: u64,
    /// How many times as much a unit costs there.
    pub times: f64,
}

/// A unit's cost may grow by so many times from one point to the next.
pub(crate) const STEEP: f64 = 3.0;

/// The cliffs of a curve of costs. Points of zero units have no cost of a unit.
///
/// ```
/// use anypool_compare::bench::growth::cliffs;
///
/// // A byte costs 10, then 1, then 5: the last step is a cliff.
/// let found = cliffs(&[(64, 640.0), (1024, 1024.0), (4096, 20_480.0)]);
/// assert_eq!((found[0].from, found[0].to, found[0].times), (1024, 4096, 5.0));
/// ```
pub fn cliffs(curve: &[(u64, f64)]) -> Vec<Cliff> {
    let unit = |(at, cost): (u64, f64)| cost / exact(at);
    let there: Vec<(u64, f64)> = curve.iter().copied().filter(|(at, _)| *at > 0).collect();
    let steps = there.windows(2).filter_map(|pair| {
        let times = unit(pair[1]) / unit(pair[0]);
        (times > STEEP).then_some(Cliff {
            from: pair[0].0,
            to: pair[1].0,
            times,
        })
    });
    steps.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fixed_cost_that_is_spread_over_more_units_is_no_cliff() {
        assert_eq!(
            cliffs(&[(0, 10.0), (64, 10.0), (256, 10.0), (1024, 11.0)]),
            []
        );
    }

    #[test]
    fn three_times_is_a_slope_and_more_is_a_cliff() {
        let step = |times: f64| cliffs(&[(100, 100.0), (400, 400.0 * times)]).len();
        assert_eq!((step(3.0), step(3.01)), (0, 1));
    }

    #[test]
    fn every_cliff_is_found() {
        let found = cliffs(&[(1, 1.0), (2, 8.0), (4, 16.0), (8, 128.0)]);
        assert_eq!(
            found.iter().map(|cliff| cliff.to).collect::<Vec<_>>(),
            [2, 8]
        );
    }
}
