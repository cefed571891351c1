//! Third parties, a folder each: pure translation between our values and their wire format, and the transports that
//! carry it.

mod accounts;
mod anthropic;
mod apify;
mod apollo;
mod basic_auth;
mod bookings;
mod call_placer;
mod calls;
mod chat_model;
mod data_calls;
mod data_connectors;
mod declared;
mod dns;
mod fields;
mod found;
mod google;
mod grants;
mod hunter;
mod inbound_email;
mod listing;
mod mail_headers;
mod mailbox_api;
mod mailbox_finder;
mod mailboxes;
mod mailgun;
mod microsoft;
mod oauth;
mod openid_connect;
mod people_data_labs;
mod postmark;
mod question;
mod rebuilt;
mod registry;
mod reports;
mod resend;
mod senders;
mod sendgrid;
mod sends;
mod serpapi;
mod serper;
mod ses;
mod smtp;
mod standard_webhooks;
mod stripe;
mod tracking_domains;
pub mod transport;
mod trial;
mod twilio;
mod web_push;
mod webhook_runner;
mod webhooks;
mod website;
mod whatsapp;
mod wire;
mod zerobounce;
mod zone;

pub use openid_connect::{OpenIdConnect, SignInClient};
pub use smtp::SmtpAccount;

use application::Clock;
use application::ports::provider_calls::SendError;
use std::sync::Arc;
use transport::{Http, Imap, Smtp, Web};

/// All providers behind the application's ports.
#[derive(Clone)]
pub struct Providers {
    pub http: Arc<dyn Http>,
    /// The web beyond the providers, for websites and webhooks of users.
    pub web: Arc<dyn Web>,
    pub smtp: Arc<dyn Smtp>,
    pub imap: Arc<dyn Imap>,
    pub clock: Arc<dyn Clock>,
    /// Why this installation sends nothing and calls nobody, if so.
    pub held: Option<Arc<str>>,
}

impl Providers {
    /// Refuses what would leave for a person while the installation is held.
    fn refuse_held(&self) -> Result<(), SendError> {
        match &self.held {
            Some(why) => Err(SendError::Down { detail: why.to_string(), after: None }),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests;
