//! Leads that turned hot while the alert was lost: the event broke off between counting the view and telling about it.

use super::RepairPorts;
use crate::ingesting::{announce_hot, hot_task_id};
use crate::leads::{LeadQuery, LeadSort, change_lead};
use crate::stats::Metric;
use crate::store::{StoreError, StoreResult};
use domain::engagement::HOT_AGAIN_AFTER;
use domain::event::Event;
use domain::lead::{Lead, Priority};
use domain::{LeadId, WorkspaceId};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use std::collections::BTreeSet;

/// More than two firings, so that one may fail.
const LATELY: SignedDuration = SignedDuration::from_mins(40);
const AT_MOST: usize = 200;

pub(super) async fn announce(ports: &RepairPorts, workspace: &WorkspaceId) -> StoreResult<usize> {
    let now = ports.clock.now();
    if !was_seen(ports, workspace, now).await? {
        return Ok(0);
    }
    let mut repaired = 0;
    for lead in ports.leads.get_many(workspace, &candidates(ports, workspace, now).await?).await? {
        let Some(lead) = turned_hot(ports, lead, now).await? else { continue };
        let since = lead.engagement.hot_since.unwrap_or(now);
        // The task is the last thing an announcement writes.
        match ports.tasks.get(workspace, &hot_task_id(&lead.id, since)).await {
            Ok(_) => {}
            Err(StoreError::NotFound) => {
                announce_hot(&*ports.leads, &*ports.notifications, &*ports.tasks, &lead, now).await?;
                repaired += 1;
            }
            Err(other) => return Err(other),
        }
    }
    Ok(repaired)
}

/// Whether anybody looked at a preview page since yesterday: one query, and the end of it while nothing happens.
async fn was_seen(ports: &RepairPorts, workspace: &WorkspaceId, now: Timestamp) -> StoreResult<bool> {
    let today = now.to_zoned(TimeZone::UTC).date();
    let yesterday = today.saturating_sub(1.day());
    let days = ports.stats.days(workspace, yesterday, today).await?;
    let counted = |metric| days.values().any(|day| day.get(&metric).is_some_and(|count| *count > 0));
    Ok(counted(Metric::PreviewViews) || counted(Metric::TurnedHot))
}

/// Those with raised priority and those that changed a moment ago, latest first.
async fn candidates(
    ports: &RepairPorts,
    workspace: &WorkspaceId,
    now: Timestamp,
) -> StoreResult<Vec<LeadId>> {
    let latest = LeadQuery {
        sort: LeadSort::Updated,
        descending: true,
        limit: AT_MOST,
        as_of: Some(now),
        ..LeadQuery::default()
    };
    let raised = LeadQuery { priorities: vec![Priority::High], ..latest.clone() };
    let raised = ports.leads.list(workspace, &raised).await?.leads.into_iter();
    let latest = ports.leads.list(workspace, &latest).await?.leads.into_iter();
    let within = |window: SignedDuration| move |at: Timestamp| now.duration_since(at) <= window;
    let raised = raised.filter(|row| within(HOT_AGAIN_AFTER)(row.updated_at));
    let latest = latest.filter(|row| within(LATELY)(row.updated_at));
    let ids: BTreeSet<LeadId> = raised.chain(latest).map(|row| row.id).collect();
    Ok(ids.into_iter().collect())
}

/// The lead if it is hot since less than a day, made so where its views say so and nobody took note.
async fn turned_hot(ports: &RepairPorts, lead: Lead, now: Timestamp) -> StoreResult<Option<Lead>> {
    let lately = |lead: &Lead| {
        lead.engagement.hot_since.is_some_and(|since| now.duration_since(since) < HOT_AGAIN_AFTER)
    };
    if lately(&lead) {
        return Ok(Some(lead));
    }
    if !lead.engagement.clone().catch_up(now) {
        return Ok(None);
    }
    let changed = change_lead(&*ports.leads, &lead.workspace, &lead.id, |lead: &mut Lead| {
        lead.engagement.catch_up(now).then(|| {
            lead.priority = Priority::High;
            Event::system("lead_turned_hot", now)
        })
    });
    match changed.await {
        Ok(lead) => Ok(Some(lead).filter(lately)),
        Err(StoreError::NotFound) => Ok(None),
        Err(other) => Err(other),
    }
}
