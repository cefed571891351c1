//! Keeps what arrived from providers, and reads it again.
//!
//! A record is written when an event was handled, and also when it could not be: with `waiting` while it is tried again,
//! with `unreadable` when it never will be. It holds the event as it was queued, so a replay goes the same way as the
//! arrival did, under the same id and time, and every part of it finds what it wrote before. What has no trace of its
//! own that tells a late repeat from a new event (a suppression that a user has lifted since, a client won again) is
//! left out when the event was handled before (`Origin::before`).
//!
//! Nothing is kept of a mail out of a user's mailbox that belongs to no lead, nor of an event about a lead that is gone.

use crate::ingesting::context::{IngestError, IngestPorts};
use crate::ingesting::findings::{Findings, Found};
use crate::ingesting::take_in;
use crate::ports::inbound_records::{InboundRecord, Replay};
use crate::ports::store::{StoreError, StoreResult, found};
use crate::queue_messages::{IngestEvent, Payload};
use crate::retry;
use domain::message::inbound_outcome::{Became, InboundOutcome};
use domain::workspace::account::AccountSettings;
use domain::{AccountId, InboundId, UserId, WorkspaceId};
use jiff::Timestamp;

const LONGEST_DETAIL: usize = 300;

/// What a record is made of, besides what became of it.
struct Arrival<'a> {
    workspace: &'a WorkspaceId,
    account: &'a AccountId,
    received_at: Timestamp,
    event_id: &'a str,
    settings: Option<&'a AccountSettings>,
    blob: Option<&'a str>,
    is_private: bool,
}

impl<'a> Arrival<'a> {
    /// Returns nothing for an event that no provider has sent.
    fn of(event: &'a IngestEvent) -> Option<Self> {
        match event {
            IngestEvent::Webhook { workspace, account, settings, received_at, event_id, body, .. } => {
                let blob = match body {
                    Payload::Inline(_) => None,
                    Payload::Blob(key) => Some(key.as_str()),
                };
                let (received_at, settings) = (*received_at, settings.as_deref());
                Some(Self { workspace, account, received_at, event_id, settings, blob, is_private: false })
            }
            IngestEvent::Mail { workspace, account, event_id, received_at, blob, .. } => Some(Self {
                workspace,
                account,
                received_at: *received_at,
                event_id,
                settings: None,
                blob: Some(blob),
                is_private: true,
            }),
            _ => None,
        }
    }
}

/// Keeps the event and what became of it. A repeat changes the record only if the event was not handled before.
pub(super) async fn keep(
    ports: &IngestPorts,
    event: &IngestEvent,
    findings: &Findings,
    done: &Result<(), IngestError>,
) -> StoreResult<()> {
    let Some(arrival) = Arrival::of(event) else { return Ok(()) };
    let Some(Found { became, leads, blobs }) = found_of_living_leads(ports, &arrival, findings).await? else {
        return Ok(());
    };
    let (outcome, detail) = outcome_of(done, &became);
    let Arrival { workspace, account, received_at, event_id, .. } = arrival;
    let id = InboundId::derived(received_at, &[account.as_str(), event_id]);
    let mut record = InboundRecord {
        workspace: workspace.clone(),
        account: account.clone(),
        provider: provider(ports, &arrival).await?,
        event: event.clone(),
        blobs,
        outcome,
        became,
        leads,
        unmatched: None,
        detail,
        replay: None,
        rev: 0,
        id,
    };
    retry!(async {
        match ports.inbound_records.save(&record).await {
            Err(StoreError::Conflict) => {}
            done => return done.map(drop),
        }
        let known = ports.inbound_records.get(workspace, &record.id).await?;
        if known.outcome.is_handled() || known.outcome == outcome {
            return Ok(());
        }
        (record.rev, record.replay) = (known.rev, known.replay);
        Err(StoreError::Conflict)
    })
}

