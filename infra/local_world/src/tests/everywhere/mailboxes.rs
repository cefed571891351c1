//! A mailbox at Google: connected on its page, read, and disconnected. Microsoft asks whether an address for its notices is
//! ours.

use super::{Story, id_of};
use crate::mailboxes::allow;
use anyhow::{Context, Result};
use http::Method;
use sandbox::Credentials;
use serde_json::json;

const MAYA: &str = "maya@northquay.example";

pub async fn connect(story: &mut Story) -> Result<()> {
    let settings = json!({ "kind": "email_sender", "provider": "google", "base_url": "http://localhost:8788/google",
        "from_address": MAYA, "from_name": "Maya", "reply_to": null,
        "fields": { "client_id": Credentials::GOOGLE_CLIENT_ID } });
    let secret = json!({ "client_secret": Credentials::GOOGLE_CLIENT_SECRET });
    let known = story.post("/api/settings/mailbox-proposal", json!({ "address": "maya@gmail.com" })).await?;
    assert_eq!(known["proposal"]["sign_in"], "app_password", "{known}");
    let new = json!({ "name": "Maya at Google", "settings": settings, "secret": secret });
    let account = id_of(&story.post("/api/settings/accounts", new).await?)?;
    let path = format!("/api/settings/accounts/{account}");
    let page = story.post(&format!("{path}/connect"), json!({})).await?;
    let answer = allow(&story.world.sandbox, page["url"].as_str().context("a page")?, MAYA).await?;
    let connected = story.post("/api/settings/accounts/connected", answer).await?;
    assert_eq!(connected["state"], "works", "{connected}");
    answered_from_a_former_address(story, &account).await?;
    story.post(&format!("{path}/disconnect"), json!({})).await?;
    story.delete(&path).await?;
    asked_for_the_address_of_notices(story).await
}

async fn asked_for_the_address_of_notices(story: &Story) -> Result<()> {
    let settings = json!({ "kind": "email_sender", "provider": "microsoft", "base_url": "http://localhost:8788/microsoft",
        "from_address": MAYA, "from_name": "Maya", "reply_to": null,
        "fields": { "client_id": Credentials::MICROSOFT_CLIENT_ID, "tenant": "organizations" } });
    let secret = json!({ "client_secret": Credentials::MICROSOFT_CLIENT_SECRET });
    let new = json!({ "name": "Maya at Microsoft", "settings": settings, "secret": secret });
    let account = id_of(&story.post("/api/settings/accounts", new).await?)?;
    let path = format!("/api/webhooks/microsoft/{account}/mailbox?validationToken=is+it+ours");
    assert_eq!(story.ask(Method::POST, &path, None).await?, "is it ours");
    story.delete(&format!("/api/settings/accounts/{account}")).await.map(drop)
}

/// Sends a mail from the mailbox. Its recipient gets another address, and replies from the former one, in words that a
/// model has to read.
async fn answered_from_a_former_address(story: &mut Story, account: &str) -> Result<()> {
    let new = json!({ "first_name": "Gus", "email": "gus@walk.example" });
    let lead = id_of(&story.post("/api/leads", new).await?)?;
    let mail =
        json!({ "lead_id": lead, "subject": "A question", "body": "Shall we talk?", "account_id": account });
    story.post("/api/emails/send", mail).await?;
    story.live(2).await?;
    let mail = story.world.sandbox.latest_mail("gus@walk.example").context("the mail is there")?;
    story.patch(&format!("/api/leads/{lead}"), json!({ "email": "gus.new@walk.example" })).await?;
    story.patch("/api/settings", json!({ "ai_reads_answers": true, "ai_drafts_answers": true })).await?;
    story
        .world
        .sandbox
        .reply_to_mail(mail, "The team had a look at it. The partners sat down with it on Monday.");
    story.live(12).await?;
    let said = story.get(&format!("/api/messages?lead={lead}")).await?;
    let mut read = said["items"].as_array().into_iter().flatten().filter(|one| one["direction"] == "in");
    let answer = read.next().context("the reply")?;
    assert!(answer["understood"]["by"] == "model" && read.next().is_none(), "{said}");
    story.post(&format!("/api/inbox/{lead}/addresses"), json!({ "address": "gus.new@walk.example" })).await?;
    drafted_automatically(story, &lead).await
}

/// The answer has a draft that waits: it is refused, taken back, written anew and approved. Only then is it sent.
async fn drafted_automatically(story: &mut Story, lead: &str) -> Result<()> {
    story.patch("/api/settings", json!({ "ai_drafts_answers": false })).await?;
    let waiting = story.get("/api/inbox/drafts").await?;
    let mut drafts = waiting["items"].as_array().into_iter().flatten().map(|one| &one["draft"]);
    let draft = drafts.find(|draft| draft["lead_id"] == lead).context("a draft waits")?;
    let seen = json!({ "message_id": draft["message_id"] });
    let path = format!("/api/inbox/drafts/{lead}");
    for what in ["refuse", "restore", "again"] {
        let state = if what == "refuse" { "refused" } else { "waiting" };
        let draft = story.post(&format!("{path}/{what}"), seen.clone()).await?;
        assert_eq!(draft["state"], state, "{what}: {draft}");
    }
    let approved = json!({ "message_id": seen["message_id"], "text": "Hi Gus, shall we talk on Tuesday?" });
    let sent = story.post(&format!("{path}/approve"), approved).await?;
    story.live(20).await?;
    let sent = story.get(&format!("/api/messages/{}", sent["id"].as_str().context("an id")?)).await?;
    assert!(sent["state"] != "queued" && sent["text"] == "Hi Gus, shall we talk on Tuesday?", "{sent}");
    Ok(())
}
