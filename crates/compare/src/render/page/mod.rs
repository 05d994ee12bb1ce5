//! The report as one page for a browser: it needs no network, no script and no server, and is read as well by those who
//! do not see its plots, since each has its table.
//!
//! Each part of the page is a file, in the order in which it is read.

mod style;
mod palette;
mod table;
mod figure;
mod place;
mod curves;
mod verdict;
mod noise;
mod claims;
mod ratios;
mod strip;
mod scaling;
mod crossover;
mod sweep;
mod memory;
mod processor;
mod timeline;
mod drift;
mod isolation;
mod section;
mod summary;
mod method;
mod machine;
mod data;

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::clean::{clean, cut};
use super::quantity::time_of;
use super::wording;
use crate::report::Report;

/// Allows nothing but what is in the page: a report is opened from disk, and nobody learns of it.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'";

/// How many letters of a name the title of a window has.
const TITLE: usize = 60;

/// Renders the report as one page of HTML that stands for itself.
pub fn page(report: &Report) -> String {
    let title = format!("Threads or processes? {}", cut(&report.name, TITLE));
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                title { (title) }
                style { (PreEscaped(style::STYLE)) }
            }
            body {
                (style::patterns())
                (head(report))
                main {
                    (summary::summary(report))
                    @for (number, measured) in report.comparisons.iter().enumerate() {
                        (section::section(report, measured, number + 1))
                    }
                    (summary::classes(report))
                    (method::method(report))
                    (machine::machine(report))
                    (data::data(report))
                }
            }
        }
    };
    page.into_string()
}

fn head(report: &Report) -> Markup {
    let machine = &report.environment;
    html! {
        header {
            p.over { "Anypool · a measured comparison" }
            h1 { "Threads or processes?" }
            p.meta {
                "Measured " time datetime=(clean(&report.started)) { (day(&report.started)) }
                " on " bdi { (clean(&machine.cpu)) }
                ", " (machine.cpus_allowed) " CPUs allowed, in " (time_of(report.elapsed_ns)) "."
            }
            @for warning in wording::warnings(report) {
                p.warning { strong { "Mind: " } (warning) }
            }
            @if machine.was_busy() {
                p.warning {
                    strong { "Mind: " }
                    "other work kept this machine busy when this began; real differences may not show."
                }
            }
        }
    }
}

/// The day of a moment in UTC.
fn day(moment: &str) -> String {
    let moment = clean(moment);
    moment.split('T').next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests;
