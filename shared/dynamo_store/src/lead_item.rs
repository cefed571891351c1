//! A lead as it is stored: what lists show in `sum`, which the index carries, the rest beside it.

use crate::item::{Head, Item, Stored, head, read_body};
use crate::keys::{self, Key, Listing, Tenant};
use crate::times::{maybe_nanos, nanos};
use application::StoreResult;
use application::leads::LeadRow;
use domain::country::Country;
use domain::email_address::EmailAddress;
use domain::engagement::{Decaying, Engagement};
use domain::enrichment::Deliverability;
use domain::lead::{Lead, LeadStatus, Priority, Temperature};
use domain::phone_number::PhoneNumber;
use domain::time_zone::{ZoneFact, ZoneName, ZoneSource};
use domain::{CampaignId, ImportId, LeadId, UserId, WorkspaceId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Names are short and what is empty is left out: a new lead with its keys must fit four write units.
#[derive(Serialize, Deserialize)]
pub(crate) struct LeadItem {
    sum: LeadSum,
    job: Option<String>,
    /// The phone that does not parse.
    tel: Option<String>,
    web: Option<String>,
    adr: Option<String>,
    stars: Option<f64>,
    reviews: Option<u32>,
    notes: Option<String>,
    src: Option<String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    own: BTreeMap<String, String>,
    imp: Option<ImportId>,
    zsrc: Option<ZoneSource>,
    zconf: Option<u8>,
    eng: Option<Engagement>,
    told: Option<Temperature>,
    #[serde(default, skip_serializing_if = "is_zero")]
    fence: u64,
    /// Deleted: what remains of the partition is being removed.
    #[serde(default, skip_serializing_if = "is_false")]
    gone: bool,
}

/// What a list shows, filters and sorts by.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct LeadSum {
    r: u64,
    f: Option<String>,
    l: Option<String>,
    co: Option<String>,
    e: Option<String>,
    p: Option<String>,
    ci: Option<String>,
    cc: Option<Country>,
    ca: Option<String>,
    z: Option<String>,
    s: LeadStatus,
    #[serde(default, skip_serializing_if = "is_false")]
    hi: bool,
    #[serde(default, skip_serializing_if = "is_false")]
    no: bool,
    o: Option<UserId>,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    t: BTreeSet<String>,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    ac: BTreeSet<CampaignId>,
    /// Heat and its time.
    h: Option<f64>,
    #[serde(default, with = "maybe_nanos")]
    ha: Option<Timestamp>,
    /// Hot since.
    #[serde(default, with = "maybe_nanos")]
    hs: Option<Timestamp>,
    dl: Option<Deliverability>,
    #[serde(default, with = "maybe_nanos")]
    fu: Option<Timestamp>,
    #[serde(default, with = "maybe_nanos")]
    lc: Option<Timestamp>,
    #[serde(with = "nanos")]
    cr: Timestamp,
    #[serde(with = "nanos")]
    up: Timestamp,
}

fn is_false(flag: &bool) -> bool {
    !flag
}

fn is_zero(number: &u64) -> bool {
    *number == 0
}

impl Stored for Lead {
    const ENTITY: &'static str = "lead";
    type Scope = Tenant;
    type Body = LeadItem;

    fn key(&self) -> Key<Tenant> {
        keys::lead(&self.workspace, &self.id)
    }

    fn listing(&self) -> Option<Listing> {
        Some(keys::lead_listing(&self.workspace, &self.id))
    }

    fn rev(&self) -> u64 {
        self.rev
    }

    fn body(&self, rev: u64) -> LeadItem {
        let cold = Engagement { heat: None, hot_since: None, ..self.engagement.clone() };
        LeadItem {
            sum: LeadSum::of(self, rev),
            job: self.job_title.clone(),
            tel: self.phone_unparsed.clone(),
            web: self.website.clone(),
            adr: self.address.clone(),
            stars: self.rating,
            reviews: self.reviews,
            notes: self.notes.clone(),
            src: self.source.clone(),
            own: self.custom.clone(),
            imp: self.import.clone(),
            zsrc: self.zone.as_ref().map(|zone| zone.source),
            zconf: self.zone.as_ref().map(|zone| zone.confidence),
            eng: (cold != Engagement::default()).then_some(cold),
            told: Some(self.announced_temperature).filter(|told| *told != Temperature::Cold),
            fence: self.fence,
            gone: false,
        }
    }

    fn from_body(body: LeadItem, head: &Head) -> Result<Self, String> {
        let (workspace, id) = keys::lead_of(&head.pk)?;
        let mut lead = body.sum.into_lead(id, workspace)?;
        lead.rev = head.rev;
        lead.job_title = body.job;
        lead.phone_unparsed = body.tel;
        lead.website = body.web;
        lead.address = body.adr;
        lead.rating = body.stars;
        lead.reviews = body.reviews;
        lead.notes = body.notes;
        lead.source = body.src;
        lead.custom = body.own;
        lead.import = body.imp;
        if let Some(zone) = &mut lead.zone {
            zone.source = body.zsrc.ok_or("a zone without a source")?;
            zone.confidence = body.zconf.ok_or("a zone without a confidence")?;
        }
        let Engagement { heat, hot_since, .. } = lead.engagement;
        lead.engagement = Engagement { heat, hot_since, ..body.eng.unwrap_or_default() };
        lead.announced_temperature = body.told.unwrap_or(Temperature::Cold);
        lead.fence = body.fence;
        Ok(lead)
    }
}

