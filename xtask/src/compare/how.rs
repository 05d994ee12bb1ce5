//! The flags that say how is measured.

use std::time::Duration;

use anypool_compare::report::Order;
use anypool_compare::{Options, Preset, share_of};

/// How is measured.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "How")]
pub(super) struct How {
    /// How much is measured: quick (16 rounds), default (until intervals are narrow, a minute a workload at most) or
    /// thorough (until they are narrower, four minutes at most) [default: what a file says, or quick]
    #[arg(long, value_parser = Preset::parse)]
    preset: Option<Preset>,
    /// Measured rounds of each workload, instead of the preset's
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1000))]
    rounds: Option<u32>,
    /// How long the rounds of a workload may take, as 4m, instead of the preset's time
    #[arg(long, value_name = "TIME", value_parser = humantime::parse_duration)]
    max_time: Option<Duration>,
    /// Seed of the order of the arms [default: another each time; the report says which]
    #[arg(long, value_name = "N")]
    pub(super) seed: Option<u64>,
    /// How arms are ordered in rounds: abba (each has each place equally often), random, or blocked (always the same)
    #[arg(long, value_name = "ORDER", default_value = "abba", value_parser = order)]
    order: Order,
    /// The least difference that matters, as 5% or 0.05
    #[arg(long, value_name = "SHARE", value_parser = share_of)]
    min_effect: Option<f64>,
    /// The confidence of intervals, as 95% or 0.95
    #[arg(long, value_name = "SHARE", value_parser = share_of)]
    confidence: Option<f64>,
    /// Keep all that is measured to one processor of each core
    #[arg(long)]
    pub(super) pin: bool,
    /// Do not look at memory
    #[arg(long)]
    no_memory: bool,
}

/// A seed that is easy to type again.
const SEEDS: u64 = 1_000_000;

impl How {
    /// What was asked for; the rest is as it is without flags.
    pub(super) fn options(&self) -> Options {
        Options {
            preset: self.preset,
            rounds: self.rounds,
            max_time: self.max_time,
            order: self.order,
            min_effect: self.min_effect,
            confidence: self.confidence,
            memory: !self.no_memory,
            seed: self.seed.unwrap_or_else(|| fastrand::u64(..SEEDS)),
            ..Options::default()
        }
    }
}

fn order(name: &str) -> Result<Order, String> {
    let all = [Order::Balanced, Order::Random, Order::Blocked];
    let found = all.into_iter().find(|order| order.name() == name);
    found.ok_or_else(|| format!("there are {}", all.map(Order::name).join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_has_one_of_three_names() {
        assert_eq!(order("abba"), Ok(Order::Balanced));
        assert_eq!(
            order("latin"),
            Err("there are abba, random, blocked".to_owned())
        );
    }
}
