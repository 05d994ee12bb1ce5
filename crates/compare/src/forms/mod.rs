//! Gives work the arms that flags ask for beside its own, or in place of them.
//!
//! - [`pythons`]: CPython's arms on each of several CPythons (`--python`);
//! - [`tools`]: programs of others (`--tools`);
//! - [`batches`]: arms that have so many tasks travel together (`--batch`).

mod pythons;
mod tools;
mod batches;

use crate::arm::Arm;
use crate::options::Options;
use crate::workload::Workload;

/// Gives a workload all that is asked for.
pub(crate) fn put_on(workload: &mut Workload, options: &Options) {
    pythons::put_on(workload, &options.pythons);
    if let Some(tools) = &options.beside {
        tools::put_on(workload, tools);
    }
    batches::put_on(workload, &options.batches);
}

/// All forms of an arm that there are with these options, which people may name.
pub(crate) fn of(arm: Arm, options: &Options) -> Vec<Arm> {
    let on_pythons = pythons::forms(arm, &options.pythons);
    let formed = on_pythons
        .iter()
        .flat_map(|arm| batches::forms(*arm, &options.batches));
    formed.collect()
}
