//! Rows are mapped to leads.

use super::super::mapping::{BadMapping, ColumnUse, Mapping};
use super::super::opt_out_columns::RowOptOuts;
use super::super::{Column, Import, ImportConsent, ImportCounts, ImportState};
use super::super::{consent_columns::RowConsent, dedupe::SeenKeys, rejects};
use super::*;
use crate::contact::channel::Channel;
use crate::ids::{ImportId, LeadId, WorkspaceId};
use crate::lead::Lead;
use crate::lead::attributes::LeadText;
use crate::lead::consent::{ConsentBasis, ConsentSource};
use crate::lead::stage::StageId;
use jiff::Timestamp;

fn text(value: &Option<String>) -> &str {
    value.as_deref().unwrap_or("")
}

fn lead_text(lead: &NewLeadFields, text: LeadText) -> &str {
    lead.texts.get(&text).map_or("", String::as_str)
}

#[test]
fn german_file_is_read_whole() {
    let outcome = import(&fixture("semicolons_1252.csv"), "DE");
    let optics = &outcome.leads[0];
    assert_eq!(lead_text(optics, LeadText::Company), "Müller – Optik");
    assert_eq!(lead_text(optics, LeadText::Address), "Hauptstraße 1, Köln");
    assert_eq!(optics.phone.as_ref().unwrap().as_str(), "+492214710000");
    assert_eq!((optics.rating, optics.reviews), (Some(4.5), Some(1204)));
    assert_eq!(optics.zone.as_ref().unwrap().zone.as_str(), "Europe/Berlin");
    let meadow = &outcome.leads[1];
    assert_eq!(lead_text(meadow, LeadText::Company), "Grüne \"Wiese\" GmbH");
    assert_eq!(meadow.dedupe_key().as_deref(), Some("+493023125011"));
    assert!(outcome.warnings.is_empty() && outcome.rejected.is_empty(), "{:?}", outcome.warnings);
    let bom = import(&fixture("bom.csv"), "US");
    assert_eq!(bom.leads[0].phone.as_ref().unwrap().as_str(), "+493023125001");
    assert_eq!(bom.leads[1].country, Country::parse("AT"));
    assert_eq!(bom.leads[1].zone.as_ref().unwrap().zone.as_str(), "Europe/Vienna");
}

#[test]
fn ragged_rows_are_read_as_far_as_they_go() {
    let outcome = import(&fixture("ragged.csv"), "US");
    let emails: Vec<_> = outcome.leads.iter().filter_map(NewLeadFields::dedupe_key).collect();
    assert_eq!(emails, ["short@row.example", "long@row.example", "full@row.example", "slipped@row.example"]);
    assert_eq!(outcome.leads[1].custom["Column 4"], "extra one");
    assert_eq!(outcome.leads[1].custom["Column 6"], "extra two");
    let lines: Vec<u64> = outcome.warnings.iter().map(|warning| warning.line).collect();
    assert!(lines.contains(&2) && lines.contains(&3) && lines.contains(&6), "{:?}", outcome.warnings);
    let [nobody] = outcome.rejected.as_slice() else { panic!("{:?}", outcome.rejected) };
    assert_eq!(
        (nobody.line, nobody.field.as_str(), nobody.row.as_slice()),
        (7, "email", &["nobody".to_owned(), "nothing".into(), "Nothing".into()][..])
    );
    assert_eq!(
        nobody.reason,
        "no usable e-mail or phone: e-mail 'nobody' is not an e-mail address; phone 'nothing' is not a phone number"
    );
}

#[test]
fn phone_that_does_not_parse_stays_text_with_a_warning() {
    let file = b"email,phone,phone 2\na@one.example,790.683.8637x94026,\nb@two.example,12,(518)519-6001 ext. 7\n,790.683.8637,\n";
    let outcome = import(file, "US");
    assert_eq!(outcome.leads[0].phone, None);
    assert_eq!(text(&outcome.leads[0].phone_unparsed), "790.683.8637x94026");
    assert_eq!(outcome.leads[1].phone.as_ref().unwrap().as_str(), "+15185196001");
    assert_eq!(text(&outcome.leads[1].phone_unparsed), "12");
    assert_eq!(outcome.warnings.iter().map(|w| w.field.as_str()).collect::<Vec<_>>(), ["phone", "phone"]);
    assert_eq!(outcome.rejected[0].line, 4);
}

