//! Replies by each provider that posts them, signed as it does; and what became of mails, told by those that tell.

use super::super::story::SANDBOX;
use super::{Story, id_of};
use anyhow::{Context, Result, ensure};
use application::Ports;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sandbox::{Credentials, MailProvider, MailWebhook};
use serde_json::{Value, json};

/// A mailbox whose replies one provider receives.
struct Mailbox {
    word: &'static str,
    /// The account that mail goes out by, and its address.
    account: String,
    from: String,
    /// The account that the provider posts to.
    inbound: Value,
}

pub(super) async fn walk(story: &mut Story) -> Result<()> {
    for provider in MailProvider::ALL {
        let mailbox = connect(story, provider).await?;
        reply(story, &mailbox).await.with_context(|| mailbox.word)?;
        if provider == MailProvider::Ses {
            reply_in_bucket(story, &mailbox).await?;
        }
        if matches!(provider, MailProvider::Resend | MailProvider::Sendgrid | MailProvider::Ses) {
            events(story, &mailbox).await.with_context(|| mailbox.word)?;
        }
    }
    Ok(())
}

async fn connect(story: &mut Story, provider: MailProvider) -> Result<Mailbox> {
    let word = provider.word();
    let shown = provider.shown();
    let shown = shown.rsplit(' ').next().unwrap_or_default();
    let (from, replies) =
        (format!("{word}@{}", Credentials::RESEND_DOMAIN), format!("replies@{word}.replies.example"));
    let settings = match provider {
        MailProvider::Resend => json!({ "kind": "resend", "base_url": format!("{SANDBOX}/resend"),
            "from_address": from, "from_name": "Maya", "reply_to": replies }),
        _ => json!({ "kind": "smtp", "host": "localhost", "port": 2525, "security": "none",
            "username": Credentials::SMTP_USER, "from_address": from, "from_name": "Maya", "reply_to": replies }),
    };
    let secret = match provider {
        MailProvider::Resend => json!({ "api_key": Credentials::RESEND_KEY, "signing_secret": shown }),
        _ => json!({ "password": Credentials::SMTP_PASSWORD }),
    };
    let new =
        json!({ "name": format!("Maya by {word}"), "settings": settings, "secret": secret, "limits": null });
    let sender = story.post("/api/settings/accounts", new).await?;
    let account = id_of(&sender)?;
    let inbound = match provider {
        MailProvider::Resend => sender,
        _ => inbound(story, provider, word, &replies, shown).await?,
    };
    let heard = story.get(&format!("/api/settings/accounts/{account}")).await?;
    ensure!(heard["hears_replies"] == true, "{word}: {heard}");
    let url = inbound["webhook_url"].as_str().context("a webhook's address")?;
    let url = match (provider, inbound["generated_secret"].as_str()) {
        (MailProvider::Mailgun, _) => format!("{url}/mime"),
        (MailProvider::Postmark, Some(password)) => url.replace("://", &format!("://leadflow:{password}@")),
        _ => url.to_owned(),
    };
    // As one would enter it in the provider's console: for what it receives, and for what goes out by it.
    for domain in [format!("{word}.replies.example"), from.clone()] {
        story.world.sandbox.set_mail_webhook(MailWebhook { provider, domain, url: url.clone() });
    }
    story.live(1).await?;
    ensure!(provider != MailProvider::Ses || story.world.sandbox.is_subscribed(&url), "it is not confirmed");
    Ok(Mailbox { word, account, from, inbound })
}

/// Connects *Replies by webhook*.
async fn inbound(
    story: &Story,
    provider: MailProvider,
    word: &str,
    replies: &str,
    shown: &str,
) -> Result<Value> {
    let mut settings = json!({ "kind": "inbound_email", "via": word, "addresses": [replies] });
    let mut secret = json!({});
    match provider {
        MailProvider::Mailgun => secret = json!({ "signing_secret": shown }),
        MailProvider::Sendgrid => settings["public_keys"] = json!([shown]),
        MailProvider::Ses => settings["topic_arn"] = json!(shown),
        _ => {}
    }
    let new = json!({ "name": format!("Replies by {word}"), "settings": settings, "secret": secret });
    story.post("/api/settings/accounts", new).await
}

