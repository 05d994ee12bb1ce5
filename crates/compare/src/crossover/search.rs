//! Finds where a ratio crosses a line, by measuring where it is known least.
//!
//! A point is above the line or below it when all of its interval is; else it is unclear, and lies in the bracket.

use crate::report::Interval;

/// A point that was measured.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Point {
    /// Where on the axis.
    pub(crate) at: f64,
    /// The ratio of the times there.
    pub(crate) ratio: Interval,
}

/// What is looked for, and how finely.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Search {
    /// The ratio that is crossed, from above.
    pub(crate) line: f64,
    /// The bracket is narrow enough when its end is at most so many times its start.
    pub(crate) finest: f64,
    /// The points of the axis are multiples of this.
    pub(crate) grain: f64,
}

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Next {
    /// Measure there.
    Measure(f64),
    /// It is known as well as it can be.
    Done(Found),
}

/// What is known of a crossover.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Found {
    /// It lies between these two: the last that is above, and the first behind it that is below.
    Between(f64, f64),
    /// All is below from this point on, which is the first that was measured, or behind unclear ones.
    From(f64),
    /// It is above at this point, and behind it nowhere below.
    Beyond(f64),
    /// No point is clearly on either side.
    Nowhere,
}

impl Search {
    /// Decides by what was measured so far, in any order.
    pub(crate) fn next(&self, points: &[Point]) -> Next {
        let found = self.found(points);
        match found {
            Found::Between(from, to) => self
                .middle(&sorted(points), from, to)
                .map_or(Next::Done(found), Next::Measure),
            _ => Next::Done(found),
        }
    }

    /// What the points tell, in any order.
    pub(crate) fn found(&self, points: &[Point]) -> Found {
        let points = sorted(points);
        let last_above = points.iter().rposition(|point| self.is_above(point));
        let behind = last_above.map_or(0, |above| above + 1);
        let below = points[behind..].iter().find(|point| self.is_below(point));
        match (last_above.map(|above| points[above].at), below) {
            (Some(from), Some(to)) => Found::Between(from, to.at),
            (Some(from), None) => Found::Beyond(from),
            (None, Some(to)) => Found::From(to.at),
            (None, None) => Found::Nowhere,
        }
    }

    fn is_above(&self, point: &Point) -> bool {
        point.ratio.low > self.line
    }

    fn is_below(&self, point: &Point) -> bool {
        point.ratio.high <= self.line
    }

    /// Where to measure within a bracket: in the wider of the gaps at its two ends, unless that is narrow already.
    ///
    /// The gaps between unclear points are of no use: those points say that more of the same says nothing.
    fn middle(&self, points: &[Point], from: f64, to: f64) -> Option<f64> {
        let inside = |point: &&Point| point.at > from && point.at < to;
        let first = points.iter().find(inside).map_or(to, |point| point.at);
        let last = points.iter().rfind(inside).map_or(from, |point| point.at);
        // How many times as far from nothing; what is nearer to it than a grain is as far as that.
        let factor = |start: f64, end: f64| end / start.max(self.grain);
        let (start, end) = if factor(from, first) >= factor(last, to) {
            (from, first)
        } else {
            (last, to)
        };
        let middle = ((start.max(self.grain) * end).sqrt() / self.grain).round() * self.grain;
        (factor(start, end) > self.finest && middle > start && middle < end).then_some(middle)
    }
}

fn sorted(points: &[Point]) -> Vec<Point> {
    let mut sorted = points.to_vec();
    sorted.sort_by(|one, other| one.at.total_cmp(&other.at));
    sorted
}

#[cfg(test)]
mod tests {
    use super::*;

    const SEARCH: Search = Search {
        line: 1.05,
        finest: 2.0,
        grain: 1.0,
    };

    /// A point whose interval is so wide to either side, on the curve of an arm that costs `cost` a task more.
    fn measured(at: f64, cost: f64, width: f64) -> Point {
        let mid = 1.0 + cost / at;
        let ratio = Interval {
            low: mid - width,
            mid,
            high: mid + width,
        };
        Point { at, ratio }
    }

    fn searched(cost: f64, width: f64) -> (Found, Vec<f64>) {
        let mut points: Vec<Point> = [1.0, 10.0, 100.0, 1e3, 1e4, 1e5]
            .map(|at| measured(at, cost, width))
            .to_vec();
        let mut asked = Vec::new();
        loop {
            match SEARCH.next(&points) {
                Next::Done(found) => return (found, asked),
                Next::Measure(at) => {
                    assert!(asked.len() < 20, "it has no end: {asked:?}");
                    asked.push(at);
                    points.push(measured(at, cost, width));
                }
            }
        }
    }

    #[test]
    fn the_bracket_holds_the_crossover_and_is_narrow() {
        for cost in [0.3, 2.0, 7.5, 40.0, 1234.0] {
            let truth = cost / 0.05;
            let (found, asked) = searched(cost, 0.001);
            let Found::Between(from, to) = found else {
                panic!("{cost}: {found:?}");
            };
            assert!(
                from <= truth * 1.03 && truth <= to * 1.03,
                "{cost}: {found:?}"
            );
            assert!(
                to / from <= 2.0 && asked.len() <= 3,
                "{cost}: {found:?} {asked:?}"
            );
        }
    }

    #[test]
    fn an_axis_that_begins_at_nothing_is_searched_down_to_a_grain() {
        let search = Search {
            line: 0.95,
            finest: 2.0,
            grain: 8.0,
        };
        let at = |at: f64| {
            let mid = 1.0 / (1.0 + at / 400.0);
            let (low, high) = (mid - 0.001, mid + 0.001);
            Point {
                at,
                ratio: Interval { low, mid, high },
            }
        };
        let mut points = [0.0, 64.0, 1024.0].map(at).to_vec();
        while let Next::Measure(place) = search.next(&points) {
            assert!(points.len() < 10, "it has no end: {points:?}");
            points.push(at(place));
        }
        // 400 / 0.95 − 400.
        assert_eq!(search.found(&points), Found::Between(16.0, 24.0));
    }

    #[test]
    fn what_is_unclear_stays_in_the_bracket_and_is_not_measured_again_and_again() {
        let (found, asked) = searched(40.0, 0.03);
        let Found::Between(from, to) = found else {
            panic!("{found:?}");
        };
        assert!(from < 800.0 && to > 800.0 && to / from > 2.0, "{found:?}");
        assert!(asked.len() <= 6, "{asked:?}");
    }

    #[test]
    fn a_line_that_is_not_crossed_has_no_bracket() {
        assert_eq!(searched(0.001, 0.001).0, Found::From(1.0));
        assert_eq!(searched(1e9, 0.001).0, Found::Beyond(1e5));
        assert_eq!(searched(1.0, 1e9).0, Found::Nowhere);
        assert_eq!(SEARCH.next(&[]), Next::Done(Found::Nowhere));
    }

    #[test]
    fn the_crossover_lies_behind_the_last_point_that_is_above() {
        let points = [
            measured(10.0, 0.01, 0.001),
            measured(20.0, 40.0, 0.001),
            measured(30.0, 0.01, 0.001),
        ];
        assert_eq!(SEARCH.found(&points), Found::Between(20.0, 30.0));
    }
}
