//! The ports of enrichment, and the result of asking a provider.

use crate::lead::enrichment::field_work::FieldPorts;

use crate::lead::suppressing::SuppressPorts;
use crate::ports::accounts::AccountStore;
use crate::ports::accounts::Vault;
use crate::ports::clock::Clock;
use crate::ports::data_providers::SiteCrawler;
use crate::ports::enrolments::EnrolmentStore;
use crate::ports::leads::LeadStore;
use crate::ports::notifications::NotificationStore;
use crate::ports::outbox::Outbox;
use crate::ports::provider_calls::EmailVerifier;
use crate::ports::provider_calls::PlaceLookup;
use crate::ports::spend::SpendStore;
use crate::ports::workspaces::WorkspaceStore;
use crate::spend::caps::Caps;
use domain::lead::enrichment::Deliverability;
use std::sync::Arc;

crate::ports! {
    #[derive(Clone)]
    pub struct EnrichPorts {
        pub caps: Caps = Caps::new,
        pub clock: Arc<dyn Clock>,
        pub accounts: Arc<dyn AccountStore>,
        pub enrolments: Arc<dyn EnrolmentStore>,
        pub leads: Arc<dyn LeadStore>,
        pub notifications: Arc<dyn NotificationStore>,
        pub outbox: Arc<dyn Outbox>,
        pub places: Arc<dyn PlaceLookup>,
        pub site_crawler: Arc<dyn SiteCrawler>,
        pub spend: Arc<dyn SpendStore>,
        pub suppressing: SuppressPorts = SuppressPorts::new,
        pub vault: Arc<dyn Vault>,
        pub verifier: Arc<dyn EmailVerifier>,
        pub workspaces: Arc<dyn WorkspaceStore>,
    }
}

impl EnrichPorts {
    pub(crate) fn fields(&self) -> FieldPorts<'_> {
        FieldPorts {
            accounts: &*self.accounts,
            leads: &*self.leads,
            notifications: &*self.notifications,
            caps: &self.caps,
            spend: &*self.spend,
            vault: &*self.vault,
        }
    }
}

/// The result of asking a provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked {
    /// The answer is found, not found, skipped, or failed for good; the lead shows it.
    Settled,
    /// It is worth another try.
    Again { after_seconds: u32, why: String },
}

impl Asked {
    pub fn merge(self, other: Self) -> Self {
        match (self, other) {
            (Self::Settled, other) | (other, Self::Settled) => other,
            (
                Self::Again { after_seconds: one, why: first },
                Self::Again { after_seconds: two, why: second },
            ) => Self::Again { after_seconds: one.max(two), why: format!("{first}; {second}") },
        }
    }
}

/// A verifier's verdict on an address.
pub(crate) enum Verdict {
    None,
    Is(Deliverability),
    /// The person does not want to be looked up.
    Objected,
}
