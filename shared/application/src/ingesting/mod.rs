//! Ingesting: what came from outside is understood and applied. For each event, what must stop is stopped first and
//! the record is written afterwards: that record tells a repeated event that all is done. So every part may be
//! repeated without effect, and an event that breaks off anywhere is simply delivered again.

pub mod large_payloads;

mod announced;
mod answer_drafts;
mod attribution;
mod bounce;
mod by_hand;
mod chat_notice;
mod complaint;
pub mod context;
mod correction;
mod dispute;
mod email;
pub mod engagement;
mod filing;
mod findings;
mod hold;
pub mod kept_mail;
mod linked;
mod login_links;
mod meeting;
mod model_reading;
mod news;
mod opt_out;
mod payment;
mod replay;
mod reply;
pub mod rules;
mod status;
mod subscription;
mod take_over;
mod text;
pub mod timed_rules;
mod understood;
mod unreadable;
mod unsubscribe;
pub mod verdicts;
mod writer;
mod writers;
mod written_on_phone;
mod wrong_form;

pub(crate) use crate::ingesting::by_hand::is_ours;
pub use crate::ingesting::engagement::record_visit;
pub(crate) use crate::ingesting::writer::{from_its_writer, is_nobody};

use crate::digest::stop::stop_digest;
use crate::ingesting::context::IngestError;
use crate::ingesting::context::IngestPorts;
use crate::ingesting::context::Origin;
use crate::ingesting::findings::Findings;

use crate::ports::provider_events::ProviderEvent;

use crate::ports::store::{StoreError, found};

use crate::queue_messages::{IngestEvent, Payload};

use domain::message::inbound_outcome::{Became, InboundOutcome};
use domain::workspace::account::{AccountSettings, InboundVia};
use domain::{AccountId, WorkspaceId};
use jiff::{SignedDuration, Timestamp};

/// Handles an event. What a provider has sent is kept, whatever became of it; an error of `Unreadable` says that it is kept and
/// told.
pub async fn ingest(ports: &IngestPorts, event: &IngestEvent) -> Result<(), IngestError> {
    let findings = Findings::default();
    let done = take_in(ports, event, &findings, None).await;
    let kept = replay::keep(ports, event, &findings, &done).await;
    match (done, kept) {
        (Ok(()), kept) => Ok(kept?),
        (Err(IngestError::Unreadable(why)), kept) => {
            kept?;
            unreadable::tell(ports, event).await?;
            Err(IngestError::Unreadable(why))
        }
        (Err(error), Ok(())) => Err(error),
        (Err(error), Err(other)) => {
            tracing::warn!(error = %other.in_full(), "the event is not kept yet");
            Err(error)
        }
    }
}

/// Applies what an event says. `before`: what it became when everything that it asked for was done once, perhaps long
/// ago.
async fn take_in(
    ports: &IngestPorts,
    event: &IngestEvent,
    findings: &Findings,
    before: Option<&[Became]>,
) -> Result<(), IngestError> {
    match event {
        IngestEvent::Webhook { workspace, account, kind, settings, received_at, event_id, body } => {
            let (text, blob) = match body {
                Payload::Inline(text) => (text.clone(), None),
                Payload::Blob(key) => match found(ports.blobs.get(key).await)? {
                    Some(bytes) => (String::from_utf8_lossy(&bytes).into_owned(), Some(key.as_str())),
                    // The payload is deleted with the lead that it is about.
                    None => {
                        tracing::info!(event.id = event_id, "taken in before: its payload is gone");
                        return Ok(());
                    }
                },
            };
            let settings = match settings {
                Some(settings) => AccountSettings::clone(settings),
                None => match found(ports.accounts.get(workspace, account).await)? {
                    Some(account) => account.settings,
                    None => return Err(IngestError::Unreadable(format!("its {kind:?} account is gone"))),
                },
            };
            let uploaded = mail_beside(ports, (workspace, account, *received_at), &settings, &text).await?;
            let events = match &uploaded {
                Some((_, bytes)) => ports.webhooks.translate_upload(&settings, &text, bytes),
                None => ports.webhooks.translate(&settings, &text),
            };
            let events = events.map_err(|error| IngestError::Unreadable(error.to_string()))?;
            // The mail lies beside the payload, if it was put there, else in the payload that was too large for the
            // queue.
            let blob = uploaded.as_ref().map(|(key, _)| key.as_str()).or(blob);
            if let Some(key) = blob {
                findings.lies_in(key);
            }
            let is_mail = matches!(events.as_slice(), [ProviderEvent::EmailReceived(_)]);
            let origin = Origin {
                workspace,
                account,
                event_id,
                received_at: *received_at,
                blob: blob.filter(|_| is_mail),
                is_private: false,
                findings,
                before,
            };
            let is_of_use = events.iter().any(|event| !matches!(event, ProviderEvent::WrongForm(_)));
            // The events beside one that cannot be handled yet do not wait for it; repeating them changes nothing.
            let mut failed = None;
            for event in events {
                if let Err(error) = translate_event(ports, &origin, event).await {
                    failed = failed.or(Some(error));
                }
            }
            if let Some(error) = failed {
                return Err(error);
            }
            if is_of_use && has_told_wrong_form(&settings) {
                wrong_form::note_form_is_right(ports, &origin).await?;
            }
        }
        IngestEvent::Mail { workspace, account, event_id, received_at, is_by_hand, blob } => {
            let (event_id, received_at, blob) = (event_id.as_str(), *received_at, Some(blob.as_str()));
            let is_private = true;
            let origin =
                Origin { workspace, account, event_id, received_at, blob, is_private, findings, before };
            ingest_mail(ports, &origin, *is_by_hand).await?;
        }
        IngestEvent::Replay { workspace, record, user, at } => {
            Box::pin(replay::replay(ports, workspace, (record, user), *at)).await?;
        }
        IngestEvent::Tracked(visit) => record_visit(ports, visit).await?,
        IngestEvent::Corrected { workspace, message, understood, user, at } => {
            let of = correction::Correction { workspace, message, understood, user, at: *at };
            correction::apply_correction(ports, &of).await?;
        }
        IngestEvent::ReadByModel { workspace, message, understood, at } => {
            let of = model_reading::Reading { workspace, message, understood, at: *at };
            model_reading::apply_reading(ports, &of).await?;
        }
        IngestEvent::Linked { workspace, reply, link } => {
            linked::ingest_linked(ports, workspace, reply, link).await?;
        }
        IngestEvent::DigestStopped { workspace, user, at } => {
            stop_digest(&*ports.digests, (workspace, user), *at).await?;
        }
        IngestEvent::Unsubscribed { workspace, lead, message, to, event_id, at } => {
            let of = unsubscribe::UnsubscribeLink { lead, message: message.as_ref(), to: to.as_ref() };
            unsubscribe::unsubscribe(ports, workspace, of, event_id, *at).await?;
        }
    }
    Ok(())
}

