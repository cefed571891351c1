//! The demo workspace's owner, company and provider accounts: plainly made up, and all of them at the
//! sandbox.

use crate::api::Api;
use anyhow::{Context, Result};
use sandbox::{Credentials, Sandbox};
use serde_json::{Value, json};

pub const EMAIL: &str = "maya@northquay.example";
pub const PASSWORD: &str = "demo-northquay";

/// The address of the owner's second mailbox; replies to it arrive like those to the first.
pub const SECOND_ADDRESS: &str = "second-outbox@sandbox.leadflow.test";

/// The addresses at which the sandbox is reached.
#[derive(Debug, Clone)]
pub struct SandboxAddress {
    /// The web address, such as `http://localhost:8788`.
    pub url: String,
    pub smtp_host: String,
    pub smtp_port: u16,
}

/// The ids of the accounts that a campaign needs.
#[derive(Debug, Clone)]
pub struct Accounts {
    pub mailbox: String,
    pub sms_sender: String,
    pub whatsapp_sender: String,
    /// The account that payments are reported to.
    pub payments: String,
}

pub async fn open_workspace(api: &mut Api, setup_code: &str, country: &str) -> Result<()> {
    let body = json!({
        "email": EMAIL, "password": PASSWORD, "name": "Maya Okafor", "workspace_name": "Northquay", "country": country,
        "setup_code": setup_code,
    });
    api.sign_up(EMAIL, PASSWORD, body).await.map(drop)
}

pub async fn furnish(api: &Api, sandbox: &SandboxAddress) -> Result<Accounts> {
    let company = json!({
        "name": "Northquay", "postal_address": "1 Harbour Walk, Bristol BS1 5DB", "website": "https://northquay.example",
        "sender_name": "Maya Okafor",
        "offer_headline": "Online booking that fills empty slots",
        "offer_text": "Patients book, move and pay on their own, day and night. Set up in two days, no contract.",
        "booking_url": format!("{}/booking", sandbox.url),
        "payment_url": format!("{}/stripe/pay/starter-7900-usd-month", sandbox.url),
    });
    api.patch("/api/settings", json!({ "company": company })).await?;
    let mailbox = add(api, mailbox(sandbox)).await?;
    add(api, replies()).await?;
    let sms_sender = connect(
        api,
        "Text messages",
        json!({
            "kind": "twilio", "base_url": format!("{}/twilio", sandbox.url),
            "account_sid": Credentials::TWILIO_ACCOUNT_SID, "from_number": Credentials::TWILIO_NUMBER,
            "places_calls": true,
        }),
        json!({ "auth_token": Credentials::TWILIO_AUTH_TOKEN }),
    )
    .await?;
    let ours = (Credentials::WHATSAPP_PHONE_NUMBER_ID, Credentials::WHATSAPP_NUMBER);
    let whatsapp_sender = whatsapp(api, &sandbox.url, "WhatsApp", ours).await?;
    let payments = connect(
        api,
        "Payments",
        json!({
            "kind": "stripe", "account_id": Credentials::STRIPE_ACCOUNT, "livemode": false,
        }),
        json!({ "signing_secret": Credentials::STRIPE_WEBHOOK_SECRET }),
    )
    .await?;
    connect(api, "Writing", json!({
        "kind": "chat_model", "base_url": format!("{}/openai/v1", sandbox.url), "model": Credentials::MODEL,
        "api_key_header": "bearer",
    }), json!({ "api_key": Credentials::MODEL_KEY })).await?;
    connect(
        api,
        "Places",
        json!({ "kind": "serp_api", "base_url": format!("{}/serpapi", sandbox.url) }),
        json!({ "api_key": Credentials::SERPAPI_KEY }),
    )
    .await?;
    connect(
        api,
        "Verification",
        json!({ "kind": "hunter", "base_url": format!("{}/hunter/v2", sandbox.url) }),
        json!({ "api_key": Credentials::HUNTER_KEY }),
    )
    .await?;
    Ok(Accounts { mailbox, sms_sender, whatsapp_sender, payments })
}

/// Connects the providers of data about people and companies, whose fakes are at the sandbox.
pub async fn connect_data_providers(api: &Api, sandbox: &str) -> Result<()> {
    for (name, provider, key) in [
        ("People and companies (Apollo)", "apollo", Credentials::APOLLO_KEY),
        ("Profiles (People Data Labs)", "people_data_labs", Credentials::PEOPLE_DATA_LABS_KEY),
        ("Second verification", "zerobounce", Credentials::ZEROBOUNCE_KEY),
        ("Second map", "serper", Credentials::SERPER_KEY),
        ("Actors", "apify", Credentials::APIFY_TOKEN),
    ] {
        let base_url = format!("{sandbox}/{provider}");
        let settings = json!({ "kind": "data_provider", "provider": provider, "base_url": base_url });
        connect(api, name, settings, json!({ "api_key": key })).await?;
    }
    Ok(())
}

