//! Adds chosen prospects as leads: those whose address costs a credit are bought, those who are leads already are not.
//!
//! What is there already, was erased, or is on the suppression list is never added; what is bought is noted first, so
//! that a repeat finds it. Leads are created as everywhere: with their owner by the workspace's rules, look-ups and columns
//! that fill themselves behind them, and enrolled by a job.

use crate::campaign::enrol_jobs::{Audience, EnrolJob, WAITS_FOR_LOOK_UPS, start_enrol_job};
use crate::columns::fill_lead::leads_are_new;
use crate::lead::opted_out_person::{PersonStores, opted_out_as};
use crate::lead::routing::OwnerRouter;
use crate::lead::suppression_lookup::scopes_of;
use crate::ports::leads::Creation;
use crate::ports::outbox::send_all;
use crate::ports::store::{StoreResult, found};
use crate::prospects::as_lead::lead_of;
use crate::prospects::buy::{buy, reserve};
use crate::prospects::desk::ProspectDesk;
pub use crate::prospects::outcome::AddOutcome;
use crate::prospects::plan::{Planned, Todo, lead_id, note_lost, plan};
use crate::prospects::{Asker, ProspectError};
use crate::queue_messages::EnrichLead;
use domain::contact::channel::Channel;
use domain::event::{Event, EventKind};
use domain::lead::Lead;
use domain::lead::consent::{Consent, ConsentBasis, ConsentSource, Consents};
use domain::prospect::{KeptSearch, Prospect, ProspectRecord, ProspectState};
use domain::spend::{CallPrice, Usd};
use domain::{CampaignId, LeadId};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::collections::BTreeSet;

/// What adding prospects would come to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AddEstimate {
    pub chosen: usize,
    /// Those who are leads already, or deleted ones.
    pub already: usize,
    /// Those whose address is bought.
    pub to_buy: usize,
    /// Those who are added without a further cost.
    pub free: usize,
    /// Those of whom the provider has no address.
    pub without_address: usize,
    /// Those who are not added for another reason.
    pub left_out: usize,
    /// The price of an address.
    pub each: Usd,
    pub most: Usd,
    /// What is left under the caps; none if there is no cap.
    pub left: Option<Usd>,
}

