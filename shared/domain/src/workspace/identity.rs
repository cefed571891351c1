//! An account at a sign-in provider that a login is connected to, so that its owner signs in without the password.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A provider of sign-ins by OpenID Connect. `Oidc` is the one that an installation adds by its address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum SignInProvider {
    Google,
    Microsoft,
    Linkedin,
    Oidc,
}

impl SignInProvider {
    pub const ALL: [Self; 4] = [Self::Google, Self::Microsoft, Self::Linkedin, Self::Oidc];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Google => "google",
            Self::Microsoft => "microsoft",
            Self::Linkedin => "linkedin",
            Self::Oidc => "oidc",
        }
    }

    /// Tells whether the provider is asked, and has to say, when the person last showed that it is them, as the standard wants
    /// (`max_age`, `auth_time`). The three known ones answer that with nothing that could be relied on.
    pub fn tells_when(self) -> bool {
        self == Self::Oidc
    }

    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|provider| provider.as_str() == word)
    }
}

/// A login has at most one of each provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    pub provider: SignInProvider,
    /// The digest of the issuer and of its id of the account. An address is no key: it may change hands.
    pub key: String,
    /// The account's address, shown so that its owner tells accounts apart. Nothing is decided by it.
    pub email: Option<String>,
    pub connected_at: Timestamp,
}
