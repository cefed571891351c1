//! Handles payments: a transaction, and a client. The lead is won, and its enrolments end.

use crate::ingesting::context::{IngestError, IngestPorts, Origin};
use crate::ingesting::dispute::client_of;
use crate::ingesting::news::News;
use crate::lead::change::{change_lead, find_by_present_or_former_email};
use crate::lead::company_hold::start_company_hold;
use crate::ports::leads::{Activity, ActivityKind};
use crate::ports::provider_events::{Checkout, PaymentReceived};
use crate::ports::revenue::Booking;
use crate::ports::store::{PageRequest, StoreResult, found, unless_taken};
use crate::retry;
use domain::contact::email_address::EmailAddress;
use domain::enrolment::reasons::EndReason;
use domain::event::{Actor, Event, EventKind};
use domain::lead::Lead;
use domain::lead::stage::StageId;
use domain::money::{Money, Sums};
use domain::revenue::{Client, Transaction, TransactionKind};
use domain::workspace::notification::{Notification, NotificationKind};
use domain::{CampaignId, ClientId, LeadId, NotificationId};
use jiff::{SignedDuration, Timestamp};

/// Providers tell of money in any order: a report about a payment that is not known yet is retried for so
/// long.
const PAYMENT_COMES_WITHIN: SignedDuration = SignedDuration::from_mins(25);

pub(super) async fn record_payment(
    ports: &IngestPorts,
    origin: &Origin<'_>,
    payment: &PaymentReceived,
) -> StoreResult<()> {
    let lead =
        find_lead(ports, origin, payment.reference.as_deref(), payment.customer_email.as_deref()).await?;
    let event = event(origin, EventKind::PaymentBooked, payment.at, &payment.external_id);
    let (client, tied) = book_payment(ports, origin, payment, lead.as_ref(), &event).await?;
    let lead = match (lead, tied) {
        (None, Some(id)) => super::context::lead(ports, origin, &id).await?,
        (lead, _) => lead,
    };
    match lead {
        // What began since was not ended by this payment.
        Some(_) if origin.was_handled() => Ok(()),
        Some(lead) => {
            mark_won(ports, origin, &lead, payment.at, &payment.external_id).await?;
            let (amount, cause) = (payment.amount, &payment.external_id);
            announce_payment(ports, origin, (&lead, client), amount, payment.at, cause).await
        }
        None => Ok(()),
    }
}

/// Books the payment unless it was booked before, and returns its client with the lead that the client is tied to.
async fn book_payment(
    ports: &IngestPorts,
    origin: &Origin<'_>,
    payment: &PaymentReceived,
    lead: Option<&Lead>,
    event: &Event,
) -> StoreResult<(ClientId, Option<LeadId>)> {
    let campaign = match lead {
        Some(lead) => campaign_of(ports, origin, lead).await?,
        None => None,
    };
    retry!(async {
        let mut client = client(ports, origin, &payment.customer, payment.at).await?;
        if let (None, Some(name)) = (&client.lead, &payment.customer_name) {
            client.name.clone_from(name);
        }
        client.email = client.email.or_else(|| payment.customer_email.clone());
        client.lead = client.lead.or_else(|| lead.map(|lead| lead.id.clone()));
        client.campaign = client.campaign.or_else(|| campaign.clone());
        if let Some(lead) = lead {
            client.name = business_name(lead);
            client.credit_owner(lead.owner.as_ref());
        }
        client.collected.add(payment.amount);
        let transaction = Transaction {
            workspace: origin.workspace.clone(),
            client: client.id.clone(),
            lead: client.lead.clone(),
            external_id: payment.external_id.clone(),
            also_known_as: payment.also_known_as.clone(),
            kind: TransactionKind::Payment,
            amount: payment.amount,
            credits: client.credits.clone(),
            of_payment: None,
            at: payment.at,
            booked_at: ports.clock.now(),
        };
        // A conflict means that the client was changed meanwhile.
        if ports.revenue.book(&transaction, &client, event).await? == Booking::Before {
            tracing::info!(workspace.id = %origin.workspace, "the payment was booked before");
        }
        Ok((client.id, client.lead))
    })
}