/// Sends a mail to a new lead. Returns the lead, the message and its place in the lead's mailbox.
async fn write(story: &mut Story, mailbox: &Mailbox, name: &str) -> Result<(String, String, usize)> {
    let address = format!("{name}+silent@{}.walk.example", mailbox.word);
    let lead = id_of(&story.post("/api/leads", json!({ "first_name": name, "email": address })).await?)?;
    let mail = json!({ "lead_id": lead, "subject": "A question", "body": "Shall we talk?",
                       "account_id": mailbox.account });
    let message = id_of(&story.post("/api/emails/send", mail).await?)?;
    story.live(2).await?;
    let mail = story.world.sandbox.latest_mail(&address).with_context(|| format!("the mail to {address}"))?;
    Ok((lead, message, mail))
}

async fn heard_from(story: &Story, lead: &str) -> Result<usize> {
    let said = story.get(&format!("/api/messages?lead={lead}")).await?;
    let items = said["items"].as_array().context("messages")?;
    Ok(items.iter().filter(|one| one["direction"] == "in").count())
}

/// A lead replies, and the reply is in the inbox.
async fn reply(story: &mut Story, mailbox: &Mailbox) -> Result<()> {
    let (lead, _, mail) = write(story, mailbox, "ann").await?;
    story.world.sandbox.reply_to_mail(mail, "Yes, call me tomorrow.");
    story.live(3).await?;
    ensure!(heard_from(story, &lead).await? == 1, "the reply is not in the inbox");
    let thread = story.get(&format!("/api/inbox/{lead}")).await?;
    ensure!(thread["messages"].to_string().contains("Yes, call me tomorrow."), "{thread}");
    Ok(())
}

/// A mail that is too large for SNS lies in the bucket.
async fn reply_in_bucket(story: &mut Story, mailbox: &Mailbox) -> Result<()> {
    let (lead, _, mail) = write(story, mailbox, "lou").await?;
    let folder = mailbox.inbound["mail_folder"].as_str().context("a folder")?;
    let attachment = STANDARD.encode(vec![7; 200_000]);
    let raw = format!(
        "From: lou+silent@ses.walk.example\r\nTo: replies@ses.replies.example\r\nSubject: Plans\r\n\
         Message-ID: <plans@ses.walk.example>\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nHere are the plans.\r\n\
         --b\r\nContent-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n{attachment}\r\n--b--\r\n"
    );
    let key = format!("{folder}d6iitobk75ur44p8kdnnp7g2n800");
    story.world.host.ports().blobs().put(&key, "application/octet-stream", raw.into_bytes()).await?;
    story.world.sandbox.announce_in_bucket(mail, &key);
    story.live(3).await?;
    ensure!(heard_from(story, &lead).await? == 1, "the mail in the bucket is not in the inbox");
    Ok(())
}

/// The provider tells that a mail arrived, that one bounced, and that one was taken for spam.
async fn events(story: &mut Story, mailbox: &Mailbox) -> Result<()> {
    let state = async |story: &Story, message: &str| -> Result<Value> {
        Ok(story.get(&format!("/api/emails/{message}")).await?["state"].clone())
    };
    let (_, delivered, _) = write(story, mailbox, "dee").await?;
    story.live(1).await?;
    ensure!(state(story, &delivered).await? == "delivered", "{}", state(story, &delivered).await?);
    let (_, bounced, mail) = write(story, mailbox, "bob").await?;
    story.world.sandbox.bounce_mail(mail);
    story.live(2).await?;
    ensure!(state(story, &bounced).await? == "bounced", "{}", state(story, &bounced).await?);
    let (_, _, mail) = write(story, mailbox, "cy").await?;
    story.world.sandbox.report_as_spam(mail);
    story.live(2).await?;
    let listed = story.get("/api/settings/suppressions").await?.to_string();
    for name in ["bob", "cy"] {
        let address = format!("{name}+silent@{}.walk.example", mailbox.word);
        ensure!(
            listed.contains(&address),
            "{address} is not on the suppression list, told to {}",
            mailbox.from
        );
    }
    let told = story.get(&format!("/api/ops/inbound?provider={}", mailbox.word)).await?;
    ensure!(told.to_string().contains("complaint"), "{told}");
    Ok(())
}
