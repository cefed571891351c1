//! An entry of the suppression list as the API shows it, and reading one from a request.

use domain::LeadId;
use domain::contact::chat_recipient::ChatUser;
use domain::contact::email_address::EmailAddress;
use domain::contact::phone_number::PhoneNumber;
use domain::event::UserOrKey;
use domain::lead::suppression::{Suppression, SuppressionReason, SuppressionScope};
use http_api::{ApiError, ApiResult, utoipa};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct SuppressionView {
    pub scope: SuppressionKind,
    pub value: String,
    pub reason: SuppressionReason,
    /// Id of the message or event that caused it.
    pub source: Option<String>,
    pub created_by: Option<UserOrKey>,
    pub created_at: Timestamp,
    pub expires_at: Option<Timestamp>,
    /// The lead with this address, number or id, where the list was asked for and there is one.
    pub lead_id: Option<LeadId>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SuppressionKind {
    Email,
    /// All addresses of a domain.
    Domain,
    Phone,
    /// WhatsApp's id of a person.
    ChatUser,
}

impl SuppressionKind {
    /// The word by which an import of our own export knows the kind.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Domain => "domain",
            Self::Phone => "phone",
            Self::ChatUser => "chat_user",
        }
    }
}

impl From<Suppression> for SuppressionView {
    fn from(suppression: Suppression) -> Self {
        let (scope, value) = shown(suppression.scope);
        Self {
            scope,
            value,
            reason: suppression.reason,
            source: suppression.source,
            created_by: suppression.created_by,
            created_at: suppression.created_at,
            expires_at: suppression.expires_at,
            lead_id: None,
        }
    }
}

/// The kind and value of a scope as the API shows them.
pub fn shown(scope: SuppressionScope) -> (SuppressionKind, String) {
    match scope {
        SuppressionScope::Email(value) => (SuppressionKind::Email, value),
        SuppressionScope::Domain(value) => (SuppressionKind::Domain, value),
        SuppressionScope::Phone(value) => (SuppressionKind::Phone, value),
        SuppressionScope::ChatUser(value) => (SuppressionKind::ChatUser, value),
    }
}

/// Returns the scope in its normalised form, or 422 on `value`.
pub fn scope(kind: SuppressionKind, value: &str) -> ApiResult<SuppressionScope> {
    let bad = |why: String| ApiError::invalid("value", why);
    match kind {
        SuppressionKind::Email => {
            let email = EmailAddress::parse(value).map_err(|e| bad(e.to_string()))?;
            Ok(SuppressionScope::Email(email.as_str().to_owned()))
        }
        SuppressionKind::Domain => {
            let name = value.trim().trim_start_matches('@');
            let email = EmailAddress::parse(&format!("x@{name}")).map_err(|e| bad(e.to_string()))?;
            Ok(SuppressionScope::Domain(email.domain().to_owned()))
        }
        SuppressionKind::Phone => {
            let phone = PhoneNumber::parse(value, None).map_err(|e| bad(e.to_string()))?;
            Ok(SuppressionScope::phone(&phone))
        }
        SuppressionKind::ChatUser => {
            let user = ChatUser::parse(value.trim()).map_err(|e| bad(e.to_string()))?;
            Ok(SuppressionScope::chat_user(&user))
        }
    }
}
