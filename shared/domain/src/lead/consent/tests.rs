use super::policy::{ConsentPolicy, ConsentStrictness};
use super::*;
use crate::contact::country::Country;
use crate::contact::phone_number::PhoneNumber;
use crate::lead::Lead;
use crate::{LeadId, WorkspaceId};
use jiff::civil::date;

const NOW: Timestamp = Timestamp::UNIX_EPOCH;

fn consent(basis: ConsentBasis, on: Date) -> Consent {
    Consent { basis, on, source: ConsentSource::Hand, by: None, note: None, withdrawn_at: None }
}

fn lead(country: &str, phone: Option<&str>, consents: Consents) -> Lead {
    let mut lead = Lead::blank(LeadId::derived(NOW, &["l"]), WorkspaceId::derived(NOW, &["w"]), NOW);
    lead.country = Country::parse(country);
    lead.phone = phone.and_then(|phone| PhoneNumber::parse(phone, None).ok());
    lead.consents = consents;
    lead
}

fn on_all(basis: ConsentBasis) -> Consents {
    Consents::on(Channel::ALL, &consent(basis, date(2026, 3, 1)))
}

fn allows(policy: ConsentPolicy, lead: &Lead, channel: Channel) -> bool {
    policy.check(lead, channel).passed
}

#[test]
fn bases_that_suffice_differ_by_country_and_channel() {
    use ConsentBasis::{Consent as Agreed, ExistingCustomer, LegitimateInterest, WrittenConsent};
    let policy = ConsentPolicy::default();
    for (country, channel, suffices) in [
        ("US", Channel::Email, &[WrittenConsent, Agreed, ExistingCustomer, LegitimateInterest][..]),
        ("US", Channel::Sms, &[WrittenConsent][..]),
        ("US", Channel::Whatsapp, &[WrittenConsent][..]),
        ("DE", Channel::Email, &[WrittenConsent, Agreed, ExistingCustomer][..]),
        ("CA", Channel::Sms, &[WrittenConsent, Agreed, ExistingCustomer][..]),
        ("DE", Channel::Whatsapp, &[WrittenConsent, Agreed][..]),
        ("GB", Channel::Whatsapp, &[WrittenConsent, Agreed][..]),
        ("GB", Channel::Sms, &[WrittenConsent, Agreed, ExistingCustomer, LegitimateInterest][..]),
    ] {
        for basis in ConsentBasis::ALL {
            let allowed = allows(policy, &lead(country, None, on_all(*basis)), channel);
            assert_eq!(allowed, suffices.contains(basis), "{country} {channel:?} {basis}");
        }
        let without = allows(policy, &lead(country, None, Consents::default()), channel);
        assert_eq!(without, suffices.len() == 4, "{country} {channel:?} without a basis");
    }
}

#[test]
fn text_is_under_the_law_of_the_number_and_of_the_lead() {
    let policy = ConsentPolicy::default();
    let in_britain = lead("GB", Some("+12065550101"), on_all(ConsentBasis::Consent));
    assert!(!allows(policy, &in_britain, Channel::Sms));
    assert!(allows(policy, &in_britain, Channel::Email));
    let told = policy.check(&in_britain, Channel::Sms);
    assert_eq!(
        told.seen,
        "consent for SMS of 2026-03-01; US law (TCPA) asks for written consent before marketing texts"
    );
}

#[test]
fn lead_of_unknown_country_counts_in_that_of_the_workspace() {
    let at_home = |code| ConsentPolicy { home: Country::parse(code), ..ConsentPolicy::default() };
    let nowhere = lead("", None, Consents::default());
    assert!(!allows(at_home("DE"), &nowhere, Channel::Email));
    assert!(allows(at_home("GB"), &nowhere, Channel::Email));
    let by_number = lead("", Some("+442074960351"), Consents::default());
    assert!(allows(at_home("DE"), &by_number, Channel::Email));
}

