//! Columns fill the custom fields of the workspace.

use super::super::field_columns::{BadFieldColumn, exported_header, prepare_fields, propose_fields};
use super::super::mapping::{ColumnUse, Mapping};
use super::super::rejects::{EXPORTED, OWN_EXPORT};
use super::super::{BadValues, Column, Import, ImportCounts, ImportState};
use super::*;
use crate::ids::{CustomFieldId, ImportId};
use crate::lead::custom_field::{CustomField, FieldKind, MOST_FIELDS, Spelling};

fn field(label: &str, kind: FieldKind) -> CustomField {
    let id = CustomFieldId::derived(Timestamp::UNIX_EPOCH, &[label]);
    CustomField { id, key: label.to_owned(), label: label.to_owned(), kind }
}

fn choice(options: &[&str]) -> FieldKind {
    FieldKind::Choice { options: options.iter().map(|option| (*option).to_owned()).collect() }
}

fn fields(of: Vec<CustomField>) -> CustomFields {
    CustomFields { fields: of, ..no_fields() }
}

fn columns(headers: &[&str]) -> Vec<Column> {
    let file = format!("{}\n{}\n", headers.join(","), "x,".repeat(headers.len()).trim_end_matches(','));
    detect(file.as_bytes(), true).unwrap().columns
}

fn uses(columns: &[Column]) -> Vec<String> {
    let words = |column: &Column| match column.column_use() {
        ColumnUse::Fixed(target) => format!("{target:?}"),
        ColumnUse::Custom(key) => format!("={key}"),
        ColumnUse::NewField => "new".to_owned(),
    };
    columns.iter().map(words).collect()
}

fn proposed(headers: &[&str], fields: &CustomFields) -> Vec<String> {
    let mut columns = columns(headers);
    propose_fields(&mut columns, fields);
    uses(&columns)
}

fn an_import(columns: Vec<Column>) -> Import {
    Import {
        id: ImportId::derived(Timestamp::UNIX_EPOCH, &["import"]),
        workspace: no_fields().workspace,
        file_name: "leads.csv".to_owned(),
        size_bytes: 1,
        content_hash: String::new(),
        state: ImportState::Mapped,
        format: None,
        columns,
        fits_whole: true,
        phone_question: None,
        options: options("US"),
        counts: ImportCounts::default(),
        chunks: 0,
        chunks_done: 0,
        failure: None,
        created_by: None,
        created_at: Timestamp::UNIX_EPOCH,
        finished_at: None,
        sees: None,
        rev: 0,
    }
}

#[test]
fn column_is_proposed_for_the_field_that_it_names() {
    let known = fields(vec![
        field("Plan", choice(&["Gold"])),
        CustomField { label: "Contract ends".to_owned(), ..field("End", FieldKind::Date) },
        field("Mobile", FieldKind::Text),
        field("Stage", choice(&["Early"])),
        field("Email", FieldKind::Text),
        field("Firm", FieldKind::Text),
    ]);
    let headers =
        ["email", "PLAN", "contract_ends", "phone", "mobile", "Deal Stage", "Stage", "End", "Colour"];
    assert_eq!(
        proposed(&headers, &known),
        ["Email", "=Plan", "=End", "Phone", "=Mobile", "Status", "=Stage", "new", "new"]
    );
    let usual = "a text that an import has made does not take a usual header away from its fixed field";
    assert_eq!(proposed(&["email", "Mobile", "Firm"], &known), ["Email", "Phone", "Company"], "{usual}");
}

#[test]
fn own_export_maps_each_column_back_to_its_field() {
    let known = fields(vec![
        field("Website", FieldKind::Text),
        field("Full name", FieldKind::Text),
        CustomField { label: "Status".to_owned(), ..field("Deal status", choice(&["Open"])) },
    ]);
    let headers = [&EXPORTED[..], &["Website", "Full name", "custom.Deal status"]].concat();
    let proposed = proposed(&headers, &known);
    assert_eq!(proposed[9], "Status");
    assert_eq!(proposed[EXPORTED.len()..], ["=Website", "=Full name", "=Deal status"]);
}

#[test]
fn header_of_an_exported_field_names_that_field_alone() {
    let known = fields(vec![
        field("Seats", FieldKind::Number),
        CustomField { label: "Tariff".to_owned(), ..field("Plan", FieldKind::Text) },
        CustomField { label: "Plan".to_owned(), ..field("Old", FieldKind::Text) },
        CustomField { label: "Score".to_owned(), ..field("Points", FieldKind::Text) },
    ]);
    let headers: Vec<String> = known.fields.iter().map(|field| exported_header(field, &known)).collect();
    assert_eq!(headers, ["Seats", "Tariff", "custom.Old", "custom.Points"]);
    for (header, field) in headers.iter().zip(&known.fields) {
        assert_eq!(known.named(header), Some(field), "{header}");
    }
}

