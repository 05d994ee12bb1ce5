//! The command `replay`: a run again, as its log tells it.

use std::fs::File;
use std::io::BufReader;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;

use super::output::{OutputAsk, is_same};
use super::session;
use crate::audience::announcer::Announcer;
use crate::audience::settings::Settings;
use crate::backend::Backend;
use crate::event::{Event, LineError, Lines};
use crate::exit::Exit;
use crate::halt::Halt;
use crate::report::Report;
use crate::sink::{Sink, TaskOutput};

/// Nothing is run: what was printed is printed again, as the options say it now, and the times are those of then.
#[derive(Debug, Args)]
pub(super) struct ReplayAsk {
    /// What --log has written
    #[arg(value_name = "LOG")]
    read: PathBuf,
    #[command(flatten)]
    output: OutputAsk,
}

/// Does it.
pub(super) fn run(backend: &dyn Backend, ask: &ReplayAsk) -> Exit {
    let settings = match ask.output.settings(Settings::of_replay()) {
        Ok(settings) => settings,
        Err(report) => return session::refuse(Exit::Usage, &report, ask.output.is_json()),
    };
    for (flag, file) in [
        ("--log", &settings.log),
        ("--junit", &settings.junit),
        ("--trace", &settings.trace),
    ] {
        if let Some(file) = file
            && is_same(file, &ask.read)
        {
            let report = Report::new("a log cannot be written while it is read")
                .help(format!("name another file after {flag}"));
            return session::refuse(Exit::Usage, &report, settings.json);
        }
    }
    let shown = ask.read.display();
    let file = match File::open(&ask.read) {
        Ok(file) => file,
        Err(error) => {
            let report = Report::new(format!("the log {shown} cannot be read: {error}"));
            return session::refuse(Exit::Missing, &report, settings.json);
        }
    };
    // Nothing runs that would have to stop.
    let grace = Duration::ZERO;
    session::hold(backend.name(), TaskOutput::Line, grace, |sink, halt| {
        let announcer = match Announcer::open(&settings, sink, halt) {
            Ok(announcer) => announcer,
            Err(report) => return session::refuse(Exit::Output, &report, settings.json),
        };
        let told = tell(&announcer, Lines::new(BufReader::new(file)), halt);
        let exit = announcer.close(match told {
            Ok(_) => Exit::Success,
            Err(_) => Exit::Usage,
        });
        match told {
            Ok(true) => exit,
            Ok(false) => unfinished(sink, exit),
            Err(why) if exit == Exit::Usage => {
                let report = Report::new(format!("the log {shown} cannot be read: {why}"))
                    .help("give a file that --log has written");
                session::refuse(Exit::Usage, &report, settings.json)
            }
            Err(_) => exit,
        }
    })
}

/// Tells all that is in the log, and whether its last run has ended.
fn tell(
    announcer: &Announcer,
    lines: Lines<BufReader<File>>,
    halt: &Halt,
) -> Result<bool, LineError> {
    let mut has_ended = true;
    for stamped in lines {
        let stamped = stamped?;
        has_ended = matches!(stamped.event, Event::RunFinished(_) | Event::Error(_));
        announcer.retell(stamped);
        if halt.cause().is_some() {
            break;
        }
    }
    Ok(has_ended || halt.cause().is_some())
}

fn unfinished(sink: &Arc<Sink>, exit: Exit) -> Exit {
    sink.complain("the log ends here, and its run did not: the runner was killed, or still runs");
    exit
}
