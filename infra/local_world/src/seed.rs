//! The beginning of the demo through the product's own API: imports a file, writes a sequence, launches a
//! campaign.

use crate::account::Accounts;
use crate::api::Api;
use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

/// The built-in sample file.
pub const SAMPLE: &str = include_str!("../../../docs/samples/clinics.csv");
pub const SAMPLE_NAME: &str = "clinics.csv";

/// The consent that the leads of sample files have: without it, texts to the United States would be held.
pub const CONSENT: &str =
    "consent=written_consent&consent_channels=email,sms,whatsapp&consent_note=Form%20at%20our%20fair";

/// Imports a file with the columns as detected. The rows are written by the queue's consumer.
pub async fn import(api: &Api, name: &str, content: Vec<u8>, country: &str) -> Result<String> {
    let kind = if name.to_ascii_lowercase().ends_with(".json") { "application/json" } else { "text/csv" };
    let path = format!("/api/leads/import?country={country}&file_name={}&{CONSENT}", encode(name));
    let answer = api.upload(&path, kind, content).await?;
    Ok(answer["id"].as_str().context("the import has no id")?.to_owned())
}

pub async fn imported(api: &Api, id: &str) -> Result<Value> {
    let import = api.get(&format!("/api/imports/{id}")).await?;
    match import["state"].as_str() {
        Some("failed") => {
            bail!("the import failed: {}", import["failure"].as_str().unwrap_or("no reason given"))
        }
        _ => Ok(import),
    }
}

/// Writes a sequence of four steps over two weeks: three mails in one thread, the second in two variants, and
/// a text.
pub async fn write_sequence(api: &Api, first_delay: Value, follow_up: Value) -> Result<String> {
    let email = |delay: &Value, subject: &str, body: &str| json!({ "kind": "email", "delay": delay, "subject": subject, "body": body });
    let steps = json!([
        email(&first_delay, "Empty slots at {{ company | default(\"your practice\") }}", FIRST),
        { "kind": "email", "delay": follow_up, "variants": [
            { "name": "The page", "body": SECOND },
            { "name": "One question", "body": SECOND_SHORT },
        ] },
        { "kind": "sms", "delay": follow_up, "body": TEXT },
        email(&follow_up, "", LAST),
    ]);
    let answer =
        api.post("/api/sequences", json!({ "name": "Booking, four touches", "steps": steps })).await?;
    Ok(answer["id"].as_str().context("the sequence has no id")?.to_owned())
}

pub async fn create_campaign(api: &Api, sequence: &str, accounts: &Accounts, name: &str) -> Result<String> {
    let body = json!({
        "name": name, "sequence_id": sequence, "mailbox_ids": [accounts.mailbox], "sms_sender_id": accounts.sms_sender,
        "lead_tag": "campaign",
    });
    let answer = api.post("/api/campaigns", body).await?;
    Ok(answer["id"].as_str().context("the campaign has no id")?.to_owned())
}

/// Enrols all leads in the campaign.
pub async fn enrol_all(api: &Api, campaign: &str) -> Result<()> {
    let list = api.get("/api/leads?limit=1").await?;
    let count = list["total"].as_u64().context("the list of leads has no total")?;
    let body = json!({ "filter": {}, "expected_count": count });
    api.post(&format!("/api/campaigns/{campaign}/enrolments"), body).await.map(drop)
}

pub async fn launch(api: &Api, campaign: &str) -> Result<()> {
    api.post(&format!("/api/campaigns/{campaign}/launch"), json!({})).await.map(drop)
}

fn encode(name: &str) -> String {
    let keep = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    name.chars().map(|c| if keep(c) { c } else { '-' }).collect()
}

const FIRST: &str = "Hello {{ first_name | default(\"there\") }},

{{ first_line | default(\"I came across your practice while looking at clinics near you.\") }}

We fill appointments that would stay empty: people book, move and pay on their own. I have put together what that would look like for you:

{{ preview_url }}

Would a short call this week make sense?

{{ sender.name }}";

const SECOND: &str = "Hello {{ first_name | default(\"again\") }},

did you have a moment to look at the page? It takes a minute:

{{ preview_url }}

{{ sender.name }}";

const SECOND_SHORT: &str = "Hello {{ first_name | default(\"again\") }},

one question: how many appointments stay empty in a normal week? If it is more than two, the page pays for itself:

{{ preview_url }}

{{ sender.name }}";

const TEXT: &str = "Hi {{ first_name | default(\"there\") }}, {{ sender.name }} of {{ sender.company }} here. Is online booking worth a 10 minute call? Reply STOP to opt out.";

const LAST: &str = "Hello {{ first_name | default(\"there\") }},

this is my last note. The page stays up for you:

{{ preview_url }}

If it is not the right time, a one-line answer is plenty.

{{ sender.name }}";
