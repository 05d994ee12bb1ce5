//! What is chosen for what was asked.

use super::*;
use crate::class::Class;
use crate::file::CompareFile;

mod forms;

fn names(options: &Options) -> Vec<String> {
    let chosen = chosen(options, 2).unwrap();
    chosen.into_iter().map(|one| one.name).collect()
}

fn named(names: &[&str]) -> Options {
    Options {
        names: names.iter().map(|name| (*name).to_owned()).collect(),
        ..Options::default()
    }
}

#[test]
fn a_sweep_takes_the_place_of_a_workloads_own_and_needs_a_knob() {
    let along = |names: &[&str], sweep: &str| {
        let options = Options {
            sweep: Some(sweep.parse().unwrap()),
            ..named(names)
        };
        chosen(&options, 2)
    };
    let cpu = along(&["cpu"], "workers=1,3").unwrap();
    assert_eq!(cpu[0].sweep.as_ref().unwrap().places, [1.0, 3.0]);
    let own = along(&[], "us=5,6").unwrap();
    assert_eq!((own.len(), own[0].name.as_str()), (1, "overhead"));
    let PlanError::Name(error) = along(&["io", "cpu"], "us=5,6").unwrap_err() else {
        panic!("a name is what is wrong");
    };
    assert_eq!(
        (error.given.as_str(), error.known),
        (
            "io",
            ["gil", "overhead", "parent"].map(str::to_owned).to_vec()
        )
    );
}

#[test]
fn unknown_names_and_missing_baselines_are_refused() {
    let Err(PlanError::Name(unknown)) = chosen(&named(&["io", "cpuu"]), 2) else {
        panic!("there is no cpuu");
    };
    assert_eq!(unknown.given, "cpuu");
    let by = |name: &str, names: &[&str]| {
        let options = Options {
            baseline: Some(name.to_owned()),
            ..named(names)
        };
        chosen(&options, 2).unwrap_err().to_string()
    };
    let missing = by("seq", &["faults"]);
    assert!(
        missing.contains("in this comparison called `seq`\n  = there are: threads, pool"),
        "{missing}"
    );
    for names in [&[][..], &["cpu"]] {
        let slip = by("thread", names);
        assert!(
            slip.starts_with("there is no arm `thread`; did you mean `threads`?"),
            "{slip}"
        );
    }
}

#[test]
fn arms_that_are_asked_for_take_the_place_of_a_workloads_own() {
    let with = |arms: &[Arm]| Options {
        arms: Some(arms.iter().map(|arm| arm.name().to_owned()).collect()),
        ..named(&["cpu", "tutorial"])
    };
    let found = chosen(&with(&[Arm::Threads, Arm::Exec]), 2).unwrap();
    assert_eq!(found[0].arms, [Arm::Threads, Arm::Exec]);
    // The tutorial starts a process for each task as it is.
    assert_eq!(found[1].arms, [Arm::Threads]);
    assert!(found[1].notes[0].starts_with("exec is left out: "));
    assert!(found[0].round < workloads(2)[1].round);
    let without = chosen(&with(&[Arm::Pool]), 2).unwrap_err();
    assert!(
        without.to_string().contains("called `threads`"),
        "{without}"
    );
}

/// A file with two programs, one of which has a name of its own.
fn file([first, second]: [&str; 2]) -> Workload {
    let text = format!(
        "schema = 1\nname = \"own\"\n[[arm]]\nname = \"threads\"\ncommand = [\"{first}\"]\n\
         [[arm]]\nname = \"fast\"\ncommand = [\"{second}\"]\n"
    );
    let file = CompareFile::parse("own.toml".as_ref(), &text);
    file.unwrap().workload()
}

#[test]
fn arms_are_asked_for_by_the_names_that_a_file_gives_them() {
    let asked = |names: &[&str], arms: &str| {
        let options = Options {
            own: vec![file(["/bin/sh"; 2])],
            arms: Some(arms.split(',').map(str::to_owned).collect()),
            ..named(names)
        };
        chosen(&options, 2)
    };
    let arms =
        |workload: &Workload| -> Vec<&str> { workload.arms.iter().map(|arm| arm.name()).collect() };
    let found = asked(&["own"], "fast,threads,fast").unwrap();
    assert_eq!(arms(&found[0]), ["threads", "fast"]);
    // A program does the work of its file, and no other.
    let found = asked(&["own", "cpu"], "threads,fast,pool").unwrap();
    assert_eq!(arms(&found[0]), ["threads", "fast"]);
    assert_eq!(arms(&found[1]), ["threads", "pool"]);
    let slip = asked(&["own"], "threads,fats").unwrap_err();
    assert_eq!(slip.exit().code(), 2);
    let slip = slip.to_string();
    assert!(
        slip.starts_with("there is no arm `fats`; did you mean `fast`?\n  = there are: threads, fast, seq, pool, "),
        "{slip}"
    );
    let none = asked(&["own"], "pool").unwrap_err().to_string();
    assert!(
        none.ends_with("called `threads`\n  = there is none at all"),
        "{none}"
    );
}

