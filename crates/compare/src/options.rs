//! What the command line and its files ask for.

use std::path::PathBuf;
use std::time::Duration;

use crate::arm::Arm;
use crate::batch::Batch;
use crate::class::Class;
use crate::gil::Gil;
use crate::measure::Measure;
use crate::preset::Preset;
use crate::python::Pythons;
use crate::report::Order;
use crate::sweep::Sweep;
use crate::tools::Tools;
use crate::workload::Workload;

/// What the command line asks for.
#[derive(Debug, Clone, PartialEq)]
pub struct Options {
    /// The workloads; none means the usual ones.
    pub names: Vec<String>,
    /// Workloads of the person's own, which go before those that ship.
    pub own: Vec<Workload>,
    /// Whether no name means all there are.
    pub all: bool,
    /// The knob to turn, and to where, instead of the workloads' own.
    pub sweep: Option<Sweep>,
    /// What a file says of how it is measured; what is said here goes before it.
    pub measure: Measure,
    /// How long it may take.
    pub preset: Option<Preset>,
    /// Measured rounds, instead of the preset's.
    pub rounds: Option<u32>,
    /// How long the rounds of a workload may take, instead of the preset's time.
    pub max_time: Option<Duration>,
    /// How arms are ordered within rounds.
    pub order: Order,
    /// The least difference that matters, a share.
    pub min_effect: Option<f64>,
    /// The confidence of intervals.
    pub confidence: Option<f64>,
    /// Whether memory is looked at.
    pub memory: bool,
    /// The CPythons that were found.
    pub pythons: Pythons,
    /// The programs of others that were found.
    pub tools: Tools,
    /// The folder for files that are made up.
    pub files: PathBuf,
    /// How many bytes of memory are available, where that is known.
    pub available: Option<u64>,
    /// The names of the arms, instead of the workloads' own: ours, and those that files give their own programs.
    pub arms: Option<Vec<String>>,
    /// Whether arms have the modelled global lock, where somebody asks.
    pub gil: Option<Gil>,
    /// How many tasks travel together, each size beside the others; none leaves it to the workloads.
    pub batches: Vec<Batch>,
    /// The programs of others that run beside ours, where that is asked for; instead of those that a workload has.
    pub beside: Option<Vec<Arm>>,
    /// Whether nothing is run, and what there is is told, with what cannot run here.
    pub listing: bool,
    /// Whether arms that were asked for and cannot run here are left out, and are no error.
    pub skip_missing: bool,
    /// Only workloads of these tasks, where any are named.
    pub tasks: Vec<String>,
    /// Only workloads of these classes, where any are named.
    pub classes: Vec<Class>,
    /// Seed of the order of the arms.
    pub seed: u64,
    /// The name of the arm that the others are divided by, instead of the workloads' own.
    pub baseline: Option<String>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            names: Vec::new(),
            own: Vec::new(),
            all: false,
            sweep: None,
            measure: Measure::default(),
            preset: None,
            rounds: None,
            max_time: None,
            order: Order::Balanced,
            min_effect: None,
            confidence: None,
            memory: true,
            pythons: Pythons::default(),
            tools: Tools::default(),
            files: PathBuf::new(),
            available: None,
            arms: None,
            gil: None,
            batches: Vec::new(),
            beside: None,
            listing: false,
            skip_missing: false,
            tasks: Vec::new(),
            classes: Vec::new(),
            seed: 0,
            baseline: None,
        }
    }
}
