//! Leads that may be the same person: they share a number, a name with the company or its domain, or a mailbox.
//!
//! Each lead has at most four fingerprints, a number for each reason. Leads with the same fingerprint are a group. All
//! leads of a workspace are compared by sorting their fingerprints, so the work is that of a sort; a group that is
//! larger than `MOST_OF_A_GROUP`, such as a company's switchboard, is none.

use crate::contact::email_address::EmailAddress;
use crate::contact::phone_number::PhoneNumber;
use crate::ids::LeadId;
use crate::lead::Lead;
use crate::stable_hash::draw;
use crate::text_match::folded;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The most leads of one group; more share a number or name for another reason than being one person.
pub const MOST_OF_A_GROUP: usize = 10;

/// The most leads of a workspace that are compared, the newest first.
pub const MOST_COMPARED: usize = 100_000;

/// The most groups that one search keeps; the rest is found once those are dealt with.
pub const MOST_GROUPS: usize = 2_000;

/// A search that has not finished by then has broken off.
const SEARCHES_WITHIN: SignedDuration = SignedDuration::from_mins(10);

crate::codes! {
    /// Why leads may be the same person.
    #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
    pub enum DuplicateReason {
        SamePhone = "same_phone",
        SameNameAndCompany = "same_name_and_company",
        /// The domain of the e-mail addresses is a company's, not one where the public has addresses.
        SameNameAndDomain = "same_name_and_domain",
        /// The e-mail addresses differ only by dots or by what follows a plus sign.
        SameMailbox = "same_mailbox",
    }
}

/// What a lead is compared by.
#[derive(Debug, Clone, Copy, Default)]
pub struct ComparedLead<'a> {
    pub first_name: Option<&'a str>,
    pub last_name: Option<&'a str>,
    pub company: Option<&'a str>,
    pub email: Option<&'a str>,
    pub phone: Option<&'a str>,
}

impl<'a> From<&'a Lead> for ComparedLead<'a> {
    fn from(lead: &'a Lead) -> Self {
        Self {
            first_name: lead.first_name.as_deref(),
            last_name: lead.last_name.as_deref(),
            company: lead.company.as_deref(),
            email: lead.email.as_ref().map(EmailAddress::as_str),
            phone: lead.phone.as_ref().map(PhoneNumber::as_str),
        }
    }
}

impl ComparedLead<'_> {
    /// Returns the reasons for which the lead can have duplicates, each with the number that those share.
    pub fn fingerprints(&self) -> Vec<(DuplicateReason, u64)> {
        let email = self.email.and_then(|email| EmailAddress::parse(email).ok());
        // A name needs both parts: many people share a first name.
        let name = match (self.first_name.map(folded), self.last_name.map(folded)) {
            (Some(first), Some(last)) if !first.is_empty() && !last.is_empty() => {
                Some(format!("{first} {last}"))
            }
            _ => None,
        };
        let company = self.company.map(folded).filter(|company| !company.is_empty());
        let domain = email.as_ref().and_then(EmailAddress::company_domain);
        let phone = self.phone.and_then(|phone| PhoneNumber::try_from(phone.to_owned()).ok());
        let mut all = Vec::new();
        let mut add = |reason: DuplicateReason, words: [&str; 2]| {
            all.push((reason, draw(&[reason.as_str(), words[0], words[1]])));
        };
        if let Some(phone) = &phone {
            add(DuplicateReason::SamePhone, [phone.subscriber().as_ref(), ""]);
        }
        if let (Some(name), Some(company)) = (&name, &company) {
            add(DuplicateReason::SameNameAndCompany, [name, company]);
        }
        if let (Some(name), Some(domain)) = (&name, domain) {
            add(DuplicateReason::SameNameAndDomain, [name, domain]);
        }
        if let Some(mailbox) = email.as_ref().and_then(mailbox_of) {
            add(DuplicateReason::SameMailbox, [&mailbox, ""]);
        }
        all
    }
}

/// Returns the address without dots in its local part and without what follows a plus sign.
fn mailbox_of(email: &EmailAddress) -> Option<String> {
    let local = email.local_part().split('+').next().unwrap_or_default().replace('.', "");
    (!local.is_empty()).then(|| format!("{local}@{}", email.domain()))
}

/// Leads that may be one person, in order of their ids, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DuplicateGroup {
    pub leads: Vec<LeadId>,
    pub reasons: Vec<DuplicateReason>,
}

impl DuplicateGroup {
    /// Compares these leads with each other, and keeps the reasons that all of them share. None if there is no such.
    pub fn of(leads: &[Lead]) -> Option<Self> {
        let mut shared: Option<Vec<(DuplicateReason, u64)>> = None;
        for lead in leads {
            let own = ComparedLead::from(lead).fingerprints();
            shared = Some(match shared {
                None => own,
                Some(before) => before.into_iter().filter(|print| own.contains(print)).collect(),
            });
        }
        let reasons: Vec<_> = shared?.into_iter().map(|(reason, _)| reason).collect();
        let mut ids: Vec<LeadId> = leads.iter().map(|lead| lead.id.clone()).collect();
        ids.sort();
        (!reasons.is_empty() && ids.len() > 1).then_some(Self { leads: ids, reasons })
    }
}

/// Collects leads and finds the groups among them.
#[derive(Debug, Default)]
pub struct DuplicateFinder {
    leads: Vec<LeadId>,
    /// The fingerprints with the positions of their leads.
    prints: Vec<(u64, DuplicateReason, u32)>,
}

impl DuplicateFinder {
    pub fn add(&mut self, id: LeadId, lead: &ComparedLead<'_>) {
        let place = u32::try_from(self.leads.len()).unwrap_or(u32::MAX);
        self.leads.push(id);
        self.prints.extend(lead.fingerprints().into_iter().map(|(reason, print)| (print, reason, place)));
    }

