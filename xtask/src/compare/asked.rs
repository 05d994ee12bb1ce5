//! What is asked for: by names and flags, and by files of people's own comparisons.

use std::path::Path;

use anypool_compare::{
    CompareFile, Gate, Machine, Measure, Options, Pythons, Tools, available_memory,
};

use super::Arguments;
use super::failure::Failure;

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
/// Fails when a file is not as it has to be, or is to be measured otherwise than another one, and when one of several
/// CPythons that are asked for is not there.
pub(super) fn asked(arguments: &Arguments) -> Result<Asked, Failure> {
    let mut asked = Asked {
        options: Options {
            all: arguments.all,
            sweep: arguments.sweep.clone(),
            baseline: arguments.baseline.clone(),
            pythons: Pythons::find(&arguments.python)?,
            tools: Tools::find(),
            available: available_memory(&Machine::this()),
            arms: arguments.arms.clone(),
            gil: arguments.gil,
            batches: arguments.batch.clone(),
            beside: arguments.tools.clone(),
            skip_missing: arguments.skip_missing,
            tasks: arguments.tasks.clone(),
            classes: arguments.class.clone(),
            ..arguments.how.options()
        },
        gates: arguments.gate.clone(),
    };
    let mut first: Option<(&String, Measure)> = None;
    for name in &arguments.names {
        if name.ends_with(FILES) {
            let file = CompareFile::read(Path::new(name))?;
            let (other, measure) = *first.get_or_insert((name, file.measure));
            if measure != file.measure {
                return Err(Failure::Measures {
                    file: name.clone(),
                    other: other.clone(),
                });
            }
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
    ///
    /// # Errors
    ///
    /// Fails when one of several CPythons that are asked for is not there.
    pub(super) fn all(arguments: &Arguments) -> Result<Self, Failure> {
        Ok(Self {
            options: Options {
                all: true,
                listing: true,
                skip_missing: true,
                tasks: arguments.tasks.clone(),
                classes: arguments.class.clone(),
                arms: arguments.arms.clone(),
                gil: arguments.gil,
                batches: arguments.batch.clone(),
                beside: arguments.tools.clone(),
                baseline: arguments.baseline.clone(),
                available: available_memory(&Machine::this()),
                pythons: Pythons::find(&arguments.python)?,
                tools: Tools::find(),
                ..arguments.how.options()
            },
            gates: Vec::new(),
        })
    }

    fn take(&mut self, file: CompareFile, arguments: &Arguments) {
        let options = &mut self.options;
        options.names.push(file.name.clone());
        options.own.push(file.workload());
        if let (None, Some(seed)) = (arguments.how.seed, file.measure.seed) {
            options.seed = seed;
        }
        options.measure = file.measure;
        let own = file.gates.into_iter().map(|gate| Gate {
            comparison: gate.comparison.or(Some(file.name.clone())),
            ..gate
        });
        self.gates.extend(own);
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use anypool_compare::{Arm, Plan, PlanError, Workload};
    use clap::Parser;

    use super::*;

    #[derive(Debug, Parser)]
    struct Line {
        #[command(flatten)]
        arguments: Arguments,
    }

    const FILE: &str = r#"
schema = 1
name = "own"
[workload]
kind = "primes"
input = 1000
tasks = 2
[arms]
baseline = "pool"
[measure]
preset = "thorough"
rounds = { max-time = "3m" }
"#;

    fn asked_by(words: &[&str]) -> Result<Asked, Failure> {
        let line = Line::parse_from([&["compare"], words].concat());
        asked(&line.arguments)
    }

    fn plan(words: &[&str]) -> Result<Plan, PlanError> {
        Plan::new(&asked_by(words).unwrap().options, 2)
    }

    #[test]
    fn a_flag_goes_before_a_file_even_if_it_says_the_usual() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("own.toml");
        fs::write(&file, FILE).unwrap();
        let file = file.to_str().unwrap();
        let of_file = plan(&[file]).unwrap();
        assert_eq!(of_file.settings.preset, "thorough");
        assert_eq!(of_file.settings.max_time_ns, 180_000_000_000);
        assert_eq!(of_file.workloads[0].baseline(), Arm::Pool);
        let flags = [
            file,
            "--preset",
            "quick",
            "--max-time",
            "9s",
            "--baseline",
            "threads",
        ];
        let by_flags = plan(&flags).unwrap();
        assert_eq!(by_flags.settings.preset, "quick");
        assert_eq!(by_flags.settings.max_time_ns, 9_000_000_000);
        assert_eq!(by_flags.workloads[0].baseline(), Arm::Threads);
        assert_eq!(plan(&["cpu"]).unwrap().settings.preset, "quick");
        let missing = plan(&[file, "--baseline", "fork"]).unwrap_err().to_string();
        assert!(
            missing.contains("in this comparison called `fork`"),
            "{missing}"
        );
    }

    #[test]
    fn the_lock_is_put_on_every_comparison_and_slips_are_told() {
        let locked = plan(&["cpu", "io", "--gil", "on"]).unwrap();
        let baselines: Vec<Arm> = locked.workloads.iter().map(Workload::baseline).collect();
        assert_eq!(baselines, [Arm::ThreadsGil; 2]);
        let slip = |words: &[&str]| {
            let line = Line::try_parse_from([&["compare"], words].concat());
            line.unwrap_err().to_string()
        };
        let unknown = slip(&["--gil", "yes"]);
        assert!(unknown.contains("off, on, both"), "{unknown}");
        let both = slip(&["--gil", "on", "--arms", "threads"]);
        assert!(both.contains("cannot be used with"), "{both}");
    }

    #[test]
    fn files_that_are_measured_otherwise_are_not_mixed() {
        let folder = tempfile::tempdir().unwrap();
        let names = ["one.toml", "two.toml"].map(|name| folder.path().join(name));
        fs::write(&names[0], FILE).unwrap();
        fs::write(&names[1], FILE.replace("3m", "4m")).unwrap();
        let names = names.map(|name| name.to_str().unwrap().to_owned());
        let failure = asked_by(&[&names[0], &names[1]]).unwrap_err();
        assert_eq!(failure.exit().code(), 65);
        assert!(
            failure.to_string().contains("two.toml` is not measured as"),
            "{failure}"
        );
        assert!(asked_by(&[&names[0], "cpu"]).is_ok());
    }
}