#[test]
fn cells_are_cleaned_and_limited() {
    let long = "x".repeat(300);
    let file = format!(
        "email,company,notes,rating,status,tags,custom thing\n\"Ann <a@one.example>; b@one.example\",{long},\"a\u{0}b\r\nc\",seven,On Hold,\"a, b;a\",'=1+1\n"
    );
    let outcome = import(file.as_bytes(), "US");
    let lead = &outcome.leads[0];
    assert_eq!(lead.email.as_ref().unwrap().as_str(), "a@one.example");
    assert_eq!(lead.custom["email"], "Ann <a@one.example>; b@one.example");
    assert_eq!(lead_text(lead, LeadText::Company).len(), 200);
    assert_eq!(lead_text(lead, LeadText::Notes), "ab\nc");
    assert_eq!((lead.rating, lead.custom["rating"].as_str()), (None, "seven"));
    assert_eq!((lead.status, lead.custom["status"].as_str()), (StageId::CONTACTED, "On Hold"));
    assert_eq!(lead.tags.iter().map(String::as_str).collect::<Vec<_>>(), ["a", "b"]);
    assert_eq!(lead.custom["custom thing"], "=1+1");
    assert_eq!(outcome.warnings.len(), 3, "{:?}", outcome.warnings);
}

#[test]
fn status_word_that_says_more_is_kept() {
    let stages = ["New Lead", "Closed Won", "Disqualified", "Proposal Sent", "Gibberish", "Unsubscribed"];
    let rows: String =
        stages.iter().map(|stage| format!("{}@one.example,{stage}\n", stage.replace(' ', ""))).collect();
    let outcome = import(format!("email,Deal Stage\n{rows}").as_bytes(), "US");
    let read: Vec<(StageId, Option<&str>, bool)> = outcome
        .leads
        .iter()
        .map(|lead| (lead.status, lead.custom.get("Deal Stage").map(String::as_str), lead.opt_outs.all))
        .collect();
    assert_eq!(
        read,
        [
            (StageId::NEW, None, false),
            (StageId::WON, None, false),
            (StageId::LOST, Some("Disqualified"), false),
            (StageId::QUALIFIED, Some("Proposal Sent"), false),
            (StageId::NEW, Some("Gibberish"), false),
            (StageId::NEW, Some("Unsubscribed"), true),
        ]
    );
}

#[test]
fn zone_is_set_only_if_certain() {
    let file = "email,phone,country\na@one.example,,\nb@two.example,+44 20 7946 0999,\nc@three.example,,Spain\nd@four.example,,Atlantis\n";
    let outcome = import(file.as_bytes(), "US");
    let places: Vec<(Option<&str>, Option<&str>)> = outcome
        .leads
        .iter()
        .map(|lead| {
            (lead.country.as_ref().map(Country::as_str), lead.zone.as_ref().map(|fact| fact.zone.as_str()))
        })
        .collect();
    assert_eq!(
        places,
        [(Some("US"), None), (Some("GB"), Some("Europe/London")), (Some("ES"), None), (Some("US"), None)]
    );
    assert_eq!(outcome.leads[3].custom["country"], "Atlantis");
}

#[test]
fn lead_carries_all_fields() {
    let outcome = import(&fixture("pipes.txt"), "US");
    let at = Timestamp::UNIX_EPOCH;
    let (id, workspace) = (LeadId::derived(at, &["1"]), WorkspaceId::derived(at, &["w"]));
    let lead = outcome.leads[0].clone().into_lead(id.clone(), workspace, at);
    assert_eq!((lead.display_name().as_str(), lead.status, lead.id), ("Jane Doe", StageId::QUALIFIED, id));
}

