//! Fakes of every third party with the real wire formats, as strict as the real ones, and simulated people
//! who react.
//!
//! Nothing here is shared with the product's connectors: an error in shared code would go unnoticed.

mod agenda;
mod authenticator;
mod bookings;
mod call_prices;
mod companies;
mod config;
mod data;
mod domains;
mod doors;
mod fakes;
mod graph_notices;
mod hunter;
mod identity_provider;
mod imap;
mod inbound;
mod mail;
mod mail_apis;
mod mail_webhooks;
mod mailbox_letters;
mod model;
mod observed;
mod page;
mod passkey_device;
mod people;
mod phone;
mod places;
mod public_dns;
mod recordings;
mod resend;
mod sandbox;
mod seed;
mod signatures;
mod sites;
mod smtp;
mod stripe;
mod twilio;
mod whatsapp;
mod world;

pub use authenticator::authenticator_code;
pub use config::{
    ApprovedTemplate, Credentials, ImapRules, NumberQueue, Pace, RateLimit, RateLimits, SandboxConfig,
    Secrets, SmtpRules, WebhookUrls, WhatsappNumber,
};
pub use domains::LeadsTo;
pub use doors::Provider;
pub use mail_webhooks::{MailProvider, MailWebhook};
pub use model::obedient::{HostileText, hostile_texts, obey};
pub use observed::{Deed, DeedKind, LateSend, Observed, ObservedEmail, ObservedSms};
pub use passkey_device::PasskeyDevice;
pub use people::{Persona, PhonePersona};
pub use sandbox::{AppClient, Sandbox};
pub use sites::{BrowserSubscription, PUSH_HOST, SLACK_HOST, SlackText, TakenPush, WEBHOOK_HOST};
pub use world::Snapshot;

#[cfg(test)]
mod tests;
