//! What the processors did: the program, the kernel, or nothing; and how often a worker stopped.

use maud::{Markup, html};

use super::figure::Figure;
use super::palette::{class_of, series};
use super::place::{at, shown};
use crate::render::clean::{clean, cut};
use crate::render::grid::{Grid, or_nothing};
use crate::render::plot::{Frame, Scale, percent};
use crate::render::quantity::{count, float, share, time_of};
use crate::report::{ArmResult, Measured, Unit};

const ROW: f64 = 44.0;
const BAR: f64 = 15.0;
const NAME: usize = 34;

/// The figure of a comparison whose processor time is known.
pub(super) fn figure(measured: &Measured, id: &str) -> Markup {
    let Some(cell) = shown(measured) else {
        return html! {};
    };
    let arms: Vec<(&ArmResult, f64, f64)> = cell
        .arms
        .iter()
        .filter_map(|arm| {
            let (user, sys) = parts(arm)?;
            Some((arm, user, sys))
        })
        .collect();
    if arms.is_empty() {
        return html! {};
    }
    let frame = Frame {
        title: "What the processors did during a run of each arm",
        height: count(arms.len()) * ROW + 4.0,
        x: Scale::between(0.0, 100.0, false),
        x_unit: Unit::Count,
        x_name: "% of the processors that the workers can use",
        y: None,
    };
    let all = series(measured);
    let class = |name: &str| class_of(&all, name);
    let content = html! {
        @for (row, (arm, user, sys)) in arms.iter().enumerate() {
            @let top = count(row) * ROW;
            text.name x=(percent(0.0)) y=(top + 17.0) { (cut(&arm.arm, NAME)) }
            text.figure x="100%" y=(top + 17.0) { (share(user + sys)) " busy" }
            g class=(class(&arm.arm)) {
                rect.idle x="0" width="100%" y=(top + 23.0) height=(BAR) {}
                rect.user x="0" width=(percent(*user)) y=(top + 23.0) height=(BAR) {}
                rect.kernel x=(percent(*user)) width=(percent(*sys)) y=(top + 23.0) height=(BAR) {}
            }
        }
    };
    Figure {
        id: format!("{id}-processors"),
        title: "What the processors did",
        caption: html! {
            "Full colour is the program itself, hatched is the kernel working for it, empty is waiting." (at(measured, cell))
        },
        plot: html! { div.frame { (frame.draw(&content)) } },
        grid: grid(&arms),
    }
    .draw()
}

/// The shares of the program and of the kernel, together no more than the whole.
fn parts(arm: &ArmResult) -> Option<(f64, f64)> {
    let (user, sys) = (float(arm.user_ns?), float(arm.sys_ns?));
    let busy = arm.cpu?.clamp(0.0, 1.0);
    let all = user + sys;
    (all > 0.0).then(|| (busy * user / all, busy * sys / all))
}

fn grid(arms: &[(&ArmResult, f64, f64)]) -> Grid {
    let mut grid = Grid::new(["arm", "program", "kernel", "busy", "waits", "interruptions"]);
    for (arm, user, sys) in arms {
        let number = |number: Option<u64>| or_nothing(number.map(|number| number.to_string()));
        grid.row([
            clean(&arm.arm),
            or_nothing(arm.user_ns.map(time_of)),
            or_nothing(arm.sys_ns.map(time_of)),
            share(user + sys),
            number(arm.voluntary_switches),
            number(arm.involuntary_switches),
        ]);
    }
    grid.without_empty_columns()
}
