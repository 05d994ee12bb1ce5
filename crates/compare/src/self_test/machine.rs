//! Made-up machines: how long a run takes on one that does other things as well.

use fastrand::Rng;

/// How a machine disturbs what runs on it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Machine {
    pub(super) name: &'static str,
    /// How far runs of the same work are spread, as a share.
    jitter: f64,
    /// By what share the machine is slower at the end of a comparison than at its start.
    drift: f64,
    /// How often a burst of other work begins, by run.
    bursts: f64,
    /// How much slower the runs of a burst are at most, as a share.
    burst: f64,
    /// By what share each place in a round is slower than the one before it.
    place: f64,
    /// Whether an effect of a fifth shows in spite of all that.
    pub(super) tells: bool,
}

/// The machines of the self-test, the quietest first.
///
/// The busy one is like ours with a load of three on two processors; the stormy one is worse than anything we measured
/// on.
pub(super) const MACHINES: [Machine; 3] = [
    Machine {
        name: "quiet",
        jitter: 0.015,
        drift: 0.02,
        bursts: 0.01,
        burst: 0.3,
        place: 0.001,
        tells: true,
    },
    Machine {
        name: "busy",
        jitter: 0.05,
        drift: 0.2,
        bursts: 0.05,
        burst: 0.6,
        place: 0.005,
        tells: true,
    },
    Machine {
        name: "stormy",
        jitter: 0.25,
        drift: 0.5,
        bursts: 0.15,
        burst: 2.0,
        place: 0.01,
        tells: false,
    },
];

/// The most runs that a burst lasts.
const LASTS: usize = 6;

/// A machine at work.
pub(super) struct Clock<'a> {
    machine: &'a Machine,
    random: Rng,
    /// How many runs the machine is slower for, and by what factor.
    burst: (usize, f64),
    /// Half of the machines get slower, half get faster.
    drift: f64,
}

impl<'a> Clock<'a> {
    pub(super) fn new(machine: &'a Machine, seed: u64) -> Self {
        let mut random = Rng::with_seed(seed);
        let sign = if random.bool() { 1.0 } else { -1.0 };
        Self {
            machine,
            drift: sign * machine.drift,
            random,
            burst: (0, 1.0),
        }
    }

    /// The time of a run that would take `seconds` undisturbed, `progress` of the way through the comparison.
    pub(super) fn time(&mut self, seconds: f64, progress: f64, place: f64) -> f64 {
        if self.burst.0 == 0 && self.random.f64() < self.machine.bursts {
            let factor = 1.0 + self.machine.burst * self.random.f64();
            self.burst = (self.random.usize(1..=LASTS), factor);
        }
        let burst = match self.burst.0.checked_sub(1) {
            Some(left) => {
                self.burst.0 = left;
                self.burst.1
            }
            None => 1.0,
        };
        let slow = (1.0 + self.drift * progress) * (1.0 + self.machine.place * place);
        seconds * slow * burst * self.jitter().exp()
    }

    /// The sum of twelve even numbers is a bell of width 1; what disturbs makes slower more often than faster.
    fn jitter(&mut self) -> f64 {
        let bell = (0..12).map(|_| self.random.f64()).sum::<f64>() - 6.0;
        let tail = if bell > 0.0 { 1.5 } else { 1.0 };
        bell * tail * self.machine.jitter
    }
}