#[test]
fn changed_mapping_is_checked() {
    let mapping = detect(&fixture("duplicate_headers.csv"), true).unwrap().mapping();
    let twice = mapping.changed(&[("Notes (2)".into(), Some(Target::Notes).into())]).unwrap_err();
    assert_eq!(
        (twice.field(), twice.to_string().as_str()),
        ("Notes (2)", "'Notes (2)' and 'Notes' cannot both be the notes")
    );
    let unknown = mapping.changed(&[("nope".into(), ColumnUse::NewField)]).unwrap_err();
    assert_eq!(unknown, BadMapping::UnknownHeader { header: "nope".into() });
    assert_eq!(mapping.changed(&[("email".into(), ColumnUse::NewField)]), Err(BadMapping::NoContact));
    let swapped = [
        ("email".to_owned(), ColumnUse::Fixed(Target::Ignore)),
        ("email (2)".to_owned(), ColumnUse::Fixed(Target::Email)),
    ];
    let swapped = mapping.changed(&swapped).unwrap();
    assert_eq!(swapped.column_of(Target::Email), Some(2));
}

#[test]
fn headers_are_recognised_in_many_spellings() {
    let propose = |header: &str| {
        let detected = detect(format!("{header}\nx,x,x,x,x\n").as_bytes(), true).unwrap();
        let Mapping { columns } = detected.mapping();
        columns
            .into_iter()
            .map(|(_, known)| match known {
                ColumnUse::Fixed(target) => format!("{target:?}"),
                _ => "-".to_owned(),
            })
            .collect::<Vec<_>>()
            .join(" ")
    };
    for (header, targets) in [
        ("Email 1,Email 2,Phone 1,Phone 2,Account Id", "Email - Phone - -"),
        ("Lead Owner,First Name,Last Name,Deal Stage,Index", "- FirstName LastName Status -"),
        ("business_name,category,rating,reviews,website", "Company Category Rating Reviews Website"),
        ("name,category,rating,phone,url", "Company Category Rating Phone Website"),
        ("title,rating,reviews,phone,address", "Company Rating Reviews Phone Address"),
        ("Name,Vorname,Titel,Straße,Ort", "LastName FirstName JobTitle Address City"),
        (
            "Nom de l'entreprise,Prénom,Téléphone portable,Courriel,Ville",
            "Company FirstName Phone Email City",
        ),
        ("Achternaam,Voornaam,Bedrijfsnaam,Mobiel,E-mailadres", "LastName FirstName Company Phone Email"),
        ("Correo electrónico,Nombre,Apellidos,Móvil,País", "Email FullName LastName Phone Country"),
        ("email,import_line,import_field,import_reason,Notes", "Email Ignore Ignore Ignore Notes"),
    ] {
        assert_eq!(propose(header), targets, "{header}");
    }
}

#[test]
fn contents_decide_if_headers_do_not() {
    let file = "kdnr,wer,wo,was\n1000001,a@one.example,+49 30 23125 001,https://one.example\n1000002,b@two.example,030/23125002,https://two.example\n";
    let targets: Vec<_> = detect(file.as_bytes(), true).unwrap().columns.iter().map(|c| c.target).collect();
    assert_eq!(targets, [None, Some(Target::Email), Some(Target::Phone), Some(Target::Website)]);
}

