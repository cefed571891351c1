//! What a file says about a lead, in domain types.

use crate::country::Country;
use crate::email_address::EmailAddress;
use crate::ids::{LeadId, WorkspaceId};
use crate::lead::{Lead, LeadStatus};
use crate::phone_number::PhoneNumber;
use crate::time_zone::ZoneFact;
use jiff::Timestamp;
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
    /// Normalised e-mail, else E.164 phone: rows that share it are one lead.
    pub fn dedupe_key(&self) -> Option<&str> {
        let phone = self.phone.as_ref().map(PhoneNumber::as_str);
        self.email.as_ref().map(EmailAddress::as_str).or(phone)
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
}
