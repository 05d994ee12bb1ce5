//! A template and its arguments, as the stream of units that a run takes.

use std::ffi::OsString;
use std::io::{self, BufRead};
use std::sync::Arc;

use super::arguments::Lists;
use super::lines::{Line, Lines};
use super::template::Template;
use crate::engine::program::Stdin;
use crate::engine::source::Source;
use crate::engine::terms::Terms;
use crate::engine::unit::{Unit, Work};
use crate::event::TaskKey;
use crate::excerpt::Excerpt;
use crate::report::Report;

/// Where arguments come from.
pub(crate) enum Arguments {
    /// From the command line.
    Lists(Lists),
    /// From a file or standard input, whose name is for messages.
    Lines(Lines<Box<dyn BufRead + Send>>, String),
}

/// One program an argument.
pub(crate) struct Commands {
    pub(crate) template: Template,
    pub(crate) arguments: Arguments,
    pub(crate) terms: Arc<Terms>,
    /// What the programs read.
    pub(crate) stdin: Stdin,
    /// Whether standard input is where arguments come from.
    pub(crate) from_stdin: bool,
    pub(crate) memory_limit: Option<u64>,
    /// What all of it is called.
    pub(crate) name: String,
    pub(crate) read: u64,
}

impl Commands {
    fn row(&mut self) -> io::Result<Option<Row>> {
        match &mut self.arguments {
            Arguments::Lists(lists) => {
                Ok((self.read < lists.len()).then(|| Row::Arguments(lists.row(self.read))))
            }
            Arguments::Lines(lines, _) => Ok(lines.next()?.map(|line| match line {
                Line::Argument(argument) => Row::Arguments(vec![argument]),
                Line::Unfit(begin, why) => Row::Unfit(begin, why),
            })),
        }
    }

    fn unit(&self, row: Row) -> Unit {
        let terms = Arc::clone(&self.terms);
        let (arguments, unfit) = match row {
            Row::Arguments(arguments) => (arguments, None),
            Row::Unfit(begin, why) => (Vec::new(), Some((begin, why))),
        };
        if let Some((begin, why)) = unfit {
            let id = self.id(&String::from_utf8_lossy(&begin));
            let key = TaskKey::builder("unfit").part("begin", &begin).finish();
            let work = Work::Impossible(format!("cannot be an argument: {why}").into());
            return Unit {
                id,
                key,
                work,
                terms,
                after: Arc::default(),
            };
        }
        let mut program = self.template.fill(&arguments, self.read + 1);
        program.stdin = self.stdin.clone();
        program.memory_limit = self.memory_limit;
        let shown: Vec<_> = arguments
            .iter()
            .map(|argument| argument.to_string_lossy())
            .collect();
        let id = self.id(&shown.join(" "));
        let key = program.key();
        let work = Work::Program(Box::new(program));
        Unit {
            id,
            key,
            work,
            terms,
            after: Arc::default(),
        }
    }

    fn id(&self, arguments: &str) -> Arc<str> {
        if arguments.is_empty() {
            return self.name.as_str().into();
        }
        format!("{}[{}]", self.name, Excerpt(arguments)).into()
    }
}

/// What one run of the command is given.
enum Row {
    Arguments(Vec<OsString>),
    Unfit(Vec<u8>, String),
}

impl Source for Commands {
    fn next(&mut self) -> Option<Result<Unit, Report>> {
        match self.row() {
            Ok(row) => {
                let unit = self.unit(row?);
                self.read += 1;
                Some(Ok(unit))
            }
            Err(error) => {
                let from = match &self.arguments {
                    Arguments::Lists(_) => "the command line",
                    Arguments::Lines(_, from) => from,
                };
                let what = format!("{from} cannot be read any further: {error}");
                let note = format!(
                    "{} arguments were read before that, and were run",
                    self.read
                );
                Some(Err(Report::new(what).note(note)))
            }
        }
    }

    fn total(&self) -> Option<u64> {
        match &self.arguments {
            Arguments::Lists(lists) => Some(lists.len()),
            Arguments::Lines(..) => None,
        }
    }

    fn rewind(&mut self) -> bool {
        let lists = matches!(self.arguments, Arguments::Lists(_));
        if lists {
            self.read = 0;
        }
        lists
    }
}