#[test]
fn corrected_problem_rows_import_again() {
    let headers = ["email", "phone", "company"];
    let headers = headers.map(|header| Column { header: header.to_owned(), ..Column::default() });
    let row =
        vec!["@".to_owned(), "+1 123".to_owned(), "=cmd|'/c calc'!A0, \"x\"".to_owned(), "beyond".to_owned()];
    let problem =
        RowProblem { line: 7, field: "email".into(), reason: "no usable e-mail or phone".into(), row };
    let mut file = rejects::rejects_header(&headers);
    file.push_str(&rejects::rejects_row(&headers, &problem));
    assert_eq!(
        file,
        "\u{feff}email,phone,company,import_line,import_field,import_reason\r\n'@,'+1 123,\"'=cmd|'/c calc'!A0, \"\"x\"\"\",7,email,no usable e-mail or phone,beyond\r\n"
    );
    let again = import(file.as_bytes(), "US");
    assert_eq!(again.rejected[0].row[2], "'=cmd|'/c calc'!A0, \"x\"");
    let mended = file.replace("'@,", "a@one.example,");
    let lead = &import(mended.as_bytes(), "US").leads[0];
    assert_eq!(lead_text(lead, LeadText::Company), "=cmd|'/c calc'!A0, \"x\"");
    assert_eq!(text(&lead.phone_unparsed), "+1 123");
    assert_eq!(lead.custom.keys().collect::<Vec<_>>(), ["Column 7"]);
    for start in ["=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"] {
        let mut out = String::new();
        rejects::write_csv_record(&mut out, [format!("{start}1").as_str()]);
        assert!(out.trim_start_matches('"').starts_with(&format!("'{start}1")), "{out}");
    }
}

#[test]
fn repeated_key_gives_its_first_line() {
    let mut seen = SeenKeys::new();
    for line in 0..5_000 {
        assert_eq!(seen.insert(&format!("{line}@one.example"), line + 2), None);
    }
    assert_eq!(seen.insert("4000@one.example", 9_000), Some(4_002));
    assert_eq!((seen.len(), seen.is_empty()), (5_000, false));
}

#[test]
fn sample_files_import_without_problems() {
    let csv = include_bytes!("../../../../../docs/samples/clinics.csv");
    let json = include_bytes!("../../../../../docs/samples/clinics.json");
    for (bytes, count) in [(&csv[..], 60), (&json[..], 10)] {
        let outcome = import(bytes, "US");
        assert_eq!(
            (outcome.leads.len(), &outcome.warnings[..], &outcome.rejected[..]),
            (count, &[][..], &[][..])
        );
        let mut seen = SeenKeys::new();
        for lead in &outcome.leads {
            assert_eq!(seen.insert(&lead.dedupe_key().unwrap(), 1), None);
            assert!(![LeadText::Company, LeadText::Address].map(|text| lead_text(lead, text)).contains(&""));
            assert!(lead.country.is_some());
            assert!(lead.email.as_ref().is_none_or(|email| email.domain().ends_with(".example")));
        }
    }
    let countries: std::collections::BTreeSet<_> =
        import(csv, "US").leads.into_iter().map(|lead| lead.country).collect();
    assert_eq!(countries.len(), 5);
}

#[test]
fn known_lead_takes_over_what_the_policy_allows() {
    let at = Timestamp::UNIX_EPOCH;
    let ids = || (LeadId::derived(at, &["1"]), WorkspaceId::derived(at, &["w"]));
    let fields = |file: &str| import(file.as_bytes(), "US").leads[0].clone();
    let known = fields("email,company,status\na@one.example,Old,Qualified\n").into_lead(ids().0, ids().1, at);
    let new = fields("email,company,city,status,tags,colour\na@one.example,New,Leeds,Unsubscribed,vip,red\n");
    let mut skipped = known.clone();
    assert!(!new.clone().apply_to(&mut skipped, DuplicatePolicy::Skip, at) && skipped.city.is_none());
    let mut filled = known.clone();
    assert!(new.clone().apply_to(&mut filled, DuplicatePolicy::UpdateEmpty, at));
    assert_eq!(
        (text(&filled.company), text(&filled.city), filled.custom["colour"].as_str()),
        ("Old", "Leeds", "red")
    );
    assert_eq!((filled.status, filled.do_not_contact, filled.tags.len()), (StageId::QUALIFIED, true, 1));
    assert!(!new.clone().apply_to(&mut filled, DuplicatePolicy::UpdateEmpty, at));
    assert!(new.apply_to(&mut filled, DuplicatePolicy::Overwrite, at) && text(&filled.company) == "New");
}

