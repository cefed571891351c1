use super::*;
use crate::ids::LeadId;

#[test]
fn name_shows_the_initial_of_the_last_name_only() {
    for (full, shown) in [
        ("Ann Lee", Some("Ann L.")),
        ("Ann L*e", Some("Ann L.")),
        ("Ana María de la Cruz", Some("Ana María de la C.")),
        ("  Ann  ", Some("Ann")),
        ("Ann ***", Some("Ann")),
        ("", None),
    ] {
        assert_eq!(masked_name(full).as_deref(), shown, "{full}");
    }
}

#[test]
fn address_shows_its_first_character_and_its_domain_only() {
    assert_eq!(masked_email("ann@acme.example").as_deref(), Some("a•••@acme.example"));
    assert_eq!(masked_email("@acme.example"), None);
    assert_eq!(masked_email("ann"), None);
}

#[test]
fn prospect_is_bought_only_where_the_provider_has_an_address_that_it_did_not_tell() {
    let masked = Prospect {
        provider_id: Some("p1".to_owned()),
        has_email: Some(true),
        masked: vec![DataField::FullName],
        ..Prospect::default()
    };
    assert!(masked.is_to_be_bought() && masked.is_reachable());
    let told = BTreeMap::from([(DataField::Email, "ann@acme.example".to_owned())]);
    let open = Prospect { values: told, ..masked.clone() };
    assert!(!open.is_to_be_bought() && open.is_reachable());
    let without = Prospect { has_email: Some(false), ..masked.clone() };
    assert!(!without.is_to_be_bought() && !without.is_reachable());
    let phone = BTreeMap::from([(DataField::CompanyPhone, "+1 214 555 0101".to_owned())]);
    let listing = Prospect { values: phone, ..Prospect::default() };
    assert!(!listing.is_to_be_bought() && listing.is_reachable());
    let name = (DataField::FullName, "Ann Lee".to_owned());
    let person = Prospect { values: listing.values.clone().into_iter().chain([name]).collect(), ..listing };
    assert!(!person.is_reachable(), "the company's number does not reach her");
}

#[test]
fn record_of_a_lead_is_kept_and_one_of_an_answer_for_a_month() {
    let at: Timestamp = "2026-11-29T10:00:00Z".parse().unwrap();
    let record = |state| ProspectRecord {
        workspace: WorkspaceId::derived(at, &["w"]),
        prospect: "p".to_owned(),
        provider: "apollo".to_owned(),
        state,
        request: "r".to_owned(),
        paid: None,
        at,
        rev: 1,
    };
    let lead = LeadId::derived(at, &["lead"]);
    assert_eq!(record(ProspectState::Added { lead }).expires(), None);
    assert_eq!(record(ProspectState::Erased {}).expires(), None);
    let answer = record(ProspectState::Bought { values: BTreeMap::new() });
    assert_eq!(answer.expires(), "2026-12-29T10:00:00Z".parse().ok());
    assert_eq!(record(ProspectState::Failed {}).expires(), "2026-11-30T10:00:00Z".parse().ok());
    let asked = record(ProspectState::Asked {});
    assert_eq!(asked.expires(), "2026-12-29T10:00:00Z".parse().ok());
    assert!(asked.is_being_asked("2026-11-29T10:01:59Z".parse().unwrap()));
    assert!(!asked.is_being_asked("2026-11-29T10:02:00Z".parse().unwrap()));
    assert!(!answer.is_being_asked(at));
}
