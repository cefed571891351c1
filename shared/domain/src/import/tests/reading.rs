//! Encodings, delimiters, headers, lines.

use super::*;

fn texts(row: &Row) -> Vec<String> {
    row.values()
}

#[test]
fn formats_are_recognised() {
    for (name, format, targets) in [
        ("bom.csv", csv(',', "utf-8", true), "Email FirstName LastName Company Phone Country"),
        ("semicolons_1252.csv", csv(';', "windows-1252", true), "Company Address Phone Email Rating Reviews"),
        ("utf16le.csv", csv('\t', "utf-16le", true), "FullName Phone City"),
        ("utf16be.csv", csv(',', "utf-16be", true), "Email Company"),
        ("quoted_lines.csv", csv(',', "utf-8", true), "Email Company Notes"),
        ("one_column.csv", csv(',', "utf-8", true), "Email"),
        ("no_header.csv", csv(',', "utf-8", false), "Email - - Website"),
        ("pipes.txt", csv('|', "utf-8", true), "FullName Email Status"),
        ("duplicate_headers.csv", csv(',', "utf-8", true), "Email - - Notes -"),
        ("leads.json", FileFormat::Json, "Company Rating Reviews Phone Email Country Tags - -"),
        ("leads.jsonl", FileFormat::Json, "Email FullName"),
    ] {
        let detected = detect(&fixture(name), true).unwrap();
        let found: Vec<String> =
            detected.columns.iter().map(|c| c.target.map_or("-".to_owned(), |t| format!("{t:?}"))).collect();
        assert_eq!((detected.format, found.join(" ").as_str()), (format, targets), "{name}");
    }
}

#[test]
fn headers_are_unique_and_named() {
    let detected = detect(&fixture("duplicate_headers.csv"), true).unwrap();
    assert_eq!(detected.headers(), ["email", "Column 2", "email (2)", "Notes", "Notes (2)"]);
    let columns = detect(&fixture("semicolons_1252.csv"), true).unwrap().columns;
    assert_eq!((columns[4].fits, columns[4].of), (2, 2));
    assert_eq!(columns[3].samples, ["info@mueller-optik.example"]);
}

#[test]
fn file_that_is_no_list_of_leads_is_named() {
    for (name, words) in [
        ("empty.csv", "the file is empty"),
        ("blank.csv", "the file is empty"),
        ("header_only.csv", "header but no rows"),
        ("page.html", "a web page"),
        ("workbook.xlsx", "an Excel workbook"),
        ("archive.zip", "a ZIP archive"),
        ("prose.txt", "plain text"),
    ] {
        let why = detect(&fixture(name), true).unwrap_err().to_string();
        assert!(why.contains(words), "{name}: {why}");
    }
    for (bytes, words) in [
        (&b"%PDF-1.7 ..."[..], "PDF"),
        (b"\x00\x01\x02\x03\x04\x05\x06\x07rubbish\x00", "binary"),
        (b"{\"leads\": [\n{\"email\": \"a@b.example\"}]}", "array of objects"),
        (b"[1, 2, 3]", "is not an object"),
        (b"[]", "empty"),
    ] {
        let why = detect(bytes, true).unwrap_err().to_string();
        assert!(why.contains(words), "{why}");
    }
    assert_eq!(detect(b"", true), Err(NotReadable::Empty));
}

#[test]
fn lines_are_counted_as_an_editor_does() {
    let bytes = fixture("quoted_lines.csv");
    let rows = read(&detect(&bytes, true).unwrap(), &bytes);
    let rows: Vec<(u64, u64, Vec<String>)> =
        rows.into_iter().map(|row| row.map(|row| (row.line, row.index, texts(&row))).unwrap()).collect();
    assert_eq!(
        rows[0],
        (2, 0, vec!["a@one.example".into(), "One, Inc.".into(), "first line\nsecond \"line\"".into()])
    );
    assert_eq!((rows[1].0, rows[2].0, rows[2].1), (4, 6, 2));
}

#[test]
fn unclosed_quote_costs_only_its_own_row() {
    let bytes = fixture("unclosed_quote.csv");
    let detected = detect(&fixture("quoted_lines.csv"), true).unwrap();
    let rows = read(&detected, &bytes);
    let problem = rows[1].as_ref().unwrap_err();
    assert_eq!(
        (problem.line, problem.row.as_slice()),
        (3, &["b@two.example".to_owned(), "Two".into(), "never closed".into()][..])
    );
    assert!(problem.reason.contains("never closed"));
    let lines: Vec<u64> = rows.iter().flatten().map(|row| row.line).collect();
    assert_eq!(lines, [2, 4, 5]);
}

