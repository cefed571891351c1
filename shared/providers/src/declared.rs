//! `Declarations`: what the folders in the list of senders declare of themselves.

use crate::{Providers, registry};
use application::ports::declarations::{Declaration, Declarations};
use domain::workspace::account::AccountKind;

impl Declarations for Providers {
    fn declared(&self, provider: &str) -> Option<&'static Declaration> {
        registry::declared().find(|(name, _)| *name == provider).map(|(_, declared)| declared)
    }

    fn providers_of_kind(&self, kind: AccountKind) -> Vec<&'static str> {
        registry::declared().filter(|(_, declared)| declared.kind == kind).map(|(name, _)| name).collect()
    }
}
