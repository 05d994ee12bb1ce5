//! As much of XML Schema as `junit.xsd` needs: elements in order or one of several, attributes, a few simple types.

use std::ops::Not as _;

use roxmltree::{Document, Node};

/// What is wrong with a document by this schema, one sentence each.
pub(super) fn wrong(schema: &str, document: &str) -> Vec<String> {
    let schema = Document::parse(schema).unwrap();
    let document = match Document::parse(document) {
        Ok(document) => document,
        Err(error) => return vec![error.to_string()],
    };
    let mut wrong = Vec::new();
    Check {
        schema: schema.root_element(),
        wrong: &mut wrong,
    }
    .element(document.root_element());
    wrong
}

struct Check<'c, 's> {
    schema: Node<'s, 's>,
    wrong: &'c mut Vec<String>,
}

impl<'s> Check<'_, 's> {
    fn element(&mut self, node: Node<'_, '_>) {
        let name = node.tag_name().name();
        let mut known = self.schema.children().filter(Node::is_element);
        let Some(known) = known.find(|known| known.attribute("name") == Some(name)) else {
            return self.wrong.push(format!("there is no element {name}"));
        };
        let form = children(known).next();
        self.attributes(node, form);
        let texts = node.children().filter(Node::is_text);
        let text: String = texts.filter_map(|text| text.text()).collect();
        if known.attribute("type").is_none() && !text.trim().is_empty() {
            self.wrong.push(format!("{name} has the text {text:?}"));
        }
        let names: Vec<_> = children(node)
            .map(|child| child.tag_name().name())
            .collect();
        let mut left = &names[..];
        let mut particles = form.into_iter().flat_map(children);
        if let Some(particle) = particles.find(|part| !part.has_tag_name((XS, "attribute"))) {
            self.particle(name, particle, &mut left);
        }
        if let Some(next) = left.first() {
            self.wrong
                .push(format!("{next} has no place in {name} there"));
        }
        children(node).for_each(|child| self.element(child));
    }

    fn attributes(&mut self, node: Node<'_, '_>, form: Option<Node<'s, 's>>) {
        let name = node.tag_name().name();
        let known = form.into_iter().flat_map(children);
        let known = known.filter(|part| part.has_tag_name((XS, "attribute")));
        let mut told: Vec<_> = node.attributes().collect();
        for attribute in known {
            let (known, kind) = (attribute.attribute("name"), attribute.attribute("type"));
            let place = told.iter().position(|told| Some(told.name()) == known);
            match place.map(|place| told.remove(place)) {
                Some(told) if is_of(kind.unwrap(), told.value()) => {}
                Some(told) => {
                    let (one, value) = (told.name(), told.value());
                    self.wrong
                        .push(format!("{one}={value:?} of {name} is no {kind:?}"));
                }
                None => self.wrong.push(format!("{name} has no {known:?}")),
            }
        }
        let more = told
            .iter()
            .map(|told| format!("{name} has {}", told.name()));
        self.wrong.extend(more);
    }

    /// Takes what this part of the schema accepts from the beginning of `left`.
    fn particle(&mut self, parent: &str, part: Node<'s, 's>, left: &mut &[&str]) {
        let least = part.attribute("minOccurs").unwrap_or("1");
        let most = match part.attribute("maxOccurs").unwrap_or("1") {
            "unbounded" => usize::MAX,
            most => most.parse().unwrap(),
        };
        if part.has_tag_name((XS, "sequence")) {
            return children(part).for_each(|part| self.particle(parent, part, left));
        }
        let accepted: Vec<_> = match part.has_tag_name((XS, "choice")) {
            true => children(part)
                .filter_map(|part| part.attribute("ref"))
                .collect(),
            false => part.attribute("ref").into_iter().collect(),
        };
        let fits = |name: &&&str| accepted.contains(*name);
        let taken = left.iter().take(most).take_while(fits).count();
        *left = &left[taken..];
        if taken < least.parse().unwrap() {
            self.wrong.push(format!("{parent} has no {accepted:?}"));
        }
    }
}

/// The namespace of schemas.
const XS: &str = "http://www.w3.org/2001/XMLSchema";

fn children<'a>(node: Node<'a, 'a>) -> impl Iterator<Item = Node<'a, 'a>> {
    node.children().filter(Node::is_element)
}

/// Whether a text is of a simple type.
fn is_of(kind: &str, text: &str) -> bool {
    let digits = |text: &str| text.is_empty().not() && text.bytes().all(|b| b.is_ascii_digit());
    match kind {
        "xs:string" => true,
        "xs:nonNegativeInteger" => digits(text),
        "xs:decimal" => match text.split_once('.') {
            Some((whole, rest)) => digits(whole) && digits(rest),
            None => digits(text),
        },
        "xs:dateTime" => {
            let form: String = text
                .chars()
                .map(|letter| if letter.is_ascii_digit() { '0' } else { letter })
                .collect();
            form == "0000-00-00T00:00:00"
        }
        other => panic!("the schema has no type {other}"),
    }
}
