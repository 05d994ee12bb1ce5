//! Which workloads are run, and on which arms.

mod failure;

use crate::arm::Arm;
use crate::catalogue::{usual, workloads};
use crate::files::placed;
use crate::forms;
use crate::missing::{drop_what_cannot_run, leave_out, not_here};
use crate::nearest::UnknownName;
use crate::options::Options;
use crate::program::missing;
use crate::room::keep_within;
use crate::sweep::{Knob, Sweep};
use crate::turned::swept_along;
use crate::workload::{Shape, Workload};

pub use failure::PlanError;

/// The workloads that are asked for, for a machine on which `cpus` processors may be used.
///
/// # Errors
///
/// Fails when a name is not known, when a chosen workload does not run on the baseline arm, when an arm that was asked for
/// cannot run here, and when nothing is left.
pub(crate) fn chosen(options: &Options, cpus: usize) -> Result<Vec<Workload>, PlanError> {
    let arms = asked(options)?;
    are_here(options, arms.as_deref())?;
    let shipped = workloads(cpus).into_iter();
    let shipped = shipped.map(|workload| placed(workload, &options.files));
    let mut all: Vec<Workload> = options.own.iter().cloned().chain(shipped).collect();
    if let Some(arms) = &arms {
        all.iter_mut().for_each(|one| put_on(one, arms));
    }
    if let Some(gil) = options.gil {
        all.iter_mut().for_each(|one| gil.put_on(one));
    }
    all.iter_mut().for_each(|one| forms::put_on(one, options));
    all.retain(|workload| is_wanted(workload, options));
    let mut chosen = if options.names.is_empty() {
        by_default(all, options, cpus)
    } else {
        let found = options.names.iter();
        let found = found.map(|name| find(&all, name));
        found.collect::<Result<Vec<_>, _>>()?
    };
    if chosen.is_empty() {
        return Err(PlanError::Nothing(wanted(options)));
    }
    if let Some(sweep) = &options.sweep {
        if sweep.knob == Knob::Chunk && !options.batches.is_empty() {
            return Err(PlanError::Batches);
        }
        chosen = swept_along(chosen, sweep, cpus)?;
    }
    if options.names.is_empty() && !options.listing {
        drop_what_cannot_run(&mut chosen);
    }
    for workload in &mut chosen {
        if options.listing {
            leave_out(workload, options);
            keep_within(workload, options.available);
            continue;
        }
        programs_are_here(workload, options.skip_missing)?;
        leave_out(workload, options);
        has_room(workload, options.available)?;
        settle(workload, options.baseline.as_deref())?;
    }
    Ok(chosen)
}

/// The arms that are asked for by name, each once; `None` where nobody asks.
fn asked(options: &Options) -> Result<Option<Vec<Arm>>, UnknownName> {
    let Some(names) = &options.arms else {
        return Ok(None);
    };
    let mut arms = Vec::with_capacity(names.len());
    for name in names {
        let arm = known(name, options)?;
        if !arms.contains(&arm) {
            arms.push(arm);
        }
    }
    Ok(Some(arms))
}

/// Whether the arms can run here that somebody wants to see.
fn are_here(options: &Options, arms: Option<&[Arm]>) -> Result<(), PlanError> {
    let asked = arms.into_iter().flatten();
    let asked = asked.chain(options.beside.iter().flatten());
    let asked = asked.filter(|_| !options.skip_missing);
    let baseline = options.baseline.as_deref();
    let baseline = baseline.map(|name| known(name, options)).transpose()?;
    let mut needed = asked.chain(&baseline);
    let missing = needed.find_map(|arm| Some((*arm, not_here(*arm, options)?)));
    match missing {
        Some((arm, why)) => Err(PlanError::Missing { arm, why }),
        None => Ok(()),
    }
}

/// The arm of that name, ours or one of a person's own.
fn known(name: &str, options: &Options) -> Result<Arm, UnknownName> {
    let own = options.own.iter().flat_map(|workload| &workload.arms);
    let forms = Arm::EVERY.iter().flat_map(|arm| forms::of(*arm, options));
    let all: Vec<Arm> = own.chain(&Arm::EVERY).copied().chain(forms).collect();
    let found = all.iter().copied().find(|arm| arm.name() == name);
    found.ok_or_else(|| {
        let mut names: Vec<String> = Vec::with_capacity(all.len());
        for arm in all {
            if !names.iter().any(|known| known == arm.name()) {
                names.push(arm.name().to_owned());
            }
        }
        UnknownName {
            kind: "arm",
            given: name.to_owned(),
            known: names,
        }
    })
}

/// Whether the programs are here that a workload needs: all of them, or those of one arm at least.
fn programs_are_here(workload: &Workload, skip_missing: bool) -> Result<(), PlanError> {
    let all = workload.arms.iter();
    let gone: Vec<&str> = all
        .filter_map(|arm| missing(*arm, &workload.shape))
        .collect();
    match gone.first() {
        Some(program) if !skip_missing || gone.len() == workload.arms.len() => {
            Err(PlanError::Program {
                workload: workload.name.clone(),
                program: (*program).to_owned(),
            })
        }
        _ => Ok(()),
    }
}

