//! The whole product with poison messages, forged webhooks and failing providers.

use super::story::Story;
use anyhow::{Context, Result, anyhow};
use http::{Method, Request};
use jiff::SignedDuration;
use local_cloud::{Fault, Moment, Service};
use sandbox::{AppClient, Credentials, Provider};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Creates a lead to whom a mail was sent; returns the lead and the number of the mail in the sandbox.
async fn written_to(story: &mut Story) -> Result<(String, usize)> {
    let new = json!({ "first_name": "Dora", "email": "dora@walk.example", "phone": "+12025550178" });
    let lead = story.api.post("/api/leads", new).await?["id"].as_str().context("an id")?.to_owned();
    let mail = json!({ "lead_id": lead, "subject": "One question", "body": "Do you have a minute?" });
    story.api.post("/api/emails/send", mail).await?;
    story.live(1).await?;
    let mail = story.world.sandbox.latest_mail("dora@walk.example").context("the mail is there at once")?;
    Ok((lead, mail))
}

async fn depth(story: &Story, queue: &str) -> Result<Value> {
    let all = story.api.get("/api/ops/queues").await?;
    let queues = all["queues"].as_array().with_context(|| format!("queues in {all}"))?;
    let found = queues.iter().find(|item| item["name"] == queue);
    Ok(found.with_context(|| format!("{queue} in {all}"))?.clone())
}

#[tokio::test]
async fn poison_message_becomes_a_dead_letter_and_blocks_nothing() -> Result<()> {
    let mut story = Story::begin().await?;
    let queues = story.world.host.cloud().queues();
    for body in ["no message of ours", "{}", "{\"send\":\"step\"}"] {
        for queue in ["leadflow-local-SendQueue", "leadflow-local-InboundQueue"] {
            queues.send(queue, body).map_err(|error| anyhow!("{error:?}"))?;
        }
    }
    let (lead, mail) = written_to(&mut story).await?;
    // A valid message that cannot be processed for a while becomes a dead letter as well, but can be
    // redriven.
    let down = Arc::new(AtomicBool::new(true));
    let switch = down.clone();
    story.world.host.cloud().faults().inject(move |moment, call| {
        let concerned = moment == Moment::Before
            && call.principal == "ingest_event"
            && call.service == Service::DynamoDb
            && switch.load(Ordering::Relaxed);
        concerned.then(|| Fault::Fail {
            status: 500,
            code: "InternalServerError".to_owned(),
            message: "down".to_owned(),
        })
    });
    story.world.sandbox.reply_to_mail(mail, "Yes, tomorrow at ten.");
    story.live(120).await?;
    assert_eq!(depth(&story, "send").await?["dead"], 3);
    let dead = depth(&story, "inbound").await?["dead"].as_u64().context("a number")?;
    assert!(dead > 3, "{dead}");
    let letters = story.api.get("/api/ops/queues/inbound/dead-letters").await?;
    assert!(letters["items"].as_array().is_some_and(|items| !items.is_empty()), "{letters}");
    let path = format!("/api/inbox/{lead}");
    assert!(!story.api.get(&path).await.unwrap_or_default().to_string().contains("tomorrow at ten"));

    down.store(false, Ordering::Relaxed);
    story.api.post("/api/ops/queues/inbound/redrive", json!({})).await?;
    story.live(1).await?;
    let conversation = story.api.get(&path).await?;
    assert!(conversation.to_string().contains("tomorrow at ten"), "{conversation}");
    story.live(120).await?;
    assert_eq!(depth(&story, "inbound").await?["dead"], 3, "poison stays poison");
    Ok(())
}

