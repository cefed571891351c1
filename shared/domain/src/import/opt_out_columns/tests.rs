//! Lists of other systems say who has opted out, and are heard.

use super::super::detect::detect;
use super::super::fields::NewLeadFields;
use super::super::row::{MappedRow, RowMapper};
use super::super::rows::RowReader;
use super::super::{DuplicatePolicy, ImportOptions, RowProblem, ValueOptions, rejects};
use super::*;
use crate::contact::country::Country;
use crate::ids::CustomFieldId;
use crate::ids::WorkspaceId;
use crate::lead::custom_field::{CustomField, CustomFields, FieldKind};
use crate::lead::stage::Stages;
use jiff::Timestamp;

fn options() -> ImportOptions {
    ImportOptions {
        default_country: Country::parse("DE"),
        country_chosen: false,
        duplicates: DuplicatePolicy::Skip,
        tag: None,
        consent_basis: None,
        consent: Default::default(),
        enrich: false,
        campaign: None,
        values: ValueOptions::default(),
    }
}

fn imported(file: &str) -> (Vec<NewLeadFields>, Vec<RowProblem>) {
    let detected = detect(file.as_bytes(), true).unwrap();
    let fields = CustomFields::none(WorkspaceId::derived(Timestamp::UNIX_EPOCH, &["w"]));
    let (mapping, options) = (detected.mapping(), options());
    assert_eq!(mapping.check(), Ok(()));
    let mapper = RowMapper::new(&mapping, &options, &fields).hearing(&detected.columns);
    let mut reader = RowReader::new(&detected.format, detected.headers());
    let mut rows: Vec<_> = reader.feed(file.as_bytes()).collect();
    rows.extend(reader.finish());
    let (mut leads, mut warnings) = (Vec::new(), Vec::new());
    for row in rows {
        match mapper.map(&row.unwrap()) {
            MappedRow::Lead { lead, warnings: of_row } => {
                leads.push(*lead);
                warnings.extend(of_row);
            }
            MappedRow::Rejected { problem, .. } => panic!("{problem:?}"),
        }
    }
    (leads, warnings)
}

mod permissions;

/// What each row says: `all`, `mail`, `phone`, `bounced` or nothing.
fn said(file: &str) -> Vec<String> {
    let word = |lead: &NewLeadFields| {
        let RowOptOuts { all, email, phone, email_bounced, .. } = lead.opt_outs;
        let words = [(all, "all"), (email, "mail"), (phone, "phone"), (email_bounced, "bounced")];
        words.into_iter().filter(|(says, _)| *says).map(|(_, word)| word).collect::<Vec<_>>().join(" ")
    };
    imported(file).0.iter().map(word).collect()
}