/// Ends the buyer's enrolments before any invoice reports the money, and ties the customer to the lead. Earlier
/// payments of the customer then count as the lead's.
pub(super) async fn record_checkout(
    ports: &IngestPorts,
    origin: &Origin<'_>,
    checkout: &Checkout,
) -> StoreResult<()> {
    let email = checkout.customer_email.as_deref();
    let Some(lead) = find_lead(ports, origin, checkout.reference.as_deref(), email).await? else {
        return Ok(());
    };
    if origin.was_handled() {
        return Ok(());
    }
    if checkout.paid {
        mark_won(ports, origin, &lead, checkout.at, &checkout.external_id).await?;
    }
    let event = event(origin, EventKind::ClientTied, checkout.at, &checkout.external_id);
    let campaign = campaign_of(ports, origin, &lead).await?;
    retry!(async {
        let mut client = client(ports, origin, &checkout.customer, checkout.at).await?;
        if client.lead.is_some() {
            return Ok(());
        }
        // The tie is written last: an event that breaks off before it does all of this again.
        if !client.collected.is_empty() {
            mark_won(ports, origin, &lead, checkout.at, &checkout.external_id).await?;
        }
        for collected in client.collected.iter() {
            let cause = format!("{}-{}", checkout.external_id, collected.currency);
            let payer = (&lead, client.id.clone());
            announce_payment(ports, origin, payer, collected, checkout.at, &cause).await?;
        }
        client.lead = Some(lead.id.clone());
        client.name = business_name(&lead);
        client.credit_owner(lead.owner.as_ref());
        client.email = client.email.or_else(|| checkout.customer_email.clone());
        client.campaign = client.campaign.or_else(|| campaign.clone());
        // Another payment may have come meanwhile.
        ports.revenue.save_client(&client, &event).await.map(drop)
    })
}

/// Marks the lead as won, ends its enrolments, and holds its company. Each part may be repeated.
async fn mark_won(
    ports: &IngestPorts,
    origin: &Origin<'_>,
    lead: &Lead,
    at: Timestamp,
    cause: &str,
) -> StoreResult<()> {
    let event = event(origin, EventKind::LeadWon, at, cause);
    ports.enrolments.stop(origin.workspace, &lead.id, EndReason::Won, &event).await?;
    let change = |lead: &mut Lead| lead.advance_status(StageId::WON, at).then(|| event.clone());
    change_lead(&*ports.leads, origin.workspace, &lead.id, change).await?;
    start_company_hold(&ports.enrol, lead, at).await
}

/// Writes the payment on the lead's timeline and notifies its owner. Each part may be repeated.
async fn announce_payment(
    ports: &IngestPorts,
    origin: &Origin<'_>,
    (lead, client): (&Lead, ClientId),
    amount: Money,
    at: Timestamp,
    cause: &str,
) -> StoreResult<()> {
    let Money { amount_minor, currency } = amount;
    let activity = Activity {
        id: format!("paid-{cause}"),
        at,
        kind: ActivityKind::Paid { amount_minor, currency, client: Some(client) },
        actor: None,
    };
    unless_taken(ports.leads.put_activity(origin.workspace, &lead.id, &activity).await)?;
    let notification = Notification {
        id: NotificationId::derived(at, &["paid", cause]),
        workspace: origin.workspace.clone(),
        user: lead.owner.clone(),
        kind: NotificationKind::Payment,
        title: format!("{} paid", lead.display_name()),
        detail: amount.to_string(),
        lead: Some(lead.id.clone()),
        created_at: at,
        read_at: None,
    };
    ports.notifications.put(&notification, &event(origin, EventKind::LeadWon, at, cause)).await
}