/// Whether there is memory for some of the places of a workload; the others are left out.
fn has_room(workload: &mut Workload, available: Option<u64>) -> Result<(), PlanError> {
    keep_within(workload, available);
    match &workload.sweep {
        Some(sweep) if sweep.places.is_empty() => Err(PlanError::Room {
            workload: workload.name.clone(),
            why: workload.notes.last().cloned().unwrap_or_default(),
        }),
        _ => Ok(()),
    }
}

/// Gives a workload other arms than its own, as far as it is not made for those.
fn put_on(workload: &mut Workload, arms: &[Arm]) {
    match workload.shape {
        Shape::Programs(_) | Shape::Faults => workload.arms.retain(|arm| arms.contains(arm)),
        _ => {
            // A file's programs do its own work and no other.
            let ours = arms.iter().filter(|arm| !matches!(arm, Arm::Own(_)));
            let arms: Vec<Arm> = ours.copied().collect();
            workload.run_on(arms);
        }
    }
}

fn is_wanted(workload: &Workload, options: &Options) -> bool {
    let task = workload.shape.task();
    let of_tasks = || options.tasks.iter().any(|name| Some(name.as_str()) == task);
    (options.tasks.is_empty() || of_tasks())
        && (options.classes.is_empty() || options.classes.contains(&workload.class))
}

/// Without names: the usual workloads, or those of all that fit what else was said.
fn by_default(all: Vec<Workload>, options: &Options, cpus: usize) -> Vec<Workload> {
    let usual: Vec<String> = usual(cpus).into_iter().map(|one| one.name).collect();
    let is_narrowed = !options.tasks.is_empty() || !options.classes.is_empty();
    let of_programs = options.beside.is_some();
    let is_narrowed = is_narrowed || of_programs;
    let of_all = options.all || options.sweep.is_some() || is_narrowed;
    let turns = |workload: &Workload, wanted: &Sweep| {
        let own = workload.sweep.as_ref();
        own.is_some_and(|own| own.knob == wanted.knob)
    };
    let fits = |workload: &Workload| {
        let baseline = options.baseline.as_deref();
        let baseline = baseline.unwrap_or(workload.baseline().name());
        let runs_programs = matches!(workload.shape, Shape::Exec { .. });
        arm(workload, baseline).is_some()
            && (runs_programs || !of_programs)
            && (of_all || usual.contains(&workload.name))
            && options
                .sweep
                .as_ref()
                .is_none_or(|wanted| turns(workload, wanted))
    };
    all.into_iter().filter(fits).collect()
}

/// What was asked for, where nothing has it.
fn wanted(options: &Options) -> String {
    let classes = options.classes.iter().map(|class| class.name());
    let tasks = options.tasks.iter().map(String::as_str);
    let narrowed: Vec<&str> = tasks.chain(classes).collect();
    let baseline = options.baseline.as_deref().unwrap_or(Arm::Threads.name());
    let baseline = format!("the arm {baseline}");
    match &narrowed[..] {
        [] => baseline,
        narrowed => format!("{} and {baseline}", narrowed.join(" or ")),
    }
}

fn find(all: &[Workload], name: &str) -> Result<Workload, UnknownName> {
    let found = all.iter().find(|workload| workload.name == name);
    found.cloned().ok_or_else(|| UnknownName {
        kind: "comparison",
        given: name.to_owned(),
        known: all.iter().map(|workload| workload.name.clone()).collect(),
    })
}

/// The arm of that name, or the first form of the one that is called so.
fn arm(workload: &Workload, name: &str) -> Option<Arm> {
    let arms = || workload.arms.iter().copied();
    let named = arms().find(|arm| arm.name() == name);
    named.or_else(|| arms().find(|arm| arm.plain().name() == name))
}

/// Makes sure that the baseline and the control are among the arms that are left; a baseline that was asked for goes
/// before the workload's own.
fn settle(workload: &mut Workload, asked: Option<&str>) -> Result<(), UnknownName> {
    let found = |workload: &Workload, name: &str| {
        arm(workload, name).ok_or_else(|| UnknownName {
            kind: "arm in this comparison called",
            given: name.to_owned(),
            known: workload
                .arms
                .iter()
                .map(|arm| arm.name().to_owned())
                .collect(),
        })
    };
    let own = workload.baseline();
    let baseline = match asked {
        Some(name) => found(workload, name)?,
        // Where its first form is not among the arms, another one is.
        None => found(workload, own.name()).or_else(|_| found(workload, own.plain().name()))?,
    };
    workload.terms.baseline = Some(baseline);
    // Without one of its own, it is that baseline.
    found(workload, workload.control().name()).map(drop)
}

#[cfg(test)]
mod tests;
