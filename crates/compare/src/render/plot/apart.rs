//! Moves names apart that would lie on each other.

use crate::render::quantity::count;

/// Places for names that want to be at `wished`, in any order, at least `distance` apart and not beyond `limits`.
///
/// Names that collide share the distance that they are moved: together they stay around where they wished to be.
pub(crate) fn apart(wished: &[f64], distance: f64, limits: (f64, f64)) -> Vec<f64> {
    let mut order: Vec<usize> = (0..wished.len()).collect();
    order.sort_by(|one, other| wished[*one].total_cmp(&wished[*other]));
    let mut groups: Vec<Group> = Vec::new();
    for name in &order {
        let mut group = Group {
            members: 1,
            sum: wished[*name],
        };
        let reaches = |before: &Group, group: &Group| {
            before.end(distance, limits) + distance > group.start(distance, limits)
        };
        while let Some(before) = groups.pop_if(|before| reaches(before, &group)) {
            group.members += before.members;
            group.sum += before.sum;
        }
        groups.push(group);
    }
    let mut places = vec![0.0; wished.len()];
    let mut names = order.into_iter();
    for group in &groups {
        let mut at = group.start(distance, limits);
        for name in names.by_ref().take(group.members) {
            places[name] = at;
            at += distance;
        }
    }
    places
}

/// Names that touch each other.
struct Group {
    members: usize,
    /// The sum of where they wished to be.
    sum: f64,
}

impl Group {
    fn length(&self, distance: f64) -> f64 {
        count(self.members.saturating_sub(1)) * distance
    }

    fn start(&self, distance: f64, (from, to): (f64, f64)) -> f64 {
        let centre = self.sum / count(self.members);
        let length = self.length(distance);
        (centre - length / 2.0).min(to - length).max(from)
    }

    fn end(&self, distance: f64, limits: (f64, f64)) -> f64 {
        self.start(distance, limits) + self.length(distance)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_keep_their_places_where_they_can() {
        assert_eq!(apart(&[90.0, 10.0], 15.0, (0.0, 100.0)), [90.0, 10.0]);
        assert_eq!(apart(&[], 15.0, (0.0, 100.0)), [0.0; 0]);
    }

    #[test]
    fn names_that_collide_are_moved_alike_and_keep_their_order() {
        assert_eq!(apart(&[50.0, 51.0], 15.0, (0.0, 100.0)), [43.0, 58.0]);
        let three = apart(&[52.0, 50.0, 51.0], 10.0, (0.0, 100.0));
        assert_eq!(three, [61.0, 41.0, 51.0]);
    }

    #[test]
    fn names_stay_within_the_plot() {
        assert_eq!(apart(&[99.0, 98.0], 10.0, (0.0, 100.0)), [100.0, 90.0]);
        assert_eq!(apart(&[0.0, 1.0], 10.0, (0.0, 100.0)), [0.0, 10.0]);
    }
}
