//! What a comparison will do, decided before anything runs.

use std::time::Duration;

use crate::arm::Arm;
use crate::chosen::{PlanError, chosen};
use crate::options::Options;
use crate::preset::Preset;
use crate::report::Settings;
use crate::workload::Workload;

/// A comparison that is ready to run.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// What the report's folder is named after.
    pub name: String,
    /// How long it may take.
    pub preset: Preset,
    /// The workloads in the order in which they run.
    pub workloads: Vec<Workload>,
    /// How they are measured.
    pub settings: Settings,
    /// The arm that the others are divided by.
    pub baseline: Arm,
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
            options.preset.name().to_owned()
        } else {
            options.names.join("+")
        };
        Ok(Self {
            name,
            preset: options.preset,
            workloads: chosen(options, cpus)?,
            settings: settings(options),
            baseline: options.baseline,
            cpus,
        })
    }

    /// About how long it will take at least, the rounds for warming up and for memory included.
    pub fn estimate(&self) -> Duration {
        self.workloads
            .iter()
            .map(|workload| self.time_of(workload))
            .sum()
    }

    /// About how long one workload will take at least.
    pub(crate) fn time_of(&self, workload: &Workload) -> Duration {
        let Settings {
            warmup_rounds,
            min_rounds,
            memory_rounds,
            ..
        } = self.settings;
        workload.estimate(warmup_rounds + min_rounds + memory_rounds)
    }
}

/// The preset's settings, but for what was given.
fn settings(options: &Options) -> Settings {
    let preset = options.preset.settings();
    Settings {
        seed: options.seed,
        order: options.order,
        min_rounds: options.rounds.unwrap_or(preset.min_rounds),
        max_rounds: options.rounds.unwrap_or(preset.max_rounds),
        max_time_ns: options.max_time.map_or(preset.max_time_ns, |time| {
            u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
        }),
        min_effect: options.min_effect.unwrap_or(preset.min_effect),
        confidence: options.confidence.unwrap_or(preset.confidence),
        memory_rounds: if options.memory {
            preset.memory_rounds
        } else {
            0
        },
        ..preset
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(names: &[&str], baseline: Arm) -> Result<Plan, PlanError> {
        let names = names.iter().map(|name| (*name).to_owned()).collect();
        Plan::new(
            &Options {
                names,
                baseline,
                ..Options::default()
            },
            2,
        )
    }

    #[test]
    fn no_name_means_all_that_have_the_baseline() {
        let names = |baseline| {
            plan(&[], baseline)
                .unwrap()
                .workloads
                .into_iter()
                .map(|w| w.name)
                .collect::<Vec<_>>()
        };
        let all = ["tutorial", "cpu", "io", "gil"];
        assert_eq!(names(Arm::Threads), all);
        assert_eq!(names(Arm::Seq), all);
    }

    #[test]
    fn a_plan_is_named_after_what_was_asked_for() {
        let name = |names: &[&str], preset| {
            let names = names.iter().map(|name| (*name).to_owned()).collect();
            let options = Options {
                names,
                preset,
                ..Options::default()
            };
            Plan::new(&options, 2).unwrap().name
        };
        assert_eq!(name(&[], Preset::Default), "default");
        assert_eq!(name(&[], Preset::Quick), "quick");
        assert_eq!(name(&["io", "cpu"], Preset::Quick), "io+cpu");
    }
}
