//! Requests a second and the time that half and 99 % of them stayed within.

use std::fmt;
use std::time::Duration;

use crate::client::Round;

/// The figures of one round, times in milliseconds.
#[derive(Clone, Copy, Debug, Default)]
pub struct Figures {
    pub per_second: f64,
    pub p50: f64,
    pub p99: f64,
}

impl Figures {
    pub fn of(Round { mut times, took }: Round) -> Self {
        times.sort_unstable();
        let at = |percent: usize| times.get((times.len() * percent / 100).min(times.len().saturating_sub(1)));
        let milliseconds = |time: Option<&Duration>| time.map_or(0.0, |time| time.as_secs_f64() * 1000.0);
        let count = u32::try_from(times.len()).unwrap_or(u32::MAX);
        Self {
            per_second: f64::from(count) / took.as_secs_f64(),
            p50: milliseconds(at(50)),
            p99: milliseconds(at(99)),
        }
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:>7.0} requests/s   p50 {:>6.2} ms   p99 {:>6.2} ms", self.per_second, self.p50, self.p99)
    }
}

/// Each figure's median over the rounds.
pub fn median(rounds: &[Figures]) -> Figures {
    let middle = |figure: fn(&Figures) -> f64| {
        let mut all: Vec<f64> = rounds.iter().map(figure).collect();
        all.sort_unstable_by(f64::total_cmp);
        all.get(all.len() / 2).copied().unwrap_or_default()
    };
    Figures { per_second: middle(|f| f.per_second), p50: middle(|f| f.p50), p99: middle(|f| f.p99) }
}
