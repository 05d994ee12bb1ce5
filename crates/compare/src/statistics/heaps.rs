//! Numbers that lie apart: far from all the others, or in two heaps. Both are told, and nothing is dropped.

use super::spread::{count, median_of};

/// So many median distances from the median are far: fewer than one in a thousand of a bell's numbers.
const FAR: f64 = 5.0;

/// What is nearer to the median than this share of it is not worth a word.
const NEAR: f64 = 0.02;

/// With fewer numbers, chance makes heaps of its own.
const FEWEST: usize = 12;

/// A heap has at least so large a share of the numbers.
const HEAP: f64 = 0.2;

/// The places of numbers that lie far from the rest.
pub(crate) fn far_off(numbers: &[f64]) -> Vec<usize> {
    let Some(median) = median_of(numbers) else {
        return Vec::new();
    };
    let distances: Vec<f64> = numbers.iter().map(|n| (n - median).abs()).collect();
    let far = median_of(&distances).unwrap_or(0.0) * FAR;
    let is_far = |distance: &f64| *distance > far.max(median.abs() * NEAR);
    let places = distances.iter().enumerate();
    places
        .filter(|(_, distance)| is_far(distance))
        .map(|(place, _)| place)
        .collect()
}

/// Whether numbers lie in two heaps: the gap between them is wider than either heap, so the median tells little.
pub(crate) fn are_two_heaps(numbers: &[f64]) -> bool {
    let mut sorted = numbers.to_vec();
    sorted.sort_by(f64::total_cmp);
    let (Some(median), FEWEST..) = (median_of(numbers), sorted.len()) else {
        return false;
    };
    let width = |heap: &[f64]| heap.last().unwrap_or(&0.0) - heap.first().unwrap_or(&0.0);
    (1..sorted.len()).any(|place| {
        let (low, high) = sorted.split_at(place);
        let gap = high[0] - low[place - 1];
        let smaller = count(low.len().min(high.len()));
        smaller >= HEAP * count(sorted.len())
            && gap > width(low).max(width(high))
            && gap > NEAR * median
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_far_from_the_rest_is_named_by_its_place() {
        assert_eq!(far_off(&[]), [0; 0]);
        assert_eq!(far_off(&[1.0, 1.01, 0.99, 3.0, 1.0]), [3]);
        assert_eq!(far_off(&[1.0, 1.001, 1.0, 1.0]), [0; 0]);
    }

    #[test]
    fn two_heaps_need_a_gap_that_is_wider_than_both() {
        let near = |at: f64| (0..8).map(move |n| at + 0.01 * f64::from(n));
        assert!(are_two_heaps(
            &near(1.0).chain(near(2.0)).collect::<Vec<_>>()
        ));
        assert!(!are_two_heaps(
            &near(1.0).chain(near(1.05)).collect::<Vec<_>>()
        ));
        assert!(!are_two_heaps(&near(1.0).chain([9.0]).collect::<Vec<_>>()));
        assert!(!are_two_heaps(&[1.0, 1.0, 1.0, 9.0, 9.0, 9.0]));
    }

    #[test]
    fn numbers_of_one_heap_are_seldom_called_two() {
        let mut random = fastrand::Rng::with_seed(7);
        let mut bell = || (0..6).map(|_| random.f64()).sum::<f64>();
        let mut numbers = || (0..20).map(|_| 20.0 + bell()).collect::<Vec<_>>();
        let wrong = (0..1000).filter(|_| are_two_heaps(&numbers())).count();
        assert!(wrong <= 10, "{wrong} of 1000");
    }
}
