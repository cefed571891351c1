//! Files are read the same wherever they are cut, and no bytes make the reader panic.

use super::*;
use proptest::prelude::*;

const NAMES: [&str; 13] = [
    "bom.csv",
    "duplicate_headers.csv",
    "late_1252.csv",
    "leads.json",
    "leads.jsonl",
    "no_header.csv",
    "one_column.csv",
    "pipes.txt",
    "quoted_lines.csv",
    "ragged.csv",
    "semicolons_1252.csv",
    "utf16be.csv",
    "utf16le.csv",
];

/// Reads each chunk with a new reader, from the serialised carry of the one before.
fn read_in_pieces(detected: &Detected, pieces: &[&[u8]]) -> Vec<Result<Row, RowProblem>> {
    let (mut carry, mut rows) = (Carry::default(), vec![]);
    for piece in pieces {
        let mut reader = RowReader::resume(&detected.format, detected.headers(), carry);
        rows.extend(reader.feed(piece));
        let written = serde_json::to_string(&reader.carry()).unwrap();
        carry = serde_json::from_str(&written).unwrap();
    }
    let mut reader = RowReader::resume(&detected.format, detected.headers(), carry);
    rows.extend(reader.finish());
    rows
}

#[test]
fn every_cut_of_every_file_gives_the_same_rows() {
    let files = NAMES.map(|name| (name, fixture(name))).into_iter().chain(odd_files::to_cut());
    for (name, bytes) in files {
        let detected = detect(&bytes, true).unwrap();
        let whole = read(&detected, &bytes);
        for cut in 0..=bytes.len() {
            let (a, b) = bytes.split_at(cut);
            assert_eq!(read_in_pieces(&detected, &[a, b]), whole, "{name} at {cut}");
        }
        let single: Vec<&[u8]> = bytes.chunks(1).collect();
        assert_eq!(read_in_pieces(&detected, &single), whole, "{name} byte by byte");
    }
}

fn cell() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z]{1,5}@[a-z]{1,5}\\.example",
        "[ -~]{0,8}",
        "[\"\n\r,;a\u{e9}\u{1f600}]{0,6}",
        Just(String::new()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn written_rows_are_read_in_any_pieces(
        rows in proptest::collection::vec(proptest::collection::vec(cell(), 3), 1..6),
        encoding in proptest::sample::select(&["utf-8", "utf-16le", "utf-16be"][..]),
        size in 1usize..40,
    ) {
        let headers = ["email".to_owned(), "b".to_owned(), "c".to_owned()];
        let mut text = "email,b,c\r\n".to_owned();
        for row in &rows {
            let quoted: Vec<String> = row.iter().map(|cell| format!("\"{}\"", cell.replace('"', "\"\""))).collect();
            text += &format!("{}\r\n", quoted.join(","));
        }
        let bytes: Vec<u8> = match encoding {
            "utf-16le" => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            "utf-16be" => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
            _ => text.into_bytes(),
        };
        let format = csv(',', encoding, true);
        let columns = headers.iter().map(|h| super::super::Column { header: h.clone(), ..Default::default() });
        let detected = Detected { format, columns: columns.collect(), sample_rows: 0 };
        let pieces: Vec<&[u8]> = bytes.chunks(size).collect();
        let read: Vec<Vec<String>> = read_in_pieces(&detected, &pieces).into_iter().map(|row| row.unwrap().values()).collect();
        let blank = |row: &Vec<String>| row.iter().all(|cell| cell.bytes().all(|b| b == b' '));
        let expected: Vec<Vec<String>> = rows.into_iter().filter(|row| !blank(row)).collect();
        prop_assert_eq!(read, expected);
    }

    #[test]
    fn no_bytes_make_detection_reading_or_mapping_panic(
        bytes in proptest::collection::vec(any::<u8>(), 0..300),
        start in proptest::sample::select(&["", "email,phone\n", "[{\"email\":\"a@b.example\"},", "\u{feff}a;b\n1;2\n", "e-mail\n", "{\"a\":1}\n"][..]),
        size in 1usize..50,
    ) {
        let bytes = [start.as_bytes(), &bytes].concat();
        if let Ok(detected) = detect(&bytes, true) {
            let whole = read(&detected, &bytes);
            let pieces: Vec<&[u8]> = bytes.chunks(size).collect();
            prop_assert_eq!(&read_in_pieces(&detected, &pieces), &whole);
            let (mapping, options, fields) = (detected.mapping(), options("DE"), no_fields());
            let mapper = RowMapper::new(&mapping, &options, &fields);
            for row in whole.iter().flatten() {
                mapper.map(row);
            }
        }
    }

    #[test]
    fn no_text_makes_detection_reading_or_mapping_panic(
        text in "(email|phone|name|[\"',;|\t\r\n{}:\\[\\] \\\\@+=a1\u{e9}\u{1f600}]){0,80}",
        size in 1usize..9,
    ) {
        let bytes = text.as_bytes();
        if let Ok(detected) = detect(bytes, true) {
            let pieces: Vec<&[u8]> = bytes.chunks(size).collect();
            prop_assert_eq!(read_in_pieces(&detected, &pieces), read(&detected, bytes));
        }
    }
}