#[test]
fn setting_of_a_workspace_asks_for_more_and_never_for_less() {
    let with = |strictness| ConsentPolicy { strictness, ..ConsentPolicy::default() };
    let none = lead("GB", None, Consents::default());
    let interest = lead("GB", None, on_all(ConsentBasis::LegitimateInterest));
    let agreed = lead("GB", None, on_all(ConsentBasis::Consent));
    let of =
        |strictness| [&none, &interest, &agreed].map(|lead| allows(with(strictness), lead, Channel::Email));
    assert_eq!(of(ConsentStrictness::Law), [true, true, true]);
    assert_eq!(of(ConsentStrictness::StatedBasis), [false, true, true]);
    assert_eq!(of(ConsentStrictness::Consent), [false, false, true]);
    let in_germany = lead("DE", None, on_all(ConsentBasis::LegitimateInterest));
    for strictness in ConsentStrictness::ALL {
        assert!(!allows(with(*strictness), &in_germany, Channel::Email), "{strictness}");
    }
}

#[test]
fn withdrawn_consent_does_not_count_until_a_later_one_is_recorded() {
    let mut consents = on_all(ConsentBasis::WrittenConsent);
    let at: Timestamp = "2026-05-04T10:00:00Z".parse().unwrap();
    assert!(consents.withdraw(&[Channel::Sms, Channel::Whatsapp], at));
    assert!(!consents.withdraw(&[Channel::Sms], at));
    let mut newer = Consents::on([Channel::Sms], &consent(ConsentBasis::Consent, date(2026, 5, 6)));
    assert!(!newer.withdraw(&[Channel::Sms], at), "a repeat of an opt-out from before it");
    let policy = ConsentPolicy::default();
    let told = policy.check(&lead("US", None, consents.clone()), Channel::Sms);
    assert!(!told.passed && told.seen.starts_with("written consent for SMS was withdrawn 2026-05-04"));
    assert!(consents.in_force(Channel::Email).is_some());

    let earlier = Consents::on(Channel::ALL, &consent(ConsentBasis::Consent, date(2026, 5, 4)));
    let later = Consents::on(Channel::ALL, &consent(ConsentBasis::WrittenConsent, date(2026, 5, 5)));
    let mut filled = consents.clone();
    assert!(!filled.merge(&earlier, false));
    filled.merge(&earlier, true);
    assert!(filled.in_force(Channel::Sms).is_none(), "an entry from before the opt-out revives nothing");
    assert!(!consents.clone().merge(&later, false), "filling in leaves an opt-out alone");
    assert!(filled.merge(&later, true));
    assert!(filled.in_force(Channel::Sms).is_some() && filled.gained_since(&consents));
    assert!(!consents.gained_since(&on_all(ConsentBasis::WrittenConsent)));
}

#[test]
fn renewed_consent_begins_on_the_day_of_the_wish() {
    let mut consents = on_all(ConsentBasis::WrittenConsent);
    let at = |text: &str| text.parse::<Timestamp>().unwrap();
    consents.withdraw(&[Channel::Sms], at("2026-05-04T10:00:00Z"));
    assert!(!consents.renew(&[Channel::Sms], at("2026-05-04T09:00:00Z")), "a wish from before the opt-out");
    assert!(consents.renew(&[Channel::Sms, Channel::Whatsapp], at("2026-05-06T10:00:00Z")));
    assert_eq!(consents.in_force(Channel::Sms).unwrap().on, date(2026, 5, 6));
    assert_eq!(consents.in_force(Channel::Whatsapp).unwrap().on, date(2026, 3, 1));
}

#[test]
fn words_of_files_are_read_as_bases() {
    for (text, basis) in [
        ("Written consent", Some(ConsentBasis::WrittenConsent)),
        ("double opt-in", Some(ConsentBasis::WrittenConsent)),
        ("Opt-In", Some(ConsentBasis::Consent)),
        ("yes", Some(ConsentBasis::Consent)),
        ("Bestandskunde", Some(ConsentBasis::ExistingCustomer)),
        ("legitimate_interest", Some(ConsentBasis::LegitimateInterest)),
        ("No", None),
        ("none stated", None),
    ] {
        assert_eq!(ConsentBasis::read(text), Some(basis), "{text}");
    }
    assert_eq!(ConsentBasis::read("met at a fair"), None);
    for basis in ConsentBasis::ALL {
        assert_eq!(ConsentBasis::read(basis.as_str()), Some(Some(*basis)));
        assert_eq!(ConsentBasis::read(basis.words()), Some(Some(*basis)));
    }
}
