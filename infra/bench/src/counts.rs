//! What each landing counts: the capacity of a lead, a mail and an event, the hottest key as a sending window opens, and the
//! objects of the lead list. Counts do not depend on the machine, so each has its row in `counts.txt`: a figure that grows
//! breaks it, and one that falls by a twentieth asks for a lower row.

use crate::report::{Bound, Figure, Report};
use crate::{capacity, folds, sending};
use anyhow::{Context, Result, bail};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

/// The table. Where its figures are right, delete it and run the bench twice, or its test in this file.
const TABLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/counts.txt");
/// The leads that are imported plain, and as many with enrichment.
const LEADS: u64 = 100;
const CITIES: u64 = 4;
/// The mails as a window opens.
const CITY: u64 = 400;

pub fn run(report: &mut Report) -> Result<()> {
    let mut counted = Report::default();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    for price in runtime.block_on(capacity::measure(LEADS, LEADS, CITIES))? {
        counted.figure(format!("{}: WRU", price.what), price.cost.writes);
        counted.figure(format!("{}: RRU", price.what), price.cost.reads);
    }
    let hottest = runtime.block_on(sending::hottest_key(CITY))?;
    counted.figure("hottest key as a window opens: WRU a mail", hottest);
    runtime.block_on(folds::count(&mut counted))?;
    compare(report, counted.figures, Path::new(TABLE))
}

fn compare(report: &mut Report, counted: Vec<Figure>, table: &Path) -> Result<()> {
    let Ok(text) = std::fs::read_to_string(table) else {
        let mut text = String::new();
        for Figure { name, value, .. } in &counted {
            writeln!(text, "{value:.2} {name}")?;
        }
        std::fs::write(table, text)?;
        bail!("there was no {}: it is written, look at it and run this again", table.display());
    };
    let row = |line: &str| {
        let (bound, name) = line.split_once(' ')?;
        Some((name.to_owned(), bound.parse::<f64>().ok()?))
    };
    let rows: BTreeMap<String, f64> = text
        .lines()
        .map(|line| row(line).with_context(|| format!("counts.txt: '{line}' is no bound and name")))
        .collect::<Result<_>>()?;
    if let Some(gone) = rows.keys().find(|name| counted.iter().all(|figure| figure.name != **name)) {
        bail!("counts.txt: '{gone}' is not counted any more: take its row out");
    }
    for Figure { name, value, .. } in counted {
        let bound = *rows.get(&name).with_context(|| format!("counts.txt has no row '{value:.2} {name}'"))?;
        // Half of the last digit that the table has.
        if value + 0.005 < bound * 0.95 {
            report.bounded(format!("{name}: its row can be lower"), value, Bound::AtLeast(bound * 0.95));
        } else {
            report.bounded(name, value, Bound::AtMost(bound + 0.005));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn broken(table: &str, value: f64) -> Result<Vec<String>> {
        let file = tempfile::NamedTempFile::new()?;
        std::fs::write(file.path(), table)?;
        let (mut report, mut counted) = (Report::default(), Report::default());
        counted.figure("a mail: WRU", value);
        compare(&mut report, counted.figures, file.path())?;
        Ok(report.broken().collect())
    }

    #[test]
    #[ignore = "it takes minutes: `cargo xtask ci` runs it"]
    fn counts_hold_to_their_table() {
        let mut report = Report::default();
        run(&mut report).unwrap();
        let broken: Vec<String> = report.broken().collect();
        assert!(broken.is_empty(), "{report}\n{}", broken.join("\n"));
    }

    #[test]
    fn count_that_grows_or_falls_much_breaks_its_row() {
        assert!(broken("4.64 a mail: WRU\n", 4.64).unwrap().is_empty());
        assert!(broken("4.64 a mail: WRU\n", 4.5).unwrap().is_empty());
        assert_eq!(broken("4.64 a mail: WRU\n", 4.7).unwrap().len(), 1);
        assert_eq!(broken("4.64 a mail: WRU\n", 4.3).unwrap().len(), 1);
    }

    #[test]
    fn row_without_a_count_and_count_without_a_row_are_told() {
        assert!(broken("", 1.0).unwrap_err().to_string().contains("no row '1.00 a mail: WRU'"));
        let more = broken("1.00 a mail: WRU\n2.00 a text: WRU\n", 1.0).unwrap_err();
        assert!(more.to_string().contains("'a text: WRU' is not counted"));
    }
}
