//! The values that a row of a file has for a lead, in domain types.

use super::DuplicatePolicy;
use super::consent_columns::RowConsent;
use super::opt_out_columns::RowOptOuts;
use crate::contact::country::Country;
use crate::contact::email_address::EmailAddress;
use crate::contact::phone_number::PhoneNumber;
use crate::ids::{LeadId, WorkspaceId};
use crate::lead::Lead;
use crate::lead::attributes::LeadText;
use crate::lead::consent::Consents;
use crate::lead::custom_field::MOST_VALUES;
use crate::lead::stage::StageId;
use crate::time::time_zone::{ZoneFact, ZoneSource};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Debug, Clone, PartialEq)]
pub struct NewLeadFields {
    pub texts: BTreeMap<LeadText, String>,
    pub email: Option<EmailAddress>,
    pub phone: Option<PhoneNumber>,
    pub phone_unparsed: Option<String>,
    pub country: Option<Country>,
    /// Whether the row names the country; otherwise it comes from the number or the import's options.
    pub country_is_given: bool,
    pub rating: Option<f64>,
    pub reviews: Option<u32>,
    pub tags: BTreeSet<String>,
    pub custom: BTreeMap<String, String>,
    pub status: StageId,
    /// What the row says of opt-outs.
    pub opt_outs: RowOptOuts,
    pub zone: Option<ZoneFact>,
    /// What the row says of the lead's consent.
    pub consent: RowConsent,
    /// The lead's consents by the row and the import together.
    pub consents: Consents,
    /// The day on which the lead agreed to have opens and clicks measured.
    pub tracking_consent: Option<Date>,
}

impl Default for NewLeadFields {
    fn default() -> Self {
        Self {
            texts: BTreeMap::new(),
            email: None,
            phone: None,
            phone_unparsed: None,
            country: None,
            country_is_given: false,
            rating: None,
            reviews: None,
            tags: BTreeSet::new(),
            custom: BTreeMap::new(),
            status: StageId::NEW,
            opt_outs: RowOptOuts::default(),
            zone: None,
            consent: RowConsent::default(),
            consents: Consents::default(),
            tracking_consent: None,
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
        let mut lead = Lead {
            email: self.email,
            phone: self.phone,
            phone_unparsed: self.phone_unparsed,
            country: self.country,
            rating: self.rating,
            reviews: self.reviews,
            tags: self.tags,
            custom: self.custom,
            status: self.status,
            do_not_contact: self.opt_outs.do_not_contact(),
            zone: self.zone,
            consents: self.consents,
            tracking_consent: self.tracking_consent.filter(|on| has_come(*on, at)),
            ..Lead::blank(id, workspace, at)
        };
        for (text, value) in self.texts {
            *text.value_mut_in(&mut lead) = Some(value);
        }
        lead
    }

    /// Updates a known lead as far as the policy allows; true if that changed it. Its e-mail stays, because
    /// it was found by it. The status only moves forward, and do-not-contact is never lifted.
    pub fn apply_to(self, lead: &mut Lead, policy: DuplicatePolicy, at: Timestamp) -> bool {
        if policy == DuplicatePolicy::Skip {
            return false;
        }
        let over = policy == DuplicatePolicy::Overwrite;
        let mut changed = false;
        for (text, value) in self.texts {
            changed |= take(text.value_mut_in(lead), Some(value), over);
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
            let room = known.is_some() || lead.custom.len() < MOST_VALUES;
            if room && (known.is_none() || over && known != Some(&value)) {
                lead.custom.insert(key, value);
                changed = true;
            }
        }
        changed |= lead.consents.merge(&self.consents, over);
        // A file may be older than what the lead has taken back.
        if !lead.tracking_withdrawn {
            changed |=
                take(&mut lead.tracking_consent, self.tracking_consent.filter(|on| has_come(*on, at)), over);
        }
        changed |= over && lead.advance_status(self.status, at);
        changed |= self.opt_outs.do_not_contact() && !std::mem::replace(&mut lead.do_not_contact, true);
        changed |= lead.consents.withdraw(&self.opt_outs.channels(), at);
        if changed {
            lead.updated_at = at;
        }
        changed
    }
}

/// Whether the day has come, somewhere on earth.
fn has_come(day: Date, at: Timestamp) -> bool {
    at.to_zoned(TimeZone::UTC).date().tomorrow().is_ok_and(|tomorrow| day <= tomorrow)
}

fn take<T: PartialEq>(known: &mut Option<T>, new: Option<T>, over: bool) -> bool {
    let wanted = new.is_some() && (known.is_none() || over) && *known != new;
    if wanted {
        *known = new;
    }
    wanted
}
