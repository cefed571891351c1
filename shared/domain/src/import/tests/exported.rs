//! What was exported here is imported again and changes nothing.

use super::super::rejects::{ONLY_EXPORTED, OWN_EXPORT, write_csv_record};
use super::*;
use crate::ids::{LeadId, WorkspaceId};
use crate::lead::Lead;
use crate::lead::attributes::LeadText;
use jiff::Timestamp;
use proptest::prelude::*;

/// A company's name that a spreadsheet, an import or a quotation mark may stumble over.
fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        "'{0,3}[-=+@]?[ -~]{1,8}",
        "[a-zé\"';|,\u{ff1d}]{1,8}",
        Just("'=quoted".to_owned()),
        Just("''=quoted".to_owned()),
        Just("'t Hoekje".to_owned()),
        Just("=\"text\"".to_owned()),
    ]
    .prop_map(|text| text.split_whitespace().collect::<Vec<_>>().join(" "))
    // No lead has a placeholder such as `-` for a company.
    .prop_filter("a name", |text| !text.is_empty() && !LeadText::Company.is_missing_in(text))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn cell_that_was_exported_is_imported_as_it_was(company in name()) {
        let mut file = "company,email\r\n".to_owned();
        write_csv_record(&mut file, [company.as_str(), "a@b.example"]);
        let outcome = import(file.as_bytes(), "DE");
        let read = outcome.leads[0].texts.get(&crate::lead::attributes::LeadText::Company);
        prop_assert_eq!(read.map(String::as_str), Some(company.as_str()), "{}", file);
    }
}

#[test]
fn guard_of_a_formula_is_taken_away_once() {
    let file = "Company,Email\n'+plus Physio,a@b.example\n't Hoekje,c@d.example\n''=quoted,e@f.example\n'''=x,g@h.example\n";
    let companies: Vec<String> = import(file.as_bytes(), "DE")
        .leads
        .into_iter()
        .map(|mut lead| lead.texts.remove(&crate::lead::attributes::LeadText::Company).unwrap())
        .collect();
    assert_eq!(companies, ["+plus Physio", "'t Hoekje", "'=quoted", "''=x"]);
}

#[test]
fn columns_that_only_tell_are_ignored_in_our_own_export_alone() {
    let header = [&[OWN_EXPORT, "email"][..], &ONLY_EXPORTED[1..]].concat().join(",");
    let own = detect(
        format!(
            "{header}\nlead_1,a@b.example,2026-11-20T09:00:00Z,too_early,high,7,cold,,2026-11-20T09:00:00Z,US.1349\n"
        )
        .as_bytes(),
        true,
    );
    let own = own.unwrap();
    let ignored = own.columns.iter().filter(|column| column.target == Some(Target::Ignore)).count();
    assert_eq!(ignored, ONLY_EXPORTED.len());
    let theirs = detect(b"email,score,created_at\na@b.example,7,2026-11-20\n", true).unwrap();
    assert_eq!(
        theirs.columns.iter().map(|column| column.target).collect::<Vec<_>>(),
        [Some(Target::Email), None, None]
    );
}

#[test]
fn overwriting_a_lead_with_what_it_has_changes_nothing() {
    let at = Timestamp::UNIX_EPOCH;
    let file = "leadflow_id,first_name,last_name,company,email,phone,city,country,status,tags,created_at\n\
        lead_1,,,'@home AG,a@b.example,'+491713920012,,,contacted,\"a, b\",2026-11-20T09:00:00Z\n";
    let mut outcome = import(file.as_bytes(), "DE");
    let mut lead = Lead::blank(LeadId::derived(at, &["1"]), WorkspaceId::derived(at, &["w"]), at);
    lead.company = Some("@home AG".to_owned());
    lead.email = outcome.leads[0].email.clone();
    lead.phone = outcome.leads[0].phone.clone();
    lead.status = crate::lead::stage::StageId::CONTACTED;
    lead.tags.insert("a, b".to_owned());
    let before = format!("{lead:?}");
    assert!(!outcome.leads.remove(0).apply_to(&mut lead, DuplicatePolicy::Overwrite, at), "{lead:?}");
    assert_eq!(format!("{lead:?}"), before);
}
