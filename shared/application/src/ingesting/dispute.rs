//! Handles disputed payments. An open dispute is noted on the client, whose money is then not safe; a lost one is
//! booked once, without the provider's fee, and a won one leaves everything as it was.

use crate::ingesting::context::{IngestError, IngestPorts, Origin};
use crate::ingesting::news::{News, close_task, open_task};
use crate::ingesting::payment::{event, payment_of, retry_if_before_payment, transactions_of};
use crate::ports::leads::ActivityKind;
use crate::ports::store::StoreResult;
use crate::retry;
use domain::TaskId;
use domain::event::{Event, EventKind};
use domain::lead::Lead;
use domain::revenue::dispute::{Dispute, DisputeOutcome};
use domain::revenue::{Client, Transaction, TransactionKind};
use domain::workspace::notification::NotificationKind;
use domain::workspace::task::{Task, TaskKind};

/// Notes a dispute of the payment that has one of these ids. The payment may be reported later, and may be unknown for
/// good, because it was made before the account was connected: then everybody is told.
pub(super) async fn record_dispute(
    ports: &IngestPorts,
    origin: &Origin<'_>,
    dispute: &Dispute,
    payments: &[String],
) -> Result<(), IngestError> {
    let event = event(origin, EventKind::DisputeNoted, dispute.at, &dispute.id);
    let is_known = retry!(async {
        let Some(mut client) = client_of(ports, origin, payments).await? else { return Ok(false) };
        if let Some(lead) = &client.lead {
            origin.findings.concerns(lead);
        }
        if !client.note_dispute(dispute) {
            return Ok(true);
        }
        // The client is written last: an event that breaks off before it tells all of this again.
        tell(ports, origin, dispute, Some(&client), &event).await?;
        match dispute.outcome {
            DisputeOutcome::Lost => take_back(ports, &mut client, dispute, payments, &event).await?,
            DisputeOutcome::Open | DisputeOutcome::Won => {
                ports.revenue.save_client(&client, &event).await?;
            }
        }
        Ok(true)
    });
    if !is_known? {
        retry_if_before_payment(ports, origin.received_at, &dispute.id)?;
        tell(ports, origin, dispute, None, &event).await?;
    }
    Ok(())
}

/// Finds the client by the ids of a payment, of which any may be the one that was booked.
pub(super) async fn client_of(
    ports: &IngestPorts,
    origin: &Origin<'_>,
    payments: &[String],
) -> StoreResult<Option<Client>> {
    for payment in payments {
        if let Some(client) = ports.revenue.client_of_payment(origin.workspace, payment).await? {
            return Ok(Some(client));
        }
    }
    Ok(None)
}

async fn take_back(
    ports: &IngestPorts,
    client: &mut Client,
    dispute: &Dispute,
    payments: &[String],
    event: &Event,
) -> StoreResult<()> {
    let moved = transactions_of(ports, client).await?;
    let paid = payment_of(ports, client, moved, payments).await?;
    let amount = dispute.amount().negated();
    client.collected.add(amount);
    let transaction = Transaction {
        workspace: client.workspace.clone(),
        client: client.id.clone(),
        lead: client.lead.clone(),
        external_id: dispute.id.clone(),
        also_known_as: Vec::new(),
        kind: TransactionKind::Chargeback,
        amount,
        credits: paid.as_ref().map_or_else(|| client.credits.clone(), |paid| paid.credits.clone()),
        of_payment: paid.map(|paid| paid.external_id),
        at: dispute.at,
        booked_at: ports.clock.now(),
    };
    ports.revenue.book(&transaction, client, event).await.map(drop)
}

async fn tell(
    ports: &IngestPorts,
    origin: &Origin<'_>,
    dispute: &Dispute,
    client: Option<&Client>,
    event: &Event,
) -> StoreResult<()> {
    let lead = match client.and_then(|client| client.lead.as_ref()) {
        Some(id) => super::context::lead(ports, origin, id).await?,
        None => None,
    };
    if let Some(lead) = &lead {
        let id = TaskId::derived(&lead.id, &["dispute", &dispute.id]);
        match dispute.outcome {
            DisputeOutcome::Open => open_task(ports, &task(lead, id, dispute), event).await?,
            DisputeOutcome::Won | DisputeOutcome::Lost => close_task(ports, origin, &id, event).await?,
        }
    }
    let (word, title) = match dispute.outcome {
        DisputeOutcome::Open => ("open", "{} disputes a payment"),
        DisputeOutcome::Won => ("won", "The dispute of {} is decided for you"),
        DisputeOutcome::Lost => ("lost", "{} got a disputed payment back"),
    };
    let news = News {
        id: &format!("dispute-{}-{word}", dispute.id),
        cause: &dispute.id,
        at: dispute.at,
        kind: NotificationKind::Dispute,
        title,
        detail: detail(dispute),
        activity: ActivityKind::Disputed {
            amount_minor: dispute.amount_minor,
            currency: dispute.currency,
            outcome: dispute.outcome,
        },
    };
    let name = client.map_or("An unknown customer", |client| &client.name);
    news.tell(ports, origin, lead.as_ref(), name, event).await
}

fn task(lead: &Lead, id: TaskId, dispute: &Dispute) -> Task {
    let title = format!("Answer the dispute of {} in Stripe", dispute.amount());
    let mut task = Task::about(lead, id, TaskKind::AnswerDispute, title, dispute.at);
    task.body = detail(dispute);
    task
}

fn detail(dispute: &Dispute) -> String {
    let reason = dispute.reason.as_deref().map(|reason| format!(", {}", reason.replace('_', " ")));
    let due = dispute.due_by.filter(|_| dispute.outcome == DisputeOutcome::Open);
    let due = due.map(|at| format!(", evidence until {}", at.strftime("%-d %b %Y")));
    format!("{}{}{}", dispute.amount(), reason.unwrap_or_default(), due.unwrap_or_default())
}
