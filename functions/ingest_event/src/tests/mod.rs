//! Events as they really arrive: in any order, more than once, and at a function that may die at any call.

mod announced;
mod away;
mod bookings;
mod bounces;
mod broken_off;
mod by_hand;
mod chats;
mod companies;
mod deleted_leads;
mod digests;
mod forged_reports;
mod groups;
mod held;
mod hot;
mod merged_leads;
mod moved;
mod own_mail;
mod payments;
mod replays;
mod senders;
mod ses;
mod understood;
mod unmatched;
mod unreadable;
mod uploaded;

use application::Clock;
use application::queue_messages::{IngestEvent, Payload};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::workspace::account::{AccountKind, AccountSettings};
use domain::{AccountId, WorkspaceId};
use serde_json::{Value, json};
use test_stage::Stage;

/// Returns the webhook of an account, as `provider_webhooks` queues it.
fn webhook(
    stage: &Stage,
    (workspace, account): (&WorkspaceId, &AccountId),
    kind: AccountKind,
    event_id: &str,
    body: &Value,
) -> IngestEvent {
    IngestEvent::Webhook {
        workspace: workspace.clone(),
        account: account.clone(),
        kind,
        settings: None,
        received_at: stage.clock.now(),
        event_id: event_id.to_owned(),
        body: Payload::Inline(body.to_string()),
    }
}

/// Returns the webhook by which a relay of the user's own hands over a mail.
fn relayed_mail(
    stage: &Stage,
    inbound: (&WorkspaceId, &AccountId),
    event_id: &str,
    from: &str,
    raw: &str,
) -> IngestEvent {
    let body = json!({ "type": "email.received", "data": {
        "from": from, "to": ["replies@northquay.example"], "raw_base64": STANDARD.encode(raw),
    }});
    let mut event = webhook(stage, inbound, AccountKind::InboundEmail, event_id, &body);
    if let IngestEvent::Webhook { settings, .. } = &mut event {
        *settings = Some(Box::new(AccountSettings::InboundEmail {
            addresses: Vec::new(),
            via: Default::default(),
            topic_arn: None,
            public_keys: Vec::new(),
        }));
    }
    event
}
