//! Reads a file's rows chunk by chunk: what is unfinished at the end of a chunk is carried over, and another
//! function may continue.

use super::decode::Encoding;
use super::json_rows::{self, Element};
use super::{FileFormat, RowProblem};
use csv_core::{ReadRecordResult, Reader, ReaderBuilder};
use serde::{Deserialize, Serialize};

/// A longer row is taken for a quotation mark that is never closed.
pub const MAX_ROW_BYTES: usize = 256 * 1024;

const NEVER_CLOSED: &str = "a quotation mark opened in this row is never closed";
const TOO_LONG: &str = "is longer than 256 KiB: a quotation mark is probably never closed";

/// The state that one chunk leaves for the next.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Carry {
    /// The beginning of a character.
    #[serde(default)]
    pub bytes: Vec<u8>,
    /// The beginning of a row.
    #[serde(default)]
    pub text: String,
    /// Line breaks passed so far.
    pub lines: u64,
    /// Rows read so far.
    pub rows: u64,
    #[serde(default)]
    pub began: bool,
    #[serde(default)]
    pub after_cr: bool,
    #[serde(default)]
    pub header_read: bool,
    /// Whether the text continues a row that was given up.
    #[serde(default)]
    pub skipping: bool,
}

/// One row, padded to the number of columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The line as an editor counts it.
    pub line: u64,
    /// Its position in the file, from 0; with the import it identifies the row.
    pub index: u64,
    text: String,
    ends: Vec<usize>,
    /// Fields beyond the columns, and a JSON object's own keys.
    pub extra: Vec<(String, String)>,
    /// Whether it had more or fewer fields than the header, so that values may have slipped into other columns.
    pub ragged: bool,
    /// The fault in the row's shape.
    pub warning: Option<String>,
}

impl Row {
    pub fn field(&self, column: usize) -> &str {
        let start =
            if column == 0 { 0 } else { self.ends.get(column - 1).copied().unwrap_or(self.text.len()) };
        self.ends.get(column).and_then(|end| self.text.get(start..*end)).unwrap_or("")
    }

    pub fn len(&self) -> usize {
        self.ends.len()
    }

    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// All fields, then those beyond the columns.
    pub fn values(&self) -> Vec<String> {
        let fields = (0..self.len()).map(|i| self.field(i).to_owned());
        fields.chain(self.extra.iter().map(|(_, value)| value.clone())).collect()
    }

    fn push(&mut self, value: &str) {
        self.text.push_str(value);
        self.ends.push(self.text.len());
    }
}

pub struct RowReader {
    kind: Kind,
    encoding: Encoding,
    /// The columns; none while they are still to be detected.
    headers: Option<Vec<String>>,
    carry: Carry,
    /// How much of the carried text is done.
    at: usize,
    ended: bool,
    csv: Box<Reader>,
    out: Vec<u8>,
    ends: Vec<usize>,
}

enum Kind {
    Csv { delimiter: char, header: bool, lines_above: u64 },
    Json,
}

impl RowReader {
    pub fn new(format: &FileFormat, headers: Vec<String>) -> Self {
        Self::resume(format, headers, Carry::default())
    }

    /// Continues where another reader's `carry` was taken.
    pub fn resume(format: &FileFormat, headers: Vec<String>, carry: Carry) -> Self {
        let mut reader = Self::without_columns(format);
        reader.headers = Some(headers);
        reader.carry = carry;
        reader
    }

    /// A reader that does not fit rows to columns.
    pub(super) fn without_columns(format: &FileFormat) -> Self {
        let (kind, encoding, delimiter) = match format {
            FileFormat::Csv { delimiter, encoding, header, lines_above, .. } => {
                let delimiter = if delimiter.is_ascii() { *delimiter } else { ',' };
                let kind = Kind::Csv { delimiter, header: *header, lines_above: *lines_above };
                (kind, Encoding::named(encoding), delimiter)
            }
            FileFormat::Json => (Kind::Json, Encoding::UTF_8, ','),
        };
        let delimiter = u8::try_from(delimiter).unwrap_or(b',');
        let csv = Box::new(ReaderBuilder::new().delimiter(delimiter).build());
        let (out, ends) = (vec![0; 4096], vec![0; 64]);
        Self { kind, encoding, headers: None, carry: Carry::default(), at: 0, ended: false, csv, out, ends }
    }

