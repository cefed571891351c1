use super::*;
use crate::lead::LeadStatus;
use crate::lead::consent::{Consent, ConsentBasis, ConsentSource};

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn now() -> Timestamp {
    at("2026-11-29T10:00:00Z")
}

fn lead(name: &str, email: &str, phone: &str) -> Lead {
    let begun = at("2026-10-01T00:00:00Z");
    let mut lead = Lead::blank(LeadId::derived(begun, &[name]), WorkspaceId::derived(begun, &["w"]), begun);
    lead.first_name = Some(name.to_owned()).filter(|name| !name.is_empty());
    lead.email = EmailAddress::parse(email).ok();
    lead.phone = PhoneNumber::parse(phone, None).ok();
    lead
}

fn email(text: &str) -> Option<EmailAddress> {
    EmailAddress::parse(text).ok()
}

fn choose(names: &[(&str, &Lead)]) -> MergeChoices {
    names.iter().map(|(name, lead)| (MergeField::named(name).unwrap(), lead.id.clone())).collect()
}

#[test]
fn every_field_is_found_by_its_name() {
    let lead = lead("Ana", "ana@quay.example", "+442079460018");
    for field in MergeField::of_any(&[&lead]) {
        assert_eq!(MergeField::named(&field.name()), Some(field));
    }
    assert_eq!(MergeField::named("custom.plan"), Some(MergeField::Custom("plan".to_owned())));
    assert_eq!((MergeField::named("notes"), MergeField::named("custom.")), (None, None));
}

#[test]
fn survivor_keeps_its_values_and_takes_those_that_it_lacks() {
    let mut stays = lead("Ana", "ana@quay.example", "");
    let mut goes = lead("Anna", "", "+442079460018");
    stays.company = Some("Quay".to_owned());
    (goes.company, goes.city) = (Some("Mole".to_owned()), Some("Leeds".to_owned()));
    goes.custom.insert("plan".to_owned(), "gold".to_owned());
    let after = merged(&stays, &goes, &MergeChoices::new(), now());
    assert_eq!((after.first_name.as_deref(), after.company.as_deref()), (Some("Ana"), Some("Quay")));
    assert_eq!((after.city.as_deref(), &after.phone), (Some("Leeds"), &goes.phone));
    assert_eq!(after.custom["plan"], "gold");
    assert_eq!(after.absorbed, BTreeSet::from([goes.id]));
}

#[test]
fn chosen_address_is_the_first_and_the_survivors_own_the_second() {
    let stays = lead("Ana", "ana@quay.example", "+442079460018");
    let goes = lead("Anna", "anna@mole.example", "+442079460019");
    let own = merged(&stays, &goes, &MergeChoices::new(), now());
    assert_eq!((own.email, own.second_email), (email("ana@quay.example"), email("anna@mole.example")));
    assert_eq!((own.phone, own.second_phone), (stays.phone.clone(), goes.phone.clone()));
    let other = merged(&stays, &goes, &choose(&[("email", &goes), ("phone", &goes)]), now());
    assert_eq!((other.email, other.second_email), (email("anna@mole.example"), email("ana@quay.example")));
    assert_eq!((other.phone, other.second_phone), (goes.phone, stays.phone));
}

#[test]
fn what_bars_either_lead_bars_the_survivor() {
    let stays = lead("Ana", "ana@quay.example", "");
    let mut goes = lead("Anna", "anna@mole.example", "");
    goes.do_not_contact = true;
    goes.do_not_track = true;
    let given = Consent {
        basis: ConsentBasis::Consent,
        on: "2026-10-01".parse().unwrap(),
        source: ConsentSource::Hand,
        by: None,
        note: None,
        withdrawn_at: Some(at("2026-11-01T00:00:00Z")),
    };
    goes.consents.set(Channel::Email, Some(given.clone()));
    let mut agreed = stays.clone();
    agreed.consents.set(Channel::Email, Some(Consent { withdrawn_at: None, ..given }));
    for stays in [stays, agreed] {
        let after = merged(&stays, &goes, &MergeChoices::new(), now());
        assert!(after.do_not_contact && after.do_not_track);
        assert!(after.consents.in_force(Channel::Email).is_none() && !after.consents.is_empty());
    }
}

