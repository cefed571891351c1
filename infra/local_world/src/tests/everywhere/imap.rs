//! A mailbox by SMTP and IMAP: a campaign sends from it, and a reply that is read there stops the sequence.

use super::{Story, id_of};
use anyhow::{Context, Result};
use sandbox::Credentials;
use serde_json::{Value, json};

const SAM: &str = "sam@northquay.example";

pub async fn send_and_read(story: &mut Story) -> Result<()> {
    let server = |port: u16| json!({ "host": "localhost", "port": port, "security": "none" });
    let mut settings = server(2525);
    settings["kind"] = json!("smtp");
    settings["username"] = json!(SAM);
    settings["from_address"] = json!(SAM);
    settings["from_name"] = json!("Sam");
    settings["imap"] = server(1143);
    let secret = json!({ "password": Credentials::SMTP_PASSWORD });
    let new = json!({ "name": "Sam", "settings": settings, "secret": secret });
    let made = story.post("/api/settings/accounts", new).await?;
    assert_eq!((&made["state"], &made["hears_replies"]), (&json!("works"), &json!(true)), "{made}");
    let account = id_of(&made)?;
    let path = start_campaign(story, &account).await?;
    let mut leads = Vec::new();
    for name in ["ike", "ina", "ivan"] {
        let new = json!({ "first_name": name, "email": address(name) });
        leads.push(id_of(&story.post("/api/leads", new).await?)?);
    }
    story.post(&format!("{path}/enrolments"), json!({ "lead_ids": leads })).await?;
    story.post(&format!("{path}/launch"), json!({})).await?;
    // The mailbox is read before it sends, and leaves a pause between two mails.
    story.live(12).await?;
    let mail = |name: &str| {
        let mail = story.world.sandbox.latest_mail(&address(name));
        mail.with_context(|| format!("a mail to {name}"))
    };
    story.world.sandbox.reply_to_mail(mail("ike")?, "Yes, call me tomorrow.");
    story.world.sandbox.bounce_mail(mail("ina")?);
    let by_hand = format!(
        "From: Sam <{SAM}>\r\nTo: <{}>\r\nSubject: Hello\r\n\
         Message-ID: <by-hand@northquay.example>\r\nDate: Mon, 16 Nov 2026 09:00:00 +0000\r\n\r\nHow are you?\r\n",
        address("ivan")
    );
    story.world.sandbox.write_by_hand(SAM, by_hand.as_bytes());
    story.live(8).await?;
    for (lead, reason) in leads.iter().zip(["replied", "bounced", "taken_over"]) {
        let enrolment = story.get(&format!("{path}/enrolments/{lead}")).await?;
        assert_eq!(enrolment["enrolment"]["end_reason"], reason, "{enrolment}");
    }
    let said = story.get(&format!("/api/messages?lead={}", leads[0])).await?;
    let read = said["items"].as_array().into_iter().flatten().filter(|one| one["direction"] == "in");
    assert_eq!(read.count(), 1, "{said}");
    story.post(&format!("{path}/complete"), json!({})).await?;
    story.delete(&format!("/api/settings/accounts/{account}")).await.map(drop)
}

/// The leads are no colleagues, so that the reply of one holds no other back.
fn address(name: &str) -> String {
    format!("{name}+silent@{name}.example")
}

/// Makes a campaign of two mails that sends from this mailbox. Returns its path.
async fn start_campaign(story: &Story, account: &str) -> Result<String> {
    let step = |days: u32| -> Value {
        let delay = json!({ "amount": days, "unit": "days" });
        json!({ "kind": "email", "subject": "Hi", "body": "Do you have a minute?", "delay": delay })
    };
    let always = json!({ "weekdays": [1, 2, 3, 4, 5, 6, 7], "ranges": [{ "start": 0, "end": 1440 }] });
    let new = json!({ "name": "From Sam", "steps": [step(0), step(3)], "window": always });
    let sequence = id_of(&story.post("/api/sequences", new).await?)?;
    let new = json!({ "name": "From Sam", "sequence_id": sequence, "mailbox_ids": [account] });
    Ok(format!("/api/campaigns/{}", id_of(&story.post("/api/campaigns", new).await?)?))
}