#[test]
fn lists_of_nine_systems_say_who_has_opted_out() {
    for (file, expected) in [
        // Salesforce: a report, then its data export.
        (
            "Id,First Name,Email,Phone,Email Opt Out,Do Not Call\n1,Nora,a@one.example,,1,0\n2,Jonas,b@one.example,,0,1\n3,Ida,c@one.example,,FALSE,FALSE\n",
            "mail|phone|",
        ),
        (
            "Id,Email,HasOptedOutOfEmail,HasOptedOutOfFax,DoNotCall,EmailBouncedReason,EmailBouncedDate\n1,a@one.example,true,true,false,,\n2,b@one.example,false,true,true,,\n3,c@one.example,false,true,false,550 unknown,2026-03-01\n",
            "mail|phone|bounced",
        ),
        // HubSpot
        (
            "Record ID,Email,Unsubscribed from all email,Email hard bounce reason,Marketing contact status\n501,a@one.example,true,,Non-marketing contact\n502,b@one.example,false,UNKNOWN_USER,Marketing contact\n503,c@one.example,,,Marketing contact\n",
            "mail|bounced|",
        ),
        (
            "Email,Opted out of email: Product news,hs_email_optout_12\na@one.example,true,\nb@one.example,,true\nc@one.example,false,\n",
            "mail|mail|",
        ),
        // Mautic and listmonk
        (
            "email,firstname,doNotContact,status\na@one.example,Ana,1,enabled\nb@one.example,Ben,0,blocklisted\nc@one.example,Cleo,0,enabled\n",
            "all|all|",
        ),
        // A German list
        (
            "Vorname;E-Mail;Werbesperre;Keine E-Mails\nSilke;a@one.example;ja;\nTimo;b@one.example;nein;x\nUta;c@one.example;nein;\n",
            "all|mail|",
        ),
        // Mailchimp
        (
            "Email Address,First Name,OPTIN_TIME,UNSUB_TIME,UNSUB_CAMPAIGN_TITLE,UNSUB_REASON\na@one.example,Rosa,2024-01-02 10:00:00,2026-03-11 09:12:44,Spring offers,NORMAL\n",
            "mail",
        ),
        (
            "Email Address,CLEAN_TIME,CLEAN_CAMPAIGN_TITLE\na@one.example,2026-03-11 09:12:44,Spring\n",
            "bounced",
        ),
        // Pipedrive
        (
            "Person - Name,Person - Email - Work,Person - Marketing status\nA,a@one.example,Unsubscribed\nB,b@one.example,Subscribed\nC,c@one.example,Bounced\nD,d@one.example,No consent\n",
            "mail||bounced|mail",
        ),
        // Zoho
        (
            "Record Id,Email,Email Opt Out,Unsubscribed Mode,Unsubscribed Time\nz1,a@one.example,true,Manual,2026-01-02\nz2,b@one.example,false,,\n",
            "mail|",
        ),
        // Klaviyo
        (
            "Email,Email Marketing Consent,SMS Marketing Consent\na@one.example,UNSUBSCRIBED,SUBSCRIBED\nb@one.example,NEVER_SUBSCRIBED,UNSUBSCRIBED\nc@one.example,SUBSCRIBED,\n",
            "mail|phone|",
        ),
        // ActiveCampaign, Instantly and lemlist
        (
            "Email,Status,Unsubscribe Reason\na@one.example,Unsubscribed,too many\nb@one.example,Active,\nc@one.example,Bounced,\n",
            "all mail||bounced",
        ),
        (
            "email,Lead Status\na@one.example,Unsubscribed\nb@one.example,Do not contact\nc@one.example,Contacted\n",
            "all|all|",
        ),
        (
            "email,isUnsubscribed,emailsUnsubscribedAt\na@one.example,true,\nb@one.example,,2026-01-02T10:00:00Z\nc@one.example,false,\n",
            "mail|mail|",
        ),
        // A tag
        ("email,tags\na@one.example,\"vip, Do not contact\"\nb@one.example,vip\n", "all|"),
        // Our own export
        (
            "leadflow_id,email,do_not_contact,opted_out,bounced\nl1,a@one.example,yes,,\nl2,b@one.example,,email; sms,\nl3,c@one.example,,whatsapp,email\nl4,d@one.example,no,,\n",
            "all|mail phone|phone bounced|",
        ),
    ] {
        assert_eq!(said(file).join("|"), expected, "{file}");
    }
}

#[test]
fn words_that_are_not_known_count_as_an_opt_out_and_are_shown() {
    let (leads, warnings) = imported("email,Do Not Contact\na@one.example,perhaps\nb@one.example,-\n");
    assert_eq!((leads[0].opt_outs.all, leads[1].opt_outs.all), (true, false));
    assert_eq!(warnings[0].reason, "'perhaps' is neither yes nor no: taken as opted out");
    assert_eq!(warnings.len(), 1);
}

#[test]
fn consent_that_was_taken_back_is_none_and_an_opt_out() {
    let (leads, warnings) =
        imported("email,Marketing consent\na@one.example,Unsubscribed\nb@one.example,yes\n");
    assert_eq!((leads[0].consent.basis, leads[0].opt_outs.email), (Some(None), true));
    assert!(!leads[1].opt_outs.any() && warnings.is_empty());
}

#[test]
fn tag_counts_only_by_a_word_with_one_meaning_and_is_shown() {
    let (leads, warnings) = imported(
        "email,tags\na@one.example,\"Baja, cleaned, Stop, Complaint\"\nb@one.example,\"vip; Do not contact\"\n",
    );
    assert_eq!(leads[0].opt_outs, RowOptOuts::default());
    assert!(leads[1].opt_outs.all && leads[1].tags.contains("Do not contact"));
    let told: Vec<_> = warnings.iter().map(|told| (told.line, told.reason.as_str())).collect();
    assert_eq!(told, [(3, "'Do not contact' puts the lead on the suppression list")]);
}