/// Ingests a mail out of a connected mailbox. What belongs to no lead is deleted again, unless it is read again and was
/// filed once.
async fn ingest_mail(ports: &IngestPorts, origin: &Origin<'_>, is_by_hand: bool) -> Result<(), IngestError> {
    let Some(blob) = origin.blob else { return Ok(()) };
    let Some(bytes) = found(ports.blobs.get(blob).await)? else {
        tracing::info!(event.id = origin.event_id, "taken in before: its payload is gone");
        return Ok(());
    };
    let mail = ports.webhooks.read_mail(&bytes);
    match is_by_hand {
        true => by_hand::receive(ports, origin, &mail).await?,
        false => email::receive(ports, origin, &mail).await?,
    }
    if !origin.was_handled() && InboundOutcome::of(&origin.findings.found().became) == InboundOutcome::Ignored
    {
        ports.blobs.delete(blob).await?;
    }
    Ok(())
}

/// Whether the provider can be set up so that its events are of no use, which the account then says.
fn has_told_wrong_form(settings: &AccountSettings) -> bool {
    matches!(
        settings,
        AccountSettings::Stripe { .. } | AccountSettings::InboundEmail { via: InboundVia::Ses, .. }
    )
}

/// Reads the mail that a payload is about and does not hold: a relay has uploaded it, its provider has put it into the
/// bucket, or it is fetched. Returns its key and the bytes.
async fn mail_beside(
    ports: &IngestPorts,
    (workspace, account, received_at): (&WorkspaceId, &AccountId, Timestamp),
    settings: &AccountSettings,
    text: &str,
) -> Result<Option<(String, Vec<u8>)>, IngestError> {
    if let Some(name) = ports.webhooks.upload_named(settings, text) {
        let waits_until = received_at.saturating_add(UPLOAD_COMES_WITHIN).unwrap_or(received_at);
        return uploaded(ports, (workspace, account), &name, waits_until).await.map(Some);
    }
    if let Some(key) = ports.webhooks.mail_in_folder(settings, text) {
        return in_folder(ports, (workspace, account), key).await.map(Some);
    }
    match ports.webhooks.announced_mail(settings, text) {
        Some(id) => announced::fetched(ports, (workspace, account), &id).await.map(Some),
        None => Ok(None),
    }
}

/// Reads a mail that a provider has put into the account's folder of the bucket. A key elsewhere is never read: whoever
/// may publish to the topic can name any.
async fn in_folder(
    ports: &IngestPorts,
    (workspace, account): (&WorkspaceId, &AccountId),
    key: String,
) -> Result<(String, Vec<u8>), IngestError> {
    if !large_payloads::is_in_mail_folder(workspace, account, &key) {
        let folder = large_payloads::mail_folder(workspace, account);
        return Err(IngestError::Unreadable(format!(
            "the mail was put outside the account's folder: the receipt rule's object key prefix must be {folder}"
        )));
    }
    match found(ports.blobs.get(&key).await)? {
        Some(bytes) => Ok((key, bytes)),
        None => Err(IngestError::Unreadable(
            "the mail is not in leadflow's bucket: the receipt rule names another one, or the mail has expired".to_owned(),
        )),
    }
}

