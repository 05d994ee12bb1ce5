//! The order of the arms in each round.
//!
//! Neither an arm's place in its round nor the arm before it may favour it. Rounds go in pairs: a rotation of the arms,
//! then the same backwards. Over `2 k` rounds of `k` arms each arm has every place twice. A seed shuffles the arms
//! first, so that the order is not always the same one. Other orders are there to show what is wrong with them.

use crate::report::Order;

/// The orders of `rounds` rounds in which nothing favours an arm.
pub(crate) fn orders<A: Clone>(arms: &[A], rounds: usize, seed: u64) -> Vec<Vec<A>> {
    orders_of(Order::Balanced, arms, rounds, seed)
}

/// The orders of `rounds` rounds, as they were asked for.
pub(crate) fn orders_of<A: Clone>(
    kind: Order,
    arms: &[A],
    rounds: usize,
    seed: u64,
) -> Vec<Vec<A>> {
    let mut random = fastrand::Rng::with_seed(seed);
    let mut shuffled = arms.to_vec();
    random.shuffle(&mut shuffled);
    let order = |round: usize| match kind {
        Order::Balanced => {
            let mut order = shuffled.clone();
            order.rotate_left((round / 2) % arms.len().max(1));
            if round % 2 == 1 {
                order.reverse();
            }
            order
        }
        Order::Random => {
            random.shuffle(&mut shuffled);
            shuffled.clone()
        }
        Order::Blocked => arms.to_vec(),
    };
    (0..rounds).map(order).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arm::Arm;

    /// How often each arm has each place.
    fn places(arms: &[Arm], rounds: usize, seed: u64) -> Vec<usize> {
        let orders = orders(arms, rounds, seed);
        let count =
            |arm: Arm, place: usize| orders.iter().filter(|order| order[place] == arm).count();
        arms.iter()
            .flat_map(|arm| (0..arms.len()).map(move |place| (*arm, place)))
            .map(|(a, p)| count(a, p))
            .collect()
    }

    #[test]
    fn every_arm_has_every_place_equally_often() {
        for seed in 0..20 {
            assert_eq!(places(&Arm::ALL, 6, seed), [2; 9]);
            assert_eq!(places(&[Arm::Threads, Arm::Pool], 6, seed), [3; 4]);
        }
    }

    #[test]
    fn two_arms_go_there_and_back() {
        let orders = orders(&[Arm::Threads, Arm::Pool], 4, 1);
        let backwards = |order: &[Arm]| order.iter().rev().copied().collect::<Vec<_>>();
        assert_eq!(orders[1], backwards(&orders[0]));
        assert_eq!(orders[3], backwards(&orders[2]));
    }

    #[test]
    fn other_orders_are_drawn_anew_or_never_change() {
        let of = |kind| orders_of(kind, &Arm::ALL, 12, 3);
        assert!(of(Order::Blocked).iter().all(|order| *order == Arm::ALL));
        let random = of(Order::Random);
        assert_eq!(random, of(Order::Random));
        assert!(random.iter().any(|order| *order != random[0]));
    }

    #[test]
    fn the_seed_decides_the_order() {
        let of = |seed| orders(&Arm::ALL, 6, seed);
        assert_eq!(of(7), of(7));
        assert!((0..20).any(|seed| of(seed) != of(7)));
    }
}
