//! The machine, as far as it is known.

use maud::{Markup, html};

use super::table::table;
use crate::render::clean::clean;
use crate::render::grid::Grid;
use crate::report::Report;

/// The part of the page on the machine, and each arm's command line.
pub(super) fn machine(report: &Report) -> Markup {
    html! {
        section #machine aria-labelledby="machine-title" {
            h2 #machine-title { "The machine" }
            (table("The machine that the figures are from", &facts(report)))
            h3 { "What each arm ran" }
            (table("The command line of each arm", &commands(report)))
        }
    }
}

fn facts(report: &Report) -> Grid {
    let machine = &report.environment;
    let mut grid = Grid::new(["what", "value"]);
    let mut fact = |name: &str, value: &str| {
        if !value.is_empty() {
            grid.row([clean(name), clean(value)]);
        }
    };
    fact("processor", &machine.cpu);
    fact(
        "processors",
        &format!(
            "{} of {} allowed",
            machine.cpus_allowed,
            machine.cpus_total.max(machine.cpus_allowed)
        ),
    );
    fact("kernel", &machine.kernel);
    fact("compiler", &machine.rustc);
    fact("profile", &machine.profile);
    fact("commit", &machine.commit);
    fact("Python", &machine.pythons.join(", "));
    fact("load at the start", &machine.load);
    for known in &machine.facts {
        fact(&known.name, &known.value);
    }
    fact("measured", &report.started);
    fact("seed", &report.settings.seed.to_string());
    fact("preset", &report.settings.preset);
    fact("order of the arms", report.settings.order.name());
    fact("command line", &report.command_line);
    grid
}

fn commands(report: &Report) -> Grid {
    let mut grid = Grid::new(["comparison", "arm", "command"]);
    for measured in &report.comparisons {
        for arm in &measured.arms {
            grid.row([&measured.name, &arm.name, &arm.command].map(|text| clean(text)));
        }
    }
    grid
}