/// Connects the fake of Cal.com at the sandbox, whose webhook is then to be entered there.
pub async fn connect_bookings(api: &Api, secret: &str) -> Result<String> {
    let settings = json!({ "kind": "bookings", "via": "cal_com" });
    connect(api, "Booking link", settings, json!({ "signing_secret": secret })).await
}

/// Adds a WhatsApp number of ours with its id there.
pub async fn whatsapp(api: &Api, sandbox: &str, name: &str, (id, number): (&str, &str)) -> Result<String> {
    let settings = json!({
        "kind": "whatsapp", "base_url": format!("{sandbox}/whatsapp/v23.0"), "phone_number_id": id,
        "from_number": number,
    });
    let secret = json!({
        "access_token": Credentials::WHATSAPP_TOKEN, "app_secret": Credentials::WHATSAPP_APP_SECRET,
        "verify_token": Credentials::WHATSAPP_VERIFY_TOKEN,
    });
    connect(api, name, settings, secret).await
}

/// The request that adds the demo owner's mailbox at the sandbox.
pub fn mailbox(sandbox: &SandboxAddress) -> Value {
    labelled_mailbox(sandbox, "Maya's mailbox", "Maya Okafor")
}

/// The request that adds a mailbox at the sandbox to anybody's workspace: the app puts the user's own name on its mails.
pub fn offered_mailbox(sandbox: &SandboxAddress) -> Value {
    labelled_mailbox(sandbox, "Sandbox mailbox", "")
}

/// The request that adds a mailbox at the sandbox under this label, with this name on its mails.
fn labelled_mailbox(sandbox: &SandboxAddress, label: &str, from_name: &str) -> Value {
    let settings = json!({
        "kind": "smtp", "host": sandbox.smtp_host, "port": sandbox.smtp_port, "security": "none",
        "username": Credentials::SMTP_USER, "from_address": Credentials::SMTP_USER, "from_name": from_name,
        "reply_to": format!("replies@{}", Credentials::REPLY_DOMAIN),
    });
    account(label, settings, json!({ "password": Credentials::SMTP_PASSWORD }))
}

/// The request that adds the account at which replies to that mailbox arrive.
pub fn replies() -> Value {
    let ours = [&format!("replies@{}", Credentials::REPLY_DOMAIN), Credentials::SMTP_USER, SECOND_ADDRESS];
    let settings = json!({ "kind": "inbound_email", "addresses": ours });
    account("Replies", settings, json!({ "signing_secret": Credentials::INBOUND_EMAIL_SECRET }))
}

fn account(name: &str, settings: Value, secret: Value) -> Value {
    // A sandbox accepts more in a day than a real mailbox.
    let limits = match settings["kind"].as_str() {
        Some("smtp") => json!({ "zone": "UTC", "per_day": 20_000 }),
        _ => Value::Null,
    };
    json!({ "name": name, "settings": settings, "secret": secret, "limits": limits })
}

async fn connect(api: &Api, name: &str, settings: Value, secret: Value) -> Result<String> {
    add(api, account(name, settings, secret)).await
}

async fn add(api: &Api, account: Value) -> Result<String> {
    let answer = api.post("/api/settings/accounts", account).await?;
    Ok(answer["id"].as_str().unwrap_or_default().to_owned())
}

/// Enters the code that a voice read to the user's own phone, whose number becomes theirs. False while no code was read.
pub async fn confirm_phone(api: &Api, sandbox: &Sandbox, phone: &str) -> Result<bool> {
    let Some(said) = sandbox.heard(phone) else { return Ok(false) };
    let (_, code) = said.split_once("code is ").context("a voice that reads a code")?;
    let digits: String =
        code.split('.').next().into_iter().flat_map(str::chars).filter(char::is_ascii_digit).collect();
    api.post("/api/calls/phone/confirm", json!({ "code": digits })).await?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mailbox_that_anybody_may_connect_is_named_after_nobody() {
        let sandbox = SandboxAddress {
            url: "http://localhost:1".to_owned(),
            smtp_host: "localhost".to_owned(),
            smtp_port: 2,
        };
        let offered = offered_mailbox(&sandbox);
        assert_eq!(
            (&offered["name"], &offered["settings"]["from_name"]),
            (&json!("Sandbox mailbox"), &json!(""))
        );
        assert!(!offered.to_string().contains("Maya"), "{offered}");
    }
}
