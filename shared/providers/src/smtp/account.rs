//! An SMTP account that belongs to no workspace: the operator's, for mail about accounts.

use super::{compose, outcome};
use crate::transport::{Secret, Smtp, SmtpTarget};
use application::ports::provider_calls::{OutgoingMail, SendError};
use domain::workspace::account::SmtpSecurity;
use jiff::Timestamp;
use serde::Deserialize;

/// A mail server with its login. It has no `Debug`, for it holds a password.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SmtpAccount {
    pub host: String,
    pub port: u16,
    pub security: SmtpSecurity,
    /// The user name; empty for a server that asks for none.
    #[serde(default)]
    pub username: String,
    #[serde(default)]
    pub password: String,
}

impl SmtpAccount {
    /// Delivers the mail, and says as for any sender what became of it.
    pub async fn send(&self, smtp: &dyn Smtp, mail: &OutgoingMail, now: Timestamp) -> Result<(), SendError> {
        let target = SmtpTarget {
            host: self.host.clone(),
            port: self.port,
            security: self.security,
            username: self.username.clone(),
            password: Secret::new(&self.password),
        };
        let (envelope, message) = compose(mail, now)?;
        let result = smtp.deliver(&target, &envelope, &message).await;
        outcome(result, (&self.host, mail.to.as_str())).map(drop)
    }
}