/// Tells of a payment that had been promised and did not come. Nothing is booked, and the lead is not won.
pub(super) async fn record_failed_payment(
    ports: &IngestPorts,
    origin: &Origin<'_>,
    payment: &PaymentReceived,
) -> StoreResult<()> {
    let named =
        find_lead(ports, origin, payment.reference.as_deref(), payment.customer_email.as_deref()).await?;
    let known = ports.revenue.client_by_external(origin.workspace, &payment.customer).await?;
    let lead = match (named, known.as_ref().and_then(|client| client.lead.as_ref())) {
        (None, Some(id)) => super::context::lead(ports, origin, id).await?,
        (lead, _) => lead,
    };
    let (amount, cause) = (payment.amount, payment.external_id.as_str());
    // The same payment may fail once more when it is tried again.
    let id = format!("failed-{cause}-{}", payment.at.as_second());
    let name = known.map(|client| client.name).or_else(|| payment.customer_name.clone());
    let news = News {
        id: &id,
        cause,
        at: payment.at,
        kind: NotificationKind::PaymentFailed,
        title: "The payment of {} failed",
        detail: format!("{amount}: nothing was booked"),
        activity: ActivityKind::PaymentFailed {
            amount_minor: amount.amount_minor,
            currency: amount.currency,
        },
    };
    let event = event(origin, EventKind::PaymentFailed, payment.at, cause);
    news.tell(ports, origin, lead.as_ref(), name.as_deref().unwrap_or(&payment.customer), &event).await
}

/// Notes further ids of a payment, so that a dispute that names one of them finds the client.
pub(super) async fn name_payment(
    ports: &IngestPorts,
    origin: &Origin<'_>,
    payment: &str,
    customer: Option<&str>,
    also_known_as: &[String],
) -> Result<(), IngestError> {
    let client = match customer {
        Some(customer) => ports.revenue.client_by_external(origin.workspace, customer).await?,
        None => ports.revenue.client_of_payment(origin.workspace, payment).await?,
    };
    let Some(client) = client else { return retry_if_before_payment(ports, origin.received_at, payment) };
    if let Some(lead) = &client.lead {
        origin.findings.concerns(lead);
    }
    for name in also_known_as {
        ports.revenue.name_payment(&client, payment, name).await?;
    }
    Ok(())
}

/// Books a refund. A charge's refunds are reported as a running total, and only what is new in it is booked. A refund
/// of an unknown customer may have come before its payment, and is tried again. A guest has no customer at the provider,
/// and is found by the payment.
pub(super) async fn record_refund(
    ports: &IngestPorts,
    origin: &Origin<'_>,
    charge: &str,
    (customer, payment): (Option<&str>, Option<&str>),
    total: Money,
    at: Timestamp,
) -> Result<(), IngestError> {
    let of_guest: Vec<String> = payment.into_iter().chain([charge]).map(str::to_owned).collect();
    let event = event(origin, EventKind::RefundBooked, at, charge);
    let is_known = retry!(async {
        let known = match customer {
            Some(customer) => ports.revenue.client_by_external(origin.workspace, customer).await?,
            None => client_of(ports, origin, &of_guest).await?,
        };
        let Some(mut client) = known else { return Ok(false) };
        if let Some(lead) = &client.lead {
            origin.findings.concerns(lead);
        }
        let moved = transactions_of(ports, &client).await?;
        let before: i64 = moved
            .iter()
            .filter(|t| t.kind == TransactionKind::Refund)
            .filter(|t| t.external_id.split_once('/').is_some_and(|(of, _)| of == charge))
            .map(|t| -t.amount.amount_minor)
            .sum();
        let fresh = total.amount_minor - before;
        if fresh <= 0 {
            return Ok(true);
        }
        let amount = Money { amount_minor: -fresh, currency: total.currency };
        client.collected.add(amount);
        let paid = payment_of(ports, &client, moved, &of_guest).await?;
        let transaction = Transaction {
            workspace: origin.workspace.clone(),
            client: client.id.clone(),
            lead: client.lead.clone(),
            external_id: format!("{charge}/{}", total.amount_minor),
            also_known_as: Vec::new(),
            kind: TransactionKind::Refund,
            amount,
            credits: paid.as_ref().map_or_else(|| client.credits.clone(), |paid| paid.credits.clone()),
            of_payment: paid.map(|paid| paid.external_id),
            at,
            booked_at: ports.clock.now(),
        };
        ports.revenue.book(&transaction, &client, &event).await.map(|_| true)
    });
    match is_known? {
        true => Ok(()),
        false => retry_if_before_payment(ports, origin.received_at, charge),
    }
}

