//! The response to a mail is lost after its final dot; its mailbox keeps a copy of what it sends, or does
//! not.

use super::story::Story;
use anyhow::{Context, Result};
use sandbox::{Credentials, Provider};
use serde_json::json;

async fn lost(keeps_sent: bool) -> Result<(bool, usize, usize)> {
    let mut story = Story::begin_with(|config| config.imap.keeps_sent = keeps_sent).await?;
    let mailbox = format!("/api/settings/accounts/{}", story.accounts.mailbox);
    let mut settings = story.api.get(&mailbox).await?["settings"].clone();
    settings["imap"] = json!({ "host": "localhost", "port": 1143, "security": "none" });
    let secret = json!({ "password": Credentials::SMTP_PASSWORD });
    story.api.patch(&mailbox, json!({ "settings": settings, "secret": secret })).await?;
    let silent = json!({ "first_name": "Sid", "email": "sid+silent@walk.example" });
    let lead = story.api.post("/api/leads", silent).await?["id"].clone();
    story.world.sandbox.lose_answers(Provider::Smtp, 1);
    let mail = json!({ "lead_id": lead, "subject": "One question", "body": "Do you have a minute?" });
    let id = story.api.post("/api/emails/send", mail).await?["id"].as_str().context("an id")?.to_owned();
    story.live(5).await?;
    let mail = story.api.get(&format!("/api/emails/{id}")).await?;
    let tasks = story.api.get("/api/tasks").await?;
    let asked = tasks["items"].as_array().context("a list")?.len();
    Ok((mail["state"] == "uncertain", asked, story.world.sandbox.observed().emails.len()))
}

#[tokio::test]
async fn uncertain_mail_is_settled_by_its_copy_in_the_sent_folder_or_by_a_user() -> Result<()> {
    assert_eq!(lost(true).await?, (false, 0, 1));
    assert_eq!(lost(false).await?, (true, 1, 1));
    Ok(())
}