#[test]
fn key_that_only_late_rows_of_a_json_file_have_is_heard() {
    let row = |n: usize, more: &str| format!("{{\"email\":\"l{n}@one.example\"{more}}}");
    let mut rows: Vec<String> = (0..501).map(|n| row(n, "")).collect();
    rows.push(row(501, ",\"unsubscribed\":true"));
    rows.push(row(502, ",\"unsubscribed\":false"));
    rows.push(row(503, ",\"Please do not disturb\":\"yes\""));
    rows.push(row(504, ",\"mood\":\"unsubscribed\""));
    rows.push(row(505, ",\"priority\":\"Baja\""));
    let said = said(&format!("[{}]", rows.join(",\n")));
    assert!(said[..501].iter().all(String::is_empty));
    assert_eq!(said[501..], ["mail", "", "all", "all", ""]);
}

/// What rows say where columns are heard that nobody was asked about.
fn heard(columns: &[Column], cells: &[&str]) -> (RowOptOuts, Vec<usize>, Vec<String>) {
    let fields = CustomFields::none(WorkspaceId::derived(Timestamp::UNIX_EPOCH, &["w"]));
    let (mapping, options) = (super::super::mapping::Mapping::of(columns), options());
    let mapper = RowMapper::new(&mapping, &options, &fields).hearing(columns);
    let format = detect(b"a,b\n1,2\n", true).unwrap().format;
    let mut reader = RowReader::new(&format, mapping.headers());
    let file = format!("{}\n{}\n", mapping.headers().join(","), cells.join(","));
    let row = reader.feed(file.as_bytes()).next().unwrap().unwrap();
    let MappedRow::Lead { lead, warnings } = mapper.map(&row) else { panic!("{row:?}") };
    let asks = mapper.opt_out_questions(&row).collect();
    (lead.opt_outs, asks, warnings.into_iter().map(|warning| warning.reason).collect())
}

#[test]
fn cell_that_looks_like_an_opt_out_is_heard_unless_a_user_says_that_it_is_none() {
    let column = |header: &str, target| Column { header: header.to_owned(), target, ..Column::default() };
    let mut columns = [
        column("email", Some(Target::Email)),
        column("Please do not disturb", None),
        column("Priority", None),
    ];
    let (says, asks, warnings) = heard(&columns, &["a@one.example", "yes", "low"]);
    assert!(says.all && asks == [1], "{says:?}");
    assert_eq!(warnings, ["'yes' puts the lead on the suppression list"]);
    assert_eq!(heard(&columns, &["a@one.example", "no", "low"]), Default::default());
    columns[1].no_opt_out = true;
    assert_eq!(heard(&columns, &["a@one.example", "yes", "low"]), Default::default());
}

#[test]
fn row_that_is_rejected_says_what_its_lead_has_opted_out_of() {
    let mut fields = CustomFields::none(WorkspaceId::derived(Timestamp::UNIX_EPOCH, &["w"]));
    let (id, key) = (CustomFieldId::derived(Timestamp::UNIX_EPOCH, &["f"]), "Size".to_owned());
    fields.fields.push(CustomField { id, key: key.clone(), label: key, kind: FieldKind::Number });
    let mut detected = detect(b"email,Size,Unsubscribed\na@one.example,big,yes\n", true).unwrap();
    super::super::field_columns::propose_fields(&mut detected.columns, &fields);
    let (mapping, options) = (detected.mapping(), options());
    let mapper = RowMapper::new(&mapping, &options, &fields);
    let mut reader = RowReader::new(&detected.format, mapping.headers());
    for (row, told_so) in [("a@one.example,big,yes\n", true), ("a@one.example,big,no\n", false)] {
        let file = format!("email,Size,Unsubscribed\n{row}");
        let row = reader.feed(file.as_bytes()).last().unwrap().unwrap();
        let MappedRow::Rejected { told, .. } = mapper.map(&row) else { panic!("{row:?}") };
        assert_eq!(told.is_some_and(|lead| lead.opt_outs.email && lead.email.is_some()), told_so);
    }
}

#[test]
fn stage_of_the_workspace_does_not_hide_what_its_name_says() {
    let workspace = WorkspaceId::derived(Timestamp::UNIX_EPOCH, &["w"]);
    let mut stages = Stages::usual(workspace.clone());
    let (fields, options) = (CustomFields::none(workspace), options());
    let detected = detect(b"email,Status\na@one.example,Do not contact\n", true).unwrap();
    for (name, silences) in [("Do not contact", true), ("Blocked", false)] {
        stages.stages[0].name = name.to_owned();
        let mapping = detected.mapping();
        let mapper = RowMapper::new(&mapping, &options, &fields).naming(&stages);
        let mut reader = RowReader::new(&detected.format, detected.headers());
        let file = format!("email,Status\na@one.example,{name}\n");
        let row = reader.feed(file.as_bytes()).next().unwrap().unwrap();
        let MappedRow::Lead { lead, .. } = mapper.map(&row) else { panic!("{row:?}") };
        assert_eq!((lead.status, lead.opt_outs.all), (stages.stages[0].id, silences), "{name}");
    }
}

