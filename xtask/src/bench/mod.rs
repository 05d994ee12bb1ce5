//! `cargo xtask bench`: builds the arms, has them measured, and prints what came of it.
//!
//! What is measured, what is to be reached and what may be said of it is in `anypool-compare`; the arms are in
//! `xtask/peers`.

mod failure;
mod files;
mod arms;
mod progress;
mod figures;
mod growth;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::ValueEnum;

use crate::console;

/// The flags of `cargo xtask bench`.
#[derive(Debug, Default, clap::Args)]
pub(crate) struct Arguments {
    /// What to measure, instead of the rows that have goals
    #[arg(value_enum)]
    what: Option<What>,
    /// Measures this row (of growth: this series) alone; may be given several times
    #[arg(long, value_name = "ROW")]
    only: Vec<String>,
    /// Shows within a minute that the bench works; its figures are not to be quoted
    #[arg(long)]
    quick: bool,
    /// Where every number goes [default: bench/NAME-TIME.json in the target folder]
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// A page that is given the figures; words around them stay as they are
    #[arg(long, value_name = "FILE")]
    markdown: Option<PathBuf>,
    /// Seed of the order of the arms [default: another each time; the report says which]
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Takes the numbers of an earlier run from its JSON file, and measures nothing
    #[arg(long, value_name = "FILE", conflicts_with_all = ["what", "quick", "json", "seed"])]
    from: Option<PathBuf>,
    /// Tells of which goals another run, of which this is the JSON file, says the same
    #[arg(long, value_name = "FILE", conflicts_with = "what")]
    against: Option<PathBuf>,
    /// Lists the rows and their goals, and measures nothing
    #[arg(long)]
    list: bool,
}

/// What there is beside the rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum What {
    /// What becomes of speed and memory with more workers, larger payloads, longer queues
    Growth,
}

/// A seed that is easy to type again.
const SEEDS: u64 = 1_000_000;

impl Arguments {
    fn seed(&self) -> u64 {
        self.seed.unwrap_or_else(|| fastrand::u64(..SEEDS))
    }
}

/// Runs the bench and gives its exit code. Goals that are missed are no failure: they are what it is there to tell.
pub(crate) fn run(arguments: &Arguments) -> ExitCode {
    let done = match arguments.what {
        None => figures::run(arguments),
        Some(What::Growth) => growth::run(arguments),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => console::ended(&failure, failure.exit()),
    }
}

#[cfg(test)]
mod tests {
    use anypool_compare::Exit;

    use super::*;

    #[test]
    fn unknown_rows_are_a_mistake_of_the_caller() {
        let arguments = Arguments {
            only: vec!["speed".to_owned()],
            ..Arguments::default()
        };
        let failure = figures::run(&arguments).unwrap_err();
        assert_eq!(failure.exit(), Exit::Usage);
        assert!(
            failure.to_string().contains("there are: one-in-flight"),
            "{failure}"
        );
        let failure = growth::run(&arguments).unwrap_err();
        assert!(
            failure.to_string().contains("there are: workers"),
            "{failure}"
        );
    }
}
