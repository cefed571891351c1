//! Grants of OAuth 2.0 by which a mailbox is used without its password: the page where its owner allows it, and the
//! tokens that come of it. Implemented by the providers. When to renew is decided in `workspace/account_grant.rs`.

use crate::ports::accounts::SecretFields;
use crate::ports::provider_calls::OpenAccount;
use crate::ports::store::BoxError;
use async_trait::async_trait;
use domain::workspace::account::AccountSettings;
use jiff::{SignedDuration, Timestamp};

#[async_trait]
pub trait MailboxGrants: Send + Sync {
    /// Whether accounts with these settings are used by a grant.
    fn needs_grant(&self, settings: &AccountSettings) -> bool;

    /// Returns the address of the provider's page where the owner allows the access.
    fn authorization_url(
        &self,
        settings: &AccountSettings,
        asked: &AuthorizationRequest,
    ) -> Result<String, GrantFailure>;

    /// Exchanges the code that the provider's page has returned for tokens. A code works once.
    async fn exchange(
        &self,
        account: &OpenAccount,
        code: &AuthorizationCode,
    ) -> Result<GrantTokens, GrantFailure>;

    /// Exchanges the refresh token for a new access token. The provider may return another refresh token, after which
    /// the former one may be void.
    async fn renew(&self, account: &OpenAccount) -> Result<GrantTokens, GrantFailure>;
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthorizationRequest {
    /// Our address to which the provider's page returns, exactly as it is registered there.
    pub redirect_uri: String,
    /// The text that comes back with the code, and shows who asked (`workspace/grant_request.rs`).
    pub state: String,
    /// The PKCE challenge (RFC 7636, S256).
    pub code_challenge: String,
}

/// A code with what proves that whoever asked for it exchanges it.
#[derive(Clone, PartialEq, Eq)]
pub struct AuthorizationCode {
    pub code: String,
    pub code_verifier: String,
    pub redirect_uri: String,
}

impl std::fmt::Debug for AuthorizationCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("AuthorizationCode(…)")
    }
}

/// The names of a grant's secret fields beside those that a user has typed in.
pub const REFRESH_TOKEN: &str = "refresh_token";
pub const ACCESS_TOKEN: &str = "access_token";

/// The provider's answer to an exchange or a renewal; never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct GrantTokens {
    pub access_token: String,
    pub expires_at: Timestamp,
    /// The next refresh token. `None`: the former one stays.
    pub refresh_token: Option<String>,
    /// When the refresh token dies whatever is done, where the provider tells it: after seven days for a Google app that
    /// is in testing.
    pub refresh_expires_at: Option<Timestamp>,
}

impl std::fmt::Debug for GrantTokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "GrantTokens(until {})", self.expires_at)
    }
}

impl GrantTokens {
    /// Puts the tokens into an account's secret.
    pub fn put_into(self, secret: &mut SecretFields) {
        let fields = &mut secret.0;
        fields.insert(ACCESS_TOKEN.to_owned(), self.access_token);
        fields.insert("access_expires_at".to_owned(), self.expires_at.to_string());
        if let Some(token) = self.refresh_token {
            fields.insert(REFRESH_TOKEN.to_owned(), token);
        }
        if let Some(at) = self.refresh_expires_at {
            fields.insert("refresh_expires_at".to_owned(), at.to_string());
        }
    }
}

/// The reason why there are no tokens. `code` is the provider's word for it, and never its whole text, which may name
/// people.
#[derive(Debug, thiserror::Error)]
pub enum GrantFailure {
    /// The grant is gone: its owner has to connect the mailbox again.
    #[error("{loss} ({code})")]
    Lost { loss: GrantLoss, code: String },
    /// The owner has refused the access on the provider's page.
    #[error("the access was refused on the provider's page")]
    Refused,
    /// The owner has allowed less than was asked for.
    #[error("these permissions were not given: {}", .0.join(", "))]
    PermissionsMissing(Vec<String>),
    /// An administrator of the owner's organisation has to allow the app first.
    #[error("an administrator of the organisation has to allow the access ({code})")]
    AdministratorNeeded { code: String },
    /// The OAuth client is refused: its id, its secret, its redirect address or its permissions are wrong.
    #[error("the OAuth client is refused ({code})")]
    ClientRefused { code: String },
    /// The provider was not reached or is busy. Nothing is known to be wrong.
    #[error("the provider gave no tokens")]
    Unavailable { after: Option<SignedDuration>, source: BoxError },
    /// The account's settings or secret lack something.
    #[error("{0}")]
    Account(String),
}

/// Why a grant is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GrantLoss {
    /// It was taken back, its password was changed, or it has expired.
    RevokedOrExpired,
    /// The organisation asks its members to sign in anew: a second factor, a changed password, a session that is over.
    SignInNeeded,
    /// The consent to this app was withdrawn, or does not cover what is asked for any more.
    ConsentWithdrawn,
}

impl std::fmt::Display for GrantLoss {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::RevokedOrExpired => "the access to this mailbox was taken back or has expired",
            Self::SignInNeeded => "the provider wants its owner to sign in again",
            Self::ConsentWithdrawn => "the consent to this app was withdrawn",
        })
    }
}

impl GrantFailure {
    /// Whether waiting does not help: a user has to do something.
    pub fn needs_a_person(&self) -> bool {
        !matches!(self, Self::Unavailable { .. })
    }

    /// Says what the mailbox's owner can do about it.
    pub fn next_step(&self) -> &'static str {
        match self {
            Self::Lost { .. } => "Connect the mailbox again.",
            Self::Refused => "Connect the mailbox again, and allow the access on the provider's page.",
            Self::PermissionsMissing(_) => "Connect the mailbox again, and tick every permission.",
            Self::AdministratorNeeded { .. } => {
                "Ask your administrator to allow this app for your organisation."
            }
            Self::ClientRefused { .. } => {
                "Check the client's id, secret, redirect address and permissions where it is registered."
            }
            Self::Unavailable { .. } => "Nothing has to be done; it is tried again.",
            Self::Account(_) => "Check the account's settings.",
        }
    }
}
