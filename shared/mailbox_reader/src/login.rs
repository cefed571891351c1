//! Logging in, by password or by an OAuth token, and what a refusal means. Servers use few of the codes that there are
//! (RFC 5530), so their sentences are read as well.

use crate::connection::{AUTHENTICATE, Command, LOGIN};
use crate::mailbox_failure::MailboxFailure;
use crate::response::{Status, StatusKind};
use crate::session::Session;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use tokio::io::{AsyncRead, AsyncWrite};

/// A login. It has no `Debug`, so that it reaches no log.
pub enum Credentials<'a> {
    Password { username: &'a str, password: &'a str },
    OauthToken { username: &'a str, token: &'a str },
}

const APP_PASSWORD: [&str; 6] = [
    "application-specific password",
    "app-specific password",
    "app password",
    "application password",
    "anwendungsspezifisches passwort",
    "app-passwort",
];
const SWITCHED_OFF: [&str; 9] = [
    "not enabled for imap",
    "enable imap",
    "imap access is disabled",
    "imap is disabled",
    "imap is not enabled",
    "imap disabled",
    "imap access is not",
    "imap/pop3 is not",
    "pop3/imap",
];
const BROWSER: [&str; 3] = ["via your web browser", "web login required", "login via your browser"];
const OAUTH: [&str; 4] = ["basic auth", "basicauth", "oauth", "modern auth"];

impl<S: AsyncRead + AsyncWrite + Unpin> Session<S> {
    /// Logs in. A caller on the internet does so under TLS only.
    pub async fn log_in(&mut self, credentials: &Credentials<'_>) -> Result<(), MailboxFailure> {
        if self.logged_in {
            return Ok(());
        }
        let command = match credentials {
            Credentials::Password { username, password } => self.password_login(username, password).await?,
            Credentials::OauthToken { username, token } => {
                let secret = format!("user={username}\u{1}auth=Bearer {token}\u{1}\u{1}");
                Command::new(AUTHENTICATE, "XOAUTH2").when_asked(STANDARD.encode(secret))
            }
        };
        let reply = self.connection.run(command).await?;
        if reply.status.is_ok() {
            self.learn(&reply.status);
            self.logged_in = true;
            return Ok(());
        }
        Err(match credentials {
            Credentials::OauthToken { .. } => refused_token(&reply.status, reply.asked_again.as_deref()),
            Credentials::Password { .. } => refused_password(&reply.status),
        })
    }

    async fn password_login(&mut self, user: &str, password: &str) -> Result<Command, MailboxFailure> {
        if user.contains('\0') || password.contains('\0') {
            return Err(MailboxFailure::UnsendableLogin);
        }
        if self.has("AUTH=PLAIN").await? {
            let secret = STANDARD.encode(format!("\0{user}\0{password}"));
            return Ok(Command::new(AUTHENTICATE, "PLAIN").when_asked(secret));
        }
        if !self.has("LOGINDISABLED").await? {
            return Ok(Command::new(LOGIN, "").string(user).string(password));
        }
        if self.has("AUTH=XOAUTH2").await? || self.has("AUTH=OAUTHBEARER").await? {
            return Err(MailboxFailure::NeedsOauth);
        }
        let in_the_clear = self.has("STARTTLS").await?;
        Err(if in_the_clear { MailboxFailure::NoTls } else { MailboxFailure::NoKnownLogin })
    }
}

fn refused_password(status: &Status) -> MailboxFailure {
    if status.is_busy() {
        MailboxFailure::Busy
    } else if status.mentions(&APP_PASSWORD) {
        MailboxFailure::NeedsAppPassword
    } else if status.mentions(&SWITCHED_OFF) {
        MailboxFailure::ImapSwitchedOff
    } else if status.has_code(&["WEBALERT"]) || status.mentions(&BROWSER) {
        MailboxFailure::NeedsBrowserSignIn
    } else if status.has_code(&["PRIVACYREQUIRED"]) {
        MailboxFailure::NoTls
    } else if status.mentions(&OAUTH) {
        MailboxFailure::NeedsOauth
    } else if status.kind == StatusKind::Bad {
        MailboxFailure::NoKnownLogin
    } else {
        MailboxFailure::WrongPassword
    }
}

/// The error that a server asks about in base64: `{"status":"400","schemes":"Bearer","scope":"https://…"}`.
#[derive(Deserialize)]
struct TokenError {
    status: String,
}

fn refused_token(status: &Status, asked: Option<&[u8]>) -> MailboxFailure {
    if status.is_busy() {
        return MailboxFailure::Busy;
    }
    if status.mentions(&SWITCHED_OFF) {
        return MailboxFailure::ImapSwitchedOff;
    }
    let error = asked.and_then(|text| STANDARD.decode(text).ok());
    let error = error.and_then(|json| serde_json::from_slice::<TokenError>(&json).ok());
    let number = |status: &String| status.len() == 3 && status.bytes().all(|byte| byte.is_ascii_digit());
    MailboxFailure::TokenRefused { status: error.map(|error| error.status).filter(number) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn password(told: &str) -> MailboxFailure {
        refused_password(&Status::read(told.as_bytes()).unwrap())
    }

    #[test]
    fn refusals_of_known_servers_are_named() {
        use MailboxFailure as F;
        assert!(matches!(
            password("NO [AUTHENTICATIONFAILED] Invalid credentials (Failure)"),
            F::WrongPassword
        ));
        assert!(matches!(password("NO LOGIN failed."), F::WrongPassword));
        assert!(matches!(password("BAD unknown command"), F::NoKnownLogin));
        let app = "NO [ALERT] Application-specific password required: https://example.test (Failure)";
        assert!(matches!(password(app), F::NeedsAppPassword));
        let off =
            "NO [ALERT] Your account is not enabled for IMAP use. Please visit your settings page. (Failure)";
        assert!(matches!(password(off), F::ImapSwitchedOff));
        let off = "NO [ALERT] You are yet to enable IMAP for your account. Please contact your administrator (Failure)";
        assert!(matches!(password(off), F::ImapSwitchedOff));
        let web = "NO [WEBALERT https://example.test/continue] Web login required.";
        assert!(matches!(password(web), F::NeedsBrowserSignIn));
        assert!(matches!(password("NO [ALERT] Too many simultaneous connections. (Failure)"), F::Busy));
        assert!(matches!(password("NO [UNAVAILABLE] Temporary authentication failure."), F::Busy));
        assert!(matches!(password("NO [PRIVACYREQUIRED] Plaintext authentication disallowed."), F::NoTls));
    }

    #[test]
    fn refused_token_tells_its_status_and_no_text_of_the_server() {
        let status = Status::read(b"NO SASL authentication failed").unwrap();
        let told = |json: &str| {
            let failure = refused_token(&status, Some(STANDARD.encode(json).as_bytes()));
            let MailboxFailure::TokenRefused { status } = failure else { panic!("{failure}") };
            status
        };
        assert_eq!(told(r#"{"status":"400","schemes":"Bearer","scope":"mail"}"#).as_deref(), Some("400"));
        assert_eq!(told(r#"{"status":"a secret"}"#), None);
        assert_eq!(told("no json"), None);
    }
}
