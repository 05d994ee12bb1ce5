//! Arguments from the command line: lists after `:::`, combined with one another.

use std::ffi::OsString;

/// What separates the command from a list, and lists from one another.
const LIST: &str = ":::";

/// What begins a list whose items go with those of the list before it.
const LINKED: &str = ":::+";

/// Lists of arguments. Every combination of their items is one run of the command; those of linked lists go together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Lists(Vec<Columns>);

/// Linked lists, of which the shortest says how many items there are.
type Columns = Vec<Vec<OsString>>;

impl Lists {
    /// Takes the lists off the words of a command line; `None` when there are none.
    pub(crate) fn take(words: &mut Vec<OsString>) -> Option<Self> {
        let is_mark = |word: &OsString| word == LIST || word == LINKED;
        let first = words.iter().position(is_mark)?;
        let mut lists: Vec<Columns> = Vec::new();
        for word in words.drain(first..) {
            if word == LIST || (word == LINKED && lists.is_empty()) {
                lists.push(vec![Vec::new()]);
            } else if word == LINKED {
                if let Some(columns) = lists.last_mut() {
                    columns.push(Vec::new());
                }
            } else if let Some(list) = lists.last_mut().and_then(|columns| columns.last_mut()) {
                list.push(word);
            }
        }
        Some(Self(lists))
    }

    /// How many arguments a run has.
    pub(crate) fn width(&self) -> usize {
        self.0.iter().map(Vec::len).sum()
    }

    /// How many runs there are.
    pub(crate) fn len(&self) -> u64 {
        let rows = self.0.iter().map(rows);
        rows.fold(1, u64::saturating_mul)
    }

    /// The arguments of a run; the last list goes round fastest.
    pub(crate) fn row(&self, mut number: u64) -> Vec<OsString> {
        let mut row = Vec::with_capacity(self.width());
        for columns in self.0.iter().rev() {
            let rows = rows(columns);
            let item = usize::try_from(number % rows).unwrap_or(usize::MAX);
            number /= rows;
            row.extend(columns.iter().rev().map(|list| list[item].clone()));
        }
        row.reverse();
        row
    }
}

fn rows(columns: &Columns) -> u64 {
    columns
        .iter()
        .map(|list| list.len() as u64)
        .min()
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows_of(text: &str) -> (Vec<String>, Vec<String>) {
        let mut words: Vec<_> = text.split(' ').map(OsString::from).collect();
        let lists = Lists::take(&mut words).unwrap();
        let rows = (0..lists.len()).map(|number| {
            let row = lists.row(number);
            assert_eq!(row.len(), lists.width());
            let words: Vec<_> = row.iter().map(|word| word.to_str().unwrap()).collect();
            words.join(" ")
        });
        let command = words.iter().map(|word| word.to_str().unwrap().to_owned());
        (command.collect(), rows.collect())
    }

    #[test]
    fn a_list_gives_a_run_an_item() {
        let (command, rows) = rows_of("echo -n ::: a b c");
        assert_eq!(
            (command.join(" "), rows.join(",")),
            ("echo -n".to_owned(), "a,b,c".to_owned())
        );
    }

    #[test]
    fn several_lists_give_every_combination() {
        let (_, rows) = rows_of("echo ::: a b ::: 1 2 3");
        assert_eq!(rows.join(","), "a 1,a 2,a 3,b 1,b 2,b 3");
    }

    #[test]
    fn linked_lists_go_together() {
        let (_, rows) = rows_of("echo ::: a b :::+ A B C ::: 1 2");
        assert_eq!(rows.join(","), "a A 1,a A 2,b B 1,b B 2");
    }

    #[test]
    fn an_empty_list_gives_no_run() {
        assert_eq!(rows_of("echo :::").1, [""; 0]);
        assert_eq!(rows_of("echo ::: a b :::").1, [""; 0]);
    }
}
