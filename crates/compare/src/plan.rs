//! What a comparison will do, decided before anything runs.

use std::time::Duration;

use crate::arm::Arm;
use crate::catalogue::{usual, workloads};
use crate::missing::leave_out;
use crate::nearest::UnknownName;
use crate::preset::Preset;
use crate::python::Python;
use crate::report::{Order, Settings};
use crate::sweep::Sweep;
use crate::turned::swept_along;
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
    /// How long it may take.
    pub preset: Preset,
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
    /// CPython, where it was found.
    pub python: Option<Python>,
    /// Seed of the order of the arms.
    pub seed: u64,
    /// The arm that the others are divided by.
    pub baseline: Arm,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            names: Vec::new(),
            own: Vec::new(),
            all: false,
            sweep: None,
            preset: Preset::Default,
            rounds: None,
            max_time: None,
            order: Order::Balanced,
            min_effect: None,
            confidence: None,
            memory: true,
            python: None,
            seed: 0,
            baseline: Arm::Threads,
        }
    }
}

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
    /// Fails when a name is not known, or when a chosen workload does not run on the baseline arm.
    pub fn new(options: &Options, cpus: usize) -> Result<Self, UnknownName> {
        let mut all = options.own.clone();
        all.extend(workloads(cpus));
        let name = if options.names.is_empty() {
            options.preset.name().to_owned()
        } else {
            options.names.join("+")
        };
        let chosen = if options.names.is_empty() {
            let by_default = if options.all || options.sweep.is_some() {
                all
            } else {
                usual(cpus)
            };
            let fits = |workload: &Workload| {
                let sweep = workload.sweep.as_ref();
                workload.arms.contains(&options.baseline)
                    && options
                        .sweep
                        .as_ref()
                        .is_none_or(|wanted| sweep.is_some_and(|own| own.knob == wanted.knob))
            };
            by_default.into_iter().filter(fits).collect()
        } else {
            options
                .names
                .iter()
                .map(|name| find(&all, name, options.baseline))
                .collect::<Result<Vec<_>, _>>()?
        };
        let mut workloads = match &options.sweep {
            Some(sweep) => swept_along(chosen, sweep, cpus)?,
            None => chosen,
        };
        for workload in &mut workloads {
            leave_out(workload, options.python.as_ref());
        }
        Ok(Self {
            name,
            preset: options.preset,
            workloads,
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

fn find(all: &[Workload], name: &str, baseline: Arm) -> Result<Workload, UnknownName> {
    let unknown = |kind, given: &str, known| UnknownName {
        kind,
        given: given.to_owned(),
        known,
    };
    let Some(found) = all.iter().find(|workload| workload.name == name) else {
        let known = all.iter().map(|workload| workload.name.clone()).collect();
        return Err(unknown("comparison", name, known));
    };
    if !found.arms.contains(&baseline) {
        let known = found.arms.iter().map(|arm| arm.name().to_owned()).collect();
        return Err(unknown(
            "arm in this comparison called",
            baseline.name(),
            known,
        ));
    }
    Ok(found.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(names: &[&str], baseline: Arm) -> Result<Plan, UnknownName> {
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

    #[test]
    fn a_sweep_takes_the_place_of_a_workloads_own_and_needs_a_knob() {
        let plan = |names: &[&str], sweep: &str| {
            let options = Options {
                names: names.iter().map(|name| (*name).to_owned()).collect(),
                sweep: Some(sweep.parse().unwrap()),
                ..Options::default()
            };
            Plan::new(&options, 2).map(|plan| plan.workloads)
        };
        let cpu = plan(&["cpu"], "workers=1,3").unwrap();
        assert_eq!(cpu[0].sweep.as_ref().unwrap().places, [1.0, 3.0]);
        let own: Vec<String> = plan(&[], "us=5,6")
            .unwrap()
            .into_iter()
            .map(|w| w.name)
            .collect();
        assert_eq!(own, ["overhead"]);
        let error = plan(&["io", "cpu"], "us=5,6").unwrap_err();
        assert_eq!(
            (error.given.as_str(), error.known),
            ("io", ["gil", "overhead"].map(str::to_owned).to_vec())
        );
    }

    #[test]
    fn unknown_names_and_missing_baselines_are_refused() {
        assert_eq!(
            plan(&["io", "cpuu"], Arm::Threads).unwrap_err().given,
            "cpuu"
        );
        let mut all = workloads(2);
        all[1].arms.retain(|arm| *arm != Arm::Seq);
        let missing = find(&all, "cpu", Arm::Seq).unwrap_err();
        assert_eq!(missing.known, ["threads", "pool"]);
    }
}