#[test]
fn column_that_looks_like_opt_outs_is_asked_about() {
    let looks = |header: &str, target: Option<Target>, cell: &str| {
        Column { header: header.to_owned(), target, ..Column::default() }.looks_like_opt_outs(cell)
    };
    for (header, cell) in [
        ("Do not market to", "yes"),
        ("Blocklist (sales)", "x"),
        ("Newsletter-Abmeldung", "12.03.2026"),
        ("Ne pas déranger", "oui"),
        ("Mailing", "unsubscribed"),
        ("Comment code", "DNC"),
        ("Opt-out details", "requested by phone"),
        ("Opt-out details", "asked on 3 March"),
        ("Mailchimp sync status", "Unsubscribed"),
    ] {
        assert!(looks(header, None, cell), "{header}");
        assert!(!looks(header, None, ""), "{header}");
    }
    // A column that names opt-outs but is not to be read as such.
    assert!(looks("Email Opt Out", Some(Target::Ignore), "1"));
    for (header, target, cell) in [
        ("Email Opt Out", Some(Target::OptedOutEmail), "1"),
        ("Email Opt Out", Some(Target::Ignore), "0"),
        ("Fax Opt Out", None, "1"),
        ("Do not track", None, "1"),
        ("Status", Some(Target::Status), "unsubscribed"),
        ("Notes", Some(Target::Notes), "unsubscribed"),
        ("City", Some(Target::City), "Baja"),
        ("Newsletter", None, "no"),
        ("Bounce rate", None, "45 %"),
        ("Unsubscribe token", None, "a8f3c901"),
        ("To-do notes", None, "call back"),
        ("Unsubscribed on", None, "0000-00-00 00:00:00"),
    ] {
        assert!(!looks(header, target, cell), "{header}");
    }
}

#[test]
fn file_of_problem_rows_says_who_has_opted_out_by_whatever_column() {
    let column = |header: &str, target| Column { header: header.to_owned(), target, ..Column::default() };
    let columns = [
        column("email", Some(Target::Email)),
        column("Foo", Some(Target::OptedOutEmail)),
        column("Ground", Some(Target::ConsentBasis)),
    ];
    let row = ["nobody", "x", "consent"].map(str::to_owned).into();
    let problem = RowProblem { line: 2, field: "email".to_owned(), reason: "is bad".to_owned(), row };
    let file = rejects::rejects_header(&columns) + &rejects::rejects_row(&columns, &problem);
    let (header, row) = file.split_once("\r\n").unwrap();
    assert_eq!(
        header.trim_start_matches('\u{feff}'),
        "email,Foo,Ground,do_not_contact,opted_out,bounced,consent_basis,import_line,import_field,import_reason"
    );
    assert_eq!(row.trim_end(), "nobody,x,consent,,email,,consent,2,email,is bad");
    let (leads, _) = imported(&file.replace("nobody", "a@one.example"));
    assert!(leads[0].opt_outs.email);
}

#[test]
fn several_columns_may_say_who_has_opted_out() {
    let detected = detect(b"email,Unsubscribed,UNSUB_TIME,Do Not Call\na@one.example,1,,0\n", true).unwrap();
    let targets: Vec<_> = detected.columns.iter().map(|column| column.target).collect();
    let mail = Some(Target::OptedOutEmail);
    assert_eq!(targets, [Some(Target::Email), mail, mail, Some(Target::OptedOutPhone)]);
    assert_eq!(detected.mapping().check(), Ok(()));
}

#[test]
fn cells_of_an_export_say_what_a_row_said() {
    let says = RowOptOuts { email: true, phone_bounced: true, ..RowOptOuts::default() };
    assert_eq!(says.exported(), ["", "email", "sms; whatsapp"]);
    assert_eq!(
        RowOptOuts { all: true, ..RowOptOuts::default() }.exported(),
        ["yes", "email; sms; whatsapp", ""]
    );
}
