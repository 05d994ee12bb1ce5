//! What a comparison must keep to: a bound on the ratio of two arms' times, taken in the same rounds.
//!
//! Ratios are bounded and never times: those of a shared machine differ from day to day by more than any regression.

mod check;

use std::str::FromStr;

use crate::nearest::UnknownName;
use crate::plan::Plan;
use crate::sweep::Knob;
use crate::workload::Workload;

pub use check::check_gates;

/// A bound on the time of one arm divided by that of another.
///
/// ```
/// use anypool_compare::Gate;
///
/// let gate: Gate = "pool/threads@workers=2 on cpu <= 1.30".parse()?;
/// assert_eq!((gate.one.as_str(), gate.other.as_str(), gate.most), ("pool", "threads", 1.3));
/// assert!("pool <= 1.3".parse::<Gate>().is_err());
/// # Ok::<(), anypool_compare::GateError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Gate {
    /// As it was given.
    pub text: String,
    /// The arm whose time is divided.
    pub one: String,
    /// The arm whose time it is divided by.
    pub other: String,
    /// Where on the axis of a sweep; without it, at every point.
    pub at: Option<(Knob, f64)>,
    /// The comparison; without it, each that has both arms and the point.
    pub comparison: Option<String>,
    /// The largest ratio that is allowed.
    pub most: f64,
}

/// Why a text is no gate.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{text}` is no gate: {why}\n  = a gate is ONE/OTHER <= RATIO, with @KNOB=PLACE behind the arms and `on COMPARISON` \
     before the bound where they are wanted, as pool/threads@workers=2 on cpu <= 1.30"
)]
pub struct GateError {
    text: String,
    why: String,
}

impl FromStr for Gate {
    type Err = GateError;

    fn from_str(text: &str) -> Result<Self, GateError> {
        read(text).map_err(|why| GateError {
            text: text.to_owned(),
            why,
        })
    }
}

impl Gate {
    /// Looks the comparison and the arms up, so that a slip is seen before anything is measured.
    ///
    /// # Errors
    ///
    /// Fails when the plan has no such comparison, when no comparison of it has such an arm, and when none measures at such a
    /// place.
    pub fn find(&self, plan: &Plan) -> Result<(), UnknownName> {
        let unknown = |kind, given: &str, known| UnknownName {
            kind,
            given: given.to_owned(),
            known,
        };
        let named = |workload: &&Workload| {
            let wanted = self.comparison.as_ref();
            wanted.is_none_or(|name| *name == workload.name)
        };
        let about: Vec<&Workload> = plan.workloads.iter().filter(named).collect();
        if let ([], Some(name)) = (about.as_slice(), &self.comparison) {
            let known = plan.workloads.iter().map(|one| one.name.clone());
            return Err(unknown("comparison here called", name, known.collect()));
        }
        let mut known: Vec<String> = about
            .iter()
            .flat_map(|workload| &workload.arms)
            .map(|arm| arm.name().to_owned())
            .collect();
        known.sort();
        known.dedup();
        for arm in [&self.one, &self.other] {
            if !known.contains(arm) {
                return Err(unknown("arm here called", arm, known));
            }
        }
        let Some((knob, place)) = self.at else {
            return Ok(());
        };
        let sweeps = about.iter().filter_map(|workload| workload.sweep.as_ref());
        let places = sweeps.flat_map(|sweep| sweep.places.iter().map(|place| (sweep.knob, *place)));
        let places: Vec<(Knob, f64)> = places.collect();
        match places.contains(&(knob, place)) {
            true => Ok(()),
            false => {
                let told = |(knob, place): &(Knob, f64)| format!("{}={place}", knob.key());
                let known = places.iter().map(told).collect();
                Err(unknown(
                    "place here that is measured at",
                    &told(&(knob, place)),
                    known,
                ))
            }
        }
    }
}

fn read(text: &str) -> Result<Gate, String> {
    let (subject, most) = text.split_once("<=").ok_or("it has no `<=`")?;
    let (subject, comparison) = match subject.split_once(" on ") {
        Some((subject, name)) => (subject, Some(named(name, "comparison")?)),
        None => (subject, None),
    };
    // The name of an arm may have an `@` of its own, as pool@shm, and no `=` behind it.
    let (arms, at) = match subject.rsplit_once('@') {
        Some((arms, place)) if place.contains('=') => (arms, Some(read_place(place)?)),
        _ => (subject, None),
    };
    let (one, other) = arms
        .split_once('/')
        .ok_or("it has no `/` between two arms")?;
    Ok(Gate {
        text: text.trim().to_owned(),
        one: named(one, "arm")?,
        other: named(other, "arm")?,
        at,
        comparison,
        most: bound(most)?,
    })
}