/// Returns everything that a client paid and got back.
pub(super) async fn transactions_of(ports: &IngestPorts, client: &Client) -> StoreResult<Vec<Transaction>> {
    let mut all = Vec::new();
    let mut page = PageRequest::first(200);
    loop {
        let found = ports.revenue.transactions(&client.workspace, page.clone()).await?;
        all.extend(found.items.into_iter().filter(|transaction| transaction.client == client.id));
        match found.next_cursor {
            Some(cursor) => page.cursor = Some(cursor),
            None => return Ok(all),
        }
    }
}

/// Returns the payment that has one of these ids, if it is known. A refund has its credits.
pub(super) async fn payment_of(
    ports: &IngestPorts,
    client: &Client,
    moved: Vec<Transaction>,
    payment: &[String],
) -> StoreResult<Option<Transaction>> {
    for name in payment {
        let mut name = name.clone();
        // A charge names its payment intent, which names its invoice.
        for _ in 0..3 {
            if let Some(paid) = moved.iter().find(|transaction| transaction.external_id == name) {
                return Ok(Some(paid.clone()));
            }
            match ports.revenue.payment_named(&client.workspace, &name).await? {
                Some(booked) => name = booked,
                None => break,
            }
        }
    }
    Ok(None)
}

/// Reports that came before their payment are early and are retried.
pub(super) fn retry_if_before_payment(
    ports: &IngestPorts,
    received_at: Timestamp,
    charge: &str,
) -> Result<(), IngestError> {
    match ports.clock.now().duration_since(received_at) < PAYMENT_COMES_WITHIN {
        true => Err(IngestError::Early(format!("the payment of {charge}"))),
        false => Ok(()),
    }
}

/// Names a client after the lead's company or the lead, not after the card's holder.
fn business_name(lead: &Lead) -> String {
    lead.company.clone().unwrap_or_else(|| lead.display_name())
}

/// Returns the campaign that won this lead: the one it is in, or the last it was in, because a reply may have ended
/// it.
async fn campaign_of(
    ports: &IngestPorts,
    origin: &Origin<'_>,
    lead: &Lead,
) -> StoreResult<Option<CampaignId>> {
    if let Some(campaign) = lead.active.last() {
        return Ok(Some(campaign.clone()));
    }
    let Some(file) = found(ports.leads.file(origin.workspace, &lead.id).await)? else { return Ok(None) };
    let latest = file.enrolments.into_iter().max_by_key(|enrolment| enrolment.enrolled_at());
    Ok(latest.map(|enrolment| enrolment.key().campaign.clone()))
}

pub(super) fn event(origin: &Origin<'_>, kind: EventKind, at: Timestamp, cause: &str) -> Event {
    Event::new(kind, Actor::Provider(origin.account.clone()), at).because(cause)
}

/// Returns the client of this customer, or a new one that is stored with its first payment or subscription.
pub(super) async fn client(
    ports: &IngestPorts,
    origin: &Origin<'_>,
    customer: &str,
    at: Timestamp,
) -> StoreResult<Client> {
    if let Some(client) = ports.revenue.client_by_external(origin.workspace, customer).await? {
        return Ok(client);
    }
    Ok(Client {
        id: ClientId::derived(Timestamp::UNIX_EPOCH, &[origin.workspace.as_str(), customer]),
        workspace: origin.workspace.clone(),
        lead: None,
        name: customer.to_owned(),
        email: None,
        external_id: customer.to_owned(),
        campaign: None,
        since: at,
        mrr: Sums::default(),
        mrr_is_unsure: false,
        ending: Sums::default(),
        ends_at: None,
        collected: Sums::default(),
        disputes: Vec::new(),
        credits: Vec::new(),
        rev: 0,
    })
}

/// Finds the lead by the reference that our payment link carried, else by the customer's address.
pub(super) async fn find_lead(
    ports: &IngestPorts,
    origin: &Origin<'_>,
    reference: Option<&str>,
    email: Option<&str>,
) -> StoreResult<Option<Lead>> {
    let referred = reference.and_then(|text| LeadId::parse(text).ok());
    let id = match (referred, email.and_then(|text| EmailAddress::parse(text).ok())) {
        (Some(id), _) => Some(id),
        (None, Some(email)) => {
            find_by_present_or_former_email(&*ports.leads, origin.workspace, &email).await?
        }
        (None, None) => None,
    };
    match id {
        Some(id) => super::context::lead(ports, origin, &id).await,
        None => Ok(None),
    }
}
