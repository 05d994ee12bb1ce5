//! Memory of the runs, sampled in rounds of their own, whose times are not kept.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The memory of one run of one arm, over the whole tree of its processes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct MemorySample {
    /// The arm's name.
    pub arm: String,
    /// The largest sum of proportional set sizes that was seen: a page that is shared counts once.
    pub peak_pss: u64,
    /// The largest sum of resident set sizes that was seen: a page that is shared counts once for each process.
    pub peak_rss: u64,
    /// The most processes that were there at once.
    pub processes: usize,
    /// How many looks were taken; with few of them a peak can have been missed.
    pub looks: usize,
}
