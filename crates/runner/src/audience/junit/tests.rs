//! What build servers read of a run.

mod xsd;

use roxmltree::{Document, Node};

use self::xsd::wrong;
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

/// The form that build servers accept.
const FORM: &str = include_str!("tests/junit.xsd");

#[test]
fn every_verdict_has_the_form_that_build_servers_accept() {
    let ends = Verdict::ALL.map(|verdict| (verdict.as_str(), verdict));
    let text = file(&ends);
    assert_eq!(wrong(FORM, &text), [""; 0], "{text}");
    let document = Document::parse(&text).unwrap();
    let root = document.root_element();
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
fn the_form_refuses_what_is_not_of_it() {
    let text = file(&[("a", Verdict::Failed), ("b", Verdict::Ok)]);
    assert_eq!(wrong(FORM, &text), [""; 0], "{text}");
    for (right, broken) in [
        ("</testcase>", ""),
        (" tests=\"2\"", ""),
        (" tests=\"2\"", " tests=\"two\""),
        (" id=\"0\"", " id=\"0\" of=\"us\""),
        ("time=\"1.500000\"", "time=\"1,5\""),
        ("<failure ", "<defeat "),
        ("<system-out>", "<system-err>x</system-err><system-out>"),
        ("<testcase ", "words <testcase "),
        ("</testsuite>", "</testsuite><testsuite/>"),
        ("timestamp=\"", "timestamp=\"on "),
    ] {
        let broken = text.replacen(right, broken, 1);
        assert_ne!(broken, text, "{right} is there");
        assert_ne!(wrong(FORM, &broken), [""; 0], "{broken}");
    }
}

#[test]
fn whatever_a_task_is_called_and_prints_can_be_read_again() {
    let text = file(&[(
        "\0\u{1b}[31m]]>\u{fffe}\r\n\t\"'<&\u{10ffff}",
        Verdict::Failed,
    )]);
    assert_eq!(wrong(FORM, &text), [""; 0], "{text}");
    let document = Document::parse(&text).unwrap();
    let mut cases = document.descendants();
    let case = cases.find(|node| node.has_tag_name("testcase")).unwrap();
    let name = "\u{fffd}\u{fffd}[31m]]>\u{fffd}\r\n\t\"'<&\u{10ffff}";
    assert_eq!(case.attribute("name"), Some(name));
}

#[test]
fn several_runs_in_a_log_are_counted_together() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("junit.xml");
    let junit = Arc::new(Junit::create(&path, &Halt::new(|_| ())).unwrap());
    let mut tally = Tally::default();
    for _ in 0..2 {
        for Stamped { event, .. } in samples() {
            hear(&junit, &mut tally, event);
        }
    }
    junit.close();
    let text = std::fs::read_to_string(&path).unwrap();
    assert_eq!(wrong(FORM, &text), [""; 0], "{text}");
    assert!(
        text.contains("tests=\"2\" failures=\"0\" errors=\"2\" time=\"0.000000\""),
        "{text}"
    );
    assert_eq!(text.matches("<testcase ").count(), 2, "{text}");
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
