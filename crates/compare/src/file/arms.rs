//! Which arms a file chooses, and what it makes of them.

use std::ops::Range;

use toml::de::DeValue;

use super::fields::Fields;
use crate::arm::Arm;
use crate::nearest::UnknownName;

/// What was chosen of the arms.
#[derive(Default)]
pub(super) struct Chosen {
    pub(super) arms: Option<Vec<Arm>>,
    pub(super) baseline: Option<Arm>,
    pub(super) control: Option<Arm>,
}

/// Reads the table; programs of the person's own are the only arms that such a file can choose among.
pub(super) fn chosen(mut table: Fields<'_, '_>, own: Option<&[Arm]>) -> Chosen {
    let known: Vec<Arm> = own.map_or(Arm::EVERY.to_vec(), <[Arm]>::to_vec);
    let is_some =
        |value: &DeValue<'_>| value.as_array().filter(|list| !list.is_empty()).map(|_| ());
    let used = table
        .read("use", "a list of arms, one at least", is_some)
        .and_then(|()| table.each("use", |name| find(&known, name)));
    let used = used.map(|used| without_doubles(&table, used));
    // An arm that is not run cannot be divided by.
    let among = used
        .as_ref()
        .filter(|used| !used.is_empty())
        .unwrap_or(&known);
    let chosen = Chosen {
        baseline: table.parsed("baseline", |name| find(among, name)),
        control: table.parsed("control", |name| find(among, name)),
        arms: used.clone(),
    };
    table.finish();
    chosen
}

fn find(known: &[Arm], name: &str) -> Result<Arm, UnknownName> {
    let found = known.iter().copied().find(|arm| arm.name() == name);
    found.ok_or_else(|| UnknownName {
        kind: "arm",
        given: name.to_owned(),
        known: known.iter().map(|arm| arm.name().to_owned()).collect(),
    })
}

fn without_doubles(table: &Fields<'_, '_>, used: Vec<(Range<usize>, Arm)>) -> Vec<Arm> {
    let mut arms = Vec::new();
    for (at, arm) in used {
        if arms.contains(&arm) {
            table.fault(at, &format!("`{arm}` is there already; to run an arm twice a round, name it as the `control`"));
        } else {
            arms.push(arm);
        }
    }
    arms
}