/// The time within which what an event names is uploaded. It is shorter than the ten deliveries of a message take.
const UPLOAD_COMES_WITHIN: SignedDuration = SignedDuration::from_mins(4);

/// Reads what a relay uploaded to the bucket. Returns its key and the bytes.
async fn uploaded(
    ports: &IngestPorts,
    (workspace, account): (&WorkspaceId, &AccountId),
    name: &str,
    waits_until: Timestamp,
) -> Result<(String, Vec<u8>), IngestError> {
    let key = large_payloads::upload(workspace, account, name);
    let key = key.ok_or_else(|| IngestError::Unreadable("data.upload is no name of an upload".to_owned()))?;
    match found(ports.blobs.get(&key).await)? {
        Some(bytes) => Ok((key, bytes)),
        // It may be on its way still: the event is retried like any other.
        None if ports.clock.now() < waits_until => Err(StoreError::NotFound.into()),
        None => Err(IngestError::Unreadable("what data.upload names was never uploaded".to_owned())),
    }
}

async fn translate_event(
    ports: &IngestPorts,
    origin: &Origin<'_>,
    event: ProviderEvent,
) -> Result<(), IngestError> {
    if let Some(became) = became(&event) {
        origin.findings.became(became);
    }
    match event {
        ProviderEvent::MessageStatus { message, state, provider_id, failure, suppress, addressee } => {
            let report = status::Report { state, provider_id, failure, suppress, addressee };
            status::report(ports, origin, &message, &report).await
        }
        ProviderEvent::Complained { message, addressee } => {
            complaint::complained(ports, origin, &message, &addressee).await
        }
        ProviderEvent::EmailReceived(mail) => email::receive(ports, origin, &mail).await,
        ProviderEvent::TextReceived { channel, from, user, to, text, wordless, provider_id, opt_out, at } => {
            let at = origin.written_at(at);
            let received =
                text::Received { channel, from, user, to, text, wordless, provider_id, opt_out, at };
            Ok(text::receive(ports, origin, &received).await?)
        }
        ProviderEvent::ChatNotice(notice) => Ok(chat_notice::receive(ports, origin, notice).await?),
        ProviderEvent::WrittenOnPhone(message) => {
            Ok(written_on_phone::receive(ports, origin, &message).await?)
        }
        ProviderEvent::CheckedOut(checkout) => Ok(payment::record_checkout(ports, origin, &checkout).await?),
        ProviderEvent::Payment(payment) => Ok(payment::record_payment(ports, origin, &payment).await?),
        ProviderEvent::PaymentFailed(payment) => {
            Ok(payment::record_failed_payment(ports, origin, &payment).await?)
        }
        ProviderEvent::PaymentNamed { external_id, customer, also_known_as } => {
            let customer = customer.as_deref();
            payment::name_payment(ports, origin, &external_id, customer, &also_known_as).await
        }
        ProviderEvent::Disputed { dispute, payments } => {
            dispute::record_dispute(ports, origin, &dispute, &payments).await
        }
        ProviderEvent::Meeting(meeting) => Ok(meeting::record_meeting(ports, origin, &meeting).await?),
        ProviderEvent::WrongForm(told) => Ok(wrong_form::note_wrong_form(ports, origin, told).await?),
        ProviderEvent::SubscriptionChanged(state) => {
            Ok(subscription::record_subscription(ports, origin, &state).await?)
        }
        ProviderEvent::Refunded { charge, payment, customer, refunded_total, at } => {
            let whose = (customer.as_deref(), payment.as_deref());
            payment::record_refund(ports, origin, &charge, whose, refunded_total, at).await
        }
    }
}

/// Returns what the event becomes, where its kind alone says so.
fn became(event: &ProviderEvent) -> Option<Became> {
    match event {
        ProviderEvent::MessageStatus { .. } => Some(Became::MessageStatus),
        ProviderEvent::EmailReceived(_)
        | ProviderEvent::TextReceived { .. }
        | ProviderEvent::Complained { .. } => None,
        ProviderEvent::ChatNotice(_) => Some(Became::ChatNotice),
        ProviderEvent::WrittenOnPhone(_) => Some(Became::TakeOver),
        ProviderEvent::CheckedOut(_) => Some(Became::Checkout),
        ProviderEvent::Payment(_) => Some(Became::Payment),
        ProviderEvent::PaymentFailed(_) => Some(Became::PaymentFailed),
        ProviderEvent::PaymentNamed { .. } => Some(Became::PaymentNamed),
        ProviderEvent::Disputed { .. } => Some(Became::Dispute),
        ProviderEvent::Meeting(_) => Some(Became::Meeting),
        ProviderEvent::WrongForm(_) => Some(Became::WrongForm),
        ProviderEvent::SubscriptionChanged(_) => Some(Became::Subscription),
        ProviderEvent::Refunded { .. } => Some(Became::Refund),
    }
}