#[test]
fn consent_to_tracking_comes_with_a_file_and_not_against_what_a_lead_took_back() {
    let at: Timestamp = "2026-11-30T10:00:00Z".parse().unwrap();
    let ids = || (LeadId::derived(at, &["1"]), WorkspaceId::derived(at, &["w"]));
    let fields = |day: &str| {
        import(format!("email,Tracking consent\na@one.example,{day}\n").as_bytes(), "FR").leads[0].clone()
    };
    let on =
        |day: &str| fields(day).into_lead(ids().0, ids().1, at).tracking_consent.map(|on| on.to_string());
    assert_eq!(on("2026-05-04").as_deref(), Some("2026-05-04"));
    for none in ["", "2027-05-04", "yes"] {
        assert_eq!(on(none), None, "{none}");
    }
    assert!(fields("yes").custom.values().any(|kept| kept == "yes"), "{:?}", fields("yes").custom);
    let mut lead = fields("").into_lead(ids().0, ids().1, at);
    assert!(fields("2026-05-04").apply_to(&mut lead, DuplicatePolicy::UpdateEmpty, at));
    lead.withdraw_tracking();
    assert!(!fields("2026-05-04").apply_to(&mut lead, DuplicatePolicy::Overwrite, at));
    assert_eq!((lead.tracking_consent, lead.tracking_withdrawn), (None, true));
}

#[test]
fn file_without_a_country_leaves_a_known_one() {
    let at = Timestamp::UNIX_EPOCH;
    let ids = || (LeadId::derived(at, &["1"]), WorkspaceId::derived(at, &["w"]));
    let fields = |file: &str| import(file.as_bytes(), "US").leads[0].clone();
    let known = fields("email,country\na@one.example,Australia\n").into_lead(ids().0, ids().1, at);
    let after = |file: &str| {
        let mut lead = known.clone();
        fields(file).apply_to(&mut lead, DuplicatePolicy::Overwrite, at);
        lead.country.map(|country| country.to_string())
    };
    let silent = ["email,city\na@one.example,Sydney\n", "email,country\na@one.example,\n"];
    let unknown = "email,country\na@one.example,Atlantis\n";
    let number_from_elsewhere = "email,phone\na@one.example,+44 20 7946 0958\n";
    for file in silent.into_iter().chain([unknown, number_from_elsewhere]) {
        assert_eq!(after(file).as_deref(), Some("AU"), "{file}");
    }
    assert_eq!(after("email,country\na@one.example,New Zealand\n").as_deref(), Some("NZ"));
    let mut nowhere = Lead { country: None, ..known.clone() };
    assert!(fields(silent[0]).apply_to(&mut nowhere, DuplicatePolicy::Overwrite, at));
    assert_eq!(nowhere.country, Country::parse("US"));
}

#[test]
fn website_is_a_web_address_or_kept_as_text() {
    let outcome =
        import(b"email,website\na@one.example,javascript:alert(1)\nb@two.example,www.two.example/x\n", "US");
    assert_eq!(
        (lead_text(&outcome.leads[0], LeadText::Website), outcome.leads[0].custom["website"].as_str()),
        ("", "javascript:alert(1)")
    );
    assert_eq!(lead_text(&outcome.leads[1], LeadText::Website), "www.two.example/x");
}

#[test]
fn full_name_stays_where_the_column_of_its_part_is_empty() {
    let file = "Nombre,Apellidos,Correo electrónico\nAna Berg,,a@one.example\nAna,Holm,b@two.example\n";
    let outcome = import(file.as_bytes(), "ES");
    let names = outcome
        .leads
        .iter()
        .map(|lead| (lead_text(lead, LeadText::FirstName), lead_text(lead, LeadText::LastName)));
    assert_eq!(names.collect::<Vec<_>>(), [("Ana", "Berg"), ("Ana", "Holm")]);
}

