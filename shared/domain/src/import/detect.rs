//! Detects what a file is from its first bytes: encoding, delimiter, header, columns; or why it is no list of leads.

use super::decode::Encoding;
use super::encoding_guess::{Guess, guess};
use super::mapping::{self, Mapping};
use super::rows::{Row, RowReader};
use super::{Column, FileFormat, Target, json_rows, synonyms};

/// How much of the file's beginning is looked at.
pub const SAMPLE_BYTES: usize = 128 * 1024;
pub const MAX_COLUMNS: usize = 1_000;
const SAMPLE_ROWS: usize = 500;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Detected {
    pub format: FileFormat,
    pub columns: Vec<Column>,
    /// Rows seen in the sample; all rows if the sample was the whole file.
    pub sample_rows: usize,
}

impl Detected {
    pub fn mapping(&self) -> Mapping {
        Mapping::of(&self.columns)
    }

    /// The headers for the readers of the file's chunks.
    pub fn headers(&self) -> Vec<String> {
        self.columns.iter().map(|column| column.header.clone()).collect()
    }
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotReadable {
    #[error("the file is empty")]
    Empty,
    #[error("the file has a header but no rows")]
    HeaderOnly,
    #[error("this is {what}: {advice}")]
    SomethingElse { what: &'static str, advice: &'static str },
    #[error("the file cannot be read as JSON: {0}")]
    BadJson(String),
    #[error("the file has more than {MAX_COLUMNS} columns")]
    TooManyColumns,
}

const AS_CSV: &str = "save it as CSV and upload the CSV file";
const NEEDED: &str = "choose a CSV or JSON file";

/// Detects the format from the first bytes (`SAMPLE_BYTES` are enough); `is_whole` tells that these are all.
pub fn detect(first_bytes: &[u8], is_whole: bool) -> Result<Detected, NotReadable> {
    detect_in(first_bytes, is_whole, None)
}

/// Detects the format of a file whose encoding a user may have chosen.
pub fn detect_in(
    first_bytes: &[u8],
    is_whole: bool,
    chosen: Option<Encoding>,
) -> Result<Detected, NotReadable> {
    let cut = first_bytes.len() > SAMPLE_BYTES;
    let (bytes, is_whole) = (&first_bytes[..first_bytes.len().min(SAMPLE_BYTES)], is_whole && !cut);
    if let Some((what, advice)) = signature(bytes) {
        return Err(NotReadable::SomethingElse { what, advice });
    }
    // The encoding is guessed from all bytes at hand: a list may be plain ASCII for its first hundred rows.
    let guess = chosen.map_or_else(|| guess(first_bytes), |encoding| Guess { encoding, is_sure: true });
    let encoding = guess.encoding;
    let mut text = String::new();
    encoding.decode(&mut vec![], bytes, is_whole, &mut text);
    let text = text.trim_start_matches('\u{feff}').trim_start();
    if text.is_empty() {
        return Err(NotReadable::Empty);
    }
    let strange = text.chars().filter(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')).count();
    if strange * 50 > text.chars().count() {
        return Err(NotReadable::SomethingElse { what: "a binary file", advice: NEEDED });
    }
    if let Some((what, advice)) = markup(text) {
        return Err(NotReadable::SomethingElse { what, advice });
    }
    if is_array_of_arrays(text) {
        return Err(NotReadable::BadJson(AN_ARRAY_OF_OBJECTS.to_owned()));
    }
    if text.starts_with(['[', '{']) && !text.starts_with("[[") && !looks_like_csv_line(text) {
        return json(bytes, text, encoding, is_whole);
    }
    csv(bytes, guess, is_whole)
}

fn signature(bytes: &[u8]) -> Option<(&'static str, &'static str)> {
    let holds = |part: &[u8]| memchr::memmem::find(bytes, part).is_some();
    Some(match bytes {
        [b'P', b'K', 3 | 5 | 7, ..] if holds(b"xl/") => ("an Excel workbook", AS_CSV),
        [b'P', b'K', 3 | 5 | 7, ..] if holds(b"opendocument.spreadsheet") => {
            ("an OpenDocument spreadsheet", AS_CSV)
        }
        [b'P', b'K', 3 | 5 | 7, ..] if holds(b"word/") => ("a Word document", AS_CSV),
        [b'P', b'K', 3 | 5 | 7, ..] => ("a ZIP archive", "unpack it and upload the CSV file in it"),
        [0xd0, 0xcf, 0x11, 0xe0, ..] => ("an old Excel or Office file", AS_CSV),
        [b'%', b'P', b'D', b'F', ..] => ("a PDF document", NEEDED),
        [0x1f, 0x8b, ..] => ("a gzip archive", "unpack it and upload the CSV file in it"),
        [0x89, b'P', b'N', b'G', ..] | [0xff, 0xd8, 0xff, ..] | [b'G', b'I', b'F', b'8', ..] => {
            ("an image", NEEDED)
        }
        _ if bytes.starts_with(b"{\\rtf") => ("a rich-text document", AS_CSV),
        _ if bytes.starts_with(b"SQLite format 3") => ("a SQLite database", NEEDED),
        _ if bytes.starts_with(b"PAR1") => ("a Parquet file", AS_CSV),
        _ => return None,
    })
}

fn markup(text: &str) -> Option<(&'static str, &'static str)> {
    let start: String = text.chars().take(200).collect::<String>().to_ascii_lowercase();
    let begins = |marks: &[&str]| marks.iter().any(|mark| start.starts_with(mark));
    if begins(&["<!doctype html", "<html", "<head", "<body", "<table", "<div", "<script"]) {
        return Some(("a web page", "export the list instead of saving the page"));
    }
    if begins(&["<?xml", "<!--", "<svg"]) {
        return Some(("an XML file", AS_CSV));
    }
    if begins(&["begin:vcard"]) {
        return Some(("a file of contact cards (vCard)", AS_CSV));
    }
    begins(&["%pdf", "%!ps"]).then_some(("a PDF document", NEEDED))
}

/// Whether it is CSV although it begins like JSON: `[Name],[E-mail]`.
fn looks_like_csv_line(text: &str) -> bool {
    let after = text[1..].trim_start();
    text.starts_with('[')
        && !after.is_empty()
        && !after.starts_with(['{', '"', '[', ']'])
        && !after.starts_with(|c: char| c.is_ascii_digit() || c == '-')
}

const AN_ARRAY_OF_OBJECTS: &str = "send an array of objects, one for each lead";

/// Whether the text is a JSON array whose elements are arrays, and not CSV that begins with brackets.
fn is_array_of_arrays(text: &str) -> bool {
    let inner = text.strip_prefix('[').and_then(|rest| rest.trim_start().strip_prefix('['));
    inner.is_some_and(|rest| rest.trim_start().starts_with(['"', '[', '{', ']']))
}

fn json(bytes: &[u8], text: &str, encoding: Encoding, is_whole: bool) -> Result<Detected, NotReadable> {
    if encoding.is_utf16() {
        return Err(NotReadable::BadJson("it is in UTF-16: save it as UTF-8".to_owned()));
    }
    let first_line = text.lines().next().unwrap_or("").trim_end();
    let lines = text.starts_with('{') && first_line.ends_with('}');
    if text.starts_with('{') && !lines {
        return Err(NotReadable::BadJson(format!("{AN_ARRAY_OF_OBJECTS}, not a single object")));
    }
    if let Some(key) = lines.then(|| json_rows::key_of_rows(first_line)).flatten() {
        let advice = format!("{AN_ARRAY_OF_OBJECTS}, without the object around it whose '{key}' has them");
        return Err(NotReadable::BadJson(advice));
    }
    let format = FileFormat::Json;
    let mut reader = RowReader::new(&format, vec![]);
    let mut results: Vec<_> = reader.feed(bytes).take(SAMPLE_ROWS).collect();
    if is_whole && results.len() < SAMPLE_ROWS {
        results.extend(reader.finish());
    }
    let rows: Vec<Row> = results.iter().filter_map(|result| result.as_ref().ok().cloned()).collect();
    if rows.is_empty() {
        return Err(match results.into_iter().find_map(Result::err) {
            Some(problem) => NotReadable::BadJson(format!("line {}, {}", problem.line, problem.reason)),
            None if is_whole => NotReadable::Empty,
            None => NotReadable::BadJson("its first object is too long".to_owned()),
        });
    }
    let mut headers: Vec<String> = vec![];
    for (key, _) in rows.iter().flat_map(|row| &row.extra) {
        let key = key.trim();
        if !key.is_empty() && !headers.iter().any(|known| known == key) {
            headers.push(key.to_owned());
        }
    }
    let values = |place: usize| {
        let of_key = |row: &'_ Row| {
            row.extra.iter().find(|(key, _)| key.trim() == headers[place]).map(|(_, v)| v.clone())
        };
        rows.iter().filter_map(of_key).collect()
    };
    let values: Vec<Vec<String>> = (0..headers.len()).map(values).collect();
    columns(format, headers, true, &values, rows.len())
}

fn csv(bytes: &[u8], guess: Guess, is_whole: bool) -> Result<Detected, NotReadable> {
    let (encoding, encoding_sure) = (guess.encoding.name().to_owned(), guess.is_sure);
    let format = |delimiter, header, lines_above| FileFormat::Csv {
        delimiter,
        encoding: encoding.clone(),
        encoding_sure,
        header,
        lines_above,
    };
    let read = |delimiter| {
        let mut reader = RowReader::without_columns(&format(delimiter, true, 0));
        let mut read: Vec<_> = reader.feed(bytes).take(SAMPLE_ROWS).collect();
        if (is_whole || read.iter().all(Result::is_err)) && read.len() < SAMPLE_ROWS {
            read.extend(reader.finish());
        }
        let broken = read.iter().filter_map(|row| row.as_ref().err()).map(|problem| problem.line).min();
        let mut rows: Vec<Row> = read.into_iter().filter_map(Result::ok).collect();
        // What stands above the header says nothing about the columns.
        let above = header_row(&rows);
        rows.drain(..above);
        let top = rows.first().map_or(0, |row| row.line);
        (rows, above > 0 || broken.is_some_and(|line| line < top))
    };
    let named = separator_line(bytes, guess.encoding);
    let tried: Vec<char> = named.map_or_else(|| vec![',', ';', '\t', '|'], |delimiter| vec![delimiter]);
    let candidates: Vec<(char, (Vec<Row>, bool))> =
        tried.into_iter().map(|delimiter| (delimiter, read(delimiter))).collect();
    let best = candidates.iter().fold(&candidates[0], |best, candidate| {
        if separation(&candidate.1.0) > separation(&best.1.0) + 1e-9 { candidate } else { best }
    });
    // If none separates, the file has one column, and the delimiter must not cut it.
    let uncut = || candidates.iter().find(|(_, (rows, _))| rows.iter().all(|row| row.len() == 1));
    let best = if separation(&best.1.0) > 0.0 { best } else { uncut().unwrap_or(best) };
    let (delimiter, (rows, has_rows_above)) = best;
    let Some(top) = rows.first() else { return Err(NotReadable::Empty) };
    let first: Vec<String> = (0..top.len()).map(|place| top.field(place).trim().to_owned()).collect();
    let header = is_header(&first);
    let body = if header { &rows[1..] } else { &rows[..] };
    let width = if header { first.len() } else { rows.iter().map(Row::len).max().unwrap_or(0) };
    if width > MAX_COLUMNS {
        return Err(NotReadable::TooManyColumns);
    }
    let known = first.iter().any(|name| synonyms::target_of(name).is_some());
    if body.is_empty() && is_whole {
        return Err(if known || width > 1 { NotReadable::HeaderOnly } else { plain_text() });
    }
    let headers = if header { unique(first) } else { (1..=width).map(|n| format!("Column {n}")).collect() };
    let values = |place: usize| body.iter().map(|row| row.field(place).to_owned()).collect();
    let values: Vec<Vec<String>> = (0..width).map(values).collect();
    let lines_above = if *has_rows_above { top.line - 1 } else { 0 };
    let format = format(*delimiter, header, lines_above);
    let detected = columns(format, headers, header, &values, body.len())?;
    if width == 1 && detected.columns[0].target.is_none() && !known {
        return Err(plain_text());
    }
    Ok(detected)
}

/// The delimiter that a first line `sep=;` names, as Excel writes and reads it.
fn separator_line(bytes: &[u8], encoding: Encoding) -> Option<char> {
    let mut text = String::new();
    encoding.decode(&mut vec![], &bytes[..bytes.len().min(64)], true, &mut text);
    let line = text.trim_start_matches('\u{feff}').lines().next()?.trim_matches('"');
    let (word, delimiter) = line.split_at_checked(4)?;
    let mut named = delimiter.chars();
    let found = named.next().filter(|c| matches!(c, ',' | ';' | '\t' | '|'))?;
    (word.eq_ignore_ascii_case("sep=") && named.next().is_none()).then_some(found)
}

/// How many rows may stand above the header: a title, an empty table row, notes of the program that wrote the file.
const MOST_ROWS_ABOVE: usize = 20;

/// Returns the position of the row that has the names of the columns. It is the first one unless that names no address
/// or number and a row below does: LinkedIn, for example, begins its lists with notes.
fn header_row(rows: &[Row]) -> usize {
    let names_contact = |row: &Row| {
        let cells: Vec<&str> =
            (0..row.len()).map(|place| row.field(place).trim()).filter(|cell| !cell.is_empty()).collect();
        let named: Vec<Target> = cells.iter().filter_map(|cell| Some(synonyms::target_of(cell)?.0)).collect();
        let is_contact = named.iter().any(|target| matches!(target, Target::Email | Target::Phone));
        let has_values =
            cells.iter().any(|cell| mapping::looks_like_email(cell) || mapping::looks_like_phone(cell));
        is_contact && !has_values && (named.len() >= 2 || named.len() == cells.len())
    };
    rows.iter().take(MOST_ROWS_ABOVE + 1).position(names_contact).unwrap_or(0)
}

fn plain_text() -> NotReadable {
    NotReadable::SomethingElse { what: "plain text", advice: NEEDED }
}

/// How well a delimiter separates: best if most rows are as wide as the first, and wide. Prose has commas
/// too, but no known column.
fn separation(rows: &[Row]) -> f64 {
    let Some(first) = rows.first().filter(|row| row.len() > 1) else { return 0.0 };
    let width = first.len();
    let alike = rows.iter().filter(|row| row.len() == width).count() as f64 / rows.len() as f64;
    let known = (0..width).any(|place| synonyms::target_of(first.field(place)).is_some());
    if alike < 0.4 && !known {
        return 0.0;
    }
    alike * alike * ((width - 1) as f64).sqrt()
}

/// Whether the first row has names rather than values.
fn is_header(first: &[String]) -> bool {
    let known = first.iter().any(|name| synonyms::target_of(name).is_some());
    let is_value = |name: &String| {
        mapping::looks_like_email(name) || mapping::looks_like_phone(name) || name.starts_with("http")
    };
    known && !first.iter().any(|name| mapping::looks_like_email(name)) || !first.iter().any(is_value)
}

/// Makes headers unique: empty ones get their position, repeated ones a number.
fn unique(names: Vec<String>) -> Vec<String> {
    let mut headers: Vec<String> = Vec::with_capacity(names.len());
    for (place, name) in names.into_iter().enumerate() {
        let name: String = name.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(100).collect();
        let name = if name.is_empty() { format!("Column {}", place + 1) } else { name };
        let taken = |name: &str, headers: &[String]| headers.iter().any(|header| header == name);
        let mut header = name.clone();
        for number in 2.. {
            if !taken(&header, &headers) {
                break;
            }
            header = format!("{name} ({number})");
        }
        headers.push(header);
    }
    headers
}

fn columns(
    format: FileFormat,
    headers: Vec<String>,
    has_header: bool,
    values: &[Vec<String>],
    sample_rows: usize,
) -> Result<Detected, NotReadable> {
    if headers.len() > MAX_COLUMNS {
        return Err(NotReadable::TooManyColumns);
    }
    let borrowed: Vec<Vec<&str>> =
        values.iter().map(|column| column.iter().map(String::as_str).collect()).collect();
    let targets = mapping::propose(&headers, has_header, &borrowed);
    let columns = headers.into_iter().zip(targets).zip(&borrowed).map(|((header, target), values)| {
        let given = values.iter().map(|value| value.trim()).filter(|value| !value.is_empty());
        let samples = given.take(5).map(|value| value.chars().take(100).collect()).collect();
        let (fits, of) = mapping::fit(target, values.iter().copied());
        Column { header, samples, target, fits, of, ..Column::default() }
    });
    Ok(Detected { format, columns: columns.collect(), sample_rows })
}
