//! The nightly temperature job: announces leads that are warmer or colder than was last announced. What users see is
//! computed when it is read; this announces a change once, with hysteresis. It reads the lead list, and writes only
//! what changed. From the same rows it finds leads that have gone quiet, for the rules that wait for that.

use crate::lead::hot::{HotPorts, announce_turn};
use crate::lead::list::LeadLists;
use crate::lead::quiet_leads::{MOST_A_NIGHT, QuietRules};
use crate::ports::clock::Clock;
use crate::ports::due::DueStore;
use crate::ports::leads::{LeadQuery, LeadSort, LeadStore};
use crate::ports::store::{StoreError, StoreResult, found};
use crate::ports::trigger_rules::RuleStore;
use crate::ports::workspaces::WorkspaceStore;
use domain::campaign::trigger_rule::TriggerRules;
use domain::event::{Event, EventKind};
use domain::lead::scope::LeadScope;
use domain::{LeadId, WorkspaceId};
use futures::{StreamExt, TryStreamExt};
use jiff::Timestamp;
use std::sync::Arc;

const PAGE: usize = 500;
const WRITES_AT_ONCE: usize = 16;
const SECONDS_A_DAY: i64 = 86_400;

crate::ports! {
    #[derive(Clone)]
    pub struct CoolingPorts {
        pub clock: Arc<dyn Clock>,
        pub due: Arc<dyn DueStore>,
        pub hot: HotPorts = HotPorts::new,
        pub leads: Arc<dyn LeadStore>,
        pub lists: LeadLists = LeadLists::new,
        pub rules: Arc<dyn RuleStore>,
        pub workspaces: Arc<dyn WorkspaceStore>,
    }
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cooled {
    pub looked_at: usize,
    pub announced: usize,
    /// The number of workspaces that were not reached in time.
    pub left: usize,
}

/// Announces the changed temperatures of all workspaces until the time is up. It starts with another workspace each
/// night, so that those left out one night come first some night later.
pub async fn announce_temperatures(ports: &CoolingPorts, until: Timestamp) -> StoreResult<Cooled> {
    let workspaces = in_tonights_order(ports.workspaces.ids().await?, ports.clock.now());
    let mut sum = Cooled::default();
    for workspace in &workspaces {
        match announce_in(ports, workspace, until, &mut sum).await {
            Ok(()) => {}
            Err(error) => {
                tracing::error!(workspace.id = %workspace, %error, "temperatures could not be announced")
            }
        }
    }
    Ok(sum)
}

/// Puts another workspace first each night.
pub(crate) fn in_tonights_order(mut workspaces: Vec<WorkspaceId>, now: Timestamp) -> Vec<WorkspaceId> {
    workspaces.sort();
    let nights = usize::try_from(now.as_second() / SECONDS_A_DAY).unwrap_or(0);
    let first = nights.checked_rem(workspaces.len()).unwrap_or(0);
    workspaces.rotate_left(first);
    workspaces
}

async fn announce_in(
    ports: &CoolingPorts,
    workspace: &WorkspaceId,
    until: Timestamp,
    sum: &mut Cooled,
) -> StoreResult<()> {
    let quiet = QuietRules::of(&readable_rules(ports, workspace).await?);
    let mut left = MOST_A_NIGHT;
    let mut later = Vec::new();
    let mut cursor = None;
    loop {
        let now = ports.clock.now();
        if now >= until {
            sum.left += 1;
            return Ok(());
        }
        let query = LeadQuery {
            sort: LeadSort::Created,
            limit: PAGE,
            cursor,
            as_of: Some(now),
            ..LeadQuery::default()
        };
        let page = ports.lists.page(workspace, &LeadScope::All, &query).await?;
        sum.looked_at += page.leads.len();
        let mut hints = quiet.hints_of(&page.leads, now);
        hints.first.truncate(left);
        left -= hints.first.len();
        ports.due.put(&hints.first).await?;
        later.append(&mut hints.second);
        later.truncate(left);
        let changed = page.leads.iter().filter(|row| row.temperature_of_score != row.announced_temperature);
        let each: Vec<_> = changed.map(|row| announce(ports, workspace, &row.id, now)).collect();
        let mut announced = futures::stream::iter(each).buffer_unordered(WRITES_AT_ONCE);
        while let Some(is_news) = announced.try_next().await? {
            sum.announced += usize::from(is_news);
        }
        cursor = page.next_cursor;
        if cursor.is_none() {
            return ports.due.put(&later).await;
        }
    }
}

/// Reads the rules; none where they cannot be read, which must not keep temperatures from being announced.
async fn readable_rules(ports: &CoolingPorts, workspace: &WorkspaceId) -> StoreResult<TriggerRules> {
    match ports.rules.get(workspace).await {
        Err(error @ StoreError::Corrupt { .. }) => {
            tracing::error!(workspace.id = %workspace, %error, "the rules cannot be read");
            Ok(TriggerRules::none(workspace.clone()))
        }
        other => other,
    }
}

/// Announces the temperature of one lead. If the lead is written at the same moment, the next night's run
/// announces it.
async fn announce(
    ports: &CoolingPorts,
    workspace: &WorkspaceId,
    id: &LeadId,
    now: Timestamp,
) -> StoreResult<bool> {
    let Some(mut lead) = found(ports.leads.get(workspace, id).await)? else { return Ok(false) };
    let temperature = lead.temperature_of_score(now);
    if temperature == lead.announced_temperature {
        return Ok(false);
    }
    // What is known of a lead may make it hot without anything that it did.
    let was_hot = lead.engagement.hot_by_views_until(now).is_some();
    let turned_hot = lead.note_hot_by_score(was_hot, now);
    lead.announced_temperature = temperature;
    match ports.leads.save(&lead, &Event::system(EventKind::TemperatureChanged, now)).await {
        Ok(_) if turned_hot => announce_turn(&ports.hot, &lead, now).await.map(|()| true),
        Ok(_) => Ok(true),
        Err(StoreError::Conflict) => Ok(false),
        Err(other) => Err(other),
    }
}
