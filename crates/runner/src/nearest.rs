//! "Did you mean": the known word nearest to a mistyped one.

/// How alike two words must be, from 0 to 1.
const ALIKE: f64 = 0.7;

/// The word among `known` that `given` most likely stands for.
pub(crate) fn nearest<'k>(
    given: &str,
    known: impl IntoIterator<Item = &'k str>,
) -> Option<&'k str> {
    let rated = known
        .into_iter()
        .map(|word| (strsim::jaro_winkler(given, word), word));
    let best = rated.max_by(|(one, _), (other, _)| one.total_cmp(other))?;
    (best.0 >= ALIKE).then_some(best.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_understood_and_another_word_is_not() {
        let known = ["square", "sleep", "worker"];
        assert_eq!(nearest("sqaure", known), Some("square"));
        assert_eq!(nearest("works", known), Some("worker"));
        assert_eq!(nearest("banana", known), None);
    }
}
