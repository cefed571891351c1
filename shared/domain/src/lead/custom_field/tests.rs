use super::*;
use proptest::prelude::*;

fn options(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn field(key: &str, kind: FieldKind) -> CustomField {
    let id = CustomFieldId::new(ulid::Ulid::from_parts(1, 1));
    CustomField { id, key: key.to_owned(), label: key.to_owned(), kind }
}

fn euros() -> FieldKind {
    FieldKind::Money { currency: Currency::parse("EUR").unwrap() }
}

fn stored(kind: &FieldKind, written: &str) -> Result<String, String> {
    kind.read(written).map(|value| value.to_string()).map_err(|why| why.to_string())
}

#[test]
fn number_is_read_with_either_decimal_sign_and_stored_plainly() {
    for (written, wanted) in [
        ("12.5", "12.5"),
        ("12,50", "12.5"),
        (" +7 ", "7"),
        ("-0.0001", "-0.0001"),
        ("1.234,5", "1234.5"),
        ("1,234.5", "1234.5"),
        ("1,234,567", "1234567"),
        ("1 234", "1234"),
        ("1'234.25", "1234.25"),
        ("0", "0"),
        ("000", "0"),
        (".5", "0.5"),
        ("99999999999.9999", "99999999999.9999"),
    ] {
        assert_eq!(stored(&FieldKind::Number, written).as_deref(), Ok(wanted), "{written}");
    }
    for written in ["", "-", ".", "1.2.3", "12,34,5", "1e5", "0.00001", "123456789012", "12 EUR", "٣", "NaN"]
    {
        assert!(stored(&FieldKind::Number, written).is_err(), "{written}");
    }
}

#[test]
fn amount_has_a_currency_of_its_own_or_the_fields() {
    for (written, wanted) in [
        ("1200.5", "1200.50 EUR"),
        ("1200,50 eur", "1200.50 EUR"),
        ("USD 99", "99.00 USD"),
        ("4900 JPY", "4900 JPY"),
        ("-3.10", "-3.10 EUR"),
    ] {
        assert_eq!(stored(&euros(), written).as_deref(), Ok(wanted), "{written}");
    }
    for written in ["", "EUR", "12.345", "49.5 JPY", "12 €uro", "12 EURO"] {
        assert!(stored(&euros(), written).is_err(), "{written}");
    }
}

#[test]
fn date_is_a_day_that_exists_and_nothing_more() {
    assert_eq!(stored(&FieldKind::Date, " 2028-02-29 ").as_deref(), Ok("2028-02-29"));
    for written in ["2027-02-29", "29.02.2028", "2028-02-29T10:00", "20280229", ""] {
        assert_eq!(stored(&FieldKind::Date, written), Err("is not a date such as 2026-11-28".to_owned()));
    }
}

#[test]
fn value_of_a_file_is_read_in_the_spelling_of_the_file() {
    let spelled = |kind: &FieldKind, written: &str, comma: bool, day_first: bool| {
        let spelling = Spelling { decimal_comma: Some(comma), day_first: Some(day_first) };
        kind.read_spelled(written, spelling).map(|value| value.to_string()).map_err(|why| why.to_string())
    };
    for (written, comma, wanted) in [
        ("1.234", true, "1234"),
        ("1.234", false, "1.234"),
        ("1,234", false, "1234"),
        ("1,234", true, "1.234"),
        ("12.5", true, "12.5"),
        ("0.125", true, "0.125"),
        ("1.234.567,8", true, "1234567.8"),
    ] {
        assert_eq!(spelled(&FieldKind::Number, written, comma, true).as_deref(), Ok(wanted), "{written}");
    }
    for (written, comma, wanted) in [
        ("€ 1.200", true, "1200.00 EUR"),
        ("$1,200", false, "1200.00 USD"),
        ("1.200,50 €", true, "1200.50 EUR"),
        ("1.200 GBP", true, "1200.00 GBP"),
    ] {
        assert_eq!(spelled(&euros(), written, comma, true).as_deref(), Ok(wanted), "{written}");
    }
    let canadian = FieldKind::Money { currency: Currency::parse("CAD").unwrap() };
    assert_eq!(stored(&canadian, "$5").as_deref(), Ok("5.00 CAD"));
    assert_eq!(spelled(&FieldKind::Date, "03/04/2026", true, true).as_deref(), Ok("2026-04-03"));
    assert_eq!(spelled(&FieldKind::Date, "03/04/2026", true, false).as_deref(), Ok("2026-03-04"));
    assert_eq!(
        spelled(&FieldKind::Date, "13/04/2026", true, false),
        Err("is not a date such as 11/28/2026 or 2026-11-28".to_owned())
    );
}

#[test]
fn options_that_a_field_lacks_are_named_and_added_once() {
    let many = FieldKind::Choices { options: options(&["Fair", "Web"]) };
    assert_eq!(many.unknown_options("web; Call,fair"), ["Call"]);
    assert_eq!(FieldKind::Choice { options: options(&["Gold"]) }.unknown_options(" Tin "), ["Tin"]);
    assert!(FieldKind::Number.unknown_options("Tin").is_empty());
    let workspace = WorkspaceId::new(ulid::Ulid::from_parts(1, 1));
    let fields = vec![field("From", many), field("Seats", FieldKind::Number)];
    let mut fields = CustomFields { fields, ..CustomFields::none(workspace) };
    assert_eq!(fields.add_options("From", &options(&["Call", "WEB"])), Ok(()));
    assert_eq!(fields.get("From").unwrap().kind.options().unwrap(), options(&["Fair", "Web", "Call"]));
    assert!(fields.add_options("From", &options(&["a;b"])).unwrap_err().contains("semicolon"));
    assert_eq!(fields.add_options("Seats", &options(&["a"])), Err("belong to choices only".to_owned()));
    assert_eq!(fields.add_options("Gone", &[]), Err("fill no field".to_owned()));
}

#[test]
fn options_are_found_in_any_case_and_kept_in_their_order() {
    let one = FieldKind::Choice { options: options(&["Gold", "Silver"]) };
    assert_eq!(stored(&one, "gold").as_deref(), Ok("Gold"));
    assert_eq!(stored(&one, "tin"), Err("is not one of the options: Gold, Silver".to_owned()));
    let many = FieldKind::Choices { options: options(&["Fair", "Web", "Call"]) };
    assert_eq!(stored(&many, "call, fair;Call").as_deref(), Ok("Fair; Call"));
    assert!(stored(&many, "fair; tin").is_err());
    let with_comma = FieldKind::Choices { options: options(&["Berlin, Mitte", "Bonn"]) };
    assert_eq!(stored(&with_comma, "Bonn; Berlin, Mitte").as_deref(), Ok("Berlin, Mitte; Bonn"));
}

#[test]
fn checks_web_addresses_and_persons_say_what_they_expect() {
    assert_eq!(stored(&FieldKind::Check, "TRUE").as_deref(), Ok("yes"));
    assert_eq!(stored(&FieldKind::Check, "maybe"), Err("is neither yes nor no".to_owned()));
    assert_eq!(stored(&FieldKind::Url, "acme.example/a?b=1").as_deref(), Ok("https://acme.example/a?b=1"));
    for written in ["javascript://x.example/%0aalert(1)", "ftp://a.example", "localhost", "a b.example", "//"]
    {
        assert!(stored(&FieldKind::Url, written).is_err(), "{written}");
    }
    assert_eq!(stored(&FieldKind::Person, "Ann@Acme.example").as_deref(), Ok("ann@acme.example"));
    assert!(stored(&FieldKind::Person, "Ann").is_err());
}

#[test]
fn column_names_a_field_by_key_or_label_in_any_spelling() {
    let field =
        |key: &str, label: &str| CustomField { label: label.to_owned(), ..field(key, FieldKind::Text) };
    let workspace = WorkspaceId::new(ulid::Ulid::from_parts(1, 1));
    let fields = vec![field("Deal size", "Deal size"), field("Deal size 2", "Budget")];
    let fields = CustomFields { fields, ..CustomFields::none(workspace) };
    let key = |header: &str| fields.named(header).map(|field| field.key.as_str());
    assert_eq!(key("deal_SIZE"), Some("Deal size"));
    assert_eq!(key("budget"), Some("Deal size 2"));
    assert_eq!(key("custom.deal_size"), Some("Deal size"), "as a template names it");
    assert_eq!(key("size"), None);
}

#[test]
fn field_whose_name_or_options_clash_is_refused_with_the_reason() {
    let known = [field("Deal stage", FieldKind::Text)];
    let faults = |new: &CustomField| new.faults(known.iter());
    assert_eq!(faults(&field("Plan", FieldKind::Text)), []);
    assert_eq!(faults(&field("deal-stage", FieldKind::Text))[0].0, "label");
    assert_eq!(faults(&field("!?", FieldKind::Text))[0].0, "label");
    let options = options(&["A", "a", "b;c", " d", ""]);
    let found = faults(&field("Plan", FieldKind::Choice { options }));
    assert_eq!(found.iter().filter(|(part, _)| *part == "options").count(), 4, "{found:?}");
}

fn any_kind() -> impl Strategy<Value = FieldKind> {
    prop_oneof![
        Just(FieldKind::Text),
        Just(FieldKind::Number),
        Just(FieldKind::Date),
        Just(FieldKind::Choice { options: options(&["1", "yes", "A b"]) }),
        Just(FieldKind::Choices { options: options(&["1", "yes", "A, b"]) }),
        Just(FieldKind::Check),
        Just(FieldKind::Url),
        Just(euros()),
        Just(FieldKind::Person),
    ]
}

proptest! {
    #[test]
    fn stored_value_is_read_as_itself(kind in any_kind(), written in "[-+]?[0-9., ]{0,14}|\\PC{0,12}|yes; 1") {
        if let Ok(value) = kind.read(&written) {
            let text = value.to_string();
            prop_assert_eq!(kind.read(&text), Ok(value));
        }
        for comma in [true, false] {
            let spelling = Spelling { decimal_comma: Some(comma), day_first: Some(comma) };
            if let Ok(value) = kind.read_spelled(&written, spelling) {
                let text = value.to_string();
                prop_assert_eq!(kind.read(&text), Ok(value));
            }
        }
    }
}
