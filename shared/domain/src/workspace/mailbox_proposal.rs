//! The settings that are proposed for a mailbox from its address, so that its owner types in a password and little else.

use crate::workspace::account::SmtpSecurity;
use serde::Serialize;

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MailboxProposal {
    /// The provider's name, if it is known.
    pub provider: Option<String>,
    pub found_by: ProposalSource,
    pub sign_in: MailboxSignIn,
    pub smtp: ProposedServer,
    pub imap: ProposedServer,
    /// Whether the owner first has to allow programs such as this one in the mailbox's own settings.
    pub is_off_at_first: bool,
    /// The provider's page about that, or about its passwords.
    pub help_url: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProposedServer {
    pub host: String,
    pub port: u16,
    pub security: SmtpSecurity,
    pub username: String,
}

/// What the proposal was read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ProposalSource {
    /// The address's domain is one of a known provider.
    Address,
    /// A known provider takes the domain's mail: its MX records say so.
    MailServers,
    /// The domain publishes a file with settings, or is listed among those that Mozilla collects.
    SettingsFile,
    /// The domain's SRV records name the servers.
    ServiceRecords,
}

/// What the owner of a mailbox signs in with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum MailboxSignIn {
    Password,
    /// A password for this app alone, made in the provider's settings.
    AppPassword,
    /// Google's sign-in page; the account is one of provider `google`.
    Google,
    /// Microsoft's sign-in page; the account is one of provider `microsoft`.
    Microsoft,
    /// A sign-in page that leadflow does not know, and no password.
    OtherPage,
    /// A program on the owner's own machine, which leadflow does not reach.
    LocalBridge,
}
