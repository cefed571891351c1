//! Counts how many leads of a bulk message would be deferred by the workspace's caps if it were sent now.

use crate::bulk_messages::start::BulkMessagePorts;
use crate::ports::store::{StoreResult, found};
use crate::sending::{DAY, domain_bucket, workspace_bucket};
use domain::LeadId;
use domain::contact::channel::Channel;
use domain::lead::Lead;
use domain::lead::stage::StageId;
use domain::planning::read_behaviour::last_message;
use domain::workspace::Workspace;
use futures::{StreamExt, TryStreamExt, stream};
use std::collections::{BTreeMap, BTreeSet, HashMap};

const AT_ONCE: usize = 8;

domain::codes! {
    /// The cap that defers a message.
    #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
    pub enum CapWait {
        /// The lead's last message was not long enough ago.
        TooSoon = "too_soon",
        /// The day's messages to the lead's mail domain are used up.
        DomainFull = "domain_full",
        /// The workspace's messages of the day are used up.
        WorkspaceFull = "workspace_full",
    }
}

/// Counts the deferred leads by reason. The caps are used up in the order of `leads`.
pub async fn count_deferred(
    ports: &BulkMessagePorts,
    workspace: &Workspace,
    channel: Channel,
    leads: &[Lead],
) -> StoreResult<BTreeMap<CapWait, usize>> {
    let too_soon = leads_within_minimum_gap(ports, workspace, leads).await?;
    let mut domains = domain_caps_left(ports, workspace, channel, leads).await?;
    let mut left = match workspace.caps.messages_per_day {
        Some(most) => {
            let bucket = workspace_bucket(&workspace.id);
            Some(most.saturating_sub(ports.limits.taken(&bucket, DAY, ports.clock.now()).await?))
        }
        None => None,
    };
    let mut waiting = BTreeMap::new();
    for lead in leads {
        let domain = lead.email.as_ref().and_then(|email| domains.get_mut(email.domain()));
        let why = if too_soon.contains(&lead.id) {
            CapWait::TooSoon
        } else if domain.as_deref() == Some(&0) {
            CapWait::DomainFull
        } else if left == Some(0) {
            CapWait::WorkspaceFull
        } else {
            for left in domain.into_iter().chain(left.as_mut()) {
                *left -= 1;
            }
            continue;
        };
        *waiting.entry(why).or_default() += 1;
    }
    Ok(waiting)
}

async fn leads_within_minimum_gap(
    ports: &BulkMessagePorts,
    workspace: &Workspace,
    leads: &[Lead],
) -> StoreResult<BTreeSet<LeadId>> {
    let now = ports.clock.now();
    let asked = workspace.caps.minimum_gap().is_some();
    let before = leads.iter().filter(|lead| asked && lead.status != StageId::NEW);
    let read: Vec<_> = before
        .map(|lead| async {
            let file = found(ports.writing.leads.file(&workspace.id, &lead.id).await)?;
            let last = file.and_then(|file| last_message(&file.messages, None));
            let waits = workspace.caps.free_from(last).is_some_and(|free| free > now);
            Ok(waits.then(|| lead.id.clone()))
        })
        .collect();
    stream::iter(read).buffered(AT_ONCE).try_filter_map(|waits| async { Ok(waits) }).try_collect().await
}

/// Returns what is left of each domain's cap today.
async fn domain_caps_left(
    ports: &BulkMessagePorts,
    workspace: &Workspace,
    channel: Channel,
    leads: &[Lead],
) -> StoreResult<HashMap<String, u32>> {
    let Some(most) = workspace.caps.domain_per_day.filter(|_| channel == Channel::Email) else {
        return Ok(HashMap::new());
    };
    let emails = leads.iter().filter_map(|lead| lead.email.as_ref());
    let domains: BTreeSet<&str> = emails.map(|email| email.domain()).collect();
    let read: Vec<_> = domains
        .into_iter()
        .map(|domain| async move {
            let bucket = domain_bucket(&workspace.id, domain);
            let taken = ports.limits.taken(&bucket, DAY, ports.clock.now()).await?;
            Ok((domain.to_owned(), most.saturating_sub(taken)))
        })
        .collect();
    stream::iter(read).buffered(AT_ONCE).try_collect().await
}