    /// Reads the rows that are complete with this chunk.
    pub fn feed(&mut self, chunk: &[u8]) -> Rows<'_> {
        self.take_in(chunk, false);
        Rows(self)
    }

    /// Ends the file: what is still unfinished becomes a row, or a problem.
    pub fn finish(&mut self) -> Rows<'_> {
        if !self.ended {
            self.take_in(&[], true);
            self.carry.text.push('\n');
            self.ended = true;
        }
        Rows(self)
    }

    /// The state for the reader of the next chunk, once the rows of this one are read.
    pub fn carry(&self) -> Carry {
        Carry { text: self.carry.text[self.at..].to_owned(), ..self.carry.clone() }
    }

    fn take_in(&mut self, chunk: &[u8], is_last: bool) {
        self.carry.text.drain(..self.at);
        self.at = 0;
        self.encoding.decode(&mut self.carry.bytes, chunk, is_last, &mut self.carry.text);
        if !self.carry.began {
            // A program that adds a mark does not look whether there is one.
            let text = self.carry.text.trim_start_matches('\u{feff}');
            self.at = self.carry.text.len() - text.len();
            self.carry.began = !text.is_empty();
        }
    }

    fn next_row(&mut self) -> Option<Result<Row, RowProblem>> {
        loop {
            if self.carry.skipping && !self.skip_given_up() {
                return None;
            }
            let found = match self.kind {
                Kind::Csv { lines_above, .. } if self.carry.lines < lines_above => self.pass_line(),
                Kind::Csv { .. } => self.next_record(),
                Kind::Json => self.next_object(),
            };
            match found? {
                Found::Row(row) => return Some(Ok(row)),
                Found::Problem(problem) => return Some(Err(problem)),
                Found::Nothing => {}
            }
        }
    }

    /// Moves on, counting lines:
    /// , \r
    /// and \r each end one.
    fn pass(&mut self, length: usize) {
        let bytes = &self.carry.text.as_bytes()[self.at..self.at + length];
        for place in memchr::memchr2_iter(b'\n', b'\r', bytes) {
            let after_cr = if place == 0 { self.carry.after_cr } else { bytes[place - 1] == b'\r' };
            if bytes[place] == b'\r' || !after_cr {
                self.carry.lines += 1;
            }
        }
        if let Some(last) = bytes.last() {
            self.carry.after_cr = *last == b'\r';
        }
        self.at += length;
    }

    fn rest(&self) -> &str {
        &self.carry.text[self.at..]
    }

    /// Skips the rest of a given-up row; false while it continues.
    fn skip_given_up(&mut self) -> bool {
        let end = match self.kind {
            Kind::Csv { .. } => self.rest().find(['\n', '\r']),
            Kind::Json => self.rest().find('{'),
        };
        let length = end.unwrap_or(self.rest().len());
        self.pass(length);
        self.carry.skipping = end.is_none();
        end.is_some()
    }

    /// Passes a line above the header, whatever it has: a quotation mark there may never be closed.
    fn pass_line(&mut self) -> Option<Found> {
        if self.carry.after_cr && self.rest().starts_with('\n') {
            self.pass(1);
        }
        let length = self.rest().find(['\n', '\r'])?;
        self.pass(length + 1);
        Some(Found::Nothing)
    }

    fn next_record(&mut self) -> Option<Found> {
        let breaks = self.rest().bytes().take_while(|b| matches!(b, b'\n' | b'\r')).count();
        self.pass(breaks);
        if self.rest().is_empty() {
            return None;
        }
        let line = self.carry.lines + 1;
        let Some((length, fields)) = self.split_record() else {
            if self.rest().len() > MAX_ROW_BYTES {
                return Some(self.give_up_record(line, TOO_LONG));
            }
            return self.ended.then(|| self.give_up_record(line, NEVER_CLOSED));
        };
        if length > MAX_ROW_BYTES {
            return Some(self.give_up_record(line, TOO_LONG));
        }
        let is_separator_line = line == 1 && length <= 9 && is_separator_line(&self.rest()[..length]);
        let end = fields.checked_sub(1).map_or(0, |last| self.ends[last]);
        let is_blank = self.out[..end].iter().all(|b| matches!(b, b' ' | b'\t'));
        let header = matches!(self.kind, Kind::Csv { header: true, .. });
        if is_separator_line || is_blank {
            self.pass(length);
            return Some(Found::Nothing);
        }
        if header && !self.carry.header_read && self.headers.is_some() {
            self.carry.header_read = true;
            self.pass(length);
            return Some(Found::Nothing);
        }
        let text = String::from_utf8_lossy(&self.out[..end]).into_owned();
        let row = Row {
            line,
            index: self.carry.rows,
            text,
            ends: self.ends[..fields].to_vec(),
            extra: vec![],
            ragged: false,
            warning: None,
        };
        self.pass(length);
        self.carry.rows += 1;
        Some(Found::Row(self.fit_to_headers(row)))
    }

    /// The length of the next record with its line break, and its number of fields; none if it is not finished.
    fn split_record(&mut self) -> Option<(usize, usize)> {
        self.csv.reset();
        let bytes = &self.carry.text.as_bytes()[self.at..];
        let (mut read, mut written, mut fields) = (0, 0, 0);
        loop {
            let (result, nin, nout, nend) =
                self.csv.read_record(&bytes[read..], &mut self.out[written..], &mut self.ends[fields..]);
            (read, written, fields) = (read + nin, written + nout, fields + nend);
            match result {
                ReadRecordResult::Record => return Some((read, fields)),
                ReadRecordResult::OutputFull => self.out.resize(self.out.len() * 2, 0),
                ReadRecordResult::OutputEndsFull => self.ends.resize(self.ends.len() * 2, 0),
                ReadRecordResult::InputEmpty | ReadRecordResult::End => return None,
            }
        }
    }

    /// Reports the line on which the row began and continues on the next one, so that no later row is lost.
    fn give_up_record(&mut self, line: u64, reason: &str) -> Found {
        let delimiter = if let Kind::Csv { delimiter, .. } = self.kind { delimiter } else { ',' };
        let limit = self.rest().floor_char_boundary(MAX_ROW_BYTES);
        let end = self.rest()[..limit].find(['\n', '\r']);
        let given_up = &self.rest()[..end.unwrap_or(limit)];
        let row = given_up.split(delimiter).map(|field| field.trim().trim_matches('"').to_owned()).collect();
        self.carry.skipping = end.is_none();
        self.carry.header_read = true;
        self.carry.rows += 1;
        self.pass(end.unwrap_or(limit));
        Found::Problem(RowProblem { line, field: String::new(), reason: reason.to_owned(), row })
    }

    fn fit_to_headers(&self, mut row: Row) -> Row {
        let Some(headers) = &self.headers else { return row };
        let (found, wanted) = (row.len(), headers.len());
        row.ragged = found != wanted;
        if found > wanted {
            for column in wanted..found {
                let value = row.field(column).trim();
                if !value.is_empty() {
                    let value = value.to_owned();
                    row.extra.push((format!("Column {}", column + 1), value));
                }
            }
            row.ends.truncate(wanted);
            if !row.extra.is_empty() {
                row.warning = Some(format!("has {found} fields where the header has {wanted}"));
            }
        } else if found < wanted {
            row.ends.resize(wanted, row.text.len());
            row.warning =
                Some(format!("has {found} fields where the header has {wanted}: the rest is taken as empty"));
        }
        row
    }

    fn next_object(&mut self) -> Option<Found> {
        let between = json_rows::between_elements(self.rest());
        self.pass(between);
        if self.rest().is_empty() {
            return None;
        }
        let (line, index) = (self.carry.lines + 1, self.carry.rows);
        let element = match json_rows::element(self.rest(), self.ended) {
            Element::Unfinished if self.rest().len() <= MAX_ROW_BYTES && !self.ended => return None,
            Element::Complete(length) if length > MAX_ROW_BYTES => Element::Unfinished,
            element => element,
        };
        self.carry.rows += 1;
        let problem = |reason: String, text: &str| {
            let reason = format!("element {}: {reason}", index + 1);
            Some(Found::Problem(RowProblem {
                line,
                field: String::new(),
                reason,
                row: vec![text.to_owned()],
            }))
        };
        match element {
            Element::Complete(length) => {
                let text = &self.rest()[..length];
                let found = match json_rows::pairs(text) {
                    Ok(pairs) => Some(Found::Row(self.object_row(line, index, pairs))),
                    Err(reason) => problem(reason, text),
                };
                self.pass(length);
                found
            }
            Element::Broken(length) => {
                let found = problem("a text is not closed on its line".to_owned(), &self.rest()[..length]);
                self.carry.skipping = true;
                self.pass(length);
                found
            }
            Element::Unfinished => {
                let limit = self.rest().floor_char_boundary(MAX_ROW_BYTES);
                let end = self.rest()[..limit].find('\n').unwrap_or(limit).max(1);
                let found = problem("is never closed".to_owned(), self.rest()[..end].trim_end());
                self.carry.skipping = true;
                self.pass(end);
                found
            }
        }
    }

    fn object_row(&self, line: u64, index: u64, mut pairs: Vec<(String, String)>) -> Row {
        let mut row = Row {
            line,
            index,
            text: String::new(),
            ends: vec![],
            extra: vec![],
            ragged: false,
            warning: None,
        };
        for header in self.headers.iter().flatten() {
            let place = pairs.iter().position(|(key, _)| key.trim() == header);
            let value = place.map(|place| pairs.remove(place).1).unwrap_or_default();
            if json_rows::is_list_of_objects(&value) {
                row.warning
                    .get_or_insert_with(|| format!("'{header}' has objects in it: they are kept as text"));
            }
            row.push(&value);
        }
        row.extra = pairs;
        row
    }
}

/// Whether this is `sep=;`, which tells Excel the delimiter.
fn is_separator_line(line: &str) -> bool {
    let line = line.trim_end().trim_matches('"');
    line.chars().count() == 5 && line.get(..4).is_some_and(|word| word.eq_ignore_ascii_case("sep="))
}

enum Found {
    Row(Row),
    Problem(RowProblem),
    /// A header or a blank line.
    Nothing,
}

/// An iterator over the available rows. Rows that are not taken stay with the reader.
pub struct Rows<'a>(&'a mut RowReader);

impl Iterator for Rows<'_> {
    type Item = Result<Row, RowProblem>;
    fn next(&mut self) -> Option<Self::Item> {
        self.0.next_row()
    }
}
