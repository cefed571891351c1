//! Every third party faked in its own wire shape, as strict as the real one, with simulated people who answer.
//!
//! Nothing here is shared with the product's connectors: what both would get wrong together, neither would show.

mod agenda;
mod config;
mod doors;
mod fakes;
mod hunter;
mod imap;
mod inbound;
mod mail;
mod model;
mod observed;
mod page;
mod people;
mod places;
mod resend;
mod sandbox;
mod seed;
mod signatures;
mod smtp;
mod stripe;
mod twilio;
mod whatsapp;
mod world;

pub use config::{
    ApprovedTemplate, Credentials, ImapRules, NumberQueue, Pace, RateLimit, RateLimits, SandboxConfig,
    Secrets, SmtpRules, WebhookUrls, WhatsappNumber,
};
pub use doors::Provider;
pub use observed::{Deed, DeedKind, LateSend, Observed, ObservedEmail, ObservedSms};
pub use people::{Persona, PhonePersona};
pub use sandbox::{AppClient, Sandbox};
pub use world::Snapshot;

#[cfg(test)]
mod tests;
