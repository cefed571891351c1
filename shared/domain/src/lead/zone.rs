//! A lead's clock: its time zone or, where that is not known, the zones in which it may be; and what a stored zone was
//! derived from: when that changes, the zone is dropped.

use crate::contact::chat_recipient::ChatUser;
use crate::contact::country::Country;
use crate::contact::phone_number::PhoneNumber;
use crate::lead::Lead;
use crate::time::country_zone::{main_zone, zones_of};
use crate::time::time_zone::{ZoneFact, ZoneName, ZoneSource};
use jiff::tz::TimeZone;

/// What is known of a lead's time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeadClock {
    /// The zone in which windows and days are read: the lead's own or, where it is not known, the most populous of those
    /// in which it may be.
    pub fact: ZoneFact,
    /// Every zone in which the lead may be. Texts and calls come only while it is day in all of them; none is known where
    /// not even the country is, and then no text or call may come.
    pub may_be: Vec<ZoneName>,
}

impl LeadClock {
    fn known(fact: ZoneFact) -> Self {
        Self { may_be: vec![fact.zone.clone()], fact }
    }

    /// The clock of a lead of whom nothing tells the zone.
    pub fn unknown(fallback: ZoneName) -> Self {
        let fact = ZoneFact { zone: fallback, source: ZoneSource::Campaign, confidence: 20 };
        Self { fact, may_be: Vec::new() }
    }

    /// Whether the lead is in one zone for certain.
    pub fn is_known(&self) -> bool {
        self.may_be.len() == 1
    }
}

/// The clock of the zone that was given or found from the address, else of those that phone or country tell.
pub fn clock_of(lead: &Lead) -> Option<LeadClock> {
    // WhatsApp's id names a country, too.
    let of_chat = || lead.chat_user.as_ref().filter(|_| lead.phone.is_none()).and_then(ChatUser::country);
    clock_from(lead.zone.as_ref(), lead.phone.as_ref(), lead.country.or_else(of_chat))
}

/// The clock of a lead of whom this is known.
pub fn clock_from(
    own: Option<&ZoneFact>,
    phone: Option<&PhoneNumber>,
    country: Option<Country>,
) -> Option<LeadClock> {
    let is_found = |fact: &&ZoneFact| matches!(fact.source, ZoneSource::Given | ZoneSource::Address);
    if let Some(found) = own.filter(is_found) {
        return Some(LeadClock::known(found.clone()));
    }
    // What phone and country tell is derived anew: a stored zone may be one of several.
    let by_phone = phone.map(PhoneNumber::zones).unwrap_or_default();
    if let [zone] = &by_phone[..] {
        let fact = ZoneFact { zone: zone.clone(), source: ZoneSource::Phone, confidence: 70 };
        return Some(LeadClock::known(fact));
    }
    let by_country = country.map_or(&[][..], zones_of);
    if let (Some(country), [zone]) = (country, by_country) {
        let fact = ZoneFact { zone: zone.clone(), source: ZoneSource::Country, confidence: 60 };
        let of_number = phone.and_then(PhoneNumber::country);
        let elsewhere = by_phone.into_iter().filter(|zone| of_number != Some(country) && *zone != fact.zone);
        return Some(LeadClock { may_be: [fact.zone.clone()].into_iter().chain(elsewhere).collect(), fact });
    }
    let may_be = if by_phone.is_empty() { by_country.to_vec() } else { by_phone };
    let Some(first) = may_be.first() else { return own.cloned().map(LeadClock::known) };
    let country = country.or_else(|| phone.and_then(PhoneNumber::country));
    let nearly_all_live_there = country.and_then(main_zone).is_some_and(|main| main == *first);
    let (source, confidence) =
        if nearly_all_live_there { (ZoneSource::Country, 60) } else { (ZoneSource::Unknown, 30) };
    Some(LeadClock { fact: ZoneFact { zone: first.clone(), source, confidence }, may_be })
}

/// The lead's time zone, if it is known or nearly everybody in its country has it.
pub fn zone_of(lead: &Lead) -> Option<ZoneFact> {
    clock_of(lead).map(|clock| clock.fact).filter(|fact| fact.source.tells_the_time())
}

/// The zone in which the lead's days and hours are read: of several the most populous one; UTC where nothing tells any.
pub fn days_zone(lead: &Lead) -> TimeZone {
    clock_of(lead).map_or(TimeZone::UTC, |clock| clock.fact.zone.zone())
}

