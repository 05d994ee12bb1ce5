//! What lies behind a sweep: where the answer changes, and how an arm scales.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Where an answer changes along an axis; each question has a crossover of its own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Crossover {
    /// The question, in words.
    pub question: String,
    /// The arm that it is about.
    pub arm: String,
    /// The arm that it is compared with.
    pub versus: String,
    /// The ratio of their times that is crossed.
    pub ratio: f64,
    /// The last point on the one side and the first on the other, in the axis's unit.
    pub bracket: Option<(f64, f64)>,
    /// What the model says, from the measured overheads.
    pub model: Option<f64>,
    /// What was found, as a sentence.
    pub text: String,
}

/// How an arm scales with its workers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Scaling {
    /// The arm's name.
    pub arm: String,
    /// The curve through its speed-ups, or why there is none.
    pub curve: Result<Curve, String>,
    /// The most workers that are still used well.
    pub suggested_workers: Option<usize>,
}

/// The universal scalability law: `X(n) = λ n / (1 + σ (n − 1) + κ n (n − 1))`; Amdahl's law is the one with `κ = 0`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Curve {
    /// The speed-up of one worker.
    pub lambda: f64,
    /// Contention: the share of the work that only one worker does at a time.
    pub sigma: f64,
    /// Crosstalk: what each pair of workers costs.
    pub kappa: f64,
    /// The share of the speed-ups' spread that the curve explains.
    pub r_squared: f64,
    /// The number of workers at which the curve is highest, where it has a highest point.
    pub peak: Option<f64>,
}

impl Curve {
    /// The speed-up that it gives for `workers`.
    ///
    /// ```
    /// use anypool_compare::report::Curve;
    ///
    /// let ideal = Curve { lambda: 1.0, sigma: 0.0, kappa: 0.0, r_squared: 1.0, peak: None };
    /// assert_eq!(ideal.at(4.0), 4.0);
    /// ```
    pub fn at(&self, workers: f64) -> f64 {
        let pairs = workers * (workers - 1.0);
        self.lambda * workers / (1.0 + self.sigma * (workers - 1.0) + self.kappa * pairs)
    }
}
