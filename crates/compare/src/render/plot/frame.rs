//! What is around curves: the picture, its grid, and the words at its axes.

use maud::{Markup, html};

use super::scale::Scale;
use crate::render::quantity;
use crate::report::Unit;

/// A place between 0 and 1 as an attribute that moves with the width.
pub(crate) fn percent(place: f64) -> String {
    let text = format!("{:.2}", place * 100.0);
    format!("{}%", text.trim_end_matches('0').trim_end_matches('.'))
}

/// A picture that is stretched to the width of the plot around it: a thousand units across, pixels down.
pub(crate) fn canvas(height: f64, shapes: &Markup) -> Markup {
    html! {
        svg viewBox=(format!("0 0 1000 {height}")) preserveAspectRatio="none" height=(height) { (shapes) }
    }
}

/// The picture of one plot.
pub(crate) struct Frame<'a> {
    /// What it shows, for those who do not see it.
    pub(crate) title: &'a str,
    /// How high it is, without the words below.
    pub(crate) height: f64,
    /// The axis across.
    pub(crate) x: Scale,
    /// What is along it.
    pub(crate) x_unit: Unit,
    /// The name of that axis.
    pub(crate) x_name: &'a str,
    /// The axis upwards, where there is one.
    pub(crate) y: Option<Upwards>,
}

/// An axis upwards.
pub(crate) struct Upwards {
    /// The axis, its start at the bottom.
    pub(crate) scale: Scale,
    /// Its words.
    pub(crate) word: fn(f64) -> String,
    /// In what its ticks are round.
    pub(crate) unit: Unit,
}

/// Room for the words below a plot: those of ticks, and the axis's name.
const BELOW: f64 = 44.0;

/// As many words as fit beside each other on a telephone.
const MOST_ACROSS: usize = 6;

/// How far apart words are upwards, in pixels.
const APART: f64 = 34.0;

/// Where a word below a plot has its place: it ends there where it would not fit beside it.
fn anchor(place: f64) -> &'static str {
    if place > NEAR_THE_END { "axis" } else { "mid" }
}

/// On a telephone, half a word takes the rest.
const NEAR_THE_END: f64 = 0.94;

impl Frame<'_> {
    /// Draws the content within its grid.
    pub(crate) fn draw(&self, content: &Markup) -> Markup {
        let bottom = self.height;
        html! {
            svg.plot height=(bottom + BELOW) role="img" aria-label=(self.title) {
                g.grid {
                    @for tick in self.x.ticks(self.x_unit, MOST_ACROSS) {
                        @let at = percent(self.x.place(tick));
                        line x1=(at) x2=(at) y1="0" y2=(bottom) {}
                        text class=(anchor(self.x.place(tick))) x=(at) y=(bottom + 18.0) { (quantity::point(self.x_unit, tick)) }
                    }
                    @if let Some(upwards) = &self.y { (self.upwards(upwards)) }
                }
                line.base x1="0" x2="100%" y1=(bottom) y2=(bottom) {}
                text.axis x="100%" y=(bottom + 37.0) { (self.x_name) }
                (content)
            }
        }
    }

    /// How far down a value lies.
    pub(crate) fn down(&self, value: f64) -> f64 {
        let place = self
            .y
            .as_ref()
            .map_or(0.0, |upwards| upwards.scale.place(value));
        self.height * (1.0 - place)
    }

    /// How far across a value lies.
    pub(crate) fn across(&self, value: f64) -> f64 {
        self.x.place(value)
    }

    fn upwards(&self, upwards: &Upwards) -> Markup {
        let most = std::iter::successors(Some(2_usize), |most| Some(most + 1));
        let most = most
            .take_while(|most| quantity::count(*most) * APART < self.height)
            .last();
        html! {
            @for tick in upwards.scale.ticks(upwards.unit, most.unwrap_or(2)) {
                @let at = format!("{:.1}", self.down(tick));
                line x1="0" x2="100%" y1=(at) y2=(at) {}
                text.left x="-8" y=(at) dy="4" { ((upwards.word)(tick)) }
            }
        }
    }
}
