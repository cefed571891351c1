//! A lead as it is stored: `core` holds what most pages show, the rest stands beside it.

use crate::consent_item::{ConsentItem, consents_of, items_of};
use crate::item::{Head, Item, Stored, number, text, text_of};
use crate::keys::{self, Key, Listing, Tenant};
use crate::times::{expiry_second, maybe_nanos, nanos};
use aws_sdk_dynamodb::types::AttributeValue;
use domain::contact::chat_recipient::ChatUser;
use domain::contact::country::Country;
use domain::contact::email_address::EmailAddress;
use domain::contact::phone_number::PhoneNumber;
use domain::lead::deletion::Deletion;
use domain::lead::engagement::{Decaying, Engagement};
use domain::lead::enrichment::Deliverability;
use domain::lead::follow_up::FollowUpBy;
use domain::lead::opt_out_hold::OptOutHold;
use domain::lead::out_of_office::Absence;
use domain::lead::routing::RoutedBy;
use domain::lead::stage::{LostReasonId, StageBefore, StageId};
use domain::lead::{Lead, Priority, Temperature};
use domain::time::time_zone::{ZoneFact, ZoneName, ZoneSource};
use domain::{CampaignId, ImportId, LeadId, UserId};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

pub(crate) const FORMER: &str = "former_lead";
const FORMER_DAYS: i64 = 60;

/// The stored lead. Names are short and empty values are left out: a new lead with its keys must fit four write
/// units.
#[derive(Serialize, Deserialize)]
pub(crate) struct LeadItem {
    /// It was called `sum` once, and was carried by the index then, which was written with every change.
    #[serde(rename = "core", alias = "sum")]
    sum: LeadSum,
    job: Option<String>,
    /// The second e-mail address and the second phone number.
    e2: Option<String>,
    p2: Option<String>,
    /// The phone number that could not be parsed.
    tel: Option<String>,
    web: Option<String>,
    /// The LinkedIn address.
    li: Option<String>,
    adr: Option<String>,
    notes: Option<String>,
    src: Option<String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    own: BTreeMap<String, String>,
    imp: Option<ImportId>,
    zsrc: Option<ZoneSource>,
    zconf: Option<u8>,
    eng: Option<Engagement>,
    away: Option<Absence>,
    /// The values that are newer than those in `core`, in leads that were stored when a small change left it as it was.
    new: Option<Newer>,
    #[serde(default, skip_serializing_if = "is_zero")]
    fence: u64,
    /// The mailbox that wrote to the lead last, without the prefix that all such ids share.
    mb: Option<String>,
    /// Whether an enrolment of the lead is held for a missing value.
    #[serde(default, skip_serializing_if = "is_false")]
    lacks: bool,
    /// Whether the lead is not tracked.
    #[serde(default, skip_serializing_if = "is_false")]
    untracked: bool,
    /// The hold for a possible opt-out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    hold: Option<OptOutHold>,
    /// The day of the lead's consent to be tracked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    trok: Option<Date>,
    /// Whether the lead has taken that consent back.
    #[serde(default, skip_serializing_if = "is_false")]
    trno: bool,
    /// The consents, those that are the same on several channels together.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    ok: Vec<ConsentItem>,
    /// The rule that gave the lead its first owner.
    ro: Option<RoutedBy>,
    /// The rule that set a follow-up date last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    fb: Option<FollowUpBy>,
    /// When the lead was deleted, and by whom: it is in no list, and can be restored.
    del: Option<Deletion>,
    /// The leads that were merged into this one.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    abs: BTreeSet<LeadId>,
    /// The leads that this one was once merged into.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    par: BTreeSet<LeadId>,
    /// WhatsApp's id of the person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    wa: Option<ChatUser>,
    /// The stage before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sb: Option<StageBefore>,
    /// Whether the lead is erased; the rest of its partition is being removed.
    #[serde(default, skip_serializing_if = "is_false")]
    gone: bool,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct Newer {
    h: Option<f64>,
    #[serde(default, with = "maybe_nanos")]
    ha: Option<Timestamp>,
    #[serde(default, with = "maybe_nanos")]
    la: Option<Timestamp>,
    #[serde(with = "nanos")]
    up: Timestamp,
}

/// The part of a lead that a list shows, filters and sorts by.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct LeadSum {
    pub(crate) r: u64,
    pub(crate) f: Option<String>,
    pub(crate) l: Option<String>,
    pub(crate) co: Option<String>,
    pub(crate) e: Option<String>,
    pub(crate) p: Option<String>,
    pub(crate) ci: Option<String>,
    pub(crate) cc: Option<Country>,
    pub(crate) ca: Option<String>,
    pub(crate) z: Option<String>,
    pub(crate) s: StageId,
    /// Since when the lead is in the stage, if not from the beginning, and why it is lost.
    #[serde(default, with = "maybe_nanos")]
    pub(crate) ss: Option<Timestamp>,
    pub(crate) lr: Option<LostReasonId>,
    #[serde(default, skip_serializing_if = "is_false")]
    pub(crate) hi: bool,
    #[serde(default, skip_serializing_if = "is_false")]
    pub(crate) no: bool,
    pub(crate) o: Option<UserId>,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub(crate) t: BTreeSet<String>,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub(crate) ac: BTreeSet<CampaignId>,
    /// Rating and number of reviews.
    pub(crate) st: Option<f64>,
    pub(crate) rv: Option<u32>,
    /// Further inputs of the score, as bits: a website 1, an address 2, a job title 4.
    #[serde(default, skip_serializing_if = "is_none")]
    pub(crate) k: u8,
    /// Heat and its time.
    pub(crate) h: Option<f64>,
    #[serde(default, with = "maybe_nanos")]
    pub(crate) ha: Option<Timestamp>,
    /// The time since which the lead is hot.
    #[serde(default, with = "maybe_nanos")]
    pub(crate) hs: Option<Timestamp>,
    #[serde(default, with = "maybe_nanos")]
    pub(crate) la: Option<Timestamp>,
    /// Hours until the lead's reply.
    pub(crate) rh: Option<f64>,
    pub(crate) dl: Option<Deliverability>,
    /// The temperature as it was last announced.
    pub(crate) te: Option<Temperature>,
    #[serde(default, with = "maybe_nanos")]
    pub(crate) fu: Option<Timestamp>,
    #[serde(default, with = "maybe_nanos")]
    pub(crate) lc: Option<Timestamp>,
    #[serde(with = "nanos")]
    pub(crate) cr: Timestamp,
    #[serde(with = "nanos")]
    pub(crate) up: Timestamp,
}

