//! What is asked for: by names and flags, and by files of people's own comparisons.

use std::path::Path;

use anypool_compare::{CompareFile, FileError, Gate, Options, Preset, Pythons};

use super::Arguments;

/// What the command line and its files ask for together.
#[derive(Debug)]
pub(super) struct Asked {
    /// What is compared, and how.
    pub(super) options: Options,
    /// What it must keep to.
    pub(super) gates: Vec<Gate>,
}

/// Reads the files among the names; flags go before what they say.
///
/// # Errors
///
/// Fails when a file is not as it has to be.
pub(super) fn asked(arguments: &Arguments) -> Result<Asked, FileError> {
    let mut asked = Asked {
        options: Options {
            all: arguments.all,
            sweep: arguments.sweep.clone(),
            baseline: arguments.baseline,
            pythons: Pythons::find(&arguments.python),
            arms: arguments.arms.clone(),
            skip_missing: arguments.skip_missing,
            tasks: arguments.tasks.clone(),
            classes: arguments.class.clone(),
            ..arguments.how.options()
        },
        gates: arguments.gate.clone(),
    };
    for name in &arguments.names {
        if name.ends_with(FILES) {
            let file = CompareFile::read(Path::new(name))?;
            asked.take(file, arguments);
        } else {
            asked.options.names.push(name.clone());
        }
    }
    Ok(asked)
}

/// How the names of files end.
const FILES: &str = ".toml";

impl Asked {
    /// All comparisons there are, to list them.
    pub(super) fn all(arguments: &Arguments) -> Self {
        Self {
            options: Options {
                all: true,
                pythons: Pythons::find(&arguments.python),
                ..arguments.how.options()
            },
            gates: Vec::new(),
        }
    }

    fn take(&mut self, file: CompareFile, arguments: &Arguments) {
        let options = &mut self.options;
        options.names.push(file.name.clone());
        options.own.push(file.workload());
        if options.preset == Preset::Quick {
            options.preset = file.preset.unwrap_or(options.preset);
        }
        options.rounds = options.rounds.or(file.rounds);
        if let (None, Some(seed)) = (arguments.how.seed, file.seed) {
            options.seed = seed;
        }
        options.baseline = file.baseline.unwrap_or(options.baseline);
        let own = file.gates.into_iter().map(|gate| Gate {
            comparison: gate.comparison.or(Some(file.name.clone())),
            ..gate
        });
        self.gates.extend(own);
    }
}
