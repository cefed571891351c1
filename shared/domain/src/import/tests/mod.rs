//! Files as they come: each kind is read as far as it is sound, and every problem names its line.

mod chunks;
mod custom_columns;
mod exported;
mod google_contacts;
mod mapped;
mod odd_files;
mod placeholders;
mod reading;

use super::detect::{Detected, NotReadable, detect};
use super::fields::NewLeadFields;
use super::row::{MappedRow, RowMapper};
use super::rows::{Carry, Row, RowReader};
use super::{DuplicatePolicy, FileFormat, ImportOptions, RowProblem, Target, ValueOptions};
use crate::contact::country::Country;
use crate::ids::WorkspaceId;
use crate::lead::custom_field::CustomFields;
use jiff::Timestamp;

fn fixture(name: &str) -> Vec<u8> {
    let files: [(&str, &[u8]); 21] = [
        ("archive.zip", include_bytes!("../fixtures/archive.zip")),
        ("blank.csv", include_bytes!("../fixtures/blank.csv")),
        ("bom.csv", include_bytes!("../fixtures/bom.csv")),
        ("duplicate_headers.csv", include_bytes!("../fixtures/duplicate_headers.csv")),
        ("empty.csv", include_bytes!("../fixtures/empty.csv")),
        ("header_only.csv", include_bytes!("../fixtures/header_only.csv")),
        ("late_1252.csv", include_bytes!("../fixtures/late_1252.csv")),
        ("leads.json", include_bytes!("../fixtures/leads.json")),
        ("leads.jsonl", include_bytes!("../fixtures/leads.jsonl")),
        ("no_header.csv", include_bytes!("../fixtures/no_header.csv")),
        ("one_column.csv", include_bytes!("../fixtures/one_column.csv")),
        ("page.html", include_bytes!("../fixtures/page.html")),
        ("pipes.txt", include_bytes!("../fixtures/pipes.txt")),
        ("prose.txt", include_bytes!("../fixtures/prose.txt")),
        ("quoted_lines.csv", include_bytes!("../fixtures/quoted_lines.csv")),
        ("ragged.csv", include_bytes!("../fixtures/ragged.csv")),
        ("semicolons_1252.csv", include_bytes!("../fixtures/semicolons_1252.csv")),
        ("unclosed_quote.csv", include_bytes!("../fixtures/unclosed_quote.csv")),
        ("utf16be.csv", include_bytes!("../fixtures/utf16be.csv")),
        ("utf16le.csv", include_bytes!("../fixtures/utf16le.csv")),
        ("workbook.xlsx", include_bytes!("../fixtures/workbook.xlsx")),
    ];
    files.iter().find(|(known, _)| *known == name).expect("a fixture of that name").1.to_vec()
}

fn csv(delimiter: char, encoding: &str, header: bool) -> FileFormat {
    FileFormat::Csv { delimiter, encoding: encoding.to_owned(), encoding_sure: true, header, lines_above: 0 }
}

fn options(country: &str) -> ImportOptions {
    ImportOptions {
        default_country: Country::parse(country),
        country_chosen: true,
        duplicates: DuplicatePolicy::Skip,
        tag: None,
        consent_basis: None,
        consent: Default::default(),
        enrich: true,
        campaign: None,
        values: ValueOptions::default(),
    }
}

fn no_fields() -> CustomFields {
    CustomFields::none(WorkspaceId::derived(Timestamp::UNIX_EPOCH, &["w"]))
}

fn read(detected: &Detected, bytes: &[u8]) -> Vec<Result<Row, RowProblem>> {
    let mut reader = RowReader::new(&detected.format, detected.headers());
    let mut rows: Vec<_> = reader.feed(bytes).collect();
    rows.extend(reader.finish());
    rows
}

struct Outcome {
    leads: Vec<NewLeadFields>,
    warnings: Vec<RowProblem>,
    rejected: Vec<RowProblem>,
}

fn import(bytes: &[u8], country: &str) -> Outcome {
    let detected = detect(bytes, true).unwrap();
    import_as(&detected, bytes, &options(country), &no_fields())
}

fn import_as(detected: &Detected, bytes: &[u8], options: &ImportOptions, fields: &CustomFields) -> Outcome {
    let mapping = detected.mapping();
    let mapper = RowMapper::new(&mapping, options, fields);
    let mut outcome = Outcome { leads: vec![], warnings: vec![], rejected: vec![] };
    for row in read(detected, bytes) {
        match row.map(|row| mapper.map(&row)) {
            Ok(MappedRow::Lead { lead, warnings }) => {
                outcome.leads.push(*lead);
                outcome.warnings.extend(warnings);
            }
            Ok(MappedRow::Rejected { problem, .. }) | Err(problem) => outcome.rejected.push(problem),
        }
    }
    outcome
}
