//! Reads one field of an account's secret, with an error that names it when it is missing.

use application::ports::provider_calls::{CallError, OpenAccount, SendError};
use domain::workspace::account::AccountKind;

/// The reason why an account cannot be used as it is; it names fields and kinds, never values.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unusable {
    #[error("the account has no {0}")]
    NoSecret(&'static str),
    #[error("an account of kind {0:?} cannot do this")]
    WrongKind(AccountKind),
    #[error(transparent)]
    Settings(#[from] crate::wire::BadSettings),
}

impl From<Unusable> for SendError {
    fn from(reason: Unusable) -> Self {
        Self::Account { detail: reason.to_string() }
    }
}

impl From<Unusable> for CallError {
    fn from(reason: Unusable) -> Self {
        Self::Account(reason.to_string())
    }
}

pub(crate) fn wrong_kind(account: &OpenAccount) -> Unusable {
    Unusable::WrongKind(account.settings.kind())
}

pub(crate) fn secret<'a>(account: &'a OpenAccount, field: &'static str) -> Result<&'a str, Unusable> {
    account.secret.get(field).map(str::trim).filter(|text| !text.is_empty()).ok_or(Unusable::NoSecret(field))
}
