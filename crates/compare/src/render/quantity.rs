//! Measured quantities as people read them: three digits that matter, and a unit.

use crate::report::Unit;

/// A time in nanoseconds.
pub(crate) fn time(ns: f64) -> String {
    match ns {
        ns if ns.is_nan() => "n/a".to_owned(),
        ns if ns >= 99.95e9 => minutes(ns / 1e9),
        ns if ns >= 0.9995e9 => with_unit(ns / 1e9, "s"),
        ns if ns >= 0.9995e6 => with_unit(ns / 1e6, "ms"),
        ns if ns >= 999.5 => with_unit(ns / 1e3, "µs"),
        ns => with_unit(ns, "ns"),
    }
}

/// A time in whole nanoseconds.
pub(crate) fn time_of(ns: u64) -> String {
    time(float(ns))
}

fn minutes(seconds: f64) -> String {
    let whole = seconds.round();
    format!("{} min {:02} s", (whole / 60.0).floor(), whole % 60.0)
}

/// A size in bytes.
pub(crate) fn size(bytes: f64) -> String {
    const KIB: f64 = 1024.0;
    match bytes {
        bytes if bytes >= 1023.5 * KIB * KIB => with_unit(bytes / (KIB * KIB * KIB), "GiB"),
        bytes if bytes >= 1023.5 * KIB => with_unit(bytes / (KIB * KIB), "MiB"),
        bytes if bytes >= 1023.5 => with_unit(bytes / KIB, "KiB"),
        bytes => format!("{bytes:.0} B"),
    }
}

/// A share, as percent.
pub(crate) fn share(share: f64) -> String {
    let percent = share * 100.0;
    if percent.abs() < 9.95 {
        format!("{} %", trimmed(format!("{percent:.1}")))
    } else {
        format!("{percent:.0} %")
    }
}

/// A ratio without its sign, as in an interval.
pub(crate) fn ratio(ratio: f64) -> String {
    match ratio {
        ratio if ratio >= 99.95 => format!("{ratio:.0}"),
        ratio if ratio >= 9.995 => format!("{ratio:.1}"),
        ratio if ratio >= 0.0995 => format!("{ratio:.2}"),
        ratio => format!("{ratio:.3}"),
    }
}

/// So many times.
pub(crate) fn times(times: f64) -> String {
    format!("{} ×", ratio(times))
}

/// A point on an axis, in the axis's unit: as short as it can be said.
pub(crate) fn point(unit: Unit, value: f64) -> String {
    match unit {
        Unit::Count => trimmed(format!("{value:.2}")),
        Unit::Nanoseconds => short(&time(value)),
        Unit::Bytes => short(&size(value)),
    }
}

/// A whole number as a float; beyond 2^53 it is the nearest one.
#[expect(
    clippy::cast_precision_loss,
    reason = "no plot or table shows so many digits"
)]
pub(crate) fn float(number: u64) -> f64 {
    number as f64
}

/// A count as a float.
pub(crate) fn count(number: usize) -> f64 {
    float(u64::try_from(number).unwrap_or(u64::MAX))
}

fn with_unit(number: f64, unit: &str) -> String {
    let digits = match number {
        number if number >= 99.95 => format!("{number:.0}"),
        number if number >= 9.995 => format!("{number:.1}"),
        number => format!("{number:.2}"),
    };
    format!("{digits} {unit}")
}

/// Without the zeros at the end of its number.
fn short(quantity: &str) -> String {
    match quantity.split_once(' ') {
        Some((number, unit)) => format!("{} {unit}", trimmed(number.to_owned())),
        None => quantity.to_owned(),
    }
}

fn trimmed(number: String) -> String {
    if number.contains('.') {
        number
            .trim_end_matches('0')
            .trim_end_matches('.')
            .to_owned()
    } else {
        number
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_three_digits_and_no_unit_jumps_at_its_edge() {
        let shown = [
            0.0, 12.0, 999.4, 999.6, 40_000.0, 999_600.0, 412e6, 0.9996e9, 1.92e9, 99.96e9, 605e9,
        ]
        .map(time);
        let expected = [
            "0.00 ns",
            "12.0 ns",
            "999 ns",
            "1.00 µs",
            "40.0 µs",
            "1.00 ms",
            "412 ms",
            "1.00 s",
            "1.92 s",
            "1 min 40 s",
            "10 min 05 s",
        ];
        assert_eq!(shown, expected);
    }

    #[test]
    fn sizes_ratios_and_shares() {
        assert_eq!(
            [512.0, 2048.0, 9.5e6, 3e9].map(size),
            ["512 B", "2.00 KiB", "9.06 MiB", "2.79 GiB"]
        );
        assert_eq!(
            [0.0123, 0.51, 1.954, 41.23, 204.0].map(ratio),
            ["0.012", "0.51", "1.95", "41.2", "204"]
        );
        assert_eq!(
            [0.004, 0.061, 0.0999, 0.31].map(share),
            ["0.4 %", "6.1 %", "10 %", "31 %"]
        );
    }

    #[test]
    fn points_of_an_axis_are_short() {
        assert_eq!(point(Unit::Nanoseconds, 1e5), "100 µs");
        assert_eq!(point(Unit::Bytes, 65_536.0), "64 KiB");
        assert_eq!(point(Unit::Count, 8.0), "8");
    }
}
