//! Curves as an SVG that stands for itself: both axes are logarithmic, and every line has its name beside it.

use std::fmt::Write as _;

use crate::bench::unit::{Unit, exact};

/// Some curves over one axis.
#[derive(Debug)]
pub(crate) struct Plot<'a> {
    /// What it shows.
    pub(crate) title: String,
    /// What grows.
    pub(crate) x: Unit,
    /// What is measured.
    pub(crate) y: Unit,
    /// Names and points.
    pub(crate) curves: Vec<(&'a str, Vec<(u64, f64)>)>,
}

const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 380.0;
/// Where the curves are: room for the title above, the axes' words left and below, and names on the right.
const LEFT: f64 = 80.0;
const RIGHT: f64 = 610.0;
const TOP: f64 = 40.0;
const BOTTOM: f64 = 330.0;

/// Readable on white and on black.
const COLOURS: [&str; 6] = [
    "#2f7ed8", "#d9822b", "#3a9d5d", "#b04fc4", "#c23b3b", "#7a7a7a",
];

/// The least distance of two names, in pixels.
const LINE: f64 = 15.0;

impl Plot<'_> {
    /// Draws it; `None` when there is nothing to draw.
    pub(crate) fn svg(&self) -> Option<String> {
        let points = || {
            self.curves
                .iter()
                .flat_map(|(_, curve)| curve.iter().copied())
        };
        let x = Axis::between(points().map(|(at, _)| place(at)), (LEFT, RIGHT))?;
        let y = Axis::over(points().map(|(_, value)| value), (BOTTOM, TOP))?;
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" width=\"{WIDTH}\" \
             height=\"{HEIGHT}\" role=\"img\">\n<title>{0}</title>\n<style>text{{font:12px sans-serif;fill:#333}}\
             .grid{{stroke:#8884}}@media(prefers-color-scheme:dark){{text{{fill:#ccc}}}}</style>\n\
             <text x=\"{LEFT}\" y=\"22\" style=\"font-weight:bold\">{0}</text>\n",
            self.title
        );
        self.grid(&mut svg, &x, &y);
        let mut names = Vec::new();
        for (number, (name, curve)) in self.curves.iter().enumerate() {
            let drawable = curve.iter().filter(|(_, value)| *value > 0.0);
            let drawn: Vec<(f64, f64)> = drawable
                .map(|(at, value)| (x.pixel(place(*at)), y.pixel(*value)))
                .collect();
            let colour = COLOURS[number % COLOURS.len()];
            line(&mut svg, &drawn, colour);
            names.extend(drawn.last().map(|(_, end)| (*end, *name, colour)));
        }
        write_names(&mut svg, names);
        svg.push_str("</svg>\n");
        Some(svg)
    }

    /// A thin line and a word for each decade of an axis.
    fn grid(&self, svg: &mut String, x: &Axis, y: &Axis) {
        for value in y.decades() {
            let (at, word) = (y.pixel(value), self.y.show(value));
            // Writing to a String cannot fail.
            let _ = writeln!(
                svg,
                "<line class=\"grid\" x1=\"{LEFT}\" x2=\"{RIGHT}\" y1=\"{at:.1}\" y2=\"{at:.1}\"/>\
                 <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{word}</text>",
                LEFT - 6.0,
                at + 4.0
            );
        }
        let mut last = f64::NEG_INFINITY;
        let (_, longest) = self.longest();
        for (at, _) in longest {
            let pixel = x.pixel(place(*at));
            if pixel - last < LEFT * 0.7 {
                continue;
            }
            last = pixel;
            let word = self.x.show(exact(*at));
            let _ = writeln!(
                svg,
                "<line class=\"grid\" x1=\"{pixel:.1}\" x2=\"{pixel:.1}\" y1=\"{TOP}\" y2=\"{BOTTOM}\"/>\
                 <text x=\"{pixel:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{word}</text>",
                BOTTOM + 18.0
            );
        }
    }

    /// The curve with the most points, whose places are those of the axis.
    fn longest(&self) -> (&str, &[(u64, f64)]) {
        let longest = self.curves.iter().max_by_key(|(_, curve)| curve.len());
        longest.map_or(("", &[]), |(name, curve)| (*name, curve.as_slice()))
    }
}

/// Where a point is on a logarithmic axis: nothing is where one is.
fn place(at: u64) -> f64 {
    exact(at.max(1))
}