fn typed() -> CustomFields {
    let euros = FieldKind::Money { currency: crate::money::Currency::parse("EUR").unwrap() };
    fields(vec![
        field("Plan", choice(&["Gold", "Silver"])),
        field("Seats", FieldKind::Number),
        field("Ends", FieldKind::Date),
        field("Deal", euros),
        field("Colour", FieldKind::Text),
    ])
}

const TYPED: &str = "email,Plan,Seats,Ends,Deal,Colour\n\
    a@one.example,gold,1.200,24/12/2026,\"1.200,50\",any\n\
    b@one.example,Platinum,many,2026-12-24,12,\n\
    c@one.example,,,,,\n";

fn imported(bad_values: BadValues) -> Outcome {
    let known = typed();
    let mut detected = detect(TYPED.as_bytes(), true).unwrap();
    propose_fields(&mut detected.columns, &known);
    let mut options = options("DE");
    options.values.bad_values = bad_values;
    options.values.spelling = Spelling { decimal_comma: Some(true), day_first: Some(true) };
    import_as(&detected, TYPED.as_bytes(), &options, &known)
}

#[test]
fn values_are_stored_as_their_kinds_write_them() {
    let outcome = imported(BadValues::Reject);
    let custom: Vec<String> =
        outcome.leads[0].custom.iter().map(|(key, value)| format!("{key}={value}")).collect();
    assert_eq!(custom, ["Colour=any", "Deal=1200.50 EUR", "Ends=2026-12-24", "Plan=Gold", "Seats=1200"]);
    assert!(outcome.leads[1].custom.is_empty(), "empty cells are no bad values");
}

#[test]
fn row_with_a_bad_value_is_rejected_with_line_field_and_what_was_expected() {
    let [problem]: [RowProblem; 1] = imported(BadValues::Reject).rejected.try_into().unwrap();
    assert_eq!((problem.line, problem.field.as_str()), (3, "Plan"));
    assert_eq!(
        problem.reason,
        "'Platinum' is not one of the options: Gold, Silver; Seats: 'many' is not a number such as 12.5"
    );
    assert_eq!(problem.row[1], "Platinum", "the row can be corrected and imported again");
}

#[test]
fn bad_value_is_left_out_with_a_warning_if_the_importer_chose_so() {
    let outcome = imported(BadValues::LeaveOut);
    assert_eq!((outcome.leads.len(), outcome.rejected.len()), (3, 0));
    assert_eq!(outcome.leads[1].custom.keys().collect::<Vec<_>>(), ["Deal", "Ends"]);
    let warnings: Vec<_> = outcome.warnings.iter().map(|w| (w.line, w.field.as_str())).collect();
    assert_eq!(warnings, [(3, "Plan"), (3, "Seats")]);
    assert_eq!(outcome.warnings[1].reason, "'many' is not a number such as 12.5: left out");
}

#[test]
fn unknown_options_are_found_row_by_row_but_not_in_a_repeated_header() {
    let known = typed();
    let file = format!("{TYPED}email,Plan,Seats,Ends,Deal,Colour\n");
    let mut detected = detect(file.as_bytes(), true).unwrap();
    propose_fields(&mut detected.columns, &known);
    let (mapping, options) = (detected.mapping(), options("DE"));
    let mapper = RowMapper::new(&mapping, &options, &known);
    let unknown: Vec<_> = read(&detected, file.as_bytes())
        .iter()
        .flatten()
        .flat_map(|row| mapper.unknown_options(row))
        .collect();
    assert_eq!(unknown, [(1, "Platinum".to_owned())]);
}

#[test]
fn value_without_a_place_is_left_out_where_a_typed_field_has_its_name() {
    let known = fields(vec![field("Rating", FieldKind::Check)]);
    let file = b"email,rating\na@one.example,seven\n";
    let detected = detect(file, true).unwrap();
    let outcome = import_as(&detected, file, &options("US"), &known);
    assert!(outcome.leads[0].custom.is_empty());
    assert_eq!(outcome.warnings[0].reason, "'seven' is not a rating from 0 to 5: left out");
}

