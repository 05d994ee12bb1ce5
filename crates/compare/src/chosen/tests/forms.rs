//! Arms that are told more than their names say.

use super::*;

#[test]
fn sizes_of_batches_are_compared_or_swept_and_forms_have_names() {
    let batches = ["1", "auto"].map(|text| text.parse().unwrap());
    let mut options = Options {
        batches: batches.to_vec(),
        baseline: Some("pool@batch-auto".to_owned()),
        ..named(&["cpu"])
    };
    let found = chosen(&options, 2).unwrap();
    assert_eq!(found[0].baseline().name(), "pool@batch-auto");
    options.baseline = Some("pool".to_owned());
    let found = chosen(&options, 2).unwrap();
    assert_eq!(found[0].baseline().name(), "pool@batch-1");
    options.baseline = None;
    options.arms = Some(vec!["seq".to_owned(), "threads@batch-auto".to_owned()]);
    let found = chosen(&options, 2).unwrap();
    assert_eq!(found[0].baseline().name(), "threads@batch-auto");
    options.baseline = Some("pool@batch-auto".to_owned());
    options.arms = Some(vec!["seq".to_owned(), "pool@batch-auto".to_owned()]);
    let found = chosen(&options, 2).unwrap();
    let names: Vec<&str> = found[0].arms.iter().map(|arm| arm.name()).collect();
    assert_eq!(names, ["seq", "pool@batch-auto"]);
    options.sweep = "chunk=1,10".parse().ok();
    let error = chosen(&options, 2).unwrap_err();
    assert_eq!(error.exit().code(), 2);
    assert!(error.to_string().contains("`--sweep chunk`"), "{error}");
}
