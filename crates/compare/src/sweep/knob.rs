//! What a sweep can turn.

use crate::nearest::UnknownName;
use crate::report::{Axis, Unit};

/// What a sweep turns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Knob {
    /// The number of workers.
    Workers,
    /// The length of each task.
    Length,
    /// The size of each task's result.
    Payload,
    /// The size of the data that tasks read.
    Data,
    /// How many tasks go to a worker together.
    Chunk,
    /// What the program has in memory that starts the workers.
    Parent,
}

const NANOSECONDS_A_MICROSECOND: f64 = 1e3;
const BYTES_A_MEBIBYTE: f64 = 1024.0 * 1024.0;

impl Knob {
    /// All knobs.
    pub const ALL: [Self; 6] = [
        Self::Workers,
        Self::Length,
        Self::Payload,
        Self::Data,
        Self::Chunk,
        Self::Parent,
    ];

    /// What it is called on the command line and in gates; that also says what its places are numbers of.
    pub fn key(self) -> &'static str {
        match self {
            Self::Workers => "workers",
            Self::Length => "us",
            Self::Payload => "bytes",
            Self::Data => "mib",
            Self::Chunk => "chunk",
            Self::Parent => "parent",
        }
    }

    /// What its places are numbers of.
    fn noun(self) -> &'static str {
        match self {
            Self::Parent => "MiB of the parent",
            _ => self.key(),
        }
    }

    /// The least place that makes sense.
    fn least(self) -> u32 {
        match self {
            // A program that has nothing beside its work.
            Self::Parent => 0,
            _ => 1,
        }
    }

    /// The axis along which its cells lie.
    pub(crate) fn axis(self) -> Axis {
        let (name, unit) = match self {
            Self::Workers => ("workers", Unit::Count),
            Self::Length => ("task length", Unit::Nanoseconds),
            Self::Payload => ("size of a result", Unit::Bytes),
            Self::Data => ("size of the data", Unit::Bytes),
            Self::Chunk => ("tasks that travel together", Unit::Count),
            Self::Parent => ("size of the parent", Unit::Bytes),
        };
        Axis {
            name: name.to_owned(),
            unit,
            // There is no factor from nothing to something.
            logarithmic: self.least() > 0,
        }
    }

    /// The point on its axis for one of its places.
    pub(crate) fn point(self, place: f64) -> f64 {
        place * self.points_a_place()
    }

    /// The place for a point on its axis.
    pub(crate) fn place_at(self, point: f64) -> f64 {
        (point / self.points_a_place()).round()
    }

    fn points_a_place(self) -> f64 {
        match self {
            Self::Workers | Self::Payload | Self::Chunk => 1.0,
            Self::Length => NANOSECONDS_A_MICROSECOND,
            Self::Data | Self::Parent => BYTES_A_MEBIBYTE,
        }
    }

    /// By what its places grow where they grow by factors: numbers of things double, sizes go by halves of a decade.
    pub(super) fn factors(self) -> &'static [f64] {
        match self {
            Self::Workers | Self::Data | Self::Parent => &[2.0],
            Self::Length | Self::Payload | Self::Chunk => &[3.0, 10.0 / 3.0],
        }
    }

    /// The largest place that makes sense.
    fn most(self) -> u32 {
        match self {
            Self::Workers => 1_000,
            // A minute a task.
            Self::Length => 60_000_000,
            // A gibibyte a result.
            Self::Payload => 1 << 30,
            // What the catalogue's tasks take.
            Self::Data => 1 << 20,
            // What runners take.
            Self::Chunk => 65_536,
            // 16 GiB: what can be filled well within the time that a run may take.
            Self::Parent => 16_384,
        }
    }

    /// Finds the knob of that key.
    ///
    /// # Errors
    ///
    /// Fails when there is none.
    pub(crate) fn parse(key: &str) -> Result<Self, UnknownName> {
        // The task's name may stand before its parameter.
        let plain = key.strip_prefix("task.").unwrap_or(key);
        let found = Self::ALL.into_iter().find(|knob| knob.key() == plain);
        found.ok_or_else(|| UnknownName {
            kind: "knob",
            given: key.to_owned(),
            known: Self::ALL.map(|knob| knob.key().to_owned()).to_vec(),
        })
    }

    /// Reads one of its places.
    ///
    /// # Errors
    ///
    /// Fails, in words, when it is no number that makes sense.
    pub(crate) fn place(self, text: &str) -> Result<f64, String> {
        let (noun, text) = (self.noun(), text.trim());
        let place: u32 = text
            .parse()
            .ok()
            .filter(|place| *place >= self.least())
            .ok_or_else(|| format!("`{text}` is not a whole number of {noun}{}", self.above()))?;
        if place > self.most() {
            return Err(format!("{noun} are at most {}", self.most()));
        }
        Ok(f64::from(place))
    }

    fn above(self) -> &'static str {
        if self.least() > 0 { " above 0" } else { "" }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_and_points_belong_together() {
        assert_eq!(Knob::Length.point(3.0), 3_000.0);
        assert_eq!(Knob::Data.point(1.0), 1_048_576.0);
        for knob in Knob::ALL {
            assert_eq!(knob.place_at(knob.point(7.0)), 7.0);
            assert_eq!(Knob::parse(knob.key()), Ok(knob));
        }
        assert_eq!(Knob::parse("task.us"), Ok(Knob::Length));
    }

    #[test]
    fn a_parent_may_have_nothing_and_nothing_else_may_be_nothing() {
        assert_eq!(Knob::Parent.place("0"), Ok(0.0));
        assert!(!Knob::Parent.axis().logarithmic);
        assert!(Knob::Data.place("0").is_err() && Knob::Data.axis().logarithmic);
        assert_eq!(
            Knob::Parent.place("16385"),
            Err("MiB of the parent are at most 16384".to_owned())
        );
        assert_eq!(
            Knob::Parent.place("much"),
            Err("`much` is not a whole number of MiB of the parent".to_owned())
        );
    }
}