#[test]
fn column_without_a_use_gets_a_text_field_once() {
    let mut known = fields(vec![field("Plan", choice(&["Gold"])), field("Colour", FieldKind::Text)]);
    let mut import = an_import(columns(&["email", "Shoe size", "shoe_size", "plan", "colour", "#", "empty"]));
    import.columns[1].of = 1;
    import.columns[6].of = 0;
    assert_eq!(prepare_fields(&mut import, &mut known), Ok(true));
    let uses_now = uses(&import.columns);
    assert_eq!(
        uses_now,
        ["Email", "=Shoe size", "=shoe_size (2)", "=plan (2)", "=Colour", "=Column 6", "new"],
        "a field of another kind and one that is filled already are not taken, and an empty column gets none"
    );
    assert!(known.fields[2..].iter().all(|field| field.kind == FieldKind::Text));
    assert_eq!(known.fields.len(), 6);
    for column in &mut import.columns {
        column.field = None;
    }
    assert_eq!(prepare_fields(&mut import, &mut known), Ok(false), "a repeat finds what the first time made");
    assert_eq!(uses(&import.columns), uses_now);
}

#[test]
fn import_that_would_pass_the_limit_on_fields_or_fills_a_deleted_one_does_not_start() {
    let many = (0..MOST_FIELDS - 1).map(|n| field(&format!("Field {n}"), FieldKind::Text)).collect();
    let mut known = fields(many);
    let mut import = an_import(columns(&["email", "one", "two"]));
    let bad = prepare_fields(&mut import.clone(), &mut known.clone()).unwrap_err();
    assert_eq!(bad, BadFieldColumn::TooMany { new: 2, known: 99 });
    assert_eq!(
        bad.to_string(),
        "2 columns would get a field of their own, but the workspace has 99 of at most 100 custom fields: leave columns \
         out, or map them to fields"
    );
    import.columns[2].set_use(ColumnUse::Fixed(Target::Ignore));
    assert_eq!(prepare_fields(&mut import.clone(), &mut known), Ok(true));
    import.columns[1].set_use(ColumnUse::Custom("Gone".to_owned()));
    let gone = prepare_fields(&mut import, &mut known).unwrap_err();
    assert_eq!(gone.header(), "one");
}

#[test]
fn chosen_options_are_added_and_forgotten_with_another_use() {
    let mut known = fields(vec![field("Plan", choice(&["Gold"]))]);
    let mut import = an_import(columns(&["email", "Plan"]));
    propose_fields(&mut import.columns, &known);
    import.columns[1].add_options = vec!["gold".to_owned(), "Platinum".to_owned()];
    assert_eq!(prepare_fields(&mut import, &mut known), Ok(true));
    assert_eq!(known.fields[0].kind, choice(&["Gold", "Platinum"]));
    import.columns[1].add_options = vec!["a; b".to_owned()];
    let bad = prepare_fields(&mut import, &mut known.clone()).unwrap_err();
    assert!(bad.to_string().starts_with("the new options 'a; b' must not contain a semicolon"), "{bad}");
    import.columns[1].set_use(ColumnUse::NewField);
    assert!(import.columns[1].add_options.is_empty());
}

#[test]
fn field_is_filled_by_one_column() {
    let mut columns = columns(&["email", "Plan", "Tariff"]);
    for column in &mut columns[1..] {
        column.field = Some("Plan".to_owned());
    }
    let twice = Mapping::of(&columns).check().unwrap_err();
    assert_eq!(
        (twice.field(), twice.to_string().as_str()),
        ("Tariff", "'Tariff' and 'Plan' cannot both fill the field 'Plan'")
    );
}

#[test]
fn column_and_options_of_an_earlier_version_are_read() {
    let column = r#"{"header":"E-Mail","samples":[],"target":"email","fits":1,"of":1}"#;
    let column: Column = serde_json::from_str(column).unwrap();
    assert_eq!((column.column_use(), column.unknown_options.len()), (ColumnUse::Fixed(Target::Email), 0));
    let options = r#"{"default_country":"US","country_chosen":true,"duplicates":"skip","enrich":true}"#;
    let options: ImportOptions = serde_json::from_str(options).unwrap();
    assert_eq!(options.values, ValueOptions::default());
}

#[test]
fn header_of_own_export_is_the_mark_of_one() {
    assert_eq!(EXPORTED[EXPORTED.len() - 1], OWN_EXPORT);
}

#[test]
fn option_called_as_a_placeholder_is_a_value() {
    let file = b"email,Size,Budget,Allergies\na@one.example,N/A,#N/A,none\n";
    let fields = fields(vec![field("Size", choice(&["N/A", "Large"])), field("Budget", FieldKind::Number)]);
    let mut detected = detect(file, true).unwrap();
    propose_fields(&mut detected.columns, &fields);
    let outcome = import_as(&detected, file, &options("DE"), &fields);
    assert!(outcome.rejected.is_empty(), "{:?}", outcome.rejected);
    let custom = &outcome.leads[0].custom;
    let custom: Vec<_> = custom.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
    assert_eq!(custom, [("Allergies", "none"), ("Size", "N/A")]);
}
