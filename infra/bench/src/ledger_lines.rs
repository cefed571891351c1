//! The ledger's lines in words: capacity by the function that spent it and the kind of item that it touched.

use local_cloud::{Line, Service, Snapshot};

/// The capacity that was spent on so many pieces of work.
#[derive(Debug)]
pub struct Cost {
    pub units: u64,
    pub writes: f64,
    pub reads: f64,
    /// Function and item → write units and read units a piece, the most expensive first.
    pub split: Vec<(String, f64, f64)>,
}

impl Cost {
    pub fn of(used: &Snapshot, units: u64) -> Self {
        let each = |sum: f64| sum / units.max(1) as f64;
        let tables = used.by(|line| match line.service {
            Service::DynamoDb => format!("{} · {}", line.principal, item(line)),
            _ => String::new(),
        });
        let mut split: Vec<(String, f64, f64)> = tables
            .into_iter()
            .filter(|(label, usage)| !label.is_empty() && usage.write_units + usage.read_units > 0.0)
            .map(|(label, usage)| (label, each(usage.write_units), each(usage.read_units)))
            .collect();
        split.sort_by(|a, b| b.1.total_cmp(&a.1).then(b.2.total_cmp(&a.2)));
        Self { units, writes: each(used.write_units()), reads: each(used.read_units()), split }
    }
}

/// The word for a kind of key, as `docs/TABLE.md` lists them.
pub fn item(line: &Line) -> String {
    let word = match line.keys.as_str() {
        "W#L/LEAD" | "LEAD" => "lead",
        "W#L/N" | "N" => "enrolment",
        "W#L/M" | "M" => "message",
        "W#L/A" | "A" => "activity",
        "W#L/C" | "C" => "field",
        "W#L/T" | "T" => "task",
        "W#L/V" | "V" => "conversation",
        "W#L/P" => "preview page",
        "PREVIEW/PREVIEW" | "PREVIEW" => "preview token",
        "W#L" => "the lead's partition",
        "W#K/K" | "W#K" | "W#K/" => "address",
        "DUE" => "due hint",
        "CURSOR/CURSOR" | "CURSOR" => "stream cursor",
        "SCHEDULES" => "runs of schedules",
        "ONCE/ONCE" | "LIMIT/LIMIT" => "limit",
        other => other,
    };
    let word = word
        .strip_prefix("W#COUNTERS/")
        .map_or_else(|| word.to_owned(), |scope| format!("counters of {scope}"));
    if line.resource.contains('/') { format!("{word}, index") } else { word }
}
