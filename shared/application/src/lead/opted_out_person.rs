//! A new lead who is a person that has opted out as another lead: with another address and the same number, or with an
//! address that the other lead has besides its first one. What the person asked for counts for the new lead, too.

use crate::lead::suppression_lookup::scopes_of;
use crate::ports::leads::{LeadStore, Reached};
use crate::ports::store::StoreResult;
use crate::ports::suppressions::SuppressionStore;
use domain::LeadId;
use domain::contact::channel::Channel;
use domain::contact::phone_number::PhoneNumber;
use domain::lead::Lead;
use domain::lead::suppression::{Endings, SuppressionScope};
use futures::future::try_join_all;
use jiff::Timestamp;
use std::collections::BTreeSet;

/// What is said of a new lead that starts closed.
pub const CLOSED_AS_OTHER: &str =
    "is also that of a lead who has opted out: the new lead starts as do-not-contact";

/// The stores in which the person of a new lead is looked for. `leads` finds deleted leads, too.
#[derive(Clone, Copy)]
pub struct PersonStores<'a> {
    pub leads: &'a dyn LeadStore,
    pub suppressions: &'a dyn SuppressionStore,
}

/// The place that a new lead has in common with one who wants no messages at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shared {
    Email,
    Phone,
}

impl Shared {
    pub fn field(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Phone => "phone",
        }
    }
}

/// Marks the new lead do-not-contact if its person has asked for no more messages as another lead. Entries that the new
/// lead's own address and number have on the suppression list close it by themselves.
pub async fn close_as_opted_out(
    stores: PersonStores<'_>,
    lead: &mut Lead,
    now: Timestamp,
) -> StoreResult<Option<Shared>> {
    let Some(shared) = opted_out_as(stores, lead, now).await? else { return Ok(None) };
    lead.do_not_contact = true;
    lead.consents.withdraw(&Channel::ALL, now);
    Ok(Some(shared))
}

/// What the new lead shares with another one who has asked for no more messages on any channel.
pub async fn opted_out_as(
    stores: PersonStores<'_>,
    lead: &Lead,
    now: Timestamp,
) -> StoreResult<Option<Shared>> {
    if lead.do_not_contact {
        return Ok(None);
    }
    let (by_email, by_phone) = tokio::try_join!(by_emails(stores, lead), by_phones(stores, lead))?;
    let ids: Vec<LeadId> = by_email.union(&by_phone).filter(|id| **id != lead.id).cloned().collect();
    if ids.is_empty() {
        return Ok(None);
    }
    let others = stores.leads.get_many(&lead.workspace, &ids).await?;
    let others: Vec<&Lead> = others.iter().filter(|other| other.id != lead.id).collect();
    let mut closed = others.iter().find(|other| other.do_not_contact).copied();
    if closed.is_none() && !others.is_empty() {
        let own = |other: &Lead| {
            let scopes = scopes_of(other).into_iter();
            scopes.filter(|scope| !matches!(scope, SuppressionScope::Domain(_))).collect::<Vec<_>>()
        };
        let scopes: BTreeSet<_> = others.iter().flat_map(|other| own(other)).collect();
        let scopes: Vec<_> = scopes.into_iter().collect();
        let mut listed = stores.suppressions.find(&lead.workspace, &scopes).await?;
        // A STOP to a number that the new lead has is on the list for it; one to another number is the channel's.
        let endings = Endings::for_everything();
        listed.retain(|entry| entry.in_force(now) && entry.ends_everything(&endings));
        let is_listed =
            |other: &&&Lead| own(other).iter().any(|own| listed.iter().any(|one| one.scope == *own));
        closed = others.iter().find(is_listed).copied();
    }
    let shares_phone = |other: &Lead| by_phone.contains(&other.id);
    Ok(closed.map(|other| if shares_phone(other) { Shared::Phone } else { Shared::Email }))
}

/// The leads that have one of the new lead's addresses besides their first one, or its second address as any.
async fn by_emails(stores: PersonStores<'_>, lead: &Lead) -> StoreResult<BTreeSet<LeadId>> {
    let emails = [&lead.email, &lead.second_email].into_iter().flatten();
    let found = emails.map(|email| stores.leads.find_by_former(&lead.workspace, Reached::Email(email)));
    Ok(try_join_all(found).await?.into_iter().flatten().collect())
}

async fn by_phones(stores: PersonStores<'_>, lead: &Lead) -> StoreResult<BTreeSet<LeadId>> {
    let phones = [&lead.phone, &lead.second_phone].into_iter().flatten();
    let found = phones.map(|phone: &PhoneNumber| async move {
        let (first, others) = tokio::try_join!(
            stores.leads.find_by_phone(&lead.workspace, phone),
            stores.leads.find_by_former(&lead.workspace, Reached::Phone(phone)),
        )?;
        Ok::<_, crate::StoreError>(first.into_iter().chain(others))
    });
    Ok(try_join_all(found).await?.into_iter().flatten().collect())
}
