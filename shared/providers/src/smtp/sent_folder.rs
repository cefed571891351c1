//! Finds out whether a mail arrived whose answer was lost. Many servers keep a copy of what they accept in the folder
//! of sent mail: a copy shows that the mail was accepted, while a missing one shows nothing.

use crate::accounts::Unusable;
use crate::transport::{ImapTarget, MailboxFailure, Secret, SentCopy};
use application::ports::accounts::SecretFields;
use application::ports::provider_calls::{CallError, ProviderRecord};
use domain::message::MessageState;
use domain::workspace::account::ImapServer;

/// Returns the IMAP server to look at, with the account's login unless it has another.
pub(crate) fn imap_target(
    imap: &ImapServer,
    username: &str,
    secret: &SecretFields,
) -> Result<ImapTarget, Unusable> {
    let password = secret.get("imap_password").or_else(|| secret.get("password"));
    Ok(ImapTarget {
        host: imap.host.clone(),
        port: imap.port,
        security: imap.security,
        username: imap.username.as_deref().unwrap_or(username).to_owned(),
        password: Secret::new(password.ok_or(Unusable::NoSecret("imap_password"))?),
    })
}

pub(crate) fn seen(result: Result<SentCopy, MailboxFailure>) -> Result<Option<ProviderRecord>, CallError> {
    use MailboxFailure as F;
    match result {
        Ok(SentCopy::Found) => Ok(Some(ProviderRecord {
            provider_id: None,
            state: MessageState::Accepted,
            failure: None,
            suppress: false,
        })),
        Ok(SentCopy::NotFound | SentCopy::NoFolder) => Ok(None),
        Err(failure @ (F::Refused { .. } | F::FolderNotFound(_))) => {
            Err(CallError::Rejected(failure.to_string()))
        }
        Err(failure) if failure.is_of_the_login() => Err(CallError::Account(failure.to_string())),
        Err(failure) => Err(CallError::Unavailable(failure.into())),
    }
}
