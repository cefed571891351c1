//! Figures with their goals, and what they are measured in: CPU seconds and peak memory of this process.

use std::time::Duration;

#[derive(Default)]
pub struct Report {
    figures: Vec<(String, f64, Option<Goal>)>,
}

#[derive(Clone, Copy)]
pub enum Goal {
    AtLeast(f64),
    AtMost(f64),
}

impl Goal {
    fn is_met(self, value: f64) -> bool {
        match self {
            Self::AtLeast(goal) => value >= goal,
            Self::AtMost(goal) => value <= goal,
        }
    }
}

impl Report {
    pub fn figure(&mut self, name: &str, value: f64) {
        self.figures.push((name.to_owned(), value, None));
    }

    pub fn goal(&mut self, name: &str, value: f64, goal: Goal) {
        self.figures.push((name.to_owned(), value, Some(goal)));
    }

    /// False if a goal was missed.
    pub fn print(&self) -> bool {
        for (name, value, goal) in &self.figures {
            let verdict = match goal {
                None => String::new(),
                Some(goal) => {
                    let (word, wanted) = match goal {
                        Goal::AtLeast(wanted) => ("at least", wanted),
                        Goal::AtMost(wanted) => ("at most", wanted),
                    };
                    let verdict = if goal.is_met(*value) { "ok" } else { "MISSED" };
                    format!("  {verdict} ({word} {})", grouped(*wanted))
                }
            };
            println!("  {name:<32}{:>14}{verdict}", grouped(*value));
        }
        self.figures.iter().all(|(_, value, goal)| goal.is_none_or(|goal| goal.is_met(*value)))
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

/// Adds up the CPU time of what runs between `start` and `stop`.
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

    pub fn seconds(&self) -> f64 {
        self.total.as_secs_f64()
    }
}

/// Peak resident memory in MB; 0 where the system does not say.
pub fn peak_memory_mb() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes =
        line.and_then(|text| text.split_whitespace().next()).and_then(|number| number.parse::<f64>().ok());
    kilobytes.unwrap_or(0.0) / 1024.0
}
