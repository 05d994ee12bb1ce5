//! Has every row measured, round by round, with all its arms in each round.

use std::fmt;

use super::contender::{Absence, Contender, Request, Stage};
use super::record::{BenchReport, Lane, MeasuredRow};
use super::row::{Pace, Row, Staging};
use crate::order::orders;

/// What a run of the bench needs.
pub struct Measuring<'a> {
    /// The rows, in the order in which they are measured.
    pub rows: &'a [Row],
    /// Where the arms come from.
    pub stage: &'a mut dyn Stage,
    /// Told what is being done.
    pub say: &'a mut dyn FnMut(&str),
    /// Given the report after every row, so that what follows cannot lose it.
    pub save: &'a mut dyn FnMut(&BenchReport) -> std::io::Result<()>,
}

impl fmt::Debug for Measuring<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Measuring")
            .field(
                "rows",
                &self.rows.iter().map(|row| row.name).collect::<Vec<_>>(),
            )
            .finish_non_exhaustive()
    }
}

/// Why a bench ended early.
#[derive(Debug, thiserror::Error)]
pub enum BenchError {
    /// A signal ended it.
    #[error("stopped by signal {signal}")]
    Stopped {
        /// The signal's number.
        signal: usize,
    },
    /// The report cannot be written.
    #[error("the report cannot be written: {0}")]
    Save(#[from] std::io::Error),
}

/// Rounds of a quick run.
const QUICK_ROUNDS: u32 = 2;

/// A quick run measures for a share of the time.
const QUICK_BUDGET: u32 = 4;

/// Measures all rows. What cannot be measured is told in the report and keeps nobody else from it.
///
/// # Errors
///
/// A signal ended it, or the report cannot be saved.
pub fn measure(measuring: &mut Measuring<'_>, report: &mut BenchReport) -> Result<(), BenchError> {
    for row in measuring.rows {
        let quick = report.quick;
        let rounds = match quick {
            true => row.pace.rounds.min(QUICK_ROUNDS),
            false => row.pace.rounds,
        };
        let mut lanes = Vec::new();
        for mode in row.modes {
            let arms = row.arms(&report.transports);
            lanes.extend(arms.iter().map(|arm| Lane::new(arm, *mode)));
        }
        let order = orders(
            &(0..lanes.len()).collect::<Vec<_>>(),
            usize::try_from(rounds).unwrap_or(usize::MAX),
            report.seed,
        );
        let mut run = RowRun {
            row,
            request: request(row, quick),
            contenders: lanes.iter().map(|_| None).collect(),
            lanes,
            stage: &mut *measuring.stage,
        };
        (measuring.say)(&format!("{}: {} arms come on", row.name, run.lanes.len()));
        run.enter_all()?;
        for (number, order) in order.iter().enumerate() {
            (measuring.say)(&format!("{}: round {} of {rounds}", row.name, number + 1));
            run.round(order)?;
        }
        let lanes = run.lanes;
        report.rows.push(MeasuredRow::new(row, lanes));
        (measuring.save)(report)?;
    }
    report.complete = true;
    Ok((measuring.save)(report)?)
}

fn request(row: &Row, quick: bool) -> Request {
    let Pace {
        budget,
        quick: share,
        ..
    } = row.pace;
    let (budget, scale) = match quick {
        true => (budget / QUICK_BUDGET, share),
        false => (budget, 1.0),
    };
    Request {
        budget,
        scale,
        at: None,
    }
}

/// A row under way.
struct RowRun<'a> {
    row: &'a Row,
    request: Request,
    lanes: Vec<Lane>,
    /// The arms that are there, by lane.
    contenders: Vec<Option<Box<dyn Contender>>>,
    stage: &'a mut dyn Stage,
}

impl RowRun<'_> {
    /// Starts all arms, and has each go once through what it will do, unless each round is to have a new one.
    fn enter_all(&mut self) -> Result<(), BenchError> {
        if self.row.pace.staging == Staging::Fresh {
            return Ok(());
        }
        for lane in 0..self.lanes.len() {
            self.enter(lane)?;
            if self.row.pace.staging == Staging::InTurn && !self.request.budget.is_zero() {
                self.ask(lane)?;
                self.answer(lane, false)?;
            }
        }
        Ok(())
    }

    fn enter(&mut self, lane: usize) -> Result<(), BenchError> {
        let Lane { arm, mode, .. } = &self.lanes[lane];
        let entered = self.stage.enter(arm, self.row.name, *mode);
        self.contenders[lane] = self.noted(lane, entered)?;
        Ok(())
    }

    fn round(&mut self, order: &[usize]) -> Result<(), BenchError> {
        if self.row.pace.staging == Staging::Together {
            order.iter().try_for_each(|lane| self.ask(*lane))?;
            return order.iter().try_for_each(|lane| self.answer(*lane, true));
        }
        for &lane in order {
            let fresh = self.row.pace.staging == Staging::Fresh;
            if fresh && self.lanes[lane].absent.is_none() {
                self.enter(lane)?;
            }
            self.ask(lane)?;
            self.answer(lane, true)?;
            if fresh {
                self.contenders[lane] = None;
            }
        }
        Ok(())
    }

    fn ask(&mut self, lane: usize) -> Result<(), BenchError> {
        if let Some(contender) = &mut self.contenders[lane] {
            let asked = contender.ask(self.request);
            self.noted(lane, asked)?;
        }
        Ok(())
    }

    fn answer(&mut self, lane: usize, keep: bool) -> Result<(), BenchError> {
        if let Some(contender) = &mut self.contenders[lane] {
            let answer = contender.answer();
            let reading = self.noted(lane, answer)?;
            self.lanes[lane].rounds.extend(reading.filter(|_| keep));
        }
        Ok(())
    }

    /// Notes why an arm is absent from now on, if it is.
    fn noted<T>(
        &mut self,
        lane: usize,
        result: Result<T, Absence>,
    ) -> Result<Option<T>, BenchError> {
        match result {
            Ok(value) => Ok(Some(value)),
            Err(Absence::Stopped(signal)) => Err(BenchError::Stopped { signal }),
            Err(absence) => {
                self.contenders[lane] = None;
                self.lanes[lane].absent = Some(absence.to_string());
                Ok(None)
            }
        }
    }
}

#[cfg(test)]
mod tests;