/// Returns what was found, with the blobs in which the event lies; nothing if the event must not be kept.
async fn found_of_living_leads(
    ports: &IngestPorts,
    arrival: &Arrival<'_>,
    findings: &Findings,
) -> StoreResult<Option<Found>> {
    let mut found_now = findings.found();
    if arrival.is_private && InboundOutcome::of(&found_now.became) == InboundOutcome::Ignored {
        return Ok(None);
    }
    let own = arrival.blob.map(str::to_owned);
    found_now.blobs.extend(own.filter(|key| !found_now.blobs.contains(key)));
    for lead in &found_now.leads {
        if found(ports.leads.get(arrival.workspace, lead).await)?.is_none() {
            for key in &found_now.blobs {
                ports.blobs.delete(key).await?;
            }
            return Ok(None);
        }
    }
    Ok(Some(found_now))
}

fn outcome_of(done: &Result<(), IngestError>, became: &[Became]) -> (InboundOutcome, Option<String>) {
    let told = |text: &str| Some(text.chars().take(LONGEST_DETAIL).collect());
    match done {
        Ok(()) => (InboundOutcome::of(became), None),
        Err(IngestError::Unreadable(why)) => (InboundOutcome::Unreadable, told(why)),
        Err(IngestError::Store(StoreError::Corrupt { .. })) => {
            (InboundOutcome::Unreadable, told("a stored item cannot be read"))
        }
        Err(IngestError::Early(what)) => (InboundOutcome::Waiting, told(&format!("{what} is not known yet"))),
        Err(IngestError::Store(_)) => (InboundOutcome::Waiting, None),
    }
}

async fn provider(ports: &IngestPorts, arrival: &Arrival<'_>) -> StoreResult<String> {
    if let Some(settings) = arrival.settings {
        return Ok(settings.provider().to_owned());
    }
    let account = found(ports.accounts.get(arrival.workspace, arrival.account).await)?;
    Ok(account.map_or_else(|| "unknown".to_owned(), |account| account.settings.provider().to_owned()))
}

/// Reads a record again and notes what became of it. A record that is gone, because a lead of it was deleted, is not
/// missed.
pub(super) async fn replay(
    ports: &IngestPorts,
    workspace: &WorkspaceId,
    (id, by): (&InboundId, &UserId),
    asked_at: Timestamp,
) -> Result<(), IngestError> {
    let Some(record) = found(ports.inbound_records.get(workspace, id).await)? else { return Ok(()) };
    let findings = Findings::default();
    let before = record.outcome.is_handled().then_some(record.became.as_slice());
    let done = take_in(ports, &record.event, &findings, before).await;
    if let Err(
        IngestError::Early(_) | IngestError::Store(StoreError::Unavailable(_) | StoreError::Conflict),
    ) = done
    {
        return done;
    }
    let Some(arrival) = Arrival::of(&record.event) else { return Ok(()) };
    // Where nothing remains to be added, the user is told what became of it all the same.
    let nothing = || Found { became: findings.found().became, ..Found::default() };
    let now = found_of_living_leads(ports, &arrival, &findings).await?.unwrap_or_else(nothing);
    let (outcome, detail) = outcome_of(&done, &now.became);
    let done_at = ports.clock.now();
    retry!(async {
        let Some(mut record) = found(ports.inbound_records.get(workspace, id).await)? else { return Ok(()) };
        let is_done = |known: &Replay| known.asked_at == asked_at && known.done_at.is_some();
        if record.replay.as_ref().is_some_and(is_done) {
            return Ok(());
        }
        let is_same = record.outcome == outcome && record.became == now.became;
        let replay = Replay { by: by.clone(), asked_at, done_at: Some(done_at), has_changed: !is_same };
        (record.outcome, record.detail) = (outcome, detail.clone());
        record.became.clone_from(&now.became);
        for lead in &now.leads {
            if !record.leads.contains(lead) {
                record.leads.push(lead.clone());
            }
        }
        record.replay = Some(replay);
        ports.inbound_records.save(&record).await.map(drop)
    })?;
    Ok(())
}