#[test]
fn tags_and_notes_are_put_together_and_the_status_is_the_further_one() {
    let mut stays = lead("Ana", "ana@quay.example", "");
    let mut goes = lead("Anna", "anna@mole.example", "");
    (stays.notes, goes.notes) = (Some("Likes boats.".to_owned()), Some("Has a dog.".to_owned()));
    stays.tags = (0..MOST_TAGS - 1).map(|n| format!("s{n:02}")).collect();
    goes.tags = ["a".to_owned(), "b".to_owned(), "s00".to_owned()].into();
    goes.status = LeadStatus::Qualified;
    let after = merged(&stays, &goes, &MergeChoices::new(), now());
    assert_eq!(after.notes.as_deref(), Some("Likes boats.\n\nHas a dog."));
    assert!(stays.tags.is_subset(&after.tags) && after.tags.len() == MOST_TAGS);
    assert_eq!(after.status, LeadStatus::Qualified);
    let chosen = merged(&stays, &goes, &choose(&[("status", &stays)]), now());
    assert_eq!(chosen.status, LeadStatus::New);
}

#[test]
fn undoing_gives_back_what_was_not_changed_since() {
    let mut stays = lead("Ana", "ana@quay.example", "");
    let mut goes = lead("Anna", "anna@mole.example", "+442079460018");
    stays.tags.insert("vip".to_owned());
    goes.tags.insert("dentist".to_owned());
    goes.city = Some("Leeds".to_owned());
    goes.company = Some("Mole".to_owned());
    goes.engagement.opens = 3;
    let merge = LeadMerge::new(&stays, &goes, &choose(&[("email", &goes), ("first_name", &goes)]), now());
    let hidden = merge.hidden(&goes);
    let mut since = merge.after.clone();
    since.city = Some("York".to_owned());
    since.tags.insert("new".to_owned());
    let (left, back) = merge.undone(&since, &hidden, now());
    assert_eq!((left.email, left.second_email), (stays.email, None));
    assert_eq!((left.first_name.as_deref(), left.company, left.phone), (Some("Ana"), None, None));
    assert_eq!(left.city.as_deref(), Some("York"));
    assert_eq!(left.tags, BTreeSet::from(["new".to_owned(), "vip".to_owned()]));
    assert_eq!((left.engagement.opens, left.absorbed.len()), (0, 0));
    assert_eq!((back.email, back.deleted.is_none()), (email("anna@mole.example"), true));
}

#[test]
fn opt_out_of_the_merged_lead_holds_for_both_after_undoing() {
    let mut stays = lead("Ana", "ana@quay.example", "");
    let mut goes = lead("Anna", "anna@mole.example", "");
    let given = Consent {
        basis: ConsentBasis::Consent,
        on: "2026-10-01".parse().unwrap(),
        source: ConsentSource::Hand,
        by: None,
        note: None,
        withdrawn_at: None,
    };
    stays.consents.set(Channel::Email, Some(given.clone()));
    goes.consents.set(Channel::Email, Some(given));
    let merge = LeadMerge::new(&stays, &goes, &MergeChoices::new(), now());
    let mut since = merge.after.clone();
    since.do_not_contact = true;
    since.consents.withdraw(&[Channel::Email], at("2026-11-30T00:00:00Z"));
    let (left, back) = merge.undone(&since, &merge.hidden(&goes), now());
    for lead in [left, back] {
        assert!(lead.do_not_contact && lead.consents.in_force(Channel::Email).is_none(), "{}", lead.id);
    }
}

#[test]
fn leads_of_leads_that_were_absorbed_go_along() {
    let first = lead("One", "one@a.example", "");
    let (second, third) = (lead("Two", "two@a.example", ""), lead("Three", "three@a.example", ""));
    let merge = LeadMerge::new(&second, &first, &MergeChoices::new(), now());
    let both = LeadMerge::new(&third, &merge.after, &MergeChoices::new(), now());
    assert_eq!(both.after.absorbed, BTreeSet::from([first.id.clone(), second.id.clone()]));
    let (left, back) = both.undone(&both.after, &both.hidden(&merge.after), now());
    assert_eq!((left.absorbed, back.absorbed), (BTreeSet::new(), BTreeSet::from([first.id])));
}

#[test]
fn lead_contacted_last_is_proposed_else_the_oldest() {
    let mut leads =
        [lead("a", "a@a.example", ""), lead("b", "b@a.example", ""), lead("c", "c@a.example", "")];
    leads[1].created_at = at("2026-01-01T00:00:00Z");
    assert_eq!(proposed_survivor(&leads).unwrap().id, leads[1].id);
    leads[2].last_contacted_at = Some(now());
    assert_eq!(proposed_survivor(&leads).unwrap().id, leads[2].id);
}

#[test]
fn merge_can_be_undone_for_thirty_days() {
    let merge = LeadMerge::new(
        &lead("a", "a@a.example", ""),
        &lead("b", "b@a.example", ""),
        &MergeChoices::new(),
        now(),
    );
    assert!(merge.can_be_undone(at("2026-12-29T09:59:59Z")));
    assert!(!merge.can_be_undone(at("2026-12-29T10:00:00Z")));
}