    pub fn compared(&self) -> usize {
        self.leads.len()
    }

    /// Returns the groups, those with most reasons first. Leads that share several fingerprints are one group with
    /// several reasons.
    pub fn groups(mut self) -> Vec<DuplicateGroup> {
        self.prints.sort_unstable();
        let mut found: BTreeMap<Vec<u32>, Vec<DuplicateReason>> = BTreeMap::new();
        for same in self.prints.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)) {
            if (2..=MOST_OF_A_GROUP).contains(&same.len()) {
                let places = same.iter().map(|(.., place)| *place).collect();
                found.entry(places).or_default().push(same[0].1);
            }
        }
        let mut groups: Vec<DuplicateGroup> = found
            .into_iter()
            .map(|(places, mut reasons)| {
                reasons.sort_unstable();
                let mut leads: Vec<LeadId> =
                    places.into_iter().filter_map(|place| self.leads.get(place as usize).cloned()).collect();
                leads.sort();
                DuplicateGroup { leads, reasons }
            })
            .collect();
        groups.sort_by(|a, b| b.reasons.len().cmp(&a.reasons.len()).then_with(|| b.leads.cmp(&a.leads)));
        groups
    }
}

/// The latest search for duplicates in a workspace, and what it found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DuplicateSearch {
    pub started_at: Timestamp,
    /// When it was done; none while it runs.
    pub finished_at: Option<Timestamp>,
    /// The number of leads that were compared.
    pub compared: usize,
    /// Whether the workspace has more leads, or more groups, than one search deals with.
    pub is_partial: bool,
    pub groups: Vec<DuplicateGroup>,
}

impl DuplicateSearch {
    pub fn begin(now: Timestamp) -> Self {
        Self { started_at: now, finished_at: None, compared: 0, is_partial: false, groups: Vec::new() }
    }

    /// Whether the search is still at work; one that takes too long has broken off.
    pub fn is_running(&self, now: Timestamp) -> bool {
        self.finished_at.is_none() && now.duration_since(self.started_at) < SEARCHES_WITHIN
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lead<'a>(name: &'a str, company: &'a str, email: &'a str, phone: &'a str) -> ComparedLead<'a> {
        let (first, last) = name.split_once(' ').unwrap_or((name, ""));
        let some = |text: &'a str| Some(text).filter(|text| !text.is_empty());
        ComparedLead {
            first_name: some(first),
            last_name: some(last),
            company: some(company),
            email: some(email),
            phone: some(phone),
        }
    }

    fn id(n: usize) -> LeadId {
        LeadId::derived(Timestamp::UNIX_EPOCH, &[&n.to_string()])
    }

    fn groups(leads: &[ComparedLead<'_>]) -> Vec<(usize, Vec<&'static str>)> {
        let mut finder = DuplicateFinder::default();
        for (n, lead) in leads.iter().enumerate() {
            finder.add(id(n), lead);
        }
        let groups = finder.groups().into_iter();
        groups.map(|g| (g.leads.len(), g.reasons.iter().map(|reason| reason.as_str()).collect())).collect()
    }

    #[test]
    fn leads_are_grouped_for_each_reason() {
        for (one, other, reasons) in [
            (lead("", "", "", "+442079460018"), lead("", "", "", "+442079460018"), vec!["same_phone"]),
            (
                lead("Ana Silva", "Quay Dental", "ana@one.example", ""),
                lead("ana SILVÁ", "quay-dental", "ana@two.example", ""),
                vec!["same_name_and_company"],
            ),
            (
                lead("Ana Silva", "", "ana@quay.example", ""),
                lead("Ana Silva", "", "silva@quay.example", ""),
                vec!["same_name_and_domain"],
            ),
            (
                lead("Ana", "", "a.na.silva@gmail.com", ""),
                lead("", "", "anasilva+news@gmail.com", ""),
                vec!["same_mailbox"],
            ),
            (
                lead("Ana Silva", "Quay", "ana@quay.example", "+442079460018"),
                lead("Ana Silva", "Quay", "a.na@quay.example", "+442079460018"),
                vec!["same_phone", "same_name_and_company", "same_name_and_domain", "same_mailbox"],
            ),
        ] {
            assert_eq!(groups(&[one, other]), [(2, reasons)], "{one:?} {other:?}");
        }
    }

    #[test]
    fn leads_that_share_too_little_are_no_group() {
        for (one, other) in [
            (lead("Ana Silva", "", "ana@gmail.com", ""), lead("Ana Silva", "", "silva@gmail.com", "")),
            (lead("Ana", "Quay", "a@one.example", ""), lead("Ana", "Quay", "b@two.example", "")),
            (lead("Ana Silva", "Quay", "", ""), lead("Ana Silva", "Mole", "", "")),
            (lead("", "Quay", "info@quay.example", ""), lead("", "Quay", "sales@quay.example", "")),
        ] {
            assert_eq!(groups(&[one, other]), [], "{one:?} {other:?}");
        }
    }

    #[test]
    fn number_of_a_whole_company_makes_no_group() {
        let shared = lead("", "", "", "+442079460018");
        assert_eq!(groups(&[shared; MOST_OF_A_GROUP]).len(), 1);
        assert_eq!(groups(&[shared; MOST_OF_A_GROUP + 1]), []);
    }

    #[test]
    fn search_that_never_finished_counts_as_broken_off() {
        let begun: Timestamp = "2026-11-28T10:00:00Z".parse().unwrap();
        let search = DuplicateSearch::begin(begun);
        assert!(search.is_running(begun + SignedDuration::from_mins(9)));
        assert!(!search.is_running(begun + SignedDuration::from_mins(11)));
    }
}
