//! Which rows are measured.

use super::row::Row;
use super::rows::all;
use crate::nearest::UnknownName;

/// What the command line asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Choice {
    /// The rows; none means all.
    pub only: Vec<String>,
}

impl Choice {
    /// The chosen rows, in the order in which they are measured.
    ///
    /// # Errors
    ///
    /// There is no row of that name.
    ///
    /// ```
    /// use anypool_compare::bench::Choice;
    ///
    /// let error = Choice { only: vec!["deth".to_owned()] }.rows().unwrap_err();
    /// assert!(error.to_string().contains("did you mean `death`?"));
    /// ```
    pub fn rows(&self) -> Result<Vec<Row>, UnknownName> {
        let all = all();
        for name in &self.only {
            if all.iter().all(|row| row.name != name) {
                return Err(UnknownName {
                    kind: "row",
                    given: name.clone(),
                    known: all.iter().map(|row| row.name.to_owned()).collect(),
                });
            }
        }
        let chosen =
            |row: &Row| self.only.is_empty() || self.only.iter().any(|name| name == row.name);
        Ok(all.into_iter().filter(chosen).collect())
    }
}

/// The rows with their goals, for `--list`.
pub fn list(rows: &[Row]) -> String {
    let mut text = String::new();
    for row in rows {
        text.push_str(&format!("{}: {}\n", row.name, row.title));
        for metric in &row.metrics {
            let goals: Vec<String> = metric
                .goals
                .iter()
                .map(|goal| format!("{} ({})", goal.check.words(metric.unit), goal.mode))
                .collect();
            let goals = if goals.is_empty() {
                "no goal".to_owned()
            } else {
                goals.join("; ")
            };
            text.push_str(&format!("    {}: {goals}\n", metric.title));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(only: &[&str]) -> Vec<&'static str> {
        let only = only.iter().map(|name| (*name).to_owned()).collect();
        let rows = Choice { only }.rows().unwrap();
        rows.iter().map(|row| row.name).collect()
    }

    #[test]
    fn rows_come_in_their_own_order_and_once() {
        assert_eq!(names(&["death", "singly", "death"]), ["singly", "death"]);
        assert_eq!(names(&[]).len(), all().len());
    }

    #[test]
    fn an_unknown_row_is_refused_with_the_list() {
        let only = vec!["singly".to_owned(), "warmth".to_owned()];
        let error = Choice { only }.rows().unwrap_err().to_string();
        assert!(error.starts_with("there is no row `warmth`"), "{error}");
        assert!(error.contains("one-in-flight, singly, map-10m"), "{error}");
    }

    #[test]
    fn the_list_tells_rows_metrics_and_goals() {
        let rows = Choice::default().rows().unwrap();
        let list = list(&rows);
        assert!(list.contains("death: a small worker"), "{list}");
        assert!(
            list.contains("    kill → the caller has the error: ≤ 200 µs (free)\n"),
            "{list}"
        );
        assert!(list.contains("a worker: no goal\n"), "{list}");
    }
}
