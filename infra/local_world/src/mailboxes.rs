//! Mailboxes that are sent from and read, at the sandbox: by SMTP and IMAP, at Google and at Microsoft.

use crate::account::SandboxAddress;
use crate::api::Api;
use anyhow::{Context, Result, ensure};
use axum::body::Body;
use http::{Request, Uri, header};
use sandbox::{Credentials, Sandbox};
use serde_json::{Value, json};
use tower::ServiceExt as _;
use url::form_urlencoded::{Serializer, parse};

/// How a mailbox is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailboxKind {
    Imap,
    Google,
    Microsoft,
}

impl MailboxKind {
    pub const ALL: [Self; 3] = [Self::Imap, Self::Google, Self::Microsoft];

    /// The address of the demo workspace's mailbox of this kind.
    pub fn address(self) -> &'static str {
        match self {
            Self::Imap => "maya.imap@northquay.example",
            Self::Google => "maya.google@northquay.example",
            Self::Microsoft => "maya.microsoft@northquay.example",
        }
    }

    /// Whether its owner allows the access on the provider's page.
    pub fn is_by_grant(self) -> bool {
        self != Self::Imap
    }

    fn settings(self, sandbox: &SandboxAddress) -> (Value, Value) {
        let by_grant = |provider: &str, fields: Value, secret: &str| {
            let settings = json!({
                "kind": "email_sender", "provider": provider, "base_url": format!("{}/{provider}", sandbox.url),
                "from_address": self.address(), "from_name": "Maya Okafor", "reply_to": null,
                "fields": fields,
            });
            (settings, json!({ "client_secret": secret }))
        };
        match self {
            Self::Imap => {
                let settings = json!({
                    "kind": "smtp", "host": sandbox.smtp_host, "port": sandbox.smtp_port, "security": "none",
                    "username": self.address(), "from_address": self.address(), "from_name": "Maya Okafor",
                    "imap": { "host": sandbox.smtp_host, "port": 1143, "security": "none" },
                });
                (settings, json!({ "password": Credentials::SMTP_PASSWORD }))
            }
            Self::Google => {
                let fields = json!({ "client_id": Credentials::GOOGLE_CLIENT_ID });
                by_grant("google", fields, Credentials::GOOGLE_CLIENT_SECRET)
            }
            Self::Microsoft => {
                let fields =
                    json!({ "client_id": Credentials::MICROSOFT_CLIENT_ID, "tenant": "organizations" });
                by_grant("microsoft", fields, Credentials::MICROSOFT_CLIENT_SECRET)
            }
        }
    }
}

/// Adds and connects the mailbox of this kind. Returns the account's id.
pub async fn connect_mailbox(
    api: &Api,
    sandbox: &Sandbox,
    address: &SandboxAddress,
    kind: MailboxKind,
) -> Result<String> {
    let (settings, secret) = kind.settings(address);
    let limits = json!({ "zone": "UTC", "per_day": 20_000 });
    let new = json!({ "name": kind.address(), "settings": settings, "secret": secret, "limits": limits });
    let made = api.post("/api/settings/accounts", new).await?;
    let account = made["id"].as_str().context("an account has an id")?.to_owned();
    if kind.is_by_grant() {
        allow_access(api, sandbox, &account, kind.address()).await?;
    }
    Ok(account)
}

/// Connects a mailbox at Google or Microsoft, once more if it was: its owner clicks *Allow* on the provider's page.
pub async fn allow_access(api: &Api, sandbox: &Sandbox, account: &str, address: &str) -> Result<()> {
    let page = api.post(&format!("/api/settings/accounts/{account}/connect"), json!({})).await?;
    let answer = allow(sandbox, page["url"].as_str().context("a page")?, address).await?;
    let connected = api.post("/api/settings/accounts/connected", answer).await?;
    ensure!(connected["state"] == "works", "{address} is connected, and does not work: {connected}");
    Ok(())
}

/// Fills in the form of the provider's page, with every permission that is asked for.
fn consent(page: &Uri, address: &str) -> Result<String> {
    let asked = page.query().unwrap_or_default();
    let (_, scopes) = parse(asked.as_bytes()).find(|(name, _)| name == "scope").context("scopes")?;
    let mut form = Serializer::new(String::new());
    form.append_pair("address", address).append_pair("choice", "allow");
    for scope in scopes.split(' ') {
        form.append_pair("scope", scope);
    }
    Ok(form.finish())
}

/// Clicks *Allow* on the provider's page. Returns what it returns to the app with.
pub(crate) async fn allow(sandbox: &Sandbox, page: &str, address: &str) -> Result<Value> {
    let uri: Uri = page.parse()?;
    let target = uri.path_and_query().context("a path")?.as_str();
    let request = Request::post(target).body(Body::from(consent(&uri, address)?))?;
    let answer = sandbox.router().oneshot(request).await?;
    let back: Uri = answer.headers().get(header::LOCATION).context("the way back")?.to_str()?.parse()?;
    let back: Vec<_> = parse(back.query().unwrap_or_default().as_bytes()).into_owned().collect();
    let of = |name: &str| back.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone());
    Ok(json!({ "state": of("state"), "code": of("code") }))
}