#[test]
fn what_was_asked_for_and_cannot_run_here_is_an_error_unless_it_may_be_left_out() {
    let mut options = Options {
        arms: Some(["threads", "py-threads-ft"].map(str::to_owned).to_vec()),
        ..named(&["cpu"])
    };
    let error = chosen(&options, 2).unwrap_err().to_string();
    assert!(
        error.starts_with("`py-threads-ft` cannot run here: no CPython"),
        "{error}"
    );
    options.skip_missing = true;
    let found = chosen(&options, 2).unwrap();
    assert_eq!(found[0].arms, [Arm::Threads]);
    // Without its baseline there is nothing to compare with.
    options.baseline = Some("py-threads-ft".to_owned());
    assert!(matches!(
        chosen(&options, 2),
        Err(PlanError::Missing { .. })
    ));
}

#[test]
fn places_that_there_is_no_memory_for_are_left_out_and_one_must_be_left() {
    let with = |mib: u64| Options {
        available: Some(mib << 20),
        ..named(&["parent"])
    };
    let found = chosen(&with(300), 2).unwrap();
    assert_eq!(found[0].sweep.as_ref().unwrap().places, [0.0, 64.0]);
    assert_eq!(found[0].notes.len(), 2, "{:?}", found[0].notes);
    let error = chosen(&with(100), 2).unwrap_err();
    assert_eq!(error.exit().code(), 69);
    let text = error.to_string();
    assert!(
        text.starts_with(
            "`parent` needs more memory than there is: a parent of 1024 MiB is left out"
        ),
        "{text}"
    );
}

#[test]
fn tasks_and_classes_choose_among_all_there_are() {
    let of_tasks = |tasks: &[&str]| Options {
        tasks: tasks.iter().map(|task| (*task).to_owned()).collect(),
        ..Options::default()
    };
    assert_eq!(
        names(&of_tasks(&["spin", "sleep"])),
        ["io", "gil", "overhead", "parent"]
    );
    let of_class = Options {
        classes: vec![Class::Mixed, Class::Mem],
        ..Options::default()
    };
    assert_eq!(names(&of_class), ["mixed", "memory", "parent", "tools"]);
    let nothing = chosen(&of_tasks(&["json"]), 2).unwrap_err().to_string();
    assert!(
        nothing.starts_with("there is no comparison with json and the arm threads\nhelp: "),
        "{nothing}"
    );
}

#[test]
fn a_program_that_is_not_here_is_an_error_unless_something_is_left_without_it() {
    let options = |own: Workload| Options {
        own: vec![own],
        ..named(&["own"])
    };
    assert_eq!(
        chosen(&options(file(["/bin/sh"; 2])), 2).unwrap()[0]
            .arms
            .len(),
        2
    );
    let mut one = options(file(["/bin/sh", "/no/such/program"]));
    let error = chosen(&one, 2).unwrap_err();
    assert_eq!(error.exit().code(), 69);
    let said = error.to_string();
    assert!(
        said.starts_with("`own` needs the program `/no/such/program`, which"),
        "{said}"
    );
    one.skip_missing = true;
    let left = chosen(&one, 2).unwrap();
    assert_eq!(left[0].arms, [Arm::Threads]);
    assert!(
        left[0].notes[0].contains("`/no/such/program` was not found"),
        "{:?}",
        left[0].notes
    );
    let mut none = options(file(["/no/shell", "/no/such/program"]));
    none.skip_missing = true;
    assert_eq!(chosen(&none, 2).unwrap_err().exit().code(), 69);
}

#[test]
fn a_list_names_what_cannot_run_here_and_everything_else() {
    let options = Options {
        all: true,
        own: vec![file(["/no/shell", "/no/such/program"])],
        listing: true,
        available: Some(1),
        ..Options::default()
    };
    let listed = chosen(&options, 2).unwrap();
    assert_eq!(listed.len(), workloads(2).len() + 1);
    assert_eq!((listed[0].arms.len(), listed[0].notes.len()), (0, 2));
}

#[test]
fn of_all_there_are_those_that_cannot_run_here_are_left_out_and_named() {
    let options = Options {
        all: true,
        own: vec![file(["/no/shell", "/no/such/program"])],
        ..Options::default()
    };
    let found = chosen(&options, 2).unwrap();
    assert_eq!(found.len(), workloads(2).len());
    assert_eq!(
        found[0].notes[0],
        "the comparison `own` is left out: the program `/no/shell` was not found"
    );
    let named = Options {
        names: vec!["own".to_owned()],
        ..options
    };
    assert_eq!(chosen(&named, 2).unwrap_err().exit().code(), 69);
}

#[test]
fn tools_are_for_comparisons_of_programs_and_must_be_here() {
    let mut options = Options {
        beside: Some(vec![Arm::Xargs]),
        ..Options::default()
    };
    let error = chosen(&options, 2).unwrap_err();
    assert_eq!(error.exit().code(), 69);
    assert!(
        error.to_string().contains("`xargs` cannot run here"),
        "{error}"
    );
    options.tools.xargs = true;
    let found = chosen(&options, 2).unwrap();
    assert_eq!((found.len(), found[0].name.as_str()), (1, "tools"));
    assert_eq!(found[0].arms, [&Arm::ALL[..], &[Arm::Xargs]].concat());
}
