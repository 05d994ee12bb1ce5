//! Reading inputs: each one is checked before anything starts, and all that are wrong are told.

use std::io::{self, BufRead, Read as _};

use super::list::{Inputs, Piece, Spread};
use crate::catalogue::kind::Kind;
use crate::excerpt::Excerpt;
use crate::parameter::Argument;
use crate::report::Report;

/// So many bad inputs are told one by one.
const TOLD: usize = 20;

/// The longest line of standard input, in bytes; no task takes anything near it, and it bounds what a file that is no
/// list of inputs does to memory.
const LONGEST: u64 = 1 << 20;

/// Why there are no inputs.
#[derive(Debug)]
pub(crate) enum InputsError {
    /// These are no inputs for the task.
    Bad(Vec<Report>),
    /// Standard input cannot be read.
    Unreadable(io::Error),
}

impl Inputs {
    /// Reads the inputs of `kind` from `words`; `-` stands for the lines of `stdin`.
    ///
    /// # Errors
    ///
    /// Tells all inputs that the task cannot take.
    pub(crate) fn read(
        kind: &'static Kind,
        words: &[String],
        stdin: impl FnOnce() -> io::Result<Box<dyn BufRead>>,
    ) -> Result<Self, InputsError> {
        let mut reader = Reader {
            kind,
            inputs: Self::default(),
            wrong: Vec::new(),
            untold: 0,
        };
        let mut stdin = Some(stdin);
        for (number, word) in (1..).zip(words) {
            if word != "-" {
                reader.word(word, || format!("input {number}"));
            } else if let Some(open) = stdin.take() {
                let lines = open().and_then(|stdin| reader.lines(stdin));
                lines.map_err(InputsError::Unreadable)?;
            } else {
                reader.complain(|| Report::new("standard input (`-`) is given more than once"));
            }
        }
        reader.finish().map_err(InputsError::Bad)
    }
}

struct Reader {
    kind: &'static Kind,
    inputs: Inputs,
    wrong: Vec<Report>,
    /// Bad inputs beyond those in `wrong`.
    untold: usize,
}

impl Reader {
    fn lines(&mut self, mut stdin: Box<dyn BufRead>) -> io::Result<()> {
        let mut line = Vec::new();
        for number in 1_u64.. {
            line.clear();
            let read = stdin.by_ref().take(LONGEST).read_until(b'\n', &mut line)?;
            if read == 0 {
                break;
            }
            if line.last() != Some(&b'\n') && u64::try_from(read) == Ok(LONGEST) {
                self.complain(|| too_long(number));
                break;
            }
            // What is no text cannot be an input of any task, and is told with the damage marked.
            let text = String::from_utf8_lossy(&line);
            let text = text.trim();
            if !text.is_empty() {
                self.word(text, || format!("line {number} of standard input"));
            }
        }
        Ok(())
    }

    fn word(&mut self, word: &str, place: impl FnOnce() -> String) {
        let Some(parameter) = self.kind.input() else {
            let piece = range(word, |_| Some(Spread::Integers));
            self.inputs
                .pieces
                .push(piece.unwrap_or_else(|| Piece::One(Argument::Word(word.to_owned()))));
            return;
        };
        let end = |text: &str| match parameter.domain.parse(text)? {
            Argument::Integer(_) => Some(Spread::Integers),
            Argument::Time(_) => Some(Spread::Seconds),
            _ => None,
        };
        let piece = parameter.domain.parse(word).map(Piece::One);
        match piece.or_else(|| range(word, end)) {
            Some(piece) => self.inputs.pieces.push(piece),
            None => self.complain(|| {
                bad(
                    self.kind.name,
                    word,
                    &place(),
                    &parameter.domain.to_string(),
                )
            }),
        }
    }

    fn complain(&mut self, report: impl FnOnce() -> Report) {
        if self.wrong.len() < TOLD {
            self.wrong.push(report());
        } else {
            self.untold += 1;
        }
    }

    fn finish(mut self) -> Result<Inputs, Vec<Report>> {
        if self.untold > 0 {
            let untold = format!("{} more inputs are wrong", self.untold);
            self.wrong.push(Report::new(untold));
        }
        if self.wrong.is_empty() {
            Ok(self.inputs)
        } else {
            Err(self.wrong)
        }
    }
}

fn too_long(line: u64) -> Report {
    Report::new(format!("line {line} of standard input is too long"))
        .note(format!(
            "expected: an input a line, of less than {LONGEST} bytes"
        ))
        .note("what comes after it was not read")
}

fn bad(task: &str, word: &str, place: &str, expected: &str) -> Report {
    let shown = Excerpt(word);
    let report = Report::new(format!("`{task}` cannot take `{shown}` as {place}"))
        .note(format!("expected: {expected}"));
    match word.split_once("..") {
        Some(_) => report
            .help("a range goes up and its ends must be inputs too: 1..=5, or 1..6 without the 6"),
        None => report,
    }
}

