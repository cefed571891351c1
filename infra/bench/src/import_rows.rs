//! The speed of the import: a generated file goes through reader, mapper and duplicate set in chunks, as an
//! uploaded one does.

use crate::report::{Bound, CpuClock, Report, peak_memory_mb};
use domain::WorkspaceId;
use domain::contact::country::Country;
use domain::import::dedupe::SeenKeys;
use domain::import::detect::detect;
use domain::import::row::{MappedRow, RowMapper};
use domain::import::rows::RowReader;
use domain::import::{DuplicatePolicy, ImportCounts, ImportOptions};
use domain::lead::custom_field::CustomFields;
use jiff::Timestamp;
use std::fmt::Write;

const ROWS: u64 = 1_000_000;
const ROWS_A_CHUNK: u64 = 2_000;

pub fn without_phones(report: &mut Report) -> anyhow::Result<()> {
    run(report, false, 300_000.0)
}

pub fn with_phones(report: &mut Report) -> anyhow::Result<()> {
    run(report, true, 80_000.0)
}

fn run(report: &mut Report, phones: bool, goal: f64) -> anyhow::Result<()> {
    let options = ImportOptions {
        default_country: Country::parse("US"),
        country_chosen: true,
        duplicates: DuplicatePolicy::Skip,
        tag: None,
        consent_basis: None,
        consent: Default::default(),
        enrich: false,
        campaign: None,
        values: domain::import::ValueOptions::default(),
    };
    let first = chunk(0, phones);
    let detected = detect(first.as_bytes(), false)?;
    let mapping = detected.mapping();
    mapping.check()?;
    let fields = CustomFields::none(WorkspaceId::derived(Timestamp::UNIX_EPOCH, &["bench"]));
    let mapper = RowMapper::new(&mapping, &options, &fields);
    let mut reader = RowReader::new(&detected.format, detected.headers());
    let (mut seen, mut counts, mut bytes, mut cpu) =
        (SeenKeys::new(), ImportCounts::default(), 0, CpuClock::default());
    let mut take = |row| {
        counts.rows += 1;
        match row {
            Ok(MappedRow::Lead { lead, warnings }) => {
                counts.warnings += u64::from(!warnings.is_empty());
                let repeated = lead.dedupe_key().and_then(|key| seen.insert(&key, counts.rows)).is_some();
                counts.duplicates += u64::from(repeated);
                counts.created += u64::from(!repeated);
            }
            Ok(MappedRow::Rejected { .. }) | Err(_) => counts.rejected += 1,
        }
    };
    for start in (0..ROWS).step_by(2_000) {
        let text = chunk(start, phones);
        bytes += text.len();
        cpu.measure(|| reader.feed(text.as_bytes()).for_each(|row| take(row.map(|row| mapper.map(&row)))));
    }
    cpu.measure(|| reader.finish().for_each(|row| take(row.map(|row| mapper.map(&row)))));
    report.figure("rows", counts.rows as f64);
    report.figure("leads", counts.created as f64);
    report.figure("duplicates", counts.duplicates as f64);
    report.figure("rejected", counts.rejected as f64);
    report.figure("with a warning", counts.warnings as f64);
    report.figure("file, MB", bytes as f64 / 1e6);
    report.bounded("rows per CPU-second", counts.rows as f64 / cpu.seconds(), Bound::AtLeast(goal));
    report.bounded("peak memory, MB", peak_memory_mb(), Bound::AtMost(64.0));
    Ok(())
}

/// The file's rows from `start` on, the header before the first. Every 50th repeats an address, every 200th
/// has none.
fn chunk(start: u64, phones: bool) -> String {
    let mut out = String::with_capacity(512 * 1024);
    if start == 0 {
        out.push_str(
            "First Name,Last Name,Company,Email,Phone,Website,City,Country,Source,Deal Stage,Notes\r\n",
        );
    }
    for row in start..start + ROWS_A_CHUNK {
        // The multiplier meets every residue, so that neighbours differ as rows of a real file do.
        let mix = row.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20;
        let person = if row % 50 == 49 { row - 1 } else { row };
        let email = match row % 200 {
            150 => String::new(),
            _ => format!("lead.{person}@company{}.example", person % 4_099),
        };
        let phone = if phones { phone(mix) } else { String::new() };
        let pick = |names: &[&'static str]| names[usize::try_from(mix % names.len() as u64).unwrap_or(0)];
        let written = write!(
            out,
            "{},{},\"{} {}, Inc\",{email},{phone},https://www.company{}.example/,{},{},{},{},Met at the fair in hall {}\r\n",
            pick(&["Anna", "Ben", "Chloé", "David", "Emma"]),
            pick(&["Miller", "García", "Smith", "Ångström", "Jones", "Lee", "Novak"]),
            pick(&["Harbour", "Summit", "Oak"]),
            pick(&["Dental", "Roofing", "Partners", "Studio"]),
            person % 4_099,
            pick(&["Boston", "Austin", "Denver", "Seattle", "Miami", "Leeds"]),
            pick(&["United States", "US", "USA"]),
            pick(&["Referral", "Trade Show", "Webinar"]),
            pick(&["New Lead", "Contacted", "Qualified", "On Hold"]),
            mix % 12,
        );
        written.unwrap_or_default();
    }
    out
}

fn phone(mix: u64) -> String {
    let (area, exchange, line) = (201 + mix % 780, 200 + mix / 7 % 800, mix / 31 % 10_000);
    match mix % 7 {
        0 => format!("({area}){exchange}-{line:04}"),
        1 => format!("{area}-{exchange}-{line:04}x{}", mix % 9_999),
        2 => format!("{area}.{exchange}.{line:04}"),
        3 => format!("+1-{area}-{exchange}-{line:04}"),
        4 => format!("001-{area}-{exchange}-{line:04}x{}", mix % 999),
        5 => format!("+44 20 7946 {line:04}"),
        _ => format!("{area}{exchange}{line:04}"),
    }
}
