//! Scaffolds a third party's folder, for a sending provider also that of its fake. The files of a sending
//! provider are copies of one that is compiled and tested with the providers and with the sandbox.

use super::edit::Edits;
use super::{filled, pascal_case};
use anyhow::Result;
use clap::ValueEnum;

/// The purpose of a provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ProviderKind {
    /// Answers questions.
    Lookup,
    /// Sends mail.
    Email,
    /// Sends SMS.
    Sms,
    /// Sends on WhatsApp.
    Whatsapp,
}

pub fn add(edits: &mut Edits, name: &str, kind: ProviderKind) -> Result<()> {
    match kind {
        ProviderKind::Lookup => lookup(edits, name),
        ProviderKind::Email => sender(edits, name, &MAIL),
        ProviderKind::Sms => sender(edits, name, &SMS),
        ProviderKind::Whatsapp => sender(edits, name, &WHATSAPP),
    }?;
    edits.insert_sorted("shared/providers/src/lib.rs", "mod accounts;", &format!("mod {name};"))
}

fn lookup(edits: &mut Edits, name: &str) -> Result<()> {
    let folder = format!("shared/providers/src/{name}");
    for (file, text) in [
        ("mod.rs", include_str!("texts/provider_mod.txt")),
        ("request.rs", include_str!("texts/provider_request.txt")),
        ("response.rs", include_str!("texts/provider_response.txt")),
        ("tests.rs", include_str!("texts/provider_tests.txt")),
        ("fixtures/answer.json", "{ \"data\": { \"status\": \"found\" } }\n"),
    ] {
        edits.create(&format!("{folder}/{file}"), filled(text, name, &[]))?;
    }
    account_row(edits, &format!("| `{name}` | `{name}` | what for | `api_key` |\n"))
}

/// The differences between sending providers.
struct Sender {
    kind: &'static str,
    does: &'static str,
    request: &'static str,
    take: &'static str,
}

macro_rules! newcomer {
    (provider $file:literal) => {
        include_str!(concat!("../../../../shared/providers/src/tests/newcomer/", $file))
    };
    (fake $file:literal) => {
        include_str!(concat!("../../../sandbox/src/tests/newcomer/", $file))
    };
}

const MAIL: Sender = Sender {
    kind: "email_sender",
    does: "sends mail over HTTP",
    request: newcomer!(provider "email.rs"),
    take: newcomer!(fake "email.rs"),
};

const SMS: Sender = Sender {
    kind: "sms_sender",
    does: "sends SMS, status and inbound SMS by webhook",
    request: newcomer!(provider "request.rs"),
    take: newcomer!(fake "take.rs"),
};

const WHATSAPP: Sender = Sender {
    kind: "whatsapp_sender",
    does: "sends and receives on WhatsApp, status by webhook",
    request: newcomer!(provider "whatsapp.rs"),
    take: newcomer!(fake "whatsapp.rs"),
};

fn sender(edits: &mut Edits, name: &str, sender: &Sender) -> Result<()> {
    let (kind, word) = (pascal_case(name), name.replace('_', "-"));
    let more = [
        ("/webhooks/newcomer", format!("/webhooks/{word}")),
        ("newcomer", name.to_owned()),
        ("Newcomer", kind.clone()),
        ("+12025550100", fake_number(name)),
    ];
    let more: Vec<(&str, &str)> = more.iter().map(|(blank, value)| (*blank, value.as_str())).collect();
    for (file, text) in [
        ("mod.rs", newcomer!(provider "mod.rs")),
        ("request.rs", sender.request),
        ("error_code.rs", newcomer!(provider "error_code.rs")),
        ("response.rs", newcomer!(provider "response.rs")),
        ("webhook.rs", newcomer!(provider "webhook.rs")),
        ("tests.rs", newcomer!(provider "tests.rs")),
        ("fixtures/taken.json", newcomer!(provider "fixtures/taken.json")),
    ] {
        edits.create(&format!("shared/providers/src/{name}/{file}"), filled(text, name, &more))?;
    }
    for (file, text) in [
        ("mod.rs", newcomer!(fake "mod.rs")),
        ("take.rs", sender.take),
        ("tests.rs", newcomer!(fake "tests.rs")),
    ] {
        edits.create(&format!("infra/sandbox/src/{name}/{file}"), filled(text, name, &more))?;
    }
    edits.insert_before(
        "shared/providers/src/registry.rs",
        "}\n\n/// They send",
        &format!("    {name}::{kind},\n"),
    )?;
    edits.insert_sorted("infra/sandbox/src/lib.rs", "mod agenda;", &format!("mod {name};"))?;
    let line = format!("    &crate::{name}::{kind},\n");
    edits.insert_before("infra/sandbox/src/fakes.rs", "    #[cfg(test)]\n    &crate::tests", &line)?;
    let does = sender.does;
    account_row(
        edits,
        &format!("| `{}` | `{name}` | {does} | `api_key`, `webhook_secret` |\n", sender.kind),
    )?;
    let class =
        format!("| {kind} | none | no | uncertain until the status report, which names our message |\n");
    edits.insert_before("docs/PROVIDERS.md", "\nThe workspace's policy decides", &class)
}

fn account_row(edits: &mut Edits, row: &str) -> Result<()> {
    edits.insert_before("docs/PROVIDERS.md", "\nAn account belongs to a workspace", row)
}

/// A phone number in a range that belongs to nobody, derived from the name. The sandbox uses others for the
/// older fakes.
fn fake_number(name: &str) -> String {
    let sum: u32 = name.bytes().fold(7, |sum, byte| (sum * 31 + u32::from(byte)) % 9_973);
    format!("+120255501{:02}", 1 + sum % 39)
}