#[tokio::test]
async fn forged_and_replayed_webhooks_change_nothing() -> Result<()> {
    let mut story = Story::begin().await?;
    let (lead, _) = written_to(&mut story).await?;
    let call = async |path: &str, kind: &str, headers: &[(&str, &str)], body: &str| -> Result<u16> {
        let mut request = Request::post(path).header("content-type", kind);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        Ok(story.world.host.call(request.body(body.as_bytes().to_vec())?).await.status().as_u16())
    };
    let sid = Credentials::TWILIO_ACCOUNT_SID;
    let stop = format!("AccountSid={sid}&MessageSid=SM1&From=%2B12025550178&To=%2B12025550142&Body=STOP");
    let form = "application/x-www-form-urlencoded";
    let signed = [("x-twilio-signature", "Zm9yZ2VkIGZvcmdlZCBmb3JnZWQ=")];
    assert_eq!(call("/api/webhooks/twilio", form, &signed, &stop).await?, 401);
    assert_eq!(call("/api/webhooks/twilio", form, &[], &stop).await?, 401);
    let paid = json!({ "id": "evt_1", "account": Credentials::STRIPE_ACCOUNT, "type": "checkout.session.completed" });
    let old = [("stripe-signature", "t=1,v1=00")];
    assert_eq!(call("/api/webhooks/stripe", "application/json", &old, &paid.to_string()).await?, 401);
    let mail = json!({ "type": "email.received", "to": [Credentials::SMTP_USER] }).to_string();
    let late = [("webhook-id", "x"), ("webhook-timestamp", "1"), ("webhook-signature", "v1,AAAA")];
    let status = call("/api/webhooks/inbound-email", "application/json", &late, &mail).await?;
    assert!(status == 401 || status == 404, "{status}");
    assert_eq!(call("/api/webhooks/paypal", "application/json", &[], "{}").await?, 404);
    assert_eq!(depth(&story, "inbound").await?["waiting"], 0, "nothing was taken in");

    // One payment reported twice is counted once.
    story.world.sandbox.pay("dora@walk.example", None);
    story.live(5).await?;
    let told = story.recorder.told("/api/webhooks/stripe");
    let before = story.api.get("/api/revenue/transactions").await?;
    assert!(before["items"].as_array().is_some_and(|items| items.len() == 1), "{before}");
    for request in told {
        let answer = story.recorder.call(request).await;
        assert_eq!(answer.status().as_u16(), 200, "told again in time: acknowledged");
    }
    story.live(5).await?;
    assert_eq!(story.api.get("/api/revenue/transactions").await?, before);
    assert_eq!(story.api.get(&format!("/api/leads/{lead}")).await?["status"], "won");
    Ok(())
}

#[tokio::test]
async fn large_reply_is_kept() -> Result<()> {
    let mut story = Story::begin().await?;
    let (lead, mail) = written_to(&mut story).await?;
    // The mail is four megabytes as it arrives; Lambda accepts six at most.
    story.world.sandbox.reply_to_mail(mail, &format!("Yes, gladly.\n{}", "A long story. ".repeat(80_000)));
    story.live(5).await?;
    let conversation = story.api.get(&format!("/api/inbox/{lead}")).await?;
    let text = conversation.to_string();
    assert!(
        text.contains("Yes, gladly.") && text.len() < 100_000,
        "kept and truncated: {} bytes",
        text.len()
    );
    Ok(())
}

#[tokio::test]
async fn greylisting_is_no_failure_of_the_mailbox() -> Result<()> {
    let patience = SignedDuration::from_mins(10);
    let mut story = Story::begin_with(|config| {
        (config.smtp.greylist_percent, config.smtp.greylist_for) = (100, patience);
    })
    .await?;
    story.import_leads(6).await?;
    let campaign = story.campaign(&story.sequence(6_000).await?).await?;
    let path = format!("/api/campaigns/{campaign}");
    let ids = story.leads().await?;
    story.ask(Method::POST, &format!("{path}/enrolments"), Some(json!({ "lead_ids": ids }))).await?;
    story.ask(Method::POST, &format!("{path}/launch"), Some(json!({}))).await?;
    story.live(5).await?;
    assert_eq!(story.world.sandbox.observed().emails.len(), 0, "each was put off three times");
    let mailboxes = story.api.get("/api/settings/accounts?kind=smtp").await?;
    assert!(mailboxes["items"][0]["last_error"].is_null(), "{mailboxes}");
    let told = story.api.get("/api/notifications").await?.to_string();
    assert!(!told.contains("does not accept messages"), "{told}");
    story.live(60).await?;
    assert!(story.world.sandbox.observed().emails.len() >= 4, "and taken when asked again");
    Ok(())
}

#[tokio::test]
async fn mail_server_outage_delays_and_loses_nothing() -> Result<()> {
    let mut story = Story::begin().await?;
    story.import_leads(6).await?;
    let sequence = story.sequence(30).await?;
    let campaign = story.campaign(&sequence).await?;
    let ids = story.leads().await?;
    let path = format!("/api/campaigns/{campaign}");
    story.ask(Method::POST, &format!("{path}/enrolments"), Some(json!({ "lead_ids": ids }))).await?;
    story.world.sandbox.set_outage(Provider::Smtp, true);
    story.ask(Method::POST, &format!("{path}/launch"), Some(json!({}))).await?;
    story.live(40).await?;
    assert_eq!(story.world.sandbox.observed().emails.len(), 0);
    let accounts = story.api.get("/api/settings/accounts").await?.to_string();
    assert!(accounts.contains("\"over_at\":null"), "the account shows it: {accounts}");
    let told = story.api.get("/api/notifications").await?.to_string();
    assert!(told.contains("does not accept messages"), "somebody is told: {told}");
    story.world.sandbox.set_outage(Provider::Smtp, false);
    story.live(120).await?;
    let observed = story.world.sandbox.observed();
    let first: std::collections::BTreeSet<_> = observed.emails.iter().map(|mail| &mail.recipient).collect();
    assert!(first.len() >= 4, "everybody with an address was written to: {first:?}");
    assert_eq!(observed.duplicate_sends(), 0);
    Ok(())
}
