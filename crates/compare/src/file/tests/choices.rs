//! What a file chooses: its arms, and how they are measured.

use std::time::Duration;

use super::{OWN, TASK, parse};
use crate::report::Side;

#[test]
fn programs_of_ones_own_have_names_of_their_own() {
    let free = OWN.replace(
        "\"threads\"\ncommand",
        "\"tokio\"\nkind = \"threads\"\ncommand",
    );
    let with = |arms: &str| parse(&format!("{free}\n[arms]\n{arms}\n"));
    let file = with("use = [\"tokio\"]\nbaseline = \"tokio\"").unwrap();
    let tokio = file.arms[0];
    assert_eq!((tokio.name(), tokio.side()), ("tokio", Side::Threads));
    assert_eq!((file.arms.len(), file.terms.baseline), (1, Some(tokio)));
    let unknown = with("baseline = \"toki\"").unwrap_err();
    assert!(unknown.contains("did you mean `tokio`?"), "{unknown}");
    let unused = with("use = [\"tokio\"]\nbaseline = \"pool\"").unwrap_err();
    assert!(unused.contains("there is no arm `pool`"), "{unused}");
    // Ours do not run them.
    let ours = with("use = [\"seq\"]").unwrap_err();
    assert!(ours.contains("there are: tokio, pool"), "{ours}");
    for (name, why) in [
        (
            "control",
            "`control` is what an arm is called that runs twice a round",
        ),
        ("a b", "the name of an arm has letters"),
        ("tokio", "there is an arm called `tokio` already"),
    ] {
        let error = parse(&free.replace("\"pool\"", &format!("\"{name}\""))).unwrap_err();
        assert!(error.starts_with(why), "{name}: {error}");
    }
    let kind = parse(&free.replace("kind = \"threads\"", "kind = \"fibres\"")).unwrap_err();
    assert!(
        kind.contains("there are: sequential, threads, processes, other"),
        "{kind}"
    );
    let other = parse(&free.replace("\"tokio\"", "\"seq\"")).unwrap_err();
    assert!(
        other.starts_with("an arm called `seq` is of the kind `sequential`"),
        "{other}"
    );
}

#[test]
fn a_file_says_how_it_is_measured() {
    let with = |rounds: &str| parse(&TASK.replace("rounds = 16", rounds));
    let long = "rounds = { min = 8, max = 40, until-ci = \"3%\", max-time = \"4m\" }\nwarmup-rounds = 0\nmemory-rounds = 2";
    let measure = with(long).unwrap().measure;
    assert_eq!(measure.rounds, (Some(8), Some(40)));
    assert_eq!(measure.until_half_width, Some(0.03));
    assert_eq!(measure.max_time, Some(Duration::from_secs(240)));
    assert_eq!(
        (measure.warmup_rounds, measure.memory_rounds),
        (Some(0), Some(2))
    );
    for (rounds, why) in [
        ("rounds = 0", "`rounds` of [measure] cannot be this"),
        (
            "rounds = { min = 9, max = 8 }",
            "there cannot be 9 rounds at least and 8 at most",
        ),
        (
            "rounds = { until-ci = \"300%\" }",
            "it is a share between 0 and 1",
        ),
        (
            "rounds = { until-ci = 3.0 }",
            "it is a share between 0 and 1",
        ),
        ("rounds = { max-time = \"soon\" }", "`soon` is no time"),
        (
            "rounds = { max-time = \"0s\" }",
            "no time is no time to measure in",
        ),
        ("rounds = { mni = 3 }", "unknown key `mni` in [rounds]"),
        (
            "memory-rounds = -1",
            "`memory-rounds` of [measure] cannot be this",
        ),
    ] {
        let error = with(rounds).unwrap_err();
        assert!(error.starts_with(why), "{rounds}: {error}");
        assert!(error.contains("┌─ x.toml:"), "{error}");
    }
}

#[test]
fn arms_are_chosen_once_each_and_at_least_one() {
    let with =
        |used: &str| parse(&TASK.replace("[\"seq\", \"threads\", \"pool\"]", used)).unwrap_err();
    assert!(with("[]").starts_with("`use` of [arms] cannot be this"));
    let twice = with("[\"seq\", \"pool\", \"pool\"]");
    assert!(twice.starts_with("`pool` is there already"), "{twice}");
    let slip = with("[\"seq\", \"pol\", \"pool\"]");
    assert!(slip.contains("did you mean `pool`?"), "{slip}");
    assert!(slip.contains("x.toml:19:15"), "{slip}");
}
