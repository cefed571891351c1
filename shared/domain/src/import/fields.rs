//! The values that a row of a file has for a lead, in domain types.

use super::DuplicatePolicy;
use super::row::MAX_CUSTOM;
use crate::contact::country::Country;
use crate::contact::email_address::EmailAddress;
use crate::contact::phone_number::PhoneNumber;
use crate::ids::{LeadId, WorkspaceId};
use crate::lead::{Lead, LeadStatus};
use crate::time::time_zone::{ZoneFact, ZoneSource};
use jiff::Timestamp;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Debug, Clone, PartialEq)]
pub struct NewLeadFields {
    pub first_name: Option<String>,
    pub last_name: Option<String>,
    pub company: Option<String>,
    pub job_title: Option<String>,
    pub email: Option<EmailAddress>,
    pub phone: Option<PhoneNumber>,
    pub phone_unparsed: Option<String>,
    pub website: Option<String>,
    pub address: Option<String>,
    pub city: Option<String>,
    pub country: Option<Country>,
    /// Whether the row names the country; otherwise it comes from the number or the import's options.
    pub country_is_given: bool,
    pub category: Option<String>,
    pub rating: Option<f64>,
    pub reviews: Option<u32>,
    pub notes: Option<String>,
    pub source: Option<String>,
    pub tags: BTreeSet<String>,
    pub custom: BTreeMap<String, String>,
    pub status: LeadStatus,
    pub do_not_contact: bool,
    pub zone: Option<ZoneFact>,
}

impl Default for NewLeadFields {
    fn default() -> Self {
        Self {
            first_name: None,
            last_name: None,
            company: None,
            job_title: None,
            email: None,
            phone: None,
            phone_unparsed: None,
            website: None,
            address: None,
            city: None,
            country: None,
            country_is_given: false,
            category: None,
            rating: None,
            reviews: None,
            notes: None,
            source: None,
            tags: BTreeSet::new(),
            custom: BTreeMap::new(),
            status: LeadStatus::New,
            do_not_contact: false,
            zone: None,
        }
    }
}

impl NewLeadFields {
    /// The key by which rows are one lead: the normalised e-mail, else the phone's subscriber.
    pub fn dedupe_key(&self) -> Option<Cow<'_, str>> {
        let email = self.email.as_ref().map(|email| Cow::Borrowed(email.as_str()));
        email.or_else(|| self.phone.as_ref().map(PhoneNumber::subscriber))
    }

    pub fn into_lead(self, id: LeadId, workspace: WorkspaceId, at: Timestamp) -> Lead {
        Lead {
            first_name: self.first_name,
            last_name: self.last_name,
            company: self.company,
            job_title: self.job_title,
            email: self.email,
            phone: self.phone,
            phone_unparsed: self.phone_unparsed,
            website: self.website,
            address: self.address,
            city: self.city,
            country: self.country,
            category: self.category,
            rating: self.rating,
            reviews: self.reviews,
            notes: self.notes,
            source: self.source,
            tags: self.tags,
            custom: self.custom,
            status: self.status,
            do_not_contact: self.do_not_contact,
            zone: self.zone,
            ..Lead::blank(id, workspace, at)
        }
    }

    /// Updates a known lead as far as the policy allows; true if that changed it. Its e-mail stays, because
    /// it was found by it. The status only moves forward, and do-not-contact is never lifted.
    pub fn apply_to(self, lead: &mut Lead, policy: DuplicatePolicy, at: Timestamp) -> bool {
        if policy == DuplicatePolicy::Skip {
            return false;
        }
        let over = policy == DuplicatePolicy::Overwrite;
        let mut changed = false;
        let mut texts = [
            (&mut lead.first_name, self.first_name),
            (&mut lead.last_name, self.last_name),
            (&mut lead.company, self.company),
            (&mut lead.job_title, self.job_title),
            (&mut lead.website, self.website),
            (&mut lead.address, self.address),
            (&mut lead.city, self.city),
            (&mut lead.category, self.category),
            (&mut lead.notes, self.notes),
            (&mut lead.source, self.source),
        ];
        for (known, new) in &mut texts {
            changed |= take(known, new.take(), over);
        }
        changed |= take(&mut lead.phone, self.phone, over);
        if lead.phone.is_none() {
            changed |= take(&mut lead.phone_unparsed, self.phone_unparsed, over);
        }
        changed |= take(&mut lead.country, self.country, over && self.country_is_given);
        changed |= take(&mut lead.rating, self.rating, over);
        changed |= take(&mut lead.reviews, self.reviews, over);
        changed |= take(
            &mut lead.zone,
            self.zone.clone(),
            over && self.zone.is_some_and(|z| z.source == ZoneSource::Given),
        );
        for tag in self.tags {
            changed |= lead.tags.insert(tag);
        }
        for (key, value) in self.custom {
            let known = lead.custom.get(&key);
            let room = known.is_some() || lead.custom.len() < MAX_CUSTOM;
            if room && (known.is_none() || over && known != Some(&value)) {
                lead.custom.insert(key, value);
                changed = true;
            }
        }
        changed |= over && lead.advance_status(self.status);
        changed |= self.do_not_contact && !std::mem::replace(&mut lead.do_not_contact, true);
        if changed {
            lead.updated_at = at;
        }
        changed
    }
}

fn take<T: PartialEq>(known: &mut Option<T>, new: Option<T>, over: bool) -> bool {
    let wanted = new.is_some() && (known.is_none() || over) && *known != new;
    if wanted {
        *known = new;
    }
    wanted
}