/// Reads `1..=5` and `1..6`; `accept` says whether an end is an input, and what the numbers become.
fn range(word: &str, accept: impl Fn(&str) -> Option<Spread>) -> Option<Piece> {
    let (first, last) = word.split_once("..")?;
    let from: u64 = first.parse().ok()?;
    let (last, open) = match last.strip_prefix('=') {
        Some(last) => (last, 0),
        None => (last, 1),
    };
    let to = last.parse::<u64>().ok()?.checked_sub(open)?;
    let spread = accept(first)?;
    accept(&to.to_string())?;
    (from <= to).then_some(Piece::Range(from..=to, spread))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(task: &str, words: &[&str], stdin: &'static str) -> Result<Vec<String>, Vec<String>> {
        let words: Vec<_> = words.iter().map(|&word| word.to_owned()).collect();
        let kind = Kind::find(task).unwrap();
        match Inputs::read(kind, &words, || Ok(Box::new(stdin.as_bytes()))) {
            Ok(inputs) => {
                let texts: Vec<_> = inputs.iter().map(|input| input.to_string()).collect();
                assert_eq!(inputs.iter().size_hint(), (texts.len(), Some(texts.len())));
                Ok(texts)
            }
            Err(InputsError::Bad(wrong)) => Err(wrong.iter().map(Report::plain).collect()),
            Err(InputsError::Unreadable(error)) => panic!("{error}"),
        }
    }

    #[test]
    fn words_ranges_and_lines_keep_their_order() {
        let inputs = read("square", &["9", "1..=3", "-", "5..7"], "20\n\n 21 \r\n22");
        assert_eq!(inputs.unwrap().join(" "), "9 1 2 3 20 21 22 5 6");
    }

    #[test]
    fn a_task_without_parameters_takes_any_input() {
        let inputs = read("noop", &["a", "1..=2", "a..b"], "");
        assert_eq!(inputs.unwrap(), ["a", "1", "2", "a..b"]);
    }

    #[test]
    fn seconds_can_be_a_range() {
        assert_eq!(
            read("worker", &["0.5", "1..=2"], "").unwrap(),
            ["0.5", "1", "2"]
        );
    }

    #[test]
    fn a_long_range_costs_nothing() {
        let words = ["0..=4294967295".to_owned()];
        let kind = Kind::find("square").unwrap();
        let inputs = Inputs::read(kind, &words, || Ok(Box::new(io::empty()))).unwrap();
        assert_eq!(inputs.len(), 1 << 32);
        assert_eq!(inputs.iter().size_hint().0, 1 << 32);
    }

    #[test]
    fn every_bad_input_is_told_with_its_place() {
        let wrong = read(
            "square",
            &["1", "x", "-", "5..1", "4294967296", "-"],
            "2\ny\n",
        );
        let wrong = wrong.unwrap_err();
        let expected = "\n  = expected: a whole number from 0 to 4294967295\n";
        assert_eq!(
            wrong[0],
            format!("error: `square` cannot take `x` as input 2{expected}")
        );
        let line = "error: `square` cannot take `y` as line 2 of standard input";
        assert_eq!(wrong[1], format!("{line}{expected}"));
        assert!(wrong[2].contains("a range goes up"), "{}", wrong[2]);
        assert!(wrong[3].contains("as input 5"), "{}", wrong[3]);
        assert!(wrong[4].contains("more than once"), "{}", wrong[4]);
        assert_eq!(wrong.len(), 5);
    }

    #[test]
    fn a_flood_of_bad_inputs_is_cut_short() {
        let words = ["x"; TOLD + 5];
        let wrong = read("square", &words, "").unwrap_err();
        assert_eq!(wrong.len(), TOLD + 1);
        assert_eq!(wrong[TOLD], "error: 5 more inputs are wrong\n");
    }

    #[test]
    fn a_line_without_an_end_is_not_read_to_its_end() {
        let kind = Kind::find("noop").unwrap();
        let words = ["-".to_owned()];
        let read = Inputs::read(kind, &words, || {
            Ok(Box::new(io::BufReader::new(io::repeat(b'1'))))
        });
        let Err(InputsError::Bad(wrong)) = read else {
            panic!("it was taken: {read:?}");
        };
        let told = wrong[0].plain();
        assert!(
            told.starts_with("error: line 1 of standard input is too long"),
            "{told}"
        );
    }

    #[test]
    fn a_long_line_with_an_end_is_an_input() {
        let kind = Kind::find("noop").unwrap();
        let words = ["-".to_owned()];
        let longest = usize::try_from(LONGEST).unwrap();
        let text = format!("{}\n1\n", "1".repeat(longest - 1));
        let read = Inputs::read(kind, &words, || Ok(Box::new(io::Cursor::new(text))));
        assert_eq!(read.unwrap().len(), 2);
    }

    #[test]
    fn the_ends_of_a_range_must_be_inputs() {
        assert!(read("square", &["4294967290..=4294967296"], "").is_err());
        assert!(read("square", &["4294967290..4294967296"], "").is_ok());
        assert!(read("hang", &["1..=2"], "").is_err());
        assert!(read("square", &["3..3"], "").is_err());
    }
}
