//! Ingesting: what came from outside is understood and applied. For each event, what must stop is stopped first and
//! the record is written afterwards: that record tells a repeated event that all is done. So every part may be
//! repeated without effect, and an event that breaks off anywhere is simply delivered again.

pub mod large_payloads;

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
pub mod kept_mail;
mod linked;
mod news;
mod payment;
mod reply;
pub mod rules;
mod status;
mod subscription;
mod text;
mod understood;
mod unsubscribe;
pub mod verdicts;
mod writers;
mod written_on_phone;
mod wrong_form;

pub(crate) use crate::ingesting::by_hand::is_ours;

use crate::ingesting::context::IngestError;
use crate::ingesting::context::IngestPorts;
use crate::ingesting::context::Origin;
use crate::ingesting::context::Raw;

use crate::ports::provider_events::ProviderEvent;

use crate::ports::store::found;

use crate::queue_messages::{IngestEvent, Payload};

use domain::workspace::account::AccountSettings;
use domain::{AccountId, WorkspaceId};

pub async fn ingest(ports: &IngestPorts, event: &IngestEvent) -> Result<(), IngestError> {
    match event {
        IngestEvent::Webhook { workspace, account, kind, settings, received_at, event_id, body } => {
            let (text, blob) = match body {
                Payload::Inline(text) => (text.clone(), None),
                Payload::Blob(key) => match found(ports.blobs.get(key).await)? {
                    Some(bytes) => (String::from_utf8_lossy(&bytes).into_owned(), Some(key.as_str())),
                    // The payload is deleted once everything in it is handled, and with the lead whose mail it is.
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
            let uploaded = match ports.webhooks.upload_named(&settings, &text) {
                Some(name) => Some(uploaded(ports, workspace, account, &name).await?),
                None => None,
            };
            let events = match &uploaded {
                Some((_, bytes)) => ports.webhooks.translate_upload(&settings, &text, bytes),
                None => ports.webhooks.translate(&settings, &text),
            };
            let events = events.map_err(|error| IngestError::Unreadable(error.to_string()))?;
            // The mail lies in the relay's upload, if there is one, else in the payload that was too large for the
            // queue.
            let blob = uploaded.as_ref().map(|(key, _)| key.as_str()).or(blob);
            let is_mail = matches!(events.as_slice(), [ProviderEvent::EmailReceived(_)]);
            let mail = blob.filter(|_| is_mail);
            let origin = Origin {
                workspace,
                account,
                event_id,
                received_at: *received_at,
                blob: mail,
                is_private: false,
            };
            // The events beside one that cannot be handled yet do not wait for it; repeating them changes nothing.
            let (mut failed, mut is_kept) = (None, false);
            for event in events {
                match translate_event(ports, &origin, event).await {
                    Ok(Raw::Named) => is_kept |= mail.is_some(),
                    Ok(Raw::Spent) => {}
                    Err(error) => failed = failed.or(Some(error)),
                }
            }
            if let Some(error) = failed {
                return Err(error);
            }
            // A payload that no item names could not be found when its lead is deleted.
            if let Some(key) = blob.filter(|_| !is_kept) {
                ports.blobs.delete(key).await?;
            }
        }
        IngestEvent::Mail { workspace, account, event_id, received_at, is_by_hand, blob } => {
            let (event_id, received_at, blob) = (event_id.as_str(), *received_at, Some(blob.as_str()));
            let origin = Origin { workspace, account, event_id, received_at, blob, is_private: true };
            ingest_mail(ports, &origin, *is_by_hand).await?;
        }
        IngestEvent::Tracked { .. } => engagement::record_engagement(ports, event).await?,
        IngestEvent::Corrected { workspace, message, understood, user, at } => {
            let of = correction::Correction { workspace, message, understood, user, at: *at };
            correction::apply_correction(ports, &of).await?;
        }
        IngestEvent::Linked { workspace, reply, link } => {
            linked::ingest_linked(ports, workspace, reply, link).await?;
        }
        IngestEvent::Unsubscribed { workspace, lead, message, to, event_id, at } => {
            let of = unsubscribe::UnsubscribeLink { lead, message: message.as_ref(), to: to.as_ref() };
            unsubscribe::unsubscribe(ports, workspace, of, event_id, *at).await?;
        }
    }
    Ok(())
}

/// Ingests a mail out of a connected mailbox. What belongs to no lead is deleted again.
async fn ingest_mail(ports: &IngestPorts, origin: &Origin<'_>, is_by_hand: bool) -> Result<(), IngestError> {
    let Some(blob) = origin.blob else { return Ok(()) };
    let Some(bytes) = found(ports.blobs.get(blob).await)? else {
        tracing::info!(event.id = origin.event_id, "taken in before: its payload is gone");
        return Ok(());
    };
    let mail = ports.webhooks.read_mail(&bytes);
    let raw = match is_by_hand {
        true => by_hand::receive(ports, origin, &mail).await?,
        false => email::receive(ports, origin, &mail).await?,
    };
    if matches!(raw, Raw::Spent) {
        ports.blobs.delete(blob).await?;
    }
    Ok(())
}

/// Reads what a relay uploaded to the bucket. Returns its key and the bytes.
async fn uploaded(
    ports: &IngestPorts,
    workspace: &WorkspaceId,
    account: &AccountId,
    name: &str,
) -> Result<(String, Vec<u8>), IngestError> {
    let key = large_payloads::upload(workspace, account, name);
    let key = key.ok_or_else(|| IngestError::Unreadable("data.upload is no name of an upload".to_owned()))?;
    // The upload may be on its way still, or never come: the event is retried like any other, and then kept as a dead
    // letter.
    let bytes = ports.blobs.get(&key).await?;
    Ok((key, bytes))
}

async fn translate_event(
    ports: &IngestPorts,
    origin: &Origin<'_>,
    event: ProviderEvent,
) -> Result<Raw, IngestError> {
    match event {
        ProviderEvent::MessageStatus { message, state, provider_id, failure, suppress } => {
            let report = status::Report { state, provider_id, failure, suppress };
            status::report(ports, origin, &message, &report).await?;
            return Ok(Raw::Spent);
        }
        ProviderEvent::EmailReceived(mail) => return email::receive(ports, origin, &mail).await,
        ProviderEvent::TextReceived { channel, from, user, to, text, wordless, provider_id, opt_out, at } => {
            let at = origin.written_at(at);
            let received =
                text::Received { channel, from, user, to, text, wordless, provider_id, opt_out, at };
            text::receive(ports, origin, &received).await
        }
        ProviderEvent::ChatNotice(notice) => chat_notice::receive(ports, origin, notice).await,
        ProviderEvent::WrittenOnPhone(message) => written_on_phone::receive(ports, origin, &message).await,
        ProviderEvent::CheckedOut(checkout) => payment::record_checkout(ports, origin, &checkout).await,
        ProviderEvent::Payment(payment) => {
            payment::record_payment(ports, origin, &payment).await?;
            wrong_form::note_payments_arrive(ports, origin).await
        }
        ProviderEvent::PaymentFailed(payment) => {
            payment::record_failed_payment(ports, origin, &payment).await
        }
        ProviderEvent::PaymentNamed { external_id, customer, also_known_as } => {
            let customer = customer.as_deref();
            payment::name_payment(ports, origin, &external_id, customer, &also_known_as).await?;
            return Ok(Raw::Spent);
        }
        ProviderEvent::Disputed { dispute, payments } => {
            dispute::record_dispute(ports, origin, &dispute, &payments).await?;
            return Ok(Raw::Spent);
        }
        ProviderEvent::WrongForm(told) => wrong_form::note_wrong_form(ports, origin, told).await,
        ProviderEvent::SubscriptionChanged(state) => {
            subscription::record_subscription(ports, origin, &state).await
        }
        ProviderEvent::Refunded { charge, customer, refunded_total, at } => {
            payment::record_refund(ports, origin, &charge, customer.as_deref(), refunded_total, at).await?;
            return Ok(Raw::Spent);
        }
    }
    .map(|()| Raw::Spent)
    .map_err(IngestError::from)
}
