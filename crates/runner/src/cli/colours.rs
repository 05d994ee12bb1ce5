//! Whether what people read has colours.

use anstream::ColorChoice;
use clap::{ArgMatches, Args, Command, ValueEnum};

use super::config::looks_beyond;
use super::output::OUTPUT;

// What describes this would take the place of what describes the command that it is added to.
#[derive(Debug, Args)]
struct ColoursAsk {
    /// Whether what people read has colours; nothing is said by them alone
    #[arg(long, value_name = "WHEN", value_enum, default_value = "auto", help_heading = OUTPUT)]
    color: Colours,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Colours {
    /// On a terminal, unless NO_COLOR is set or TERM is dumb; with CLICOLOR_FORCE, everywhere
    Auto,
    /// It has
    Always,
    /// It has none
    Never,
}

/// Adds the flag to the commands that people read.
pub(super) fn with_colours(command: Command) -> Command {
    command.mut_subcommands(
        |ask| match looks_beyond(&ask) || ask.get_name() == "replay" {
            true => ColoursAsk::augment_args(ask),
            false => ask,
        },
    )
}

/// Holds to what was asked for, from now on.
pub(super) fn hold_to(matches: &ArgMatches) {
    let asked = matches.subcommand().and_then(|(_, matches)| {
        let asked = matches.try_get_one::<Colours>("color");
        asked.ok().flatten()
    });
    let choice = match asked {
        None | Some(Colours::Auto) => return,
        Some(Colours::Always) => ColorChoice::Always,
        Some(Colours::Never) => ColorChoice::Never,
    };
    choice.write_global();
}
