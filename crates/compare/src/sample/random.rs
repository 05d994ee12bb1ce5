//! Noise as machines make it: a spread to the slow side, bursts, and a drift.

/// A source of made-up noise.
pub(super) struct Random(fastrand::Rng);

impl Random {
    pub(super) fn new(seed: u64) -> Self {
        Self(fastrand::Rng::with_seed(seed))
    }

    /// A number between 0 and 1.
    pub(super) fn share(&mut self) -> f64 {
        self.0.f64()
    }

    /// A factor near one, of about so much spread: the sum of several small things, and seldom a large one.
    pub(super) fn factor(&mut self, spread: f64) -> f64 {
        let sum: f64 = (0..6).map(|_| self.0.f64() - 0.5).sum();
        let burst = if self.0.f64() < 0.04 {
            0.15 * self.0.f64()
        } else {
            0.0
        };
        (spread * sum + burst).exp()
    }
}
