//! Writes CSV for users and spreadsheets, in which no cell can run as a formula, and problem rows that can be imported again.

use super::RowProblem;

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
pub const EXPORTED: [&str; 18] = [
    "first_name",
    "last_name",
    "company",
    "email",
    "phone",
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
    OWN_EXPORT,
];
/// Columns of an export that only tell something: an import of the same file ignores them.
pub const ONLY_EXPORTED: [&str; 8] = [
    OWN_EXPORT,
    "stage_since",
    "lost_reason",
    "priority",
    "score",
    "temperature",
    "last_contacted_at",
    "created_at",
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

/// The header of a file of problem rows: the import's columns, then line, field and reason, which an import ignores.
pub fn rejects_header(headers: &[String]) -> String {
    let mut out = BYTE_ORDER_MARK.to_owned();
    let theirs = headers.iter().map(String::as_str).filter(|header| !PROBLEM_COLUMNS.contains(header));
    write_csv_record(&mut out, theirs.chain(PROBLEM_COLUMNS));
    out
}

/// One problem row; `headers` are the import's, as in the header row. Cells beyond them come last.
pub fn rejects_row(headers: &[String], problem: &RowProblem) -> String {
    let mut out = String::new();
    let is_own = |header: &str| PROBLEM_COLUMNS.contains(&header);
    let cells = headers.iter().enumerate().filter(|(_, header)| !is_own(header));
    let cells = cells.map(|(place, _)| problem.row.get(place).map_or("", String::as_str));
    let line = problem.line.to_string();
    let surplus = problem.row.iter().skip(headers.len()).map(String::as_str);
    let own = [line.as_str(), problem.field.as_str(), problem.reason.as_str()];
    write_csv_record(&mut out, cells.chain(own).chain(surplus));
    out
}
