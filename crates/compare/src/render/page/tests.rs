//! The page as a browser reads it: whole, on its own, and with a table for every plot.

use html5ever::tendril::TendrilSink as _;
use html5ever::{ParseOpts, parse_document};
use markup5ever_rcdom::{Handle, NodeData, RcDom};

use super::*;
use crate::sample;

/// How large a usual page may be.
const MOST_BYTES: usize = 300_000;

/// The page as it is parsed, with what a browser would have to mend.
fn parsed(page: &str) -> (RcDom, Vec<String>) {
    let dom = parse_document(RcDom::default(), ParseOpts::default()).one(page);
    let errors = dom.errors.take();
    let errors = errors.iter().map(ToString::to_string).collect();
    (dom, errors)
}

/// All elements: their names and attributes.
fn elements(dom: &RcDom) -> Vec<(String, Vec<(String, String)>)> {
    fn walk(node: &Handle, into: &mut Vec<(String, Vec<(String, String)>)>) {
        if let NodeData::Element { name, attrs, .. } = &node.data {
            let attributes = attrs.borrow();
            let attributes = attributes.iter();
            let attributes =
                attributes.map(|one| (one.name.local.to_string(), one.value.to_string()));
            into.push((name.local.to_string(), attributes.collect()));
        }
        for child in node.children.borrow().iter() {
            walk(child, into);
        }
    }
    let mut all = Vec::new();
    walk(&dom.document, &mut all);
    all
}

fn reports() -> Vec<Report> {
    vec![
        sample::report(),
        sample::one(),
        sample::noisy(),
        sample::unfinished(),
        sample::hostile(),
    ]
}

#[test]
fn a_browser_has_nothing_to_mend() {
    for report in reports() {
        let (_, errors) = parsed(&page(&report));
        assert_eq!(errors, [""; 0], "{}", report.name);
    }
}

#[test]
fn nothing_comes_from_elsewhere_and_nothing_runs() {
    for report in reports() {
        let (dom, _) = parsed(&page(&report));
        for (name, attributes) in elements(&dom) {
            assert!(
                !["link", "iframe", "img", "object"].contains(&name.as_str()),
                "{name}"
            );
            let is_data = attributes
                .iter()
                .any(|(name, value)| name == "type" && value == "application/json");
            assert!(name != "script" || is_data, "a script");
            for (attribute, value) in attributes {
                assert!(!attribute.starts_with("on"), "{attribute}");
                let leads = ["src", "href"].contains(&attribute.as_str());
                assert!(
                    !leads || value.starts_with('#'),
                    "{name} {attribute}={value}"
                );
            }
        }
    }
}

#[test]
fn every_plot_is_named_and_has_its_table() {
    let (dom, _) = parsed(&page(&sample::report()));
    let all = elements(&dom);
    let has = |attributes: &[(String, String)], name: &str| {
        attributes
            .iter()
            .any(|(one, value)| one == name && !value.is_empty())
    };
    let plots = all.iter().filter(|(_, attributes)| {
        attributes
            .iter()
            .any(|(name, value)| name == "class" && value == "plot")
    });
    let plots: Vec<_> = plots.collect();
    assert!(plots.len() >= 8, "{}", plots.len());
    assert!(
        plots
            .iter()
            .all(|(_, attributes)| has(attributes, "aria-label"))
    );
    let figures = all.iter().filter(|(name, _)| name == "figure").count();
    let tables = all.iter().filter(|(name, _)| name == "table").count();
    assert!(
        figures > 0 && tables >= figures,
        "{figures} figures, {tables} tables"
    );
}

#[test]
fn names_of_places_in_the_page_are_unique_and_lead_somewhere() {
    for report in reports() {
        let (dom, _) = parsed(&page(&report));
        let all = elements(&dom);
        let values = |wanted: &str| -> Vec<String> {
            let attributes = all.iter().flat_map(|(_, attributes)| attributes);
            let wanted = attributes.filter(|(name, _)| name == wanted);
            wanted.map(|(_, value)| value.clone()).collect()
        };
        let mut ids = values("id");
        ids.sort();
        let count = ids.len();
        ids.dedup();
        assert_eq!(ids.len(), count, "{}", report.name);
        for link in values("href") {
            assert!(ids.iter().any(|id| link[1..] == **id), "{link}");
        }
    }
}

#[test]
fn a_usual_page_is_small_and_hostile_names_stay_text() {
    assert!(page(&sample::report()).len() < MOST_BYTES);
    let hostile = page(&sample::hostile());
    assert!(!hostile.contains("<script>"), "a name has become markup");
}