/// The prospects to add, and where to.
#[derive(Debug, Clone)]
pub struct Adding {
    pub search: KeptSearch,
    pub chosen: Vec<Prospect>,
    pub tags: BTreeSet<String>,
    pub campaign: Option<CampaignId>,
    pub source: ConsentSource,
    /// The provider's name as users read it.
    pub provider_name: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddedProspect {
    pub prospect: String,
    pub outcome: AddOutcome,
    pub lead: Option<LeadId>,
    /// What asking about it came to, in this request or an earlier one.
    pub cost: Usd,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AddedProspects {
    pub results: Vec<AddedProspect>,
    pub cost: Usd,
    /// The job that enrols the added leads.
    pub job: Option<String>,
}

/// Tells what adding these prospects would come to. Nothing is asked or written.
pub async fn estimate_adding(
    desk: &ProspectDesk<'_>,
    search: &KeptSearch,
    chosen: Vec<Prospect>,
    asker: &Asker,
) -> StoreResult<AddEstimate> {
    let planned = plan(desk, search, chosen, None).await?;
    let account = desk.account(&search.provider);
    let each = account.map_or(Usd::ZERO, |account| desk.price_of_address(&account).most());
    let mut sums =
        AddEstimate { chosen: planned.len(), each, left: desk.left(asker).await?, ..AddEstimate::default() };
    for one in planned {
        match one.todo {
            Todo::Buy => sums.to_buy += 1,
            Todo::Create(_) => sums.free += 1,
            Todo::Done(AddOutcome::Already | AddOutcome::Added | AddOutcome::Deleted, _) => sums.already += 1,
            Todo::Done(AddOutcome::NoAddress, _) => sums.without_address += 1,
            Todo::Done(..) => sums.left_out += 1,
        }
    }
    sums.most = each * sums.to_buy as u64;
    Ok(sums)
}

/// Buys and adds the prospects. Safe to repeat by the same request.
pub async fn add_prospects(
    desk: &ProspectDesk<'_>,
    adding: &Adding,
    asker: &Asker,
) -> Result<AddedProspects, ProspectError> {
    let mut planned = plan(desk, &adding.search, adding.chosen.clone(), Some(&asker.request)).await?;
    let account = desk.account(&adding.search.provider);
    let price = account.as_ref().map_or(CallPrice::FREE, |account| desk.price_of_address(account));
    note_lost(desk, &mut planned).await?;
    let is_bought = planned.iter().any(|one| one.todo == Todo::Buy);
    let reserved = reserve(desk, &planned, price, asker).await?;
    match &account {
        Some(account) => buy(desk, &mut planned, (account, price), reserved, asker).await?,
        None if is_bought => return Err(ProspectError::NoAccount),
        None => {}
    }
    create(desk, adding, &mut planned, asker).await?;
    let added: Vec<LeadId> = planned.iter().filter_map(added_lead).cloned().collect();
    let job = follow_up(desk, adding, added, asker).await?;
    let result = |one: Planned| {
        let cost = one.record.as_ref().filter(|record| record.request.starts_with(&asker.request));
        let cost = cost.and_then(|record| record.paid).map_or(Usd::ZERO, |paid| paid.amount);
        let (outcome, lead) = match one.todo {
            Todo::Done(outcome, lead) => (outcome, lead),
            Todo::Create(_) | Todo::Buy => (AddOutcome::NotAsked, None),
        };
        AddedProspect { prospect: one.prospect.id, outcome, lead, cost }
    };
    let results: Vec<AddedProspect> = planned.into_iter().map(result).collect();
    Ok(AddedProspects { cost: results.iter().map(|one| one.cost).sum(), results, job })
}

fn added_lead(one: &Planned) -> Option<&LeadId> {
    match &one.todo {
        Todo::Done(AddOutcome::Added, lead) => lead.as_ref(),
        _ => None,
    }
}

/// Creates the leads of all whose values are known.
async fn create(
    desk: &ProspectDesk<'_>,
    adding: &Adding,
    planned: &mut [Planned],
    asker: &Asker,
) -> StoreResult<()> {
    let now = desk.ports.clock.now();
    let mut made: Vec<(&mut Planned, Lead)> = Vec::new();
    for one in planned {
        let Todo::Create(values) = &one.todo else { continue };
        let masked: &[_] = if one.record.as_ref().is_some_and(|record| record.paid.is_some()) {
            &[]
        } else {
            &one.prospect.masked
        };
        let place = (lead_id(&adding.search, &one.prospect.id), &desk.workspace.id);
        let mut lead = lead_of(place, values, masked, desk.workspace.default_country, now);
        if lead.email.is_none() && lead.phone.is_none() {
            one.todo = Todo::Done(AddOutcome::NoAddress, None);
            continue;
        }
        lead.tags.clone_from(&adding.tags);
        lead.source = Some(format!("{} search", adding.provider_name));
        lead.consents = consents(adding, asker, &lead, now);
        made.push((one, lead));
    }
    let mut router = OwnerRouter::of(&desk.ports.routing, &desk.workspace.id).await?;
    if let Some(router) = &mut router {
        router.assign(made.iter_mut().map(|(_, lead)| lead)).await?;
    }
    // One after the other: two of them may have the same number.
    for (one, lead) in made {
        let became = create_one(desk, &lead, asker, now).await?;
        if let Some(router) = router.as_mut().filter(|_| became.0 != AddOutcome::Added) {
            router.unused(&lead.id);
        }
        note(desk, adding, one, &became, asker, now).await?;
        one.todo = Todo::Done(became.0, became.1);
    }
    match router {
        Some(router) => router.finish().await,
        None => Ok(()),
    }
}

/// Returns the ground on which the lead may be contacted, with where and when the address was found.
fn consents(adding: &Adding, asker: &Asker, lead: &Lead, now: Timestamp) -> Consents {
    let day = now.to_zoned(TimeZone::UTC).date();
    let consent = Consent {
        basis: ConsentBasis::LegitimateInterest,
        on: day,
        source: adding.source.clone(),
        by: Some(asker.by.clone()),
        note: Some(format!("found by {}, {day}", adding.provider_name)),
        withdrawn_at: None,
    };
    Consents::on(lead.email.is_some().then_some(Channel::Email), &consent)
}

async fn create_one(
    desk: &ProspectDesk<'_>,
    lead: &Lead,
    asker: &Asker,
    now: Timestamp,
) -> StoreResult<(AddOutcome, Option<LeadId>)> {
    let ports = desk.ports;
    let listed = ports.suppressions.find(&lead.workspace, &scopes_of(lead)).await?;
    let mut is_suppressed = listed.iter().any(|entry| entry.in_force(now));
    if !is_suppressed {
        let stores = PersonStores { leads: &*ports.leads_with_deleted, suppressions: &*ports.suppressions };
        is_suppressed = opted_out_as(stores, lead, now).await?.is_some();
    }
    let other = if is_suppressed {
        let known = match (&lead.email, &lead.phone) {
            (Some(email), _) => ports.leads.find_by_email(&lead.workspace, email).await?,
            (None, Some(phone)) => {
                ports.leads.find_by_phone(&lead.workspace, phone).await?.into_iter().next()
            }
            (None, None) => None,
        };
        let Some(known) = known else { return Ok((AddOutcome::Suppressed, None)) };
        known
    } else {
        let event = Event::new(EventKind::LeadCreated, asker.by.actor(), now);
        match ports.leads.create(lead, &event).await? {
            Creation::Created => return Ok((AddOutcome::Added, Some(lead.id.clone()))),
            Creation::Deleted => return Ok((AddOutcome::Erased, None)),
            Creation::Duplicate(other) => other,
        }
    };
    Ok(match found(ports.leads_with_deleted.get(&lead.workspace, &other).await)? {
        Some(known) if known.is_deleted() => (AddOutcome::Deleted, Some(known.id)),
        Some(known) => (AddOutcome::Already, Some(known.id)),
        None => (AddOutcome::Erased, None),
    })
}

/// Notes what became of a prospect. What was bought of it is no longer kept, except of one that is suppressed: the list may
/// change.
async fn note(
    desk: &ProspectDesk<'_>,
    adding: &Adding,
    one: &mut Planned,
    (outcome, lead): &(AddOutcome, Option<LeadId>),
    asker: &Asker,
    now: Timestamp,
) -> StoreResult<()> {
    let state = match (outcome, lead) {
        (_, Some(lead)) => ProspectState::Added { lead: lead.clone() },
        (AddOutcome::Suppressed, None) => return Ok(()),
        (_, None) => ProspectState::Erased {},
    };
    let before = one.record.take();
    let (request, paid, rev) = match before {
        Some(ProspectRecord { request, paid, rev, .. }) if paid.is_some() => (request, paid, rev),
        other => (asker.request.clone(), None, other.map_or(0, |record| record.rev)),
    };
    let mut record = ProspectRecord {
        workspace: desk.workspace.id.clone(),
        prospect: one.prospect.id.clone(),
        provider: adding.search.provider.clone(),
        state,
        request,
        paid,
        at: now,
        rev,
    };
    let saved = desk.ports.prospects.save_record(&record).await.map(|rev| record.rev = rev);
    one.record = Some(record);
    crate::ports::store::unless_taken(saved)
}

/// Queues the look-ups and columns of new leads, and their enrolment. Returns the enrolment's job.
async fn follow_up(
    desk: &ProspectDesk<'_>,
    adding: &Adding,
    added: Vec<LeadId>,
    asker: &Asker,
) -> StoreResult<Option<String>> {
    if added.is_empty() {
        return Ok(None);
    }
    let (ports, now) = (desk.ports, desk.ports.clock.now());
    let look_up = |lead: &LeadId| EnrichLead {
        workspace: desk.workspace.id.clone(),
        lead: lead.clone(),
        force: false,
        attempt: 0,
    };
    send_all(&*ports.outbox, &added.iter().map(look_up).collect::<Vec<_>>(), 0).await?;
    leads_are_new((&*ports.columns, &*ports.outbox), &desk.workspace.id, &added, now).await?;
    let Some(campaign) = &adding.campaign else { return Ok(None) };
    let looks_up = desk.workspace.enrichment_enabled;
    let job = EnrolJob {
        by: Some(asker.by.clone()),
        at: now,
        whom: Audience::Ids(added),
        with_missing_values: looks_up,
        waits_until: looks_up.then(|| now.checked_add(WAITS_FOR_LOOK_UPS).ok()).flatten(),
    };
    start_enrol_job(&*ports.blobs, &*ports.outbox, &*ports.ids, &desk.workspace.id, campaign, &job)
        .await
        .map(Some)
}
