//! Queues one page of a bulk message. A lead that has been queued is not queued again, so a page may be repeated.

use crate::bulk_messages::preview::{BulkSenders, render_for_leads};
use crate::bulk_messages::start::{BulkMessagePorts, Job, blob_key, cancel_bulk_message, change};
use crate::campaign::enrol_jobs::Audience;
use crate::campaign::quota_booking::book_days;
use crate::inbox::compose_by_hand::UNDO;
use crate::lead::filter::all_matching_ids;
use crate::ports::outbox::send_all;
use crate::ports::store::{StoreError, StoreResult};
use crate::queue_messages::CampaignJob;
use crate::sending::queue_one_off;
use domain::capacity::capacity_calendar::DayBooking;
use domain::capacity::follow_up_load::FollowUps;
use domain::event::{Actor, Event, EventKind};
use domain::lead::Lead;
use domain::lead::scope::LeadScope;
use domain::message::bulk_message::{BulkMessage, BulkMessageCounts, QUEUED};
use domain::message::{Direction, Message};
use domain::time::weekly_hours::Week;
use domain::workspace::account::Account;
use domain::{AccountId, BulkMessageId, MessageId, WorkspaceId};
use jiff::Timestamp;
use std::collections::BTreeMap;

const PAGE: usize = 25;

pub async fn write_page(
    ports: &BulkMessagePorts,
    (workspace, id): (&WorkspaceId, &BulkMessageId),
    cursor: Option<String>,
    mut counts: BulkMessageCounts,
) -> StoreResult<()> {
    let bulk_message = ports.bulk_messages.get(workspace, id).await?;
    if bulk_message.cancelled_at.is_some() || bulk_message.finished_at.is_some() {
        return Ok(());
    }
    let key = blob_key(workspace, id);
    let mut job: Job = serde_json::from_slice(&ports.blobs.get(&key).await?)
        .map_err(|e| StoreError::Corrupt { key: key.clone(), why: e.to_string() })?;
    if let (Audience::Filter { filter, except }, None) = (&job.whom, &cursor) {
        // The filter is evaluated once over all leads, and not for each page.
        let now = ports.clock.now();
        let ids =
            match all_matching_ids(&ports.lists, (workspace, &LeadScope::All), (filter, except), now).await {
                // A custom field of the filter is gone: nothing was sent yet, and nothing will be.
                Err(StoreError::BadQuery(_)) => {
                    return cancel_bulk_message(ports, workspace, id, Actor::System).await.map(drop);
                }
                ids => ids?,
            };
        job.whom = Audience::Ids(ids);
        ports.blobs.put(&key, "application/json", job.stored()?).await?;
    }
    let sender = ports.workspaces.get(workspace).await?;
    let writing = &ports.writing;
    let (named, next) = job.whom.page(&ports.lists, workspace, cursor, PAGE, ports.clock.now()).await?;
    let accounts = ports.accounts.list(workspace).await?;
    let (others, is_chosen) = (&bulk_message.account, job.is_chosen);
    let senders = BulkSenders { accounts: &accounts, others, is_chosen, author: Some(&bulk_message.author) };
    let what = (bulk_message.channel, &job.words);
    let looked = render_for_leads(ports, &sender, (what, senders), &named).await?;
    let gone = named.len().saturating_sub(looked.len());
    *counts.entry("no_such_lead".to_owned()).or_default() += u32::try_from(gone).unwrap_or(u32::MAX);
    let mut reached = BTreeMap::new();
    for one in looked {
        let came_to = match one.words {
            Ok(_) => QUEUED,
            Err(obstacle) => obstacle.reason,
        };
        *counts.entry(came_to.to_owned()).or_default() += 1;
        if came_to == QUEUED {
            let from = one.sender.unwrap_or_else(|| bulk_message.account.clone());
            reached.entry(from).or_insert_with(Vec::new).push(one.lead);
        }
    }
    counts.retain(|_, people| *people > 0);
    for (from, leads) in &reached {
        let account = accounts.iter().find(|account| account.id == *from);
        let times = times(ports, &bulk_message, account, leads.len()).await?;
        for (lead, at) in leads.iter().zip(times) {
            let message = message_to((lead, from), &bulk_message, &job, (at, ports.clock.now()));
            let stores = (&*writing.messages, &*writing.due, &*writing.outbox);
            queue_one_off(stores, &message, Actor::User(bulk_message.author.clone())).await?;
        }
    }
    let over = next.is_none();
    change(ports, workspace, id, |bulk_message, now| {
        bulk_message.counts = counts.clone();
        bulk_message.finished_at = over.then_some(now);
        Some(Event::system(EventKind::BulkMessageCounted, now))
    })
    .await?;
    if over {
        return Ok(());
    }
    let (workspace, bulk_message) = (workspace.clone(), id.clone());
    send_all(&*ports.outbox, &[CampaignJob::Write { workspace, bulk_message, cursor: next, counts }], 0).await
}

/// Returns when each message is first looked at. An account with limits books each on a day with capacity left, in
/// the order in which they are given.
async fn times(
    ports: &BulkMessagePorts,
    bulk_message: &BulkMessage,
    account: Option<&Account>,
    count: usize,
) -> StoreResult<Vec<Timestamp>> {
    let now = ports.clock.now();
    let soonest = now.checked_add(UNDO).unwrap_or(now).max(bulk_message.send_at.unwrap_or(now));
    let Some((account, limits)) = account.and_then(|one| Some((one, one.limits.as_ref()?))) else {
        return Ok(vec![soonest; count]);
    };
    let week = account.hours.as_ref().map_or(Week::ALWAYS, |hours| hours.week());
    let follow_ups = &FollowUps::none(week);
    let coming = vec![DayBooking { from: limits.day_of(soonest), opening: false, follow_ups }; count];
    let days = book_days(&*ports.quotas, &*ports.clock, (account, limits), &coming).await?;
    Ok(days.into_iter().map(|day| limits.same_time_on(soonest, day).max(soonest)).collect())
}

fn message_to(
    (lead, from): (&Lead, &AccountId),
    bulk_message: &BulkMessage,
    job: &Job,
    (at, now): (Timestamp, Timestamp),
) -> Message {
    let id = MessageId::derived(&lead.id, &["bulk_message", bulk_message.id.as_str()]);
    Message {
        bulk_message: Some(bulk_message.id.clone()),
        account: Some(from.clone()),
        author: Some(bulk_message.author.clone()),
        to: lead.address_on(bulk_message.channel).unwrap_or_default(),
        subject: job.words.subject.clone(),
        text: job.words.text.clone(),
        planned_for: Some(at),
        ..Message::blank(id, lead.workspace.clone(), Direction::Out, bulk_message.channel, now)
    }
}
