//! How it was measured, in plain words, and how to do it again.

use maud::{Markup, html};

use crate::render::clean::clean;
use crate::render::quantity::{share, time_of};
use crate::render::wording::{gate, outcome};
use crate::report::{Order, Report};

/// The part of the page on the method.
pub(super) fn method(report: &Report) -> Markup {
    let settings = &report.settings;
    html! {
        section #method aria-labelledby="method-title" {
            h2 #method-title { "How this was measured" }
            dl.method {
                dt { "Same answer first" }
                dd { "Each arm is a way to run the same work. What they print is compared before any time is: arms that \
                      disagree are no contest." }
                dt { "In rounds" }
                dd {
                    "Each round runs every arm once. " (order(settings.order)) " A machine that is slow for a while is slow \
                     for all arms of a round. The first " (settings.warmup_rounds) " are for warming up and not kept; "
                    (settings.min_rounds) " to " (settings.max_rounds) " are, until the intervals are narrow enough ("
                    (share(settings.until_half_width)) " to either side) or " (time_of(settings.max_time_ns)) " are over."
                }
                dt { "Ratios within a round" }
                dd {
                    "An arm's time is divided by the baseline's of the same round. The middle one of these ratios is the \
                     result; where it would lie if all were measured again is found by drawing rounds at random ("
                    (share(settings.confidence)) " confidence)."
                }
                dt { "The noise, measured too" }
                dd {
                    "One arm runs twice a round. Two equal programs should be equally fast; how far apart they seem (the A/A \
                     floor) is what this machine cannot tell apart."
                }
                dt { "Words" }
                dd {
                    strong { "Faster" } " and " strong { "slower" } " need the whole interval beyond the floor, and beyond "
                    (share(settings.min_effect)) ", below which a difference is nobody's reason to choose. " strong { "Same" }
                    " needs all of it within. All else is " strong { "unclear" } ", which is not the same as same."
                }
                dt { "The decision" }
                dd {
                    "What the work needs beside speed comes first: what must be killed, may crash, has a limit of memory or \
                     changes its process needs processes, large or shared state needs threads. Then the faster one is the \
                     answer. Of two that are the same it is the one with less memory, and else threads, which are simpler. \
                     Fewer than 16 rounds tell effects of a factor of two and more, and fewer than six none."
                }
                dt { "Nothing is left out" }
                dd { "Rounds that something disturbed are marked, and repeated a few times, and all of them are kept." }
                dt { "What it cannot tell" }
                dd { "It is one machine, one kind of work and one day. Another processor, another kernel or longer tasks can \
                      turn an answer around; what is known of that is in each card." }
            }
            h3 { "To measure it again" }
            pre tabindex="0" { code { (clean(&report.command_line)) } }
            @if !report.gates.is_empty() { (gates(report)) }
        }
    }
}

fn order(order: Order) -> &'static str {
    match order {
        Order::Balanced => "Each arm has each place in a round equally often.",
        Order::Random => "Their order is drawn anew for each round.",
        Order::Blocked => {
            "Their order is the same in each round, so places favour arms: believe small differences less."
        }
    }
}

fn gates(report: &Report) -> Markup {
    html! {
        h3 { "What it had to keep to" }
        ul {
            @for result in &report.gates {
                li {
                    strong { (outcome(result.outcome)) } " "
                    bdi { (clean(&gate(result))) }
                }
            }
        }
    }
}
