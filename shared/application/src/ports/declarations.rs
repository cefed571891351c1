//! What each sender's folder says of its accounts, before anything is sent.

use domain::workspace::account::{ConnectionKind, ConnectionSettings};

/// Implemented by the providers.
pub trait Declarations: Send + Sync {
    /// `provider`: as `ConnectionSettings::provider` calls it. `None`: no sender is called so.
    fn declared(&self, provider: &str) -> Option<&'static Declaration>;

    /// The providers whose accounts have settings of this kind.
    fn of_kind(&self, kind: ConnectionKind) -> Vec<&'static str>;
}

#[derive(Debug)]
pub struct Declaration {
    /// Which settings its accounts have.
    pub kind: ConnectionKind,
    /// The secret's fields.
    pub secrets: &'static [&'static str],
    /// What its accounts must have in `fields`, where they are of a kind with such.
    pub fields: &'static [&'static str],
    /// It calls us, at an address of each account.
    pub reports: bool,
    /// Tidies what is its own in the settings, and names the first of it that cannot stay, with what was expected.
    pub check: fn(&mut ConnectionSettings) -> Result<(), (&'static str, &'static str)>,
}

impl Declaration {
    pub const fn anything_goes(_: &mut ConnectionSettings) -> Result<(), (&'static str, &'static str)> {
        Ok(())
    }
}
