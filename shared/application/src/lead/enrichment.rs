//! Enrichment: looks up a lead's place by its address, whether its e-mail address works, and what its company's website
//! says. Each field keeps its value, source, status, error and date; the same question is not asked twice.

mod email;
pub mod field_ports;
pub(crate) mod field_work;
mod place;
pub(crate) mod website;

use crate::lead::change::change_lead;

use crate::lead::enrichment::field_ports::Asked;
use crate::lead::enrichment::field_ports::EnrichPorts;
use crate::lead::enrichment::field_ports::Verdict;

use crate::lead::suppressing::suppress_scope;
use crate::ports::outbox::send_all;

use crate::ports::store::{StoreError, StoreResult, found};

use crate::queue_messages::{EnrichLead, PersonalizeLead};
use domain::enrolment::reasons::EndReason;
use domain::event::{Event, EventKind};
use domain::lead::Lead;
use domain::lead::enrichment::{Deliverability, Place};
use domain::lead::suppression::{Suppression, SuppressionReason, SuppressionScope};
use domain::mutant;
use domain::time::time_zone::{ZoneFact, ZoneName, ZoneSource};

/// The confidence of a time zone found by the address. One that a user gave outranks it.
const ADDRESS_CONFIDENCE: u8 = 90;

/// Returns the digests of the questions that providers are asked about the lead.
fn questions(lead: &Lead) -> [Option<String>; 3] {
    [place::question(lead), email::question(lead), website::question(lead)]
}

/// Tells whether a change makes the answers outdated, because other questions would be asked now.
pub fn questions_changed(before: &Lead, after: &Lead) -> bool {
    questions(before) != questions(after)
}

/// Enriches one lead. `is_first`: the first delivery of this message, from which attempts are counted.
pub async fn enrich(ports: &EnrichPorts, message: &EnrichLead, is_first: bool) -> StoreResult<Asked> {
    let workspace = ports.workspaces.get(&message.workspace).await?;
    let Some(lead) = found(ports.leads.get(&message.workspace, &message.lead).await)? else {
        return Ok(Asked::Settled);
    };
    // A repeated delivery of a forced message asks only what the first one got no answer to.
    let force = message.force && is_first;
    let by_place = place::ask(ports, &workspace, &lead, force, is_first);
    let by_email = email::ask(ports, &workspace, &lead, force, is_first);
    let on_maps_and_web = async {
        if lead.website.is_some() {
            let by_site = website::ask(ports, &workspace, &lead, force, is_first);
            return futures::try_join!(by_place, by_site);
        }
        // The place may tell the website.
        let (asked, place) = by_place.await?;
        let mut told = lead.clone();
        apply_answers(&mut told, place.as_ref(), None);
        let by_site = website::ask(ports, &workspace, &told, force, is_first).await?;
        Ok(((asked, place), by_site))
    };
    let (((place_asked, place), site_asked), (email_asked, verdict)) =
        futures::try_join!(on_maps_and_web, by_email)?;
    if matches!(verdict, Verdict::Objected) {
        suppress_objector(ports, &lead).await?;
        return Ok(Asked::Settled);
    }
    let verdict = match verdict {
        Verdict::Is(verdict) => Some(verdict),
        Verdict::None | Verdict::Objected => None,
    };
    let mut known = lead.clone();
    if apply_answers(&mut known, place.as_ref(), verdict) {
        let now = ports.clock.now();
        // The lead may have been changed while providers were asked.
        let change = |now_is: &mut Lead| {
            let fits = !questions_changed(&lead, now_is);
            (fits && apply_answers(now_is, place.as_ref(), verdict))
                .then(|| Event::system(EventKind::LeadEnriched, now))
        };
        match change_lead(&*ports.leads, &message.workspace, &message.lead, change).await {
            // A website that the place has told is no change by another.
            Ok(now_is) if questions_changed(&lead, &now_is) && questions_changed(&known, &now_is) => {
                return Ok(Asked::Again {
                    after_seconds: 1,
                    why: "the lead was changed meanwhile".to_owned(),
                });
            }
            Ok(_) => {}
            // The lead is gone: fields stored beside it would stay for good.
            Err(StoreError::NotFound) => {
                ports.leads.delete_leftovers(&message.workspace, &message.lead).await?;
                return Ok(Asked::Settled);
            }
            Err(other) => return Err(other),
        }
    }
    let asked = place_asked.merge(email_asked).merge(site_asked);
    if asked == Asked::Settled && workspace.ai_enabled {
        let next = PersonalizeLead {
            workspace: message.workspace.clone(),
            lead: message.lead.clone(),
            campaign: None,
            force: false,
            attempt: 0,
        };
        send_all(&*ports.outbox, &[next], 0).await?;
    }
    Ok(asked)
}

/// Takes the answers into the lead, except where a user gave a value. Returns true if anything changed.
fn apply_answers(lead: &mut Lead, place: Option<&Place>, verdict: Option<Deliverability>) -> bool {
    let mut changed = false;
    if let Some(place) = place {
        let zone = place.zone.as_deref().and_then(ZoneName::parse);
        let outranked = lead.zone.as_ref().is_none_or(|fact| fact.source != ZoneSource::Given);
        if let Some(zone) = zone.filter(|_| outranked) {
            let fact = ZoneFact { zone, source: ZoneSource::Address, confidence: ADDRESS_CONFIDENCE };
            changed |= lead.zone.as_ref() != Some(&fact);
            lead.zone = Some(fact);
        }
        changed |= fill(&mut lead.rating, place.rating);
        changed |= fill(&mut lead.reviews, place.reviews);
        changed |= fill(&mut lead.category, place.category.clone());
        changed |= fill(&mut lead.website, place.website.clone());
    }
    if verdict.is_some() && lead.deliverability != verdict {
        let good = Some(Deliverability::Deliverable);
        lead.deliverability = if mutant!("every_address_deliverable") { good } else { verdict };
        changed = true;
    }
    changed
}

fn fill<T>(known: &mut Option<T>, found: Option<T>) -> bool {
    let fills = known.is_none() && found.is_some();
    if fills {
        *known = found;
    }
    fills
}

/// Suppresses and stops a person who objected to being looked up.
async fn suppress_objector(ports: &EnrichPorts, lead: &Lead) -> StoreResult<()> {
    let now = ports.clock.now();
    if let Some(email) = &lead.email {
        let entry = Suppression {
            workspace: lead.workspace.clone(),
            scope: SuppressionScope::Email(email.as_str().to_owned()),
            reason: SuppressionReason::Complaint,
            source: Some(lead.id.to_string()),
            created_by: None,
            created_at: now,
            expires_at: None,
            sign: None,
        };
        let event = Event::system(EventKind::AddressSuppressed, now);
        suppress_scope(&ports.suppressing, &entry, &event).await?;
    }
    let event = Event::system(EventKind::LeadObjected, now);
    ports.enrolments.stop(&lead.workspace, &lead.id, EndReason::Suppressed, &event).await?;
    change_lead(&*ports.leads, &lead.workspace, &lead.id, |lead: &mut Lead| {
        let news = !std::mem::replace(&mut lead.do_not_contact, true);
        news.then(|| Event::system(EventKind::LeadObjected, now))
    })
    .await
    .map(drop)
}