fn is_false(flag: &bool) -> bool {
    !flag
}

fn is_none(known: &u8) -> bool {
    *known == 0
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
        match &self.deleted {
            Some(Deletion { into: Some(_), .. }) => None,
            Some(deletion) => Some(keys::deleted_lead_listing(&self.workspace, deletion.at, &self.id)),
            None => Some(keys::lead_listing(&self.workspace, &self.id)),
        }
    }

    fn rev(&self) -> u64 {
        self.rev
    }

    fn body(&self, rev: u64) -> LeadItem {
        LeadItem {
            sum: LeadSum::of(self, rev),
            job: self.job_title.clone(),
            e2: self.second_email.as_ref().map(ToString::to_string),
            p2: self.second_phone.as_ref().map(ToString::to_string),
            tel: self.phone_unparsed.clone(),
            web: self.website.clone(),
            li: self.linkedin.clone(),
            adr: self.address.clone(),
            notes: self.notes.clone(),
            src: self.source.clone(),
            own: self.custom.clone(),
            imp: self.import.clone(),
            zsrc: self.zone.as_ref().map(|zone| zone.source),
            zconf: self.zone.as_ref().map(|zone| zone.confidence),
            eng: unsummed_engagement(self),
            away: self.away,
            new: None,
            fence: self.fence,
            mb: self.mailbox.as_ref().map(|mailbox| mailbox.ulid_text().to_owned()),
            lacks: self.lacks_value,
            untracked: self.do_not_track,
            hold: self.opt_out_hold.clone(),
            trok: self.tracking_consent,
            trno: self.tracking_withdrawn,
            ok: items_of(&self.consents),
            ro: self.routed.clone(),
            fb: self.follow_up_by.clone(),
            del: self.deleted.clone(),
            abs: self.absorbed.clone(),
            par: self.parted.clone(),
            wa: self.chat_user.clone(),
            sb: self.stage_before,
            gone: false,
        }
    }

    /// Reads the lead. Both patterns and the lead are written out in full, so that the compiler asks for each stored
    /// value and for each field of the lead.
    fn from_body(body: LeadItem, head: &Head) -> Result<Self, String> {
        let (workspace, id) = keys::lead_of(&head.pk)?;
        let LeadItem {
            sum,
            job,
            e2,
            p2,
            tel,
            web,
            li,
            adr,
            notes,
            src,
            own,
            imp,
            zsrc,
            zconf,
            eng,
            away,
            new,
            fence,
            mb,
            lacks,
            untracked,
            hold,
            trok,
            trno,
            ok,
            ro,
            fb,
            del,
            abs,
            par,
            wa,
            sb,
            gone: _,
        } = body;
        // The revision in the summary is that of the last write to the index, and `k` only counts for the score.
        let LeadSum {
            r: _,
            f,
            l,
            co,
            e,
            p,
            ci,
            cc,
            ca,
            z,
            s,
            ss,
            lr,
            hi,
            no,
            o,
            t,
            ac,
            st,
            rv,
            k: _,
            h,
            ha,
            hs,
            la,
            rh,
            dl,
            te,
            fu,
            lc,
            cr,
            up,
        } = sum;
        let new = new.unwrap_or(Newer { h, ha, la, up });
        let engagement = Engagement {
            heat: new.h.zip(new.ha).map(|(value, at)| Decaying { value, at }),
            hot_since: hs,
            last_action_at: new.la,
            response_hours: rh,
            ..eng.unwrap_or_default()
        };
        Ok(Self {
            id,
            workspace,
            first_name: f,
            last_name: l,
            company: co,
            job_title: job,
            email: e.map(EmailAddress::try_from).transpose().map_err(|e| format!("e-mail {e}"))?,
            phone: p.map(PhoneNumber::try_from).transpose().map_err(|e| format!("phone {e}"))?,
            second_email: e2.map(EmailAddress::try_from).transpose().map_err(|e| format!("e-mail {e}"))?,
            second_phone: p2.map(PhoneNumber::try_from).transpose().map_err(|e| format!("phone {e}"))?,
            chat_user: wa,
            phone_unparsed: tel,
            website: web,
            linkedin: li,
            address: adr,
            city: ci,
            country: cc,
            category: ca,
            rating: st,
            reviews: rv,
            notes,
            source: src,
            tags: t,
            custom: own,
            status: s,
            stage_since: ss.unwrap_or(cr),
            stage_before: sb,
            lost_reason: lr,
            priority: if hi { Priority::High } else { Priority::Normal },
            do_not_contact: no,
            opt_out_hold: hold,
            do_not_track: untracked,
            tracking_consent: trok,
            tracking_withdrawn: trno,
            consents: consents_of(ok),
            owner: o,
            routed: ro,
            follow_up_by: fb,
            import: imp,
            zone: z.map(|name| zone_fact(name, zsrc, zconf)).transpose()?,
            deliverability: dl,
            engagement,
            announced_temperature: te.unwrap_or(Temperature::Cold),
            away,
            fence,
            active: ac,
            mailbox: mb.map(|ulid| keys::account_of(&ulid)).transpose()?,
            lacks_value: lacks,
            deleted: del,
            absorbed: abs,
            parted: par,
            follow_up_at: fu,
            last_contacted_at: lc,
            created_at: cr,
            updated_at: new.up,
            rev: head.rev,
        })
    }
}

