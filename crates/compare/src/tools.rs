//! Programs of others that run a command once for each input, side by side: they are arms where they are there.

use std::process::{Command, Stdio};

use crate::arm::Arm;

/// Which of them there are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tools {
    /// `xargs`, with `-0` and `-P`.
    pub xargs: bool,
    /// GNU parallel, and not another program of that name.
    pub parallel: bool,
}

impl Tools {
    /// Looks for them.
    pub fn find() -> Self {
        Self {
            xargs: says(&["xargs", "-0", "-P", "1", "true"], ""),
            parallel: says(&["parallel", "--plain", "--version"], "GNU parallel"),
        }
    }

    /// Why an arm cannot run here; `None` where it can.
    pub(crate) fn left_out(self, arm: Arm) -> Option<String> {
        match arm {
            Arm::Xargs if !self.xargs => Some("no `xargs` with -0 and -P was found".to_owned()),
            Arm::Parallel if !self.parallel => Some("GNU `parallel` was not found".to_owned()),
            _ => None,
        }
    }
}

/// Whether a program runs, and what it prints begins like this.
fn says(words: &[&str], beginning: &str) -> bool {
    let mut command = Command::new(words[0]);
    command
        .args(&words[1..])
        .stdin(Stdio::null())
        .stderr(Stdio::null());
    let output = command.output().ok();
    output.is_some_and(|output| {
        output.status.success() && output.stdout.starts_with(beginning.as_bytes())
    })
}

/// Where a command has its input.
const INPUT: &str = "{}";

/// The words of one of these arms, its program first; `None` for other arms.
pub(crate) fn words(
    arm: Arm,
    command: &[String],
    inputs: &[String],
    workers: usize,
) -> Option<Vec<String>> {
    let before = match arm {
        Arm::Xargs => {
            let script = script(command, workers);
            ["sh", "-c", &script, "sh"].map(str::to_owned).to_vec()
        }
        Arm::Parallel => {
            // Settings of the user's own would make it do something else.
            let flags = ["parallel", "--plain", "--keep-order", "--quote", "--jobs"];
            let flags = flags.iter().map(|flag| (*flag).to_owned());
            let flags = flags.chain([workers.to_string(), "--".to_owned()]);
            let words = flags.chain(command.iter().cloned());
            words.chain([":::".to_owned()]).collect()
        }
        _ => return None,
    };
    Some(before.into_iter().chain(inputs.iter().cloned()).collect())
}

/// What gives xargs its inputs, which it takes from its standard input alone.
fn script(command: &[String], workers: usize) -> String {
    let has_place = command.iter().any(|word| word.contains(INPUT));
    let each = if has_place { "-I {}" } else { "-n 1" };
    let words: Vec<String> = command.iter().map(|word| quoted(word)).collect();
    let words = words.join(" ");
    format!("printf '%s\\0' \"$@\" | xargs -0 -P {workers} {each} {words}")
}

/// A word as a shell takes it, whatever is in it.
fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(words: &[&str]) -> Vec<String> {
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    /// What xargs makes of a command and its inputs, its lines in order.
    fn printed(command: &[&str], inputs: &[&str]) -> Vec<String> {
        let words = words(Arm::Xargs, &texts(command), &texts(inputs), 2).unwrap();
        let output = Command::new(&words[0]).args(&words[1..]).output().unwrap();
        assert!(output.status.success(), "{words:?}");
        let text = String::from_utf8(output.stdout).unwrap();
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        lines.sort();
        lines
    }

    #[test]
    fn xargs_gets_each_input_as_it_is() {
        let odd = ["a b", "$HOME", "it's", "\"q\"", "-n", "*"];
        let mut sorted = odd;
        sorted.sort_unstable();
        assert_eq!(printed(&["printf", "%s\\n"], &odd), sorted);
        assert_eq!(
            printed(&["echo", "it's {}, {}"], &["1", "2"]),
            ["it's 1, 1", "it's 2, 2"]
        );
    }

    #[test]
    fn a_command_that_fails_is_not_taken_for_one_that_does_not() {
        let words = words(Arm::Xargs, &texts(&["false"]), &texts(&["1"]), 1).unwrap();
        let status = Command::new(&words[0]).args(&words[1..]).status().unwrap();
        assert!(!status.success());
    }

    #[test]
    fn parallel_keeps_the_order_and_knows_nothing_of_the_users_settings() {
        let words = words(Arm::Parallel, &texts(&["cksum"]), &texts(&["a", "b"]), 3).unwrap();
        assert_eq!(
            words.join(" "),
            "parallel --plain --keep-order --quote --jobs 3 -- cksum ::: a b"
        );
        assert_eq!(super::words(Arm::Pool, &[], &[], 1), None);
    }

    #[test]
    fn a_program_that_is_not_there_leaves_its_arm_out() {
        assert!(!says(&["no-such-program-as-this"], ""));
        assert!(!says(&["echo", "moreutils"], "GNU parallel"));
        let none = Tools::default();
        assert!(none.left_out(Arm::Xargs).is_some() && none.left_out(Arm::Parallel).is_some());
        assert_eq!(none.left_out(Arm::Pool), None);
    }
}