/// Drops a zone whose source a change has replaced; a zone that a user entered stays.
pub fn forget_stale_zone(before: &Lead, after: &mut Lead) {
    let Some(fact) = after.zone.as_ref().filter(|_| before.zone == after.zone) else { return };
    let by_address =
        || (&before.address, &before.city, before.country) != (&after.address, &after.city, after.country);
    let is_stale = match fact.source {
        ZoneSource::Address => by_address(),
        ZoneSource::Phone => before.phone != after.phone,
        ZoneSource::Country => before.country != after.country,
        ZoneSource::Given | ZoneSource::Unknown | ZoneSource::Campaign => false,
    };
    if is_stale {
        after.zone = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{LeadId, WorkspaceId};

    fn lead(phone: Option<&str>, country: Option<&str>) -> Lead {
        let at = jiff::Timestamp::UNIX_EPOCH;
        let mut lead = Lead::blank(LeadId::derived(at, &["l"]), WorkspaceId::derived(at, &["w"]), at);
        lead.phone = phone.map(|phone| PhoneNumber::parse(phone, None).unwrap());
        lead.country = country.and_then(Country::parse);
        lead
    }

    /// The zone, its source, and in how many zones the lead may be.
    fn told(phone: Option<&str>, country: Option<&str>) -> Option<(String, ZoneSource, usize)> {
        let LeadClock { fact, may_be } = clock_of(&lead(phone, country))?;
        Some((fact.zone.to_string(), fact.source, may_be.len()))
    }

    #[test]
    fn area_code_names_the_zone() {
        let by_phone = |phone, zone: &str, several| {
            let source = if several == 1 { ZoneSource::Phone } else { ZoneSource::Unknown };
            assert_eq!(told(Some(phone), None), Some((zone.to_owned(), source, several)), "{phone}");
        };
        by_phone("+19165550123", "America/Los_Angeles", 1);
        by_phone("+12125550123", "America/New_York", 1);
        by_phone("+14165550123", "America/Toronto", 1);
        by_phone("+18085550123", "Pacific/Honolulu", 1);
        by_phone("+551133334444", "America/Sao_Paulo", 1);
        by_phone("+61733334444", "Australia/Brisbane", 1);
        by_phone("+34928333444", "Atlantic/Canary", 1);
        by_phone("+12085550123", "America/Los_Angeles", 2);
    }

    #[test]
    fn number_without_a_place_may_be_anywhere_in_its_country() {
        let (source, new_york) = (ZoneSource::Unknown, "America/New_York".to_owned());
        assert_eq!(told(Some("+18005550123"), None), Some((new_york.clone(), source, 18)), "and in Canada");
        assert_eq!(told(None, Some("US")), Some((new_york, source, 8)));
        let mobile = told(Some("+61412345678"), None);
        assert_eq!(mobile, Some(("Australia/Sydney".to_owned(), source, 7)));
        let madrid = "Europe/Madrid".to_owned();
        assert_eq!(told(Some("+34612345678"), None), Some((madrid, ZoneSource::Country, 2)), "nearly all");
        assert_eq!(told(None, None), None);
        let london = "Europe/London".to_owned();
        assert_eq!(told(Some("+447400123456"), None), Some((london, ZoneSource::Phone, 1)));
    }

    #[test]
    fn stored_zone_that_was_derived_is_no_better_than_what_it_came_from() {
        let zone = ZoneName::parse("America/Los_Angeles").unwrap();
        let stored = |source| {
            let fact = ZoneFact { zone: zone.clone(), source, confidence: 80 };
            clock_of(&Lead { zone: Some(fact), ..lead(None, Some("US")) }).unwrap()
        };
        assert!(stored(ZoneSource::Given).is_known() && stored(ZoneSource::Address).is_known());
        let of_phone = ZoneFact {
            zone: ZoneName::parse("America/New_York").unwrap(),
            source: ZoneSource::Phone,
            confidence: 70,
        };
        let sacramento = Lead { zone: Some(of_phone), ..lead(Some("+19165550123"), None) };
        assert_eq!(days_zone(&sacramento).iana_name(), Some("America/Los_Angeles"));
        assert_eq!(days_zone(&lead(None, None)), TimeZone::UTC);
        assert!(!stored(ZoneSource::Country).is_known() && !stored(ZoneSource::Phone).is_known());
    }

    #[test]
    fn zone_is_dropped_with_its_source() {
        let at = jiff::Timestamp::UNIX_EPOCH;
        let found_by = |source| {
            let mut lead = Lead::blank(LeadId::derived(at, &["l"]), WorkspaceId::derived(at, &["w"]), at);
            let zone = ZoneName::parse("America/Chicago").unwrap();
            lead.zone = Some(ZoneFact { zone, source, confidence: 70 });
            lead
        };
        type Change = fn(&mut Lead);
        let changes: [Change; 3] = [
            |lead| lead.address = Some("1 Elm St".to_owned()),
            |lead| lead.phone = PhoneNumber::parse("+442079460000", None).ok(),
            |lead| lead.country = Country::from_name("GB"),
        ];
        let kept = |source| {
            changes.map(|change| {
                let before = found_by(source);
                let mut after = before.clone();
                change(&mut after);
                forget_stale_zone(&before, &mut after);
                after.zone.is_some()
            })
        };
        assert_eq!(kept(ZoneSource::Given), [true, true, true]);
        assert_eq!(kept(ZoneSource::Address), [false, true, false]);
        assert_eq!(kept(ZoneSource::Phone), [true, false, true]);
        assert_eq!(kept(ZoneSource::Country), [true, true, false]);
    }
}
