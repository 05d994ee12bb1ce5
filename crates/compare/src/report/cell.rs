//! One point of a comparison: all arms on the same work, round by round.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::interval::Interval;
use super::memory::MemorySample;
use super::noise::Noise;
use super::round::Round;
use super::timeline::Timeline;

/// All arms on the same work.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Cell {
    /// Where it is on the axis of the sweep, in the axis's unit.
    pub point: Option<f64>,
    /// What the arms amount to, in the order of the comparison's arms; empty until there are rounds.
    pub arms: Vec<ArmResult>,
    /// The noise of the rounds.
    pub noise: Noise,
    /// All measured rounds, none dropped.
    pub rounds: Vec<Round>,
    /// All memory samples.
    pub memory: Vec<MemorySample>,
    /// One run of each arm that tells what its workers did.
    pub timelines: Vec<Timeline>,
    /// Why the rounds ended.
    pub ended: Option<String>,
}

impl Cell {
    /// What the arm of that name amounts to.
    pub fn arm(&self, name: &str) -> Option<&ArmResult> {
        self.arms.iter().find(|arm| arm.arm == name)
    }
}

/// What the rounds of one arm amount to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ArmResult {
    /// The arm's name.
    pub arm: String,
    /// From before the start to after the exit.
    pub wall: Times,
    /// From the start to the ready pool; `None` where the arm does not tell.
    pub setup: Option<Times>,
    /// From the first task's start to the last one's end.
    pub work: Option<Times>,
    /// The end of the pool.
    pub teardown: Option<Times>,
    /// Median processor time in the program.
    pub user_ns: Option<u64>,
    /// Median processor time in the kernel.
    pub sys_ns: Option<u64>,
    /// Median number of times that it waited for something.
    pub voluntary_switches: Option<u64>,
    /// Median number of times that a processor was taken from it.
    pub involuntary_switches: Option<u64>,
    /// Processor time by wall time and by the processors that its workers can use, a share.
    pub cpu: Option<f64>,
    /// The median of peak proportional set sizes, in bytes.
    pub peak_pss: Option<u64>,
    /// The median of peak sums of resident set sizes, in bytes.
    pub peak_rss: Option<u64>,
    /// Its time divided by the baseline's, round by round; `None` for the baseline.
    pub ratio: Option<Interval>,
    /// What that allows to be said; `None` for the baseline.
    pub word: Option<Word>,
    /// About how many rounds more would allow more to be said.
    pub more_rounds: Option<u32>,
    /// The time of one after another divided by its own, round by round.
    pub speed_up: Option<Interval>,
    /// The speed-up by the processors that its workers can use.
    pub efficiency: Option<f64>,
    /// The numbers of the rounds in which its time was far from the others; they are kept.
    pub outliers: Vec<usize>,
    /// Whether its times lie in two heaps, so that a median alone says little.
    pub two_modes: bool,
}

/// Where some times lie, in nanoseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Times {
    /// How many there are.
    pub n: usize,
    /// The shortest.
    pub min_ns: u64,
    /// The lower end of the median's confidence interval.
    pub low_ns: u64,
    /// Half of them are shorter.
    pub median_ns: u64,
    /// The upper end of the median's confidence interval.
    pub high_ns: u64,
    /// The median distance from the median.
    pub mad_ns: u64,
    /// 95 of 100 are shorter.
    pub p95_ns: u64,
    /// The longest.
    pub max_ns: u64,
}

/// What is said of an arm beside the baseline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Word {
    /// All of the interval is on the faster side of the band.
    Faster,
    /// All of the interval is on the slower side of the band.
    Slower,
    /// All of the interval is in the band.
    Same,
    /// The interval lies across an edge of the band.
    Unclear,
    /// There are too few rounds to say anything of an effect of this size.
    NotEnoughData,
}

impl Word {
    /// The word as tables show it.
    pub fn text(self) -> &'static str {
        match self {
            Self::Faster => "faster",
            Self::Slower => "slower",
            Self::Same => "same",
            Self::Unclear => "unclear",
            Self::NotEnoughData => "not enough data",
        }
    }
}
