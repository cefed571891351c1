//! The server of a mail, and the login for it.

use crate::transport::{Secret, SmtpTarget};
use application::ports::accounts::SecretFields;
use domain::workspace::account::SmtpSecurity;

pub(crate) fn target(
    host: &str,
    port: u16,
    security: SmtpSecurity,
    username: &str,
    secret: &SecretFields,
) -> SmtpTarget {
    SmtpTarget {
        host: host.to_owned(),
        port,
        security,
        username: username.to_owned(),
        password: Secret::new(secret.get("password").unwrap_or_default()),
    }
}
