//! Writes CSV for users and spreadsheets, in which no cell can run as a formula, and problem rows that can be imported again.

use super::opt_out_columns::row_opt_outs;
use super::{Column, RowProblem, Target, synonyms};

/// Characters that begin a formula in a spreadsheet, or hide one; full-width forms too.
pub(super) const FORMULA_STARTS: [char; 10] =
    ['=', '+', '-', '@', '\t', '\r', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'];

/// Whether a cell gets an apostrophe before it: it begins like a formula, perhaps behind apostrophes of its own, of which
/// the import would take one away.
pub(super) fn needs_guard(cell: &str) -> bool {
    cell.trim_start_matches('\'').starts_with(FORMULA_STARTS)
}

/// Excel reads a file as UTF-8 only if it begins with this mark.
pub const BYTE_ORDER_MARK: &str = "\u{feff}";

/// The column by which an import knows a file that was exported here.
pub const OWN_EXPORT: &str = "leadflow_id";
/// The columns of an export that every workspace has; those of its custom fields follow.
pub const EXPORTED: [&str; 28] = [
    "first_name",
    "last_name",
    "company",
    "email",
    "phone",
    "whatsapp_id",
    "city",
    "country",
    "category",
    "status",
    "stage_since",
    "lost_reason",
    "priority",
    "score",
    "temperature",
    "tags",
    "last_contacted_at",
    "created_at",
    "do_not_contact",
    "opted_out",
    "bounced",
    "possible_opt_out",
    "consent_basis",
    "consent_date",
    "consent_source",
    "consent_channels",
    "tracking_consent",
    OWN_EXPORT,
];
/// Columns of an export that only tell something: an import of the same file ignores them.
pub const ONLY_EXPORTED: [&str; 10] = [
    OWN_EXPORT,
    "stage_since",
    "lost_reason",
    "priority",
    "score",
    "temperature",
    "last_contacted_at",
    "created_at",
    // Whoever imports the file where nobody is held is asked about it.
    "possible_opt_out",
    "whatsapp_id",
];

/// Appends one record. A cell that begins like a formula gets an apostrophe, which the import removes again.
pub fn write_csv_record<'a>(out: &mut String, cells: impl IntoIterator<Item = &'a str>) {
    for (place, cell) in cells.into_iter().enumerate() {
        if place > 0 {
            out.push(',');
        }
        let guard = if needs_guard(cell) { "'" } else { "" };
        let odd_end = cell.starts_with(char::is_whitespace) || cell.ends_with(char::is_whitespace);
        if odd_end || cell.contains([',', ';', '|', '"', '\n', '\r', '\t']) {
            out.push('"');
            out.push_str(guard);
            out.push_str(&cell.replace('"', "\"\""));
            out.push('"');
        } else {
            out.push_str(guard);
            out.push_str(cell);
        }
    }
    out.push_str("\r\n");
}

/// The columns that a file of problem rows adds to the import's own.
pub(super) const PROBLEM_COLUMNS: [&str; 3] = ["import_line", "import_field", "import_reason"];

/// The columns of a file of problem rows that say what its rows say, whatever the import's own columns are called.
enum Said {
    OptOuts,
    Consent(Target),
}

/// The columns that the file gets besides the import's own, because some of those say it under another name.
fn said(columns: &[Column]) -> Vec<(&'static str, Said)> {
    let is_new = |name: &str| columns.iter().all(|column| column.header != name);
    let mut said = Vec::new();
    if columns.iter().any(|column| column.target.is_some_and(Target::is_opt_out)) {
        said.extend(OPT_OUTS.map(|name| (name, Said::OptOuts)));
    }
    for (name, target) in CONSENTS {
        let is_unknown = |column: &Column| {
            column.target == Some(target)
                && synonyms::target_of(&column.header).is_none_or(|(known, _)| known != target)
        };
        said.extend(columns.iter().any(is_unknown).then_some((name, Said::Consent(target))));
    }
    said.retain(|(name, _)| is_new(name));
    said
}

const OPT_OUTS: [&str; 3] = ["do_not_contact", "opted_out", "bounced"];
const CONSENTS: [(&str, Target); 4] = [
    ("consent_basis", Target::ConsentBasis),
    ("consent_date", Target::ConsentDate),
    ("consent_source", Target::ConsentSource),
    ("consent_channels", Target::ConsentChannels),
];

/// The header of a file of problem rows: the import's columns, those that say what its rows say of opt-outs and consent,
/// then line, field and reason, which an import ignores.
pub fn rejects_header(columns: &[Column]) -> String {
    let mut out = BYTE_ORDER_MARK.to_owned();
    let said = said(columns);
    let theirs = columns.iter().map(|column| column.header.as_str());
    let theirs = theirs.filter(|header| !PROBLEM_COLUMNS.contains(header));
    write_csv_record(&mut out, theirs.chain(said.iter().map(|(name, _)| *name)).chain(PROBLEM_COLUMNS));
    out
}

/// One problem row; `columns` are the import's, as in the header row. Cells beyond them come last.
pub fn rejects_row(columns: &[Column], problem: &RowProblem) -> String {
    let mut out = String::new();
    let cell = |place: usize| problem.row.get(place).map_or("", String::as_str);
    let opt_outs = row_opt_outs(columns, &problem.row).exported();
    let said: Vec<&str> = said(columns)
        .into_iter()
        .map(|(name, said)| match said {
            Said::OptOuts => {
                OPT_OUTS.iter().position(|known| *known == name).map_or("", |at| opt_outs[at].as_str())
            }
            Said::Consent(target) => {
                columns.iter().position(|column| column.target == Some(target)).map_or("", cell)
            }
        })
        .collect();
    let is_own = |column: &Column| PROBLEM_COLUMNS.contains(&column.header.as_str());
    let cells =
        columns.iter().enumerate().filter(|(_, column)| !is_own(column)).map(|(place, _)| cell(place));
    let line = problem.line.to_string();
    let surplus = problem.row.iter().skip(columns.len()).map(String::as_str);
    let own = [line.as_str(), problem.field.as_str(), problem.reason.as_str()];
    write_csv_record(&mut out, cells.chain(said).chain(own).chain(surplus));
    out
}
