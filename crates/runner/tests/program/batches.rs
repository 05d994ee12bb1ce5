//! Inputs of a map that go to a worker together: nothing comes out differently.

use super::child::run;

#[test]
fn results_are_the_same_however_many_inputs_travel_together() {
    for batch in ["auto", "1", "3", "20", "65536"] {
        let ran = run(&format!("map square 1..=20 -j 2 -s secs=0 --batch {batch}"));
        let squares: Vec<_> = (1..=20).map(|n: u32| (n * n).to_string()).collect();
        let list = format!("[{}]\n", squares.join(", "));
        assert_eq!((ran.code, ran.out), (0, list), "{batch}: {}", ran.err);
    }
}

#[test]
fn a_failure_is_its_own_inputs_and_not_that_of_all_with_which_it_travels() {
    let ran = run("map fail a b c -j 1 --batch 3");
    assert_eq!((ran.code, ran.out.as_str()), (100, "[null, null, null]\n"));
    assert_eq!(ran.err, "fail(a): a\nfail(b): b\nfail(c): c\n");
}

#[test]
fn what_is_no_number_of_inputs_is_refused() {
    for (arguments, told) in [
        (
            "map noop 1 --batch 0",
            "expected `auto` or a number from 1 to 65536",
        ),
        ("map noop 1 --batch many", "expected `auto` or a number"),
        ("map noop 1 --batch 2 --inline", "--inline"),
        (
            "map noop 1 --batch 2 --retries 1",
            "cannot be kept where inputs are followed one by one",
        ),
        ("map noop 1 --batch 2 --verbose", "leave out --batch, or"),
    ] {
        let ran = run(arguments);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{arguments}");
        assert!(ran.err.contains(told), "{arguments}: {}", ran.err);
    }
}
