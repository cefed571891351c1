use super::*;
use crate::ids::MessageId;
use crate::lead::consent::{Consent, ConsentBasis, ConsentSource};
use crate::lead::opt_out_hold::Doubt;
use crate::lead::stage::StageId;

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
fn addresses_of_the_other_lead_are_the_survivors_second_ones() {
    let stays = lead("Ana", "ana@quay.example", "+442079460018");
    let goes = lead("Anna", "anna@mole.example", "+442079460019");
    for choices in [MergeChoices::new(), choose(&[("email", &goes), ("phone", &goes)])] {
        let after = merged(&stays, &goes, &choices, now());
        assert_eq!((after.email, after.second_email), (stays.email.clone(), goes.email.clone()));
        assert_eq!((after.phone, after.second_phone), (stays.phone.clone(), goes.phone.clone()));
    }
    let alone = lead("Ana", "", "+442079460018");
    let after = merged(&alone, &goes, &MergeChoices::new(), now());
    assert_eq!((after.email, after.second_email), (goes.email, None));
}

#[test]
fn do_not_contact_mark_or_withdrawn_consent_of_either_lead_holds_for_the_survivor() {
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
fn consent_to_tracking_that_either_lead_took_back_stays_taken_back() {
    let on = jiff::civil::date(2026, 10, 1);
    let (mut agreed, mut withdrew) =
        (lead("Ana", "ana@quay.example", ""), lead("Anna", "anna@mole.example", ""));
    agreed.agree_to_tracking(on);
    withdrew.agree_to_tracking(on);
    withdrew.withdraw_tracking();
    for (stays, goes) in [(&agreed, &withdrew), (&withdrew, &agreed)] {
        let merge = LeadMerge::new(stays, goes, &MergeChoices::new(), now());
        assert_eq!((merge.after.tracking_consent, merge.after.tracking_withdrawn), (None, true));
        let (left, back) = merge.undone(&merge.after, &merge.hidden(goes), false, now());
        assert_eq!(
            (left.tracking_consent, back.tracking_consent),
            (stays.tracking_consent, goes.tracking_consent)
        );
    }
    // What the person takes back while they are one lead holds for both.
    let other = lead("Anna", "anna@mole.example", "");
    let merge = LeadMerge::new(&other, &agreed, &MergeChoices::new(), now());
    assert_eq!(merge.after.tracking_consent, Some(on));
    let mut since = merge.after.clone();
    since.withdraw_tracking();
    let (left, back) = merge.undone(&since, &merge.hidden(&agreed), false, now());
    assert!([left, back].iter().all(|lead| lead.tracking_withdrawn && lead.tracking_consent.is_none()));
}

#[test]
fn tags_and_notes_are_put_together_and_the_status_is_the_further_one() {
    let mut stays = lead("Ana", "ana@quay.example", "");
    let mut goes = lead("Anna", "anna@mole.example", "");
    (stays.notes, goes.notes) = (Some("Likes boats.".to_owned()), Some("Has a dog.".to_owned()));
    stays.tags = (0..MOST_TAGS - 1).map(|n| format!("s{n:02}")).collect();
    goes.tags = ["a".to_owned(), "b".to_owned(), "s00".to_owned()].into();
    goes.status = StageId::QUALIFIED;
    let after = merged(&stays, &goes, &MergeChoices::new(), now());
    assert_eq!(after.notes.as_deref(), Some("Likes boats.\n\nHas a dog."));
    assert!(stays.tags.is_subset(&after.tags) && after.tags.len() == MOST_TAGS);
    assert_eq!(after.status, StageId::QUALIFIED);
    let chosen = merged(&stays, &goes, &choose(&[("status", &stays)]), now());
    assert_eq!(chosen.status, StageId::NEW);
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
    let merge = LeadMerge::new(&stays, &goes, &choose(&[("first_name", &goes)]), now());
    let hidden = merge.hidden(&goes);
    let mut since = merge.after.clone();
    since.city = Some("York".to_owned());
    since.tags.insert("new".to_owned());
    let (left, back) = merge.undone(&since, &hidden, true, now());
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
    let (left, back) = merge.undone(&since, &merge.hidden(&goes), false, now());
    for lead in [left, back] {
        assert!(lead.do_not_contact && lead.consents.in_force(Channel::Email).is_none(), "{}", lead.id);
    }
}

fn may_have_opted_out(lead: &mut Lead, name: &str) -> MessageId {
    let message = MessageId::derived(&lead.id, &["in", name]);
    let doubt = Doubt { message: &message, channel: Channel::Email, sentence: name, at: now() };
    assert!(lead.hold_for(doubt));
    message
}

#[test]
fn hold_for_a_possible_opt_out_of_either_lead_holds_for_the_survivor() {
    let (mut stays, mut goes) = (lead("Ana", "ana@quay.example", ""), lead("Anna", "anna@mole.example", ""));
    let theirs = may_have_opted_out(&mut goes, "theirs");
    let merge = LeadMerge::new(&stays, &goes, &MergeChoices::new(), now());
    assert_eq!(merge.after.opt_out_hold.as_ref().unwrap().messages, std::slice::from_ref(&theirs));
    let own = may_have_opted_out(&mut stays, "own");
    let merge = LeadMerge::new(&stays, &goes, &MergeChoices::new(), now());
    assert_eq!(merge.after.opt_out_hold.as_ref().unwrap().messages, [theirs, own]);
}

#[test]
fn undone_merge_leaves_each_lead_held_for_what_is_not_decided() {
    let (stays, mut goes) = (lead("Ana", "ana@quay.example", ""), lead("Anna", "anna@mole.example", ""));
    let theirs = may_have_opted_out(&mut goes, "theirs");
    let merge = LeadMerge::new(&stays, &goes, &MergeChoices::new(), now());
    let (left, back) = merge.undone(&merge.after, &merge.hidden(&goes), true, now());
    assert!(left.opt_out_hold.is_none() && back.opt_out_hold == goes.opt_out_hold);
    let mut since = merge.after.clone();
    assert!(since.settle_hold(&theirs));
    let (left, back) = merge.undone(&since, &merge.hidden(&goes), true, now());
    assert!(left.opt_out_hold.is_none() && back.opt_out_hold.is_none(), "a user has decided");
    let news = may_have_opted_out(&mut since, "news");
    let (left, back) = merge.undone(&since, &merge.hidden(&goes), true, now());
    for lead in [left, back] {
        assert_eq!(lead.opt_out_hold.unwrap().messages, std::slice::from_ref(&news));
    }
}

fn agreed(withdrawn_at: Option<Timestamp>) -> Consents {
    let consent = Consent {
        basis: ConsentBasis::Consent,
        on: "2026-10-01".parse().unwrap(),
        source: ConsentSource::Hand,
        by: None,
        note: None,
        withdrawn_at,
    };
    Consents::on([Channel::Email], &consent)
}

#[test]
fn consent_that_came_from_the_other_lead_goes_back_whatever_else_was_withdrawn() {
    let mut stays = lead("Ana", "ana@quay.example", "");
    let mut goes = lead("Anna", "", "+442079460018");
    stays.consents = agreed(None);
    goes.consents = Consents::on([Channel::Sms], agreed(None).get(Channel::Email).unwrap());
    let merge = LeadMerge::new(&stays, &goes, &MergeChoices::new(), now());
    let mut since = merge.after.clone();
    since.consents.withdraw(&[Channel::Email], at("2026-11-30T00:00:00Z"));
    let (left, _) = merge.undone(&since, &merge.hidden(&goes), false, now());
    assert_eq!(left.consents.get(Channel::Sms), None);
    assert!(left.consents.in_force(Channel::Email).is_none());
}

#[test]
fn consent_that_the_other_lead_had_withdrawn_is_not_in_force_again() {
    let mut stays = lead("Ana", "ana@quay.example", "");
    let mut goes = lead("Anna", "anna@mole.example", "");
    stays.consents = agreed(None);
    goes.consents = agreed(Some(at("2026-11-01T00:00:00Z")));
    let merge = LeadMerge::new(&stays, &goes, &MergeChoices::new(), now());
    let (left, _) = merge.undone(&merge.after, &merge.hidden(&goes), true, now());
    assert!(left.consents.in_force(Channel::Email).is_none());
}

#[test]
fn lead_that_was_written_to_or_answered_since_keeps_its_status() {
    let stays = lead("Ana", "ana@quay.example", "");
    let mut goes = lead("Anna", "anna@mole.example", "");
    goes.status = StageId::REPLIED;
    goes.last_contacted_at = Some(now());
    let merge = LeadMerge::new(&stays, &goes, &MergeChoices::new(), now());
    for (is_quiet, status) in [(true, StageId::NEW), (false, StageId::REPLIED)] {
        let (left, _) = merge.undone(&merge.after, &merge.hidden(&goes), is_quiet, now());
        assert_eq!((left.status, left.last_contacted_at.is_none()), (status, is_quiet));
    }
}

#[test]
fn leads_of_leads_that_were_absorbed_go_along() {
    let first = lead("One", "one@a.example", "");
    let (second, third) = (lead("Two", "two@a.example", ""), lead("Three", "three@a.example", ""));
    let merge = LeadMerge::new(&second, &first, &MergeChoices::new(), now());
    let both = LeadMerge::new(&third, &merge.after, &MergeChoices::new(), now());
    assert_eq!(both.after.absorbed, BTreeSet::from([first.id.clone(), second.id.clone()]));
    let (left, back) = both.undone(&both.after, &both.hidden(&merge.after), true, now());
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

#[test]
fn lead_remembers_whose_messages_it_may_have_had_over_several_merges() {
    let first = lead("One", "one@a.example", "");
    let (second, third) = (lead("Two", "two@a.example", ""), lead("Three", "three@a.example", ""));
    let inner = LeadMerge::new(&second, &first, &MergeChoices::new(), now());
    let outer = LeadMerge::new(&third, &inner.after, &MergeChoices::new(), now());
    let (_, second) = outer.undone(&outer.after, &outer.hidden(&inner.after), true, now());
    assert_eq!(second.parted, BTreeSet::from([third.id.clone()]));
    let (_, first) = inner.undone(&second, &inner.hidden(&first), true, now());
    assert_eq!(first.parted, BTreeSet::from([second.id.clone(), third.id.clone()]));
    let fourth = lead("Four", "four@a.example", "");
    assert_eq!(LeadMerge::new(&fourth, &first, &MergeChoices::new(), now()).after.parted, first.parted);
}
