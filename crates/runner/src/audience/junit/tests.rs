//! What build servers read of a run.

use roxmltree::{Document, Node};

use super::super::moment::Tally;
use super::*;
use crate::event::samples::samples;
use crate::event::{Stamped, TaskKey};

fn hear(junit: &Arc<Junit>, tally: &mut Tally, event: Event) {
    tally.count(&event);
    let stamped = Stamped { t: 33, event };
    let tally = *tally;
    junit.hear(&Moment { stamped, tally });
}

/// The file of a run in which each of these ended, after all samples but the end of their task.
fn file(ends: &[(&str, Verdict)]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("junit.xml");
    let junit = Arc::new(Junit::create(&path, &Halt::new(|_| ())).unwrap());
    let mut tally = Tally::default();
    for Stamped { event, .. } in samples() {
        if !matches!(event, Event::TaskFinished(_)) {
            hear(&junit, &mut tally, event);
        }
    }
    for (index, (name, outcome)) in (7..).zip(ends) {
        let key = TaskKey::builder("call").finish();
        let mut finished = TaskFinished::new((*name).into(), key, index, *outcome);
        finished.message = Some("died of <SIGSEGV>".to_owned());
        finished.run = 1_500_000_000;
        hear(&junit, &mut tally, Event::TaskFinished(Box::new(finished)));
    }
    junit.close();
    std::fs::read_to_string(&path).unwrap()
}

fn children<'a>(node: &Node<'a, 'a>) -> Vec<Node<'a, 'a>> {
    node.children().filter(Node::is_element).collect()
}

/// The form that Jenkins and those that follow it accept: which element may hold which, and what it must say.
const FORM: &[(&str, &[&str], &[&str])] = &[
    (
        "testsuites",
        &["name", "tests", "failures", "errors", "time"],
        &["testsuite"],
    ),
    (
        "testsuite",
        &[
            "name",
            "tests",
            "failures",
            "errors",
            "skipped",
            "time",
            "timestamp",
            "id",
        ],
        &["testcase"],
    ),
    (
        "testcase",
        &["name", "classname", "time"],
        &[
            "skipped",
            "error",
            "failure",
            "rerunFailure",
            "flakyFailure",
            "system-out",
            "system-err",
        ],
    ),
    ("failure", &["message", "type"], &[]),
    ("error", &["message", "type"], &[]),
    ("rerunFailure", &["message", "type"], &[]),
    ("flakyFailure", &["message", "type"], &[]),
    ("skipped", &["message"], &[]),
    ("system-out", &[], &[]),
    ("system-err", &[], &[]),
];

fn check(node: &Node<'_, '_>) {
    let name = node.tag_name().name();
    let (_, says, holds) = FORM.iter().find(|(known, ..)| *known == name).unwrap();
    let said: Vec<_> = node
        .attributes()
        .map(|attribute| attribute.name())
        .collect();
    assert_eq!(said, *says, "{name}");
    for child in node.children().filter(Node::is_element) {
        let inner = child.tag_name().name();
        assert!(holds.contains(&inner), "{inner} in {name}");
        check(&child);
    }
}

#[test]
fn every_verdict_has_the_form_that_build_servers_accept() {
    let ends = Verdict::ALL.map(|verdict| (verdict.as_str(), verdict));
    let text = file(&ends);
    let document = Document::parse(&text).unwrap();
    let root = document.root_element();
    check(&root);
    let [suite] = &children(&root)[..] else {
        panic!("one suite: {text}");
    };
    assert_eq!(suite.attribute("name"), Some("convert"));
    for (number, count) in [
        ("tests", "8"),
        ("failures", "2"),
        ("errors", "3"),
        ("skipped", "2"),
    ] {
        assert_eq!(suite.attribute(number), Some(count), "{number}");
    }
    let elements = |name: &str| {
        let found = suite.descendants().filter(|node| node.has_tag_name(name));
        found.count().to_string()
    };
    for (element, number) in [
        ("testcase", "tests"),
        ("failure", "failures"),
        ("error", "errors"),
        ("skipped", "skipped"),
    ] {
        assert_eq!(
            Some(&*elements(element)),
            suite.attribute(number),
            "{element}"
        );
    }
}

#[test]
fn what_a_task_printed_and_its_earlier_tries_are_told() {
    let text = file(&[("a&b", Verdict::Crashed)]);
    let document = Document::parse(&text).unwrap();
    let case = document
        .descendants()
        .find(|node| node.has_tag_name("testcase"));
    let case = case.unwrap();
    assert_eq!(case.attribute("name"), Some("a&b"));
    assert_eq!(case.attribute("time"), Some("1.500000"));
    let told: Vec<_> = children(&case)
        .iter()
        .map(|node| {
            (
                node.tag_name().name(),
                node.attribute("message").or(node.text()),
            )
        })
        .collect();
    let expected = [
        ("error", Some("died of <SIGSEGV>")),
        ("rerunFailure", Some("exit 1")),
        ("system-out", Some("\u{fffd}\u{fffd}\u{fffd}\n")),
        ("system-err", Some("convert: \"a\"\n")),
    ];
    assert_eq!(told, expected);
}

#[test]
fn a_flaky_task_is_ok_and_its_failures_are_told() {
    let text = file(&[("a", Verdict::Ok)]);
    assert!(
        text.contains("<flakyFailure message=\"exit 1\" type=\"failed\"/>"),
        "{text}"
    );
    assert!(!text.contains("<failure"), "{text}");
}

#[test]
fn a_flood_of_output_is_cut_at_its_beginning() {
    let mut state = State::default();
    let Some(Event::TaskOutput(mut printed)) = samples()
        .into_iter()
        .map(|sample| sample.event)
        .find(|event| matches!(event, Event::TaskOutput(_)))
    else {
        panic!("there is a sample");
    };
    for _ in 0..10 {
        printed.output = [vec![b'x'; TAIL], b"end".to_vec()].concat().into();
        state.printed(&printed);
    }
    let open = &state.open[&printed.index];
    assert_eq!(open.err.len(), TAIL);
    assert!(open.err.ends_with(b"end"));
}