fn line(svg: &mut String, drawn: &[(f64, f64)], colour: &str) {
    let corners: Vec<String> = drawn
        .iter()
        .map(|(x, y)| format!("{x:.1},{y:.1}"))
        .collect();
    let _ = writeln!(
        svg,
        "<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>",
        corners.join(" ")
    );
    for (x, y) in drawn {
        let _ = writeln!(
            svg,
            "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3\" fill=\"{colour}\"/>"
        );
    }
}

/// Names at the ends of their lines, moved apart where lines end together.
fn write_names(svg: &mut String, mut names: Vec<(f64, &str, &str)>) {
    names.sort_by(|one, other| one.0.total_cmp(&other.0));
    let mut free = f64::NEG_INFINITY;
    for (end, name, colour) in names {
        let at = end.max(free);
        free = at + LINE;
        let _ = writeln!(
            svg,
            "<text x=\"{:.1}\" y=\"{:.1}\" style=\"fill:{colour}\">{name}</text>",
            RIGHT + 8.0,
            at + 4.0
        );
    }
}

/// A logarithmic axis.
struct Axis {
    from: f64,
    to: f64,
    pixels: (f64, f64),
}

impl Axis {
    /// An axis from the decade of the least value to that of the greatest; `None` when there is no value above zero.
    fn over(values: impl Iterator<Item = f64>, pixels: (f64, f64)) -> Option<Self> {
        let Self { from, to, .. } = Self::between(values, pixels)?;
        let from = from.floor();
        let to = to.ceil().max(from + 1.0);
        Some(Self { from, to, pixels })
    }

    /// An axis from the least value to the greatest; `None` when there is no value above zero.
    fn between(values: impl Iterator<Item = f64>, pixels: (f64, f64)) -> Option<Self> {
        let (mut least, mut most) = (f64::INFINITY, 0.0_f64);
        for value in values.filter(|value| *value > 0.0) {
            (least, most) = (least.min(value), most.max(value));
        }
        let from = least.log10();
        // One point alone has an axis as well.
        let to = most.log10().max(from + 0.1);
        (most > 0.0).then_some(Self { from, to, pixels })
    }

    fn pixel(&self, value: f64) -> f64 {
        let share = (value.log10() - self.from) / (self.to - self.from);
        self.pixels.0 + share * (self.pixels.1 - self.pixels.0)
    }

    fn decades(&self) -> impl Iterator<Item = f64> {
        let first = self.from;
        let steps = std::iter::successors(Some(first), |step| Some(step + 1.0));
        let last = self.to;
        steps
            .take_while(move |step| *step <= last)
            .map(|step| 10_f64.powf(step))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plot(curves: Vec<(&str, Vec<(u64, f64)>)>) -> Plot<'_> {
        Plot {
            title: "jobs".to_owned(),
            x: Unit::Count,
            y: Unit::Rate,
            curves,
        }
    }

    #[test]
    fn a_decade_more_is_a_step_of_the_same_length() {
        let axis = Axis::over([10.0, 10_000.0].into_iter(), (0.0, 300.0)).unwrap();
        let pixels = [10.0, 100.0, 1_000.0, 10_000.0].map(|value| axis.pixel(value));
        for (pixel, expected) in pixels.iter().zip([0.0, 100.0, 200.0, 300.0]) {
            assert!((pixel - expected).abs() < 1e-6, "{pixels:?}");
        }
        assert_eq!(axis.decades().count(), 4);
    }

    #[test]
    fn every_curve_has_a_line_dots_and_a_name() {
        let curves = vec![
            ("pool-pipe", vec![(0, 1e5), (64, 1e4)]),
            ("threads", vec![(0, 1e6), (64, 1e6)]),
        ];
        let svg = plot(curves).svg().unwrap();
        assert_eq!(svg.matches("<polyline").count(), 2);
        assert_eq!(svg.matches("<circle").count(), 4);
        assert!(svg.contains(">pool-pipe</text>") && svg.contains(">threads</text>"));
        assert!(svg.contains("<title>jobs</title>") && svg.ends_with("</svg>\n"));
    }

    #[test]
    fn names_of_lines_that_end_together_do_not_overlap() {
        let mut svg = String::new();
        write_names(&mut svg, vec![(100.0, "a", "red"), (100.0, "b", "red")]);
        assert!(
            svg.contains("y=\"104.0\"") && svg.contains("y=\"119.0\""),
            "{svg}"
        );
    }

    #[test]
    fn nothing_gives_no_picture() {
        assert!(
            plot(vec![("a", vec![]), ("b", vec![(1, 0.0)])])
                .svg()
                .is_none()
        );
    }
}
