//! A reply in a mailbox at Microsoft: its notice has the mailbox read at once, long before the next poll.

use super::story::{SANDBOX, Story};
use crate::account::SandboxAddress;
use crate::mailboxes::{MailboxKind, connect_mailbox};
use anyhow::{Context, Result};
use application::{Clock, Ports};
use domain::{AccountId, WorkspaceId};
use http::Method;
use jiff::SignedDuration;
use serde_json::json;

#[tokio::test]
async fn reply_to_a_microsoft_mailbox_is_in_the_inbox_minutes_before_the_next_poll() -> Result<()> {
    let mut story = Story::begin().await?;
    story.world.sandbox.reach_app(story.recorder.clone());
    let address =
        SandboxAddress { url: SANDBOX.to_owned(), smtp_host: "localhost".to_owned(), smtp_port: 2525 };
    let account = connect_mailbox(&story.api, &story.world.sandbox, &address, MailboxKind::Microsoft).await?;
    story.live(1).await?;
    let readings = story.world.host.ports().mailbox_readings();
    let workspace = story.world.host.ports().workspaces().ids().await?.remove(0);
    let id = AccountId::parse(&account)?;
    let reading =
        async |workspace: &WorkspaceId| readings.get(workspace, &id).await?.context("the mailbox is read");
    let push = reading(&workspace).await?.push.context("the first poll has subscribed")?;
    assert!(push.url.ends_with(&format!("/api/webhooks/microsoft/{account}/mailbox")), "{push:?}");

    let lead = json!({ "first_name": "Ann", "email": "ann@notices.example" });
    let lead = story.ask(Method::POST, "/api/leads", Some(lead)).await?;
    let mail = json!({ "lead_id": lead["id"], "subject": "A question", "body": "Shall we talk?", "account_id": account });
    story.ask(Method::POST, "/api/emails/send", Some(mail)).await?;
    story.live(2).await?;
    let mail = story.world.sandbox.latest_mail("ann@notices.example").context("the mail is there")?;
    let next_poll = reading(&workspace).await?.next_at;
    story.clock.advance_to(next_poll + SignedDuration::from_secs(1));
    story.live(1).await?;
    let polled = reading(&workspace).await?;
    assert!(polled.next_at > story.clock.now() + SignedDuration::from_mins(3), "it was polled just now");

    story.world.sandbox.reply_to_mail(mail, "Yes, please call me.");
    story.live(1).await?;
    assert!(story.clock.now() < polled.next_at);
    let told = story.recorder.told(&format!("/api/webhooks/microsoft/{account}/mailbox"));
    assert_eq!(told.len(), 2, "the handshake and one notice");
    let inbox = story.ask(Method::GET, "/api/inbox", None).await?;
    let shown = inbox["items"].as_array().into_iter().flatten().any(|one| one["lead_id"] == lead["id"]);
    assert!(shown, "{inbox}");
    Ok(())
}