impl LeadSum {
    fn of(lead: &Lead, rev: u64) -> Self {
        Self {
            r: rev,
            f: lead.first_name.clone(),
            l: lead.last_name.clone(),
            co: lead.company.clone(),
            e: lead.email.as_ref().map(ToString::to_string),
            p: lead.phone.as_ref().map(ToString::to_string),
            ci: lead.city.clone(),
            cc: lead.country,
            ca: lead.category.clone(),
            z: lead.zone.as_ref().map(|zone| zone.zone.to_string()),
            s: lead.status,
            hi: lead.priority == Priority::High,
            no: lead.do_not_contact,
            o: lead.owner.clone(),
            t: lead.tags.clone(),
            ac: lead.active.clone(),
            h: lead.engagement.heat.map(|heat| heat.value),
            ha: lead.engagement.heat.map(|heat| heat.at),
            hs: lead.engagement.hot_since,
            dl: lead.deliverability,
            fu: lead.follow_up_at,
            lc: lead.last_contacted_at,
            cr: lead.created_at,
            up: lead.updated_at,
        }
    }

    fn into_lead(self, id: LeadId, workspace: WorkspaceId) -> Result<Lead, String> {
        let mut lead = Lead::blank(id, workspace, self.cr);
        lead.rev = self.r;
        lead.first_name = self.f;
        lead.last_name = self.l;
        lead.company = self.co;
        lead.email = self.e.map(EmailAddress::try_from).transpose().map_err(|e| format!("e-mail {e}"))?;
        lead.phone = self.p.map(PhoneNumber::try_from).transpose().map_err(|e| format!("phone {e}"))?;
        lead.city = self.ci;
        lead.country = self.cc;
        lead.category = self.ca;
        if let Some(name) = self.z {
            let zone = ZoneName::try_from(name)?;
            lead.zone = Some(ZoneFact { zone, source: ZoneSource::Given, confidence: 0 });
        }
        lead.status = self.s;
        lead.priority = if self.hi { Priority::High } else { Priority::Normal };
        lead.do_not_contact = self.no;
        lead.owner = self.o;
        lead.tags = self.t;
        lead.active = self.ac;
        lead.engagement.heat = self.h.zip(self.ha).map(|(value, at)| Decaying { value, at });
        lead.engagement.hot_since = self.hs;
        lead.deliverability = self.dl;
        lead.follow_up_at = self.fu;
        lead.last_contacted_at = self.lc;
        lead.updated_at = self.up;
        Ok(lead)
    }
}

#[derive(Deserialize)]
struct SumOnly {
    sum: LeadSum,
}

/// A summary as the index carries it.
pub(crate) fn listed(item: Item) -> StoreResult<(LeadId, LeadSum)> {
    let head = head(&item)?;
    let (_, id) = keys::lead_of(&head.pk).map_err(|why| head.corrupt(why))?;
    let body: SumOnly = read_body(item, &head)?;
    Ok((id, body.sum))
}

/// Marked by a delete that has begun.
pub(crate) fn is_gone(item: &Item) -> bool {
    item.contains_key("gone")
}

impl LeadSum {
    pub(crate) fn into_row(self, id: LeadId, as_of: Option<Timestamp>) -> LeadRow {
        let heat = self.h.zip(self.ha).map(|(value, at)| Decaying { value, at });
        let (score, temperature) = crate::lead_heat::shown(heat, self.hs, as_of.unwrap_or(self.up));
        let person = [self.f.as_deref(), self.l.as_deref()];
        let person: Vec<&str> = person.into_iter().flatten().filter(|part| !part.is_empty()).collect();
        let name = match person.is_empty() {
            false => person.join(" "),
            true => {
                let known = [&self.co, &self.e, &self.p].into_iter().flatten().next();
                known.cloned().unwrap_or_else(|| "Unnamed".to_owned())
            }
        };
        LeadRow {
            id,
            name,
            company: self.co,
            email: self.e,
            phone: self.p,
            city: self.ci,
            country: self.cc,
            category: self.ca,
            zone: self.z,
            status: self.s,
            priority: if self.hi { Priority::High } else { Priority::Normal },
            do_not_contact: self.no,
            owner: self.o,
            tags: self.t.into_iter().collect(),
            score,
            temperature,
            active: self.ac.into_iter().collect(),
            follow_up_at: self.fu,
            last_contacted_at: self.lc,
            created_at: self.cr,
            updated_at: self.up,
            rev: self.r,
        }
    }
}
