//! Announces leads that turned hot while the notification was lost: the event broke off between counting the view and
//! announcing it, perhaps before the workspace's trigger rules were carried out.

use crate::ingesting::rules::carry_out_rules;
use crate::lead::hot::{announce_hot, hot_task_id};
use crate::ports::leads::{LeadQuery, LeadSort};
use crate::ports::stats::Metric;
use crate::ports::store::{StoreError, StoreResult};
use crate::repair::repair_ports::RepairPorts;
use domain::campaign::trigger_rule::Happened;
use domain::lead::Lead;
use domain::lead::engagement::HOT_AGAIN_AFTER;
use domain::lead::scope::LeadScope;
use domain::{LeadId, WorkspaceId};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};

const AT_MOST: usize = 400;

pub(super) async fn announce(ports: &RepairPorts, workspace: &WorkspaceId) -> StoreResult<usize> {
    let now = ports.clock.now();
    if !has_missing_alert(ports, workspace, now).await? {
        return Ok(0);
    }
    let mut repaired = 0;
    for lead in ports.leads.get_many(workspace, &changed_lately(ports, workspace, now).await?).await? {
        for since in turned_hot_lately(&lead, now) {
            repaired += usize::from(announce_missed(ports, &lead, since, now).await?);
        }
    }
    Ok(repaired)
}

/// Announces that the lead turned hot at that moment, unless that is done. An announcement writes its task last, after the
/// trigger rules: one that broke off is found by the missing task.
async fn announce_missed(
    ports: &RepairPorts,
    lead: &Lead,
    since: Timestamp,
    now: Timestamp,
) -> StoreResult<bool> {
    match ports.tasks.get(&lead.workspace, &hot_task_id(&lead.id, since)).await {
        Ok(_) => return Ok(false),
        Err(StoreError::NotFound) => {}
        Err(other) => return Err(other),
    }
    let ruled = carry_out_rules(&ports.rules, lead, &[Happened::TurnedHot { since }], since).await;
    if let Err(error) = ruled {
        tracing::warn!(lead.id = %lead.id, %error, "the rules for a hot lead were not carried out");
        return Ok(false);
    }
    let stores = (&*ports.leads, &*ports.notifications, &*ports.tasks);
    announce_hot(stores, lead, since, now).await.map(|()| true)
}

/// Tells whether more leads turned hot since yesterday than were announced. Mostly this one query is all.
async fn has_missing_alert(
    ports: &RepairPorts,
    workspace: &WorkspaceId,
    now: Timestamp,
) -> StoreResult<bool> {
    let today = now.to_zoned(TimeZone::UTC).date();
    let yesterday = today.saturating_sub(1.day());
    let days = ports.stats.days(workspace, yesterday, today).await?;
    let counted = |metric| days.values().filter_map(|day| day.get(&metric)).sum::<i64>();
    Ok(counted(Metric::TurnedHot) > counted(Metric::HotAnnounced))
}

/// Returns the leads that changed lately, latest first: turning hot is a change of the lead.
async fn changed_lately(
    ports: &RepairPorts,
    workspace: &WorkspaceId,
    now: Timestamp,
) -> StoreResult<Vec<LeadId>> {
    let query = LeadQuery {
        sort: LeadSort::Updated,
        descending: true,
        limit: AT_MOST,
        as_of: Some(now),
        ..LeadQuery::default()
    };
    let rows = ports.lists.page(workspace, &LeadScope::All, &query).await?.leads.into_iter();
    let lately = |at: Timestamp| now.duration_since(at) <= HOT_AGAIN_AFTER + SignedDuration::from_hours(1);
    Ok(rows.filter(|row| lately(row.updated_at)).map(|row| row.id).collect())
}

/// Returns the moments at which the lead turned hot lately: by its views and by its score.
fn turned_hot_lately(lead: &Lead, now: Timestamp) -> Vec<Timestamp> {
    let moments = [lead.engagement.hot_since, lead.engagement.hot_by_score_since];
    moments.into_iter().flatten().filter(|since| now.duration_since(*since) < HOT_AGAIN_AFTER).collect()
}