fn zone_fact(name: String, source: Option<ZoneSource>, confidence: Option<u8>) -> Result<ZoneFact, String> {
    Ok(ZoneFact {
        zone: ZoneName::try_from(name)?,
        source: source.ok_or("a zone without a source")?,
        confidence: confidence.ok_or("a zone without a confidence")?,
    })
}

/// Returns the part of the engagement that `sum` does not hold.
fn unsummed_engagement(lead: &Lead) -> Option<Engagement> {
    let engagement = lead.engagement.clone();
    let rest =
        Engagement { heat: None, hot_since: None, last_action_at: None, response_hours: None, ..engagement };
    (rest != Engagement::default()).then_some(rest)
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
            ss: Some(lead.stage_since).filter(|since| *since != lead.created_at),
            lr: lead.lost_reason,
            hi: lead.priority == Priority::High,
            no: lead.do_not_contact,
            o: lead.owner.clone(),
            t: lead.tags.clone(),
            ac: lead.active.clone(),
            st: lead.rating,
            rv: lead.reviews,
            k: u8::from(lead.website.is_some())
                | u8::from(lead.address.is_some()) << 1
                | u8::from(lead.job_title.is_some()) << 2,
            h: lead.engagement.heat.map(|heat| heat.value),
            ha: lead.engagement.heat.map(|heat| heat.at),
            hs: lead.engagement.hot_since,
            la: lead.engagement.last_action_at,
            rh: lead.engagement.response_hours,
            dl: lead.deliverability,
            te: Some(lead.announced_temperature).filter(|told| *told != Temperature::Cold),
            fu: lead.follow_up_at,
            lc: lead.last_contacted_at,
            cr: lead.created_at,
            up: lead.updated_at,
        }
    }
}

/// Makes the item that remains of a deleted lead, for longer than a queue message that would create it anew can last
/// (14 days, 14 more among the dead letters, 14 more once sent back).
pub(crate) fn former(key: &Key<Tenant>, deleted_at: Timestamp) -> Item {
    let until =
        deleted_at.checked_add(SignedDuration::from_hours(24 * FORMER_DAYS)).unwrap_or(Timestamp::MAX);
    Item::from([
        ("pk".to_owned(), text(key.pk())),
        ("sk".to_owned(), text(key.sk())),
        ("entity".to_owned(), text(FORMER)),
        ("v".to_owned(), number(1)),
        ("gone".to_owned(), AttributeValue::Bool(true)),
        ("ttl".to_owned(), number(expiry_second(until))),
    ])
}

pub(crate) fn is_former(item: &Item) -> bool {
    text_of(item, "entity") == Some(FORMER)
}

/// Returns the lead that this one was merged into.
pub(crate) fn merged_into(item: &Item) -> Option<LeadId> {
    LeadId::parse(item.get("del")?.as_m().ok()?.get("into")?.as_s().ok()?).ok().filter(|_| !is_gone(item))
}

/// Tells whether the lead is deleted and can still be restored, or was merged into another.
pub(crate) fn is_deleted(item: &Item) -> bool {
    item.contains_key("del")
}

/// Tells whether the lead is being erased, or is already.
pub(crate) fn is_gone(item: &Item) -> bool {
    item.contains_key("gone")
}