fn named(name: &str, kind: &str) -> Result<String, String> {
    match name.trim() {
        "" => Err(format!("it names no {kind} where one belongs")),
        name if name.contains(char::is_whitespace) => {
            Err(format!("`{name}` is no {kind}: it has a space in it"))
        }
        name => Ok(name.to_owned()),
    }
}

fn read_place(text: &str) -> Result<(Knob, f64), String> {
    let (key, place) = text.split_once('=').unwrap_or((text, ""));
    let knob = Knob::parse(key.trim()).map_err(|unknown| unknown.to_string())?;
    Ok((knob, knob.place(place)?))
}

fn bound(text: &str) -> Result<f64, String> {
    let text = text.trim();
    let bound = text.parse().ok();
    bound
        .filter(|bound: &f64| bound.is_finite() && *bound > 0.0)
        .ok_or_else(|| format!("`{text}` is no ratio above 0"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::Options;

    fn gate(text: &str) -> Gate {
        text.parse().unwrap()
    }

    #[test]
    fn a_gate_has_arms_a_bound_and_what_else_is_wanted() {
        let plain = gate(" pool/threads<=1.3 ");
        assert_eq!(plain.text, "pool/threads<=1.3");
        assert_eq!((plain.at, plain.comparison), (None, None));
        let all = gate("py-procs[spawn]/pool@shm @ us=100 on overhead <= 2");
        assert_eq!(all.one, "py-procs[spawn]");
        assert_eq!(all.other, "pool@shm");
        assert_eq!(all.at, Some((Knob::Length, 100.0)));
        assert_eq!(all.comparison.as_deref(), Some("overhead"));
        assert_eq!(all.most, 2.0);
        assert_eq!(gate("pool+gil/threads+gil <= 0.6").one, "pool+gil");
    }

    #[test]
    fn a_slip_is_found_before_anything_is_measured() {
        let plan = Plan::new(&Options::default(), 2).unwrap();
        let find = |text: &str| gate(text).find(&plan).map_err(|error| error.to_string());
        assert_eq!(find("pool/threads on cpu <= 1"), Ok(()));
        assert_eq!(find("pool/seq <= 1"), Ok(()));
        let arm = find("pol/threads <= 1").unwrap_err();
        assert!(arm.contains("did you mean `pool`?"), "{arm}");
        let comparison = find("pool/threads on cpuu <= 1").unwrap_err();
        assert!(comparison.contains("did you mean `cpu`?"), "{comparison}");
        let nowhere = find("pool/threads@workers=2 on cpu <= 1").unwrap_err();
        assert_eq!(
            nowhere,
            "there is no place here that is measured at `workers=2`\n  = there is none at all"
        );
    }

    #[test]
    fn a_place_that_is_not_measured_is_found_before_anything_is() {
        let options = Options {
            sweep: Some("workers=1,2".parse().unwrap()),
            names: vec!["cpu".to_owned()],
            ..Options::default()
        };
        let plan = Plan::new(&options, 2).unwrap();
        let find = |text: &str| gate(text).find(&plan).map_err(|error| error.to_string());
        assert_eq!(find("pool/threads@workers=2 <= 1"), Ok(()));
        for (place, told) in [("workers=3", "workers=3"), ("us=2", "us=2")] {
            let error = find(&format!("pool/threads@{place} <= 1")).unwrap_err();
            assert!(
                error.contains(told) && error.ends_with("workers=1, workers=2"),
                "{error}"
            );
        }
    }

    #[test]
    fn what_is_no_gate_says_why() {
        for (text, why) in [
            ("pool/threads", "it has no `<=`"),
            ("pool <= 1", "it has no `/` between two arms"),
            ("/threads <= 1", "it names no arm where one belongs"),
            (
                "pool/threads on <= 1",
                "it names no comparison where one belongs",
            ),
            (
                "pool/my threads <= 1",
                "`my threads` is no arm: it has a space in it",
            ),
            ("pool/threads <= 0", "`0` is no ratio above 0"),
            ("pool/threads <= inf", "`inf` is no ratio above 0"),
            ("pool/threads <= 5 %", "`5 %` is no ratio above 0"),
            (
                "pool/threads@workers=two <= 1",
                "`two` is not a whole number of workers above 0",
            ),
        ] {
            assert_eq!(text.parse::<Gate>().unwrap_err().why, why, "{text}");
        }
        let unknown = "pool/threads@worker=2 <= 1".parse::<Gate>().unwrap_err();
        assert!(unknown.why.contains("did you mean `workers`?"), "{unknown}");
    }
}
