//! Handles subscriptions: the client's recurring revenue, and the risk that it ends. Providers report in any order and
//! to the second; which state is newer, `Subscription::outlasts` decides.

use crate::ingesting::context::{IngestPorts, Origin};
use crate::ingesting::news::{News, close_task, open_task};
use crate::ingesting::payment::{client, event, find_lead};
use crate::ports::leads::ActivityKind;
use crate::ports::provider_events::SubscriptionState;
use crate::ports::store::StoreResult;
use crate::retry;
use domain::TaskId;
use domain::event::EventKind;
use domain::lead::Lead;
use domain::mutant;
use domain::revenue::{Client, Subscription};
use domain::workspace::notification::NotificationKind;
use domain::workspace::task::{Task, TaskKind};
use jiff::Timestamp;

pub(super) async fn record_subscription(
    ports: &IngestPorts,
    origin: &Origin<'_>,
    state: &SubscriptionState,
) -> StoreResult<()> {
    let event = event(origin, EventKind::SubscriptionChanged, state.as_of, &state.external_id);
    retry!(async {
        let mut client = client(ports, origin, &state.customer, state.as_of).await?;
        if client.lead.is_none() {
            client.lead =
                find_lead(ports, origin, state.reference.as_deref(), None).await?.map(|lead| lead.id);
        }
        if let Some(lead) = &client.lead {
            origin.findings.concerns(lead);
        }
        let mut all = ports.revenue.subscriptions(origin.workspace, &client.id).await?;
        let at = all.iter().position(|known| known.external_id == state.external_id);
        let known = at.map(|at| all.swap_remove(at));
        let mut now = subscription(origin, &client, state);
        if known.as_ref().is_some_and(|known| known.outlasts(&now)) {
            return Ok(());
        }
        now.rev = known.as_ref().map_or(0, |known| known.rev);
        if known.as_ref() == Some(&now) {
            return Ok(());
        }
        // The state is written last: an event that breaks off before it tells all of this again.
        tell_of_ending(ports, origin, &client, known.as_ref(), &now).await?;
        all.push(now.clone());
        if !mutant!("subscription_without_mrr") {
            client.sum_up(&all);
        }
        ports.revenue.save_subscription(&now, &client, &event).await
    })
}

fn subscription(origin: &Origin<'_>, client: &Client, state: &SubscriptionState) -> Subscription {
    Subscription {
        workspace: origin.workspace.clone(),
        client: client.id.clone(),
        external_id: state.external_id.clone(),
        status: state.status,
        monthly: state.monthly,
        is_unsure: state.is_unsure,
        currency: state.currency,
        ends_at: state.ends_at,
        started_at: state.started_at,
        ended_at: state.ended_at,
        as_of: state.as_of,
        reported: state.reported,
        rev: 0,
    }
}

/// Tells of a subscription that was cancelled and still runs, or that goes on after all, and opens or closes the task
/// to keep the client.
async fn tell_of_ending(
    ports: &IngestPorts,
    origin: &Origin<'_>,
    client: &Client,
    known: Option<&Subscription>,
    now: &Subscription,
) -> StoreResult<()> {
    let end = |state: &Subscription| state.ends_at.filter(|_| state.is_ending());
    let (before, after) = (known.and_then(end), end(now));
    let is_over = now.ended_at.is_some();
    if before == after || is_over {
        return Ok(());
    }
    let lead = match &client.lead {
        Some(id) => super::context::lead(ports, origin, id).await?,
        None => None,
    };
    let event = event(origin, EventKind::SubscriptionChanged, now.as_of, &now.external_id);
    if let (Some(lead), Some(ended)) = (&lead, before) {
        close_task(ports, origin, &task_id(lead, now, ended), &event).await?;
    }
    if let (Some(lead), Some(ends)) = (&lead, after) {
        let title = format!("{} cancelled: ends on {}", lead.display_name(), day(ends));
        let task = Task::about(lead, task_id(lead, now, ends), TaskKind::ChurnRisk, title, now.as_of);
        open_task(ports, &task, &event).await?;
    }
    let told = after.map_or("kept".to_owned(), |at| at.as_second().to_string());
    let news = News {
        id: &format!("ending-{}-{}-{told}", now.external_id, now.as_of.as_second()),
        cause: &now.external_id,
        at: now.as_of,
        kind: NotificationKind::ChurnRisk,
        title: if after.is_some() { "{} cancelled" } else { "{} stays" },
        detail: match after {
            Some(ends) => format!("The subscription runs until {}", day(ends)),
            None => "The subscription goes on".to_owned(),
        },
        activity: ActivityKind::SubscriptionEnding { ends_at: after },
    };
    news.tell(ports, origin, lead.as_ref(), &client.name, &event).await
}

/// The only task of this end of the subscription.
fn task_id(lead: &Lead, of: &Subscription, ends: Timestamp) -> TaskId {
    TaskId::derived(&lead.id, &["ending", &of.external_id, &ends.as_second().to_string()])
}

/// The day in UTC, such as `31 Dec 2026`.
fn day(at: Timestamp) -> String {
    at.strftime("%-d %b %Y").to_string()
}
