//! What a comparison will do, decided before anything runs.

use std::time::Duration;

use crate::chosen::{PlanError, chosen};
use crate::files::TOOLS;
use crate::options::Options;
use crate::preset::Preset;
use crate::report::Settings;
use crate::workload::Workload;

/// A comparison that is ready to run.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// What the report's folder is named after.
    pub name: String,
    /// The workloads in the order in which they run.
    pub workloads: Vec<Workload>,
    /// How they are measured.
    pub settings: Settings,
    /// How many processors may be used.
    pub cpus: usize,
}

impl Plan {
    /// Looks the workloads up, for a machine on which `cpus` processors may be used.
    ///
    /// # Errors
    ///
    /// Fails when a name is not known, when a chosen workload does not run on the baseline arm, and when an arm that was
    /// asked for cannot run here.
    pub fn new(options: &Options, cpus: usize) -> Result<Self, PlanError> {
        let name = if options.names.is_empty() {
            preset(options).name().to_owned()
        } else {
            options.names.join("+")
        };
        Ok(Self {
            name,
            workloads: chosen(options, cpus)?,
            settings: settings(options),
            cpus,
        })
    }

    /// About how long it will take at least, the rounds for warming up, for memory and for lanes included.
    pub fn estimate(&self) -> Duration {
        self.workloads
            .iter()
            .map(|workload| self.time_of(workload))
            .sum()
    }

    /// Whether it has work that reads the files of [`make_files`](crate::make_files).
    pub fn reads_files(&self) -> bool {
        self.workloads.iter().any(|workload| workload.name == TOOLS)
    }

    /// About how long one workload will take at least.
    pub(crate) fn time_of(&self, workload: &Workload) -> Duration {
        let Settings {
            warmup_rounds,
            min_rounds,
            memory_rounds,
            ..
        } = self.settings;
        // One run more of each arm tells what its workers do, where there is no axis.
        let lanes = u32::from(workload.sweep.is_none() && workload.is_seen());
        workload.estimate(warmup_rounds + min_rounds + memory_rounds + lanes)
    }
}

/// What was asked for, then what a file says, then the usual.
fn preset(options: &Options) -> Preset {
    let said = options.preset.or(options.measure.preset);
    said.unwrap_or(Preset::Quick)
}

/// The preset's settings, but for what a file says, but for what was asked for.
fn settings(options: &Options) -> Settings {
    let (preset, file) = (preset(options).settings(), &options.measure);
    let (least, most) = match options.rounds {
        Some(rounds) => (Some(rounds), Some(rounds)),
        None => file.rounds,
    };
    // Where one end is given, the other one gives way.
    let min_rounds = least.unwrap_or(preset.min_rounds.min(most.unwrap_or(u32::MAX)));
    let max_rounds = most.unwrap_or(preset.max_rounds.max(min_rounds));
    let max_time = options.max_time.or(file.max_time);
    let memory_rounds = file.memory_rounds.unwrap_or(preset.memory_rounds);
    Settings {
        seed: options.seed,
        order: options.order,
        min_rounds,
        max_rounds,
        warmup_rounds: file.warmup_rounds.unwrap_or(preset.warmup_rounds),
        until_half_width: file.until_half_width.unwrap_or(preset.until_half_width),
        max_time_ns: max_time.map_or(preset.max_time_ns, |time| {
            u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
        }),
        min_effect: options.min_effect.unwrap_or(preset.min_effect),
        confidence: options.confidence.unwrap_or(preset.confidence),
        memory_rounds: if options.memory { memory_rounds } else { 0 },
        ..preset
    }
}

#[cfg(test)]
mod tests;
