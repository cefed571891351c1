//! What the API tells of a provider account. Its secret never leaves.

use crate::App;
use domain::ConnectionId;
use domain::calendar::WorkingHours;
use domain::connection::{Connection, ConnectionKind, ConnectionSettings};
use http_api::utoipa;
use jiff::Timestamp;
use serde::Serialize;

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ConnectionView {
    pub id: ConnectionId,
    pub name: String,
    pub kind: ConnectionKind,
    pub settings: ConnectionSettings,
    /// Names of the secret fields that are set.
    pub secrets: Vec<String>,
    /// When messages to leads go out by it, by its own clock.
    pub hours: Option<WorkingHours>,
    pub enabled: bool,
    /// What the provider last refused the account for.
    pub last_error: Option<String>,
    /// Where the provider reports to.
    pub webhook_url: Option<String>,
    pub created_at: Timestamp,
    pub rev: u64,
}

impl App {
    pub fn connection_view(&self, connection: Connection) -> ConnectionView {
        let kind = connection.settings.kind();
        let provider = match kind {
            ConnectionKind::Twilio => Some("twilio"),
            ConnectionKind::Stripe => Some("stripe"),
            ConnectionKind::InboundEmail => Some("inbound-email"),
            _ => None,
        };
        let opened = self.vault.open(&connection.workspace, &connection.id, &connection.sealed_secret);
        let broken = opened.as_ref().err().map(ToString::to_string);
        ConnectionView {
            webhook_url: provider.map(|p| format!("{}/api/webhooks/{p}/{}", self.public_url, connection.id)),
            id: connection.id,
            name: connection.name,
            kind,
            settings: connection.settings,
            secrets: opened.map(|secret| secret.0.into_keys().collect()).unwrap_or_default(),
            hours: connection.hours,
            enabled: connection.enabled,
            last_error: connection.last_error.or(broken),
            created_at: connection.created_at,
            rev: connection.rev,
        }
    }
}