#[test]
fn columns_of_consent_are_found_and_read() {
    let file = b"Email,Legal basis,Consent date,Opt-in source,Consent channels\n\
        a@one.example,double opt-in,2026-03-04,Webinar form,\"email, sms\"\n\
        b@two.example,no,,,\n\
        c@three.example,,,,\n\
        d@four.example,met at a fair,12/03/2026,,fax\n";
    let outcome = import(file, "US");
    let [full, refused, silent, odd] = outcome.leads.as_slice() else { panic!("{:?}", outcome.rejected) };
    assert_eq!(full.consent.basis, Some(Some(ConsentBasis::WrittenConsent)));
    assert_eq!(full.consent.on, Some(jiff::civil::date(2026, 3, 4)));
    assert_eq!(full.consent.note.as_deref(), Some("Webinar form"));
    assert_eq!(full.consent.channels, Some([Channel::Email, Channel::Sms].into()));
    assert_eq!(refused.consent.basis, Some(None));
    assert_eq!(silent.consent, RowConsent::default());
    assert_eq!(odd.consent, RowConsent { basis: Some(None), ..RowConsent::default() });
    assert_eq!(odd.custom["Legal basis"], "met at a fair");
    let fields: Vec<&str> = outcome.warnings.iter().map(|warning| warning.field.as_str()).collect();
    assert_eq!(fields, ["Legal basis", "Consent date", "Consent channels"]);
}

#[test]
fn rows_words_of_consent_come_before_the_choice_for_the_import() {
    let created_at: Timestamp = "2026-05-06T23:30:00Z".parse().unwrap();
    let mut import = made_import(created_at);
    import.options.consent = ImportConsent {
        basis: Some(ConsentBasis::LegitimateInterest),
        on: None,
        channels: [Channel::Email, Channel::Sms].into(),
    };
    import.options.consent_basis = Some("Trade register".to_owned());
    let chosen = import.consents_of(&RowConsent::default(), &RowOptOuts::default());
    let by_mail = chosen.get(Channel::Email).unwrap();
    assert_eq!(
        (by_mail.basis, by_mail.on),
        (ConsentBasis::LegitimateInterest, jiff::civil::date(2026, 5, 6))
    );
    assert_eq!(by_mail.note.as_deref(), Some("Trade register"));
    assert_eq!(by_mail.source, ConsentSource::Import(import.id.clone()));
    assert_eq!(chosen.get(Channel::Sms), Some(by_mail));
    assert_eq!(chosen.get(Channel::Whatsapp), None);

    let row = RowConsent {
        basis: Some(Some(ConsentBasis::Consent)),
        on: Some(jiff::civil::date(2025, 1, 2)),
        note: Some("Fair".to_owned()),
        channels: Some([Channel::Whatsapp].into()),
        ..RowConsent::default()
    };
    let told = import.consents_of(&row, &RowOptOuts::default());
    let chat = told.get(Channel::Whatsapp).unwrap();
    assert_eq!(
        (chat.basis, chat.on, chat.note.as_deref()),
        (ConsentBasis::Consent, row.on.unwrap(), Some("Fair"))
    );
    assert_eq!(told.get(Channel::Email), None);
    assert!(
        import
            .consents_of(&RowConsent { basis: Some(None), ..row.clone() }, &RowOptOuts::default())
            .is_empty()
    );
    let opted_out = RowOptOuts { phone: true, ..RowOptOuts::default() };
    assert!(import.consents_of(&row, &opted_out).is_empty(), "an opt-out is later than the consent");
}

fn made_import(created_at: Timestamp) -> Import {
    Import {
        id: ImportId::derived(created_at, &["i"]),
        workspace: WorkspaceId::derived(created_at, &["w"]),
        file_name: "people.csv".to_owned(),
        size_bytes: 1,
        content_hash: String::new(),
        state: ImportState::Mapped,
        format: None,
        columns: Vec::new(),
        fits_whole: true,
        phone_question: None,
        options: options("US"),
        counts: ImportCounts::default(),
        chunks: 1,
        chunks_done: 0,
        failure: None,
        created_by: None,
        created_at,
        finished_at: None,
        sees: None,
        rev: 1,
    }
}
