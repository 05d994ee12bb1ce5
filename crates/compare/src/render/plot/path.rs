//! Shapes as the data of paths: across in thousandths of the width, down in pixels.

use std::fmt::Write as _;

/// Points as dots: lines of no length, which the caps of a stroke make round or square at any stretch.
pub(crate) fn dots(points: impl IntoIterator<Item = (f64, f64)>) -> String {
    let mut data = String::new();
    for (x, y) in points {
        // Writing to a String cannot fail.
        let _ = write!(data, "M{} {}h0", across(x), pixel(y));
    }
    data
}

/// Points as upright strokes of a height.
pub(crate) fn ticks(points: impl IntoIterator<Item = (f64, f64)>, height: f64) -> String {
    let mut data = String::new();
    for (x, y) in points {
        let top = pixel(y - height / 2.0);
        let _ = write!(data, "M{} {top}v{}", across(x), pixel(height));
    }
    data
}

/// Level strokes from a place to another.
pub(crate) fn bars(spans: impl IntoIterator<Item = (f64, f64, f64)>) -> String {
    let mut data = String::new();
    for (from, to, y) in spans {
        let _ = write!(data, "M{} {}H{}", across(from), pixel(y), across(to));
    }
    data
}

/// A line through points.
pub(crate) fn line(points: impl IntoIterator<Item = (f64, f64)>) -> String {
    let mut data = String::new();
    for (x, y) in points {
        let letter = if data.is_empty() { 'M' } else { 'L' };
        let _ = write!(data, "{letter}{} {}", across(x), pixel(y));
    }
    data
}

/// The area between two lines: each point has its place, its upper and its lower end.
pub(crate) fn band(points: &[(f64, f64, f64)]) -> String {
    let upper = points.iter().map(|(x, upper, _)| (*x, *upper));
    let lower = points.iter().rev().map(|(x, _, lower)| (*x, *lower));
    let mut data = line(upper.chain(lower));
    if !data.is_empty() {
        data.push('Z');
    }
    data
}

/// A place between 0 and 1 in thousandths.
fn across(place: f64) -> String {
    pixel(place * 1000.0)
}

/// A number with one digit behind the point at most, in as few letters as possible.
fn pixel(number: f64) -> String {
    let text = format!("{number:.1}");
    match text.strip_suffix(".0").unwrap_or(&text) {
        "-0" => "0".to_owned(),
        short => short.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_are_short() {
        assert_eq!(dots([(0.5, 10.0), (1.0, 3.25)]), "M500 10h0M1000 3.2h0");
        assert_eq!(ticks([(0.25, 10.0)], 8.0), "M250 6v8");
        assert_eq!(bars([(0.0, 0.1, 7.0)]), "M0 7H100");
        assert_eq!(line([(0.0, 0.0), (1.0, -0.01)]), "M0 0L1000 0");
        let area = band(&[(0.0, 1.0, 2.0), (1.0, 3.0, 4.0)]);
        assert_eq!(area, "M0 1L1000 3L1000 4L0 2Z");
        assert_eq!(band(&[]), "");
    }
}
