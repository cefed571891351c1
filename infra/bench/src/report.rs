//! Figures with their bounds, as one table or as JSON; and their sources: CPU seconds, peak memory.

use serde::{Deserialize, Serialize};
use std::fmt::{self, Display};
use std::time::Duration;

#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Report {
    pub figures: Vec<Figure>,
}

#[derive(Debug, Serialize, Deserialize)]
pub struct Figure {
    pub name: String,
    pub value: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bound: Option<Bound>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub passes: Option<bool>,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Bound {
    AtLeast(f64),
    AtMost(f64),
}

impl Bound {
    fn holds(self, value: f64) -> bool {
        match self {
            Self::AtLeast(bound) => value >= bound,
            Self::AtMost(bound) => value <= bound,
        }
    }
}

impl Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AtLeast(bound) => write!(f, "≥ {}", grouped(*bound)),
            Self::AtMost(bound) => write!(f, "≤ {}", grouped(*bound)),
        }
    }
}

impl Report {
    pub fn figure(&mut self, name: impl Into<String>, value: f64) {
        self.figures.push(Figure { name: name.into(), value, bound: None, passes: None });
    }

    pub fn bounded(&mut self, name: impl Into<String>, value: f64, bound: Bound) {
        let passes = Some(bound.holds(value));
        self.figures.push(Figure { name: name.into(), value, bound: Some(bound), passes });
    }

    /// The figures whose bound is broken, each as a sentence.
    pub fn broken(&self) -> impl Iterator<Item = String> {
        self.figures.iter().filter_map(|Figure { name, value, bound, passes }| {
            let bound = bound.filter(|_| *passes == Some(false))?;
            Some(format!("{} is {}, not {bound}", name.trim(), grouped(*value)))
        })
    }
}

impl Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for Figure { name, value, bound, passes } in &self.figures {
            let bound = bound.map(|bound| bound.to_string()).unwrap_or_default();
            let verdict = match passes {
                None => "",
                Some(true) => "pass",
                Some(false) => "FAIL",
            };
            let line = format!("  {name:<58}{:>12}  {bound:>12}  {verdict}", grouped(*value));
            writeln!(f, "{}", line.trim_end())?;
        }
        Ok(())
    }
}

fn grouped(value: f64) -> String {
    if value.abs() < 1_000.0 && value.fract() != 0.0 {
        return format!("{value:.2}");
    }
    let digits = format!("{:.0}", value.abs());
    let mut out = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    if value < 0.0 { format!("-{out}") } else { out }
}

/// Adds up the CPU time of the measured parts.
#[derive(Default)]
pub struct CpuClock {
    total: Duration,
}

impl CpuClock {
    pub fn measure<T>(&mut self, work: impl FnOnce() -> T) -> T {
        let start = cpu_time::ProcessTime::now();
        let out = work();
        self.total += start.elapsed();
        out
    }

    pub async fn measure_async<T>(&mut self, work: impl Future<Output = T>) -> T {
        let start = cpu_time::ProcessTime::now();
        let out = work.await;
        self.total += start.elapsed();
        out
    }

    pub fn seconds(&self) -> f64 {
        self.total.as_secs_f64()
    }
}

/// Peak resident memory in MB; 0 if the system does not report it.
pub fn peak_memory_mb() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes =
        line.and_then(|text| text.split_whitespace().next()).and_then(|number| number.parse::<f64>().ok());
    kilobytes.unwrap_or(0.0) / 1024.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn broken_bound_is_reported() {
        let mut report = Report::default();
        report.figure("rows", 1_234_567.0);
        report.bounded("speed", 10.5, Bound::AtLeast(11.0));
        report.bounded("size", 4.0, Bound::AtMost(4.0));
        let text = report.to_string();
        assert_eq!(report.broken().collect::<Vec<_>>(), ["speed is 10.50, not ≥ 11"]);
        assert!(text.contains("1,234,567") && text.contains("10.50") && text.contains("≥ 11  FAIL"));
        assert!(text.contains("≤ 4  pass"));
    }
}