#[test]
fn row_without_end_is_given_up_and_the_next_line_is_read() {
    let mut bytes = b"email,notes\na@one.example,\"".to_vec();
    bytes.extend(vec![b'x'; 400_000]);
    bytes.extend(b"\nb@two.example,fine\n");
    bytes.extend("c@three.example,\"never\n".bytes());
    bytes.extend("d@four.example,z\n".repeat(30_000).bytes());
    let format = csv(',', "utf-8", true);
    let mut reader = RowReader::new(&format, vec!["email".into(), "notes".into()]);
    let mut rows: Vec<_> = vec![];
    for chunk in bytes.chunks(7_919) {
        rows.extend(reader.feed(chunk));
    }
    rows.extend(reader.finish());
    let problems: Vec<u64> =
        rows.iter().filter_map(|row| row.as_ref().err()).map(|problem| problem.line).collect();
    assert_eq!(problems, [2, 4]);
    assert_eq!(rows.len(), 30_003);
    assert_eq!(rows[1].as_ref().unwrap().line, 3);
}

#[test]
fn bad_json_element_is_reported_with_its_position() {
    let bytes = fixture("leads.json");
    let rows = read(&detect(&bytes, true).unwrap(), &bytes);
    assert_eq!(rows.len(), 4);
    let problem = rows[1].as_ref().unwrap_err();
    assert!(problem.line == 3 && problem.reason.starts_with("element 2: "), "{problem:?}");
    assert_eq!(rows[2].as_ref().unwrap_err().reason, "element 3: is not an object");
    let last = rows[3].as_ref().unwrap();
    assert_eq!((last.line, last.field(4)), (5, "late@key.example"));
    let cut = b"[{\"email\": \"a@one.example\"},\n{\"email\": \"b@two.exam";
    let rows = read(&detect(cut, true).unwrap(), cut);
    assert!(rows[0].is_ok() && rows[1].as_ref().is_err_and(|p| p.line == 2), "{rows:?}");
}

#[test]
fn object_around_rows_is_refused_and_names_what_has_them() {
    for (file, named) in [
        (r#"{"rows":[{"email":"a@one.example"},{"email":"b@two.example"}]}"#, "'rows'"),
        (r#"{"total":2,"data":{"leads":[{"email":"a@one.example"}]}}"#, "'data'"),
        (r#"{"rows":[["email"],["a@one.example"],["b@two.example"]]}"#, "'rows'"),
        (
            "{\"leads\":[{\"email\":\"a@one.example\"}]}\n{\"leads\":[{\"email\":\"b@two.example\"}]}",
            "'leads'",
        ),
        (r#"[["email","name"],["a@one.example","Ann"]]"#, "array of objects"),
        (r#"[ [ {"email":"a@one.example"} ] ]"#, "array of objects"),
    ] {
        let refused = detect(file.as_bytes(), true).unwrap_err().to_string();
        assert!(refused.contains("send an array of objects") && refused.contains(named), "{file}: {refused}");
    }
}

#[test]
fn list_of_objects_in_a_row_is_no_address_and_is_kept_with_a_warning() {
    let file =
        r#"[{"phone":"+491713920012","people":[{"email":"a@one.example"},{"email":"b@two.example"}]}]"#;
    let outcome = import(file.as_bytes(), "DE");
    assert_eq!(outcome.leads[0].email, None);
    assert!(outcome.leads[0].custom["people"].contains("b@two.example"));
    assert_eq!(outcome.warnings[0].reason, "'people' has objects in it: they are kept as text");
    let file = r#"[{"people":[{"email":"a@one.example"},{"email":"b@two.example"}]}]"#;
    assert!(detect(file.as_bytes(), true).unwrap().mapping().check().is_err());
    let line = r#"{"email":"a@one.example","tags":[{"name":"vip"}]}"#;
    assert_eq!(import(line.as_bytes(), "DE").leads.len(), 1);
}

#[test]
fn windows_1252_bytes_are_read_after_an_ascii_beginning() {
    let bytes = fixture("late_1252.csv");
    let detected = detect(&bytes[..60], false).unwrap();
    let rows = read(&detected, &bytes);
    assert_eq!(rows[3].as_ref().unwrap().field(1), "Müller – Söhne");
    assert_eq!(rows[4].as_ref().unwrap().field(1), "Zürich");
}
