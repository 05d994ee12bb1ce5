//! How a file wants to be measured.

use std::time::Duration;

use toml::de::DeValue;

use super::fields::{Fields, Value, whole};
use crate::measure::{Measure, share_of};
use crate::preset::Preset;

/// As many rounds as the command line takes.
const MOST_ROUNDS: u32 = 1_000;

/// Reads the table; what is wrong in it is told.
pub(super) fn measure(mut table: Fields<'_, '_>) -> Measure {
    let rounds = rounds(&mut table);
    let measure = Measure {
        preset: table.parsed("preset", Preset::parse),
        warmup_rounds: table.whole("warmup-rounds", 0, MOST_ROUNDS),
        memory_rounds: table.whole("memory-rounds", 0, MOST_ROUNDS),
        seed: table.whole("seed", 0, u32::MAX).map(u64::from),
        ..rounds
    };
    table.finish();
    measure
}

/// A number of rounds, or between what they end.
fn rounds(table: &mut Fields<'_, '_>) -> Measure {
    let Some(value) = table.get("rounds") else {
        return Measure::default();
    };
    if value.get_ref().as_table().is_some() {
        return table.table("rounds").map(ends).unwrap_or_default();
    }
    let number = whole(value.get_ref()).filter(|number| (1..=MOST_ROUNDS).contains(number));
    if number.is_none() {
        table.misfit("rounds", value, ROUNDS);
    }
    Measure {
        rounds: (number, number),
        ..Measure::default()
    }
}

const ROUNDS: &str = "a whole number from 1 to 1000, or a table as { min = 8, max = 40, until-ci = \"3%\", max-time = \"4m\" }";

fn ends(mut table: Fields<'_, '_>) -> Measure {
    let least = table.whole("min", 1, MOST_ROUNDS);
    let most = table.whole("max", 1, MOST_ROUNDS);
    let measure = Measure {
        rounds: (least, most),
        until_half_width: width(&mut table),
        max_time: table.parsed("max-time", time),
        ..Measure::default()
    };
    if let (Some(least), Some(most)) = (least, most)
        && least > most
    {
        table.fault(
            table.at(),
            &format!("there cannot be {least} rounds at least and {most} at most"),
        );
    }
    table.finish();
    measure
}

/// A share as the command line takes it, or as a number.
fn width(table: &mut Fields<'_, '_>) -> Option<f64> {
    let value: Value<'_> = table.get("until-ci")?;
    let text = match value.get_ref() {
        DeValue::Float(float) => float.as_str().to_owned(),
        _ => return table.parsed("until-ci", share_of),
    };
    let share = share_of(&text);
    if let Err(why) = &share {
        table.fault(value.span(), why);
    }
    share.ok()
}

fn time(text: &str) -> Result<Duration, String> {
    let time = humantime::parse_duration(text);
    match time {
        Ok(Duration::ZERO) => Err("no time is no time to measure in".to_owned()),
        Ok(time) => Ok(time),
        Err(why) => Err(format!(
            "`{text}` is no time: {why}\n= a time is as 90s or 4m"
        )),
    }
}
