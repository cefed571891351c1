//! What the operator of a machine sets by environment variables: the installation's own sender of mail about accounts.

use anyhow::{Context, Result, bail};
use domain::contact::email_address::EmailAddress;
use domain::workspace::account::SmtpSecurity;
use local_host::SystemSender;
use providers::SmtpAccount;

/// The address that mail about accounts comes from.
const SENDER: &str = "LEADFLOW_SYSTEM_SENDER";
const HOST: &str = "LEADFLOW_SMTP_HOST";
const PORT: &str = "LEADFLOW_SMTP_PORT";
const SECURITY: &str = "LEADFLOW_SMTP_SECURITY";
const USERNAME: &str = "LEADFLOW_SMTP_USERNAME";
const PASSWORD: &str = "LEADFLOW_SMTP_PASSWORD";

/// Reads the sender and its mail server; none where no variable names one. `read` returns a variable's value.
pub fn system_sender(read: impl Fn(&str) -> Option<String>) -> Result<Option<SystemSender>> {
    let given =
        |name: &str| read(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty());
    let Some(address) = given(SENDER) else {
        if given(HOST).is_some() {
            bail!("{HOST} is set and {SENDER} is not: name the address that mail about accounts comes from");
        }
        return Ok(None);
    };
    let address =
        EmailAddress::parse(&address).map_err(|_| anyhow::anyhow!("{SENDER} is not an e-mail address"))?;
    let host = given(HOST).with_context(|| format!("{SENDER} needs a mail server: set {HOST}"))?;
    let security = match given(SECURITY).as_deref() {
        None | Some("tls") => SmtpSecurity::Tls,
        Some("start_tls") => SmtpSecurity::StartTls,
        Some("none") => SmtpSecurity::None,
        Some(_) => bail!("{SECURITY} is none of tls, start_tls and none"),
    };
    let port = match given(PORT) {
        Some(port) => port.parse().with_context(|| format!("{PORT} is not a port"))?,
        None => match security {
            SmtpSecurity::Tls => 465,
            SmtpSecurity::StartTls => 587,
            SmtpSecurity::None => 25,
        },
    };
    let (username, password) = (given(USERNAME).unwrap_or_default(), given(PASSWORD).unwrap_or_default());
    Ok(Some(SystemSender { address, smtp: SmtpAccount { host, port, security, username, password } }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(given: &[(&str, &str)]) -> Result<Option<SystemSender>> {
        system_sender(|name| {
            given.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        })
    }

    fn why(given: &[(&str, &str)]) -> String {
        read(given).err().map(|error| error.to_string()).unwrap_or_default()
    }

    #[test]
    fn sender_has_a_server_with_the_usual_port_of_its_encryption() {
        let given = [
            (SENDER, "accounts@example.com"),
            (HOST, "mail.example.com"),
            (USERNAME, "accounts"),
            (PASSWORD, "secret"),
        ];
        let sender = read(&given).unwrap().unwrap();
        let SmtpAccount { host, port, security, username, password } = sender.smtp;
        assert_eq!(
            (sender.address.as_str(), &*host, port),
            ("accounts@example.com", "mail.example.com", 465)
        );
        assert_eq!((security, &*username, &*password), (SmtpSecurity::Tls, "accounts", "secret"));
        let local = [(SENDER, "accounts@example.com"), (HOST, "localhost"), (SECURITY, "none")];
        let SmtpAccount { port, username, .. } = read(&local).unwrap().unwrap().smtp;
        assert_eq!((port, &*username), (25, ""));
        assert!(read(&[]).unwrap().is_none());
    }

    #[test]
    fn half_of_a_sender_is_refused_with_what_it_lacks() {
        assert!(why(&[(SENDER, "accounts@example.com")]).contains(HOST));
        assert!(why(&[(HOST, "mail.example.com")]).contains(SENDER));
        assert!(why(&[(SENDER, "accounts"), (HOST, "mail.example.com")]).contains("not an e-mail address"));
        let odd = [(SENDER, "accounts@example.com"), (HOST, "mail.example.com"), (SECURITY, "ssl")];
        assert!(why(&odd).contains(SECURITY));
    }
}
