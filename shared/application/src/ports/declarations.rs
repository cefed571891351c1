//! The declarations of the senders: what each provider's folder says of its accounts, before anything is sent.

use domain::workspace::account::{AccountKind, AccountSettings};

/// Finds declarations. Implemented by the providers.
pub trait Declarations: Send + Sync {
    /// Returns the declaration of a provider, spelled as in `AccountSettings::provider`. `None`: no sender has
    /// this name.
    fn declared(&self, provider: &str) -> Option<&'static Declaration>;

    /// Returns the providers whose accounts have settings of this kind.
    fn providers_of_kind(&self, kind: AccountKind) -> Vec<&'static str>;
}

#[derive(Debug)]
pub struct Declaration {
    /// The kind of settings that the accounts have.
    pub kind: AccountKind,
    /// The names of the secret's fields.
    pub secrets: &'static [&'static str],
    /// The names that an account must have in `fields`, for kinds of settings with such.
    pub fields: &'static [&'static str],
    /// Whether the provider calls a webhook, at an address of each account.
    pub reports: bool,
    /// The field of the secret that is filled once this webhook is set up, where it brings received mail, too. `None`: it
    /// brings none.
    pub brings_mail_with: Option<&'static str>,
    /// Whether the account works only once its owner has granted the access on the provider's page.
    pub by_grant: bool,
    /// The address of the provider's API, proposed for `base_url`. `None`: it differs between accounts, or there is none.
    pub api_url: Option<&'static str>,
    /// Normalises the provider's own part of the settings. On error it names the first field that is wrong, and what
    /// was expected.
    pub check: fn(&mut AccountSettings) -> Result<(), (&'static str, &'static str)>,
}

impl Declaration {
    pub const fn anything_goes(_: &mut AccountSettings) -> Result<(), (&'static str, &'static str)> {
        Ok(())
    }
}
