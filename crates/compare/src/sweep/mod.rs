//! Which points a sweep measures: one knob of the work is turned, and all arms run at each of its places.
//!
//! A [`Knob`] is what is turned. A [`Sweep`] is a knob and its places, as `workers=1,2,4,8` or `us=1..100000:log`.

mod knob;

use std::str::FromStr;

pub use knob::Knob;

/// A knob and the places at which it is measured.
///
/// ```
/// use anypool_compare::Sweep;
///
/// let sweep: Sweep = "workers=1..8:log".parse()?;
/// assert_eq!(sweep.places, [1.0, 2.0, 4.0, 8.0]);
/// let sweep: Sweep = "us=1..100:log".parse()?;
/// assert_eq!(sweep.places, [1.0, 3.0, 10.0, 30.0, 100.0]);
/// # Ok::<(), anypool_compare::SweepError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Sweep {
    /// What is turned.
    pub knob: Knob,
    /// Its places in the knob's own unit, each once, the least first.
    pub places: Vec<f64>,
}

/// Why a text is no sweep.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{text}` is no sweep: {why}\n  = a sweep is KNOB=A,B,… or KNOB=A..B or KNOB=A..B:log, as workers=1,2,4 or \
     us=1..100000:log\n  = knobs: {}",
    Knob::ALL.map(Knob::key).join(", ")
)]
pub struct SweepError {
    text: String,
    why: String,
}

/// Each place takes all rounds of all arms; more of them than this is a slip.
const MOST_PLACES: usize = 64;

impl FromStr for Sweep {
    type Err = SweepError;

    fn from_str(text: &str) -> Result<Self, SweepError> {
        let error = |why: String| SweepError {
            text: text.to_owned(),
            why,
        };
        let (key, places) = text
            .split_once('=')
            .ok_or_else(|| error("it has no `=`".to_owned()))?;
        let knob = Knob::parse(key.trim()).map_err(|unknown| error(unknown.to_string()))?;
        let mut places = places_of(knob, places).map_err(error)?;
        places.sort_by(f64::total_cmp);
        places.dedup();
        match places.len() {
            1 => Err(error("one place is no sweep".to_owned())),
            count if count > MOST_PLACES => Err(error(format!(
                "it has {count} places, of at most {MOST_PLACES}; `:log` takes fewer"
            ))),
            _ => Ok(Self { knob, places }),
        }
    }
}

fn places_of(knob: Knob, text: &str) -> Result<Vec<f64>, String> {
    let Some((from, rest)) = text.split_once("..") else {
        return text.split(',').map(|place| knob.place(place)).collect();
    };
    let (to, by_factors) = match rest.split_once(':') {
        None => (rest, false),
        Some((to, "log")) => (to, true),
        Some((_, other)) => return Err(format!("`:{other}` is not known; there is `:log`")),
    };
    let to = to.strip_prefix('=').unwrap_or(to);
    let (from, to) = (knob.place(from)?, knob.place(to)?);
    if to < from {
        return Err(format!("{to} is less than {from}"));
    }
    Ok(if by_factors {
        factors(knob, from, to)
    } else {
        steps(from, to)
    })
}

/// Every whole step, the last place included; beyond what is allowed it does not matter how many there are.
fn steps(from: f64, to: f64) -> Vec<f64> {
    let place = |step: u32| from + f64::from(step);
    let most = u32::try_from(MOST_PLACES).unwrap_or(u32::MAX);
    (0..=most)
        .map(place)
        .take_while(|place| *place < to)
        .chain([to])
        .collect()
}

/// From place to place by the knob's factors, both ends included.
fn factors(knob: Knob, from: f64, to: f64) -> Vec<f64> {
    let mut places = vec![from];
    // Nothing has no multiples, so one comes after it.
    let mut next = from;
    if from == 0.0 && to > 1.0 {
        next = 1.0;
        places.push(next);
    }
    for factor in knob.factors().iter().cycle() {
        next *= factor;
        if next >= to || next == 0.0 {
            break;
        }
        places.push(next.round());
    }
    places.push(to);
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(text: &str) -> Vec<f64> {
        text.parse::<Sweep>().unwrap().places
    }

    fn why(text: &str) -> String {
        text.parse::<Sweep>().unwrap_err().why
    }

    #[test]
    fn lists_ranges_and_factors() {
        assert_eq!(places("workers=4,1,2,2"), [1.0, 2.0, 4.0]);
        assert_eq!(places("workers=1..4"), [1.0, 2.0, 3.0, 4.0]);
        assert_eq!(places("workers=1..=6:log"), [1.0, 2.0, 4.0, 6.0]);
        assert_eq!(places("us=1..40:log"), [1.0, 3.0, 10.0, 30.0, 40.0]);
        assert_eq!(places("us=2..20:log"), [2.0, 6.0, 20.0]);
        assert_eq!(places("mib=1..8:log"), [1.0, 2.0, 4.0, 8.0]);
        assert_eq!(places("parent=0..4:log"), [0.0, 1.0, 2.0, 4.0]);
        assert_eq!(places("parent=0..1:log"), [0.0, 1.0]);
    }

    #[test]
    fn what_is_no_sweep_says_why() {
        assert_eq!(why("workers"), "it has no `=`");
        assert!(why("worker=1,2").contains("did you mean `workers`?"));
        assert_eq!(why("workers=3"), "one place is no sweep");
        assert_eq!(why("us=10..1"), "1 is less than 10");
        assert_eq!(why("us=1..10:lin"), "`:lin` is not known; there is `:log`");
        assert!(why("us=1..100000").contains("of at most 64"));
        assert!(why("us=1..1e300").contains("a whole number"));
        for number in ["0", "-1", "nan", "inf", "x", "", "1.5"] {
            assert!(
                why(&format!("workers=1,{number}")).contains("a whole number"),
                "{number}"
            );
        }
        assert!(why("workers=1,1000000").contains("at most"));
    }

    #[test]
    fn an_error_says_how_sweeps_are_written() {
        let text = "workers".parse::<Sweep>().unwrap_err().to_string();
        assert!(text.contains("us=1..100000:log"), "{text}");
        assert!(
            text.contains("workers, us, bytes, mib, chunk, parent"),
            "{text}"
        );
    }
}
