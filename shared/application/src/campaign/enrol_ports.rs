//! The ports that the use cases of a campaign need.

use crate::lead::list::LeadLists;
use crate::ports::accounts::AccountStore;
use crate::ports::circuit_breakers::BreakerStore;
use crate::ports::clock::Clock;
use crate::ports::companies::CompanyStore;
use crate::ports::due::DueStore;
use crate::ports::enrolments::EnrolmentStore;
use crate::ports::leads::LeadStore;
use crate::ports::notifications::NotificationStore;
use crate::ports::quotas::QuotaStore;
use crate::ports::sequences::SequenceStore;
use crate::ports::suppressions::SuppressionStore;
use crate::ports::workspaces::WorkspaceStore;
use std::sync::Arc;

crate::ports! {
    #[derive(Clone)]
    pub struct EnrolPorts {
        pub leads: Arc<dyn LeadStore>,
        pub lists: LeadLists = LeadLists::new,
        pub enrolments: Arc<dyn EnrolmentStore>,
        pub sequences: Arc<dyn SequenceStore>,
        pub suppressions: Arc<dyn SuppressionStore>,
        pub workspaces: Arc<dyn WorkspaceStore>,
        pub accounts: Arc<dyn AccountStore>,
        pub breakers: Arc<dyn BreakerStore>,
        pub quotas: Arc<dyn QuotaStore>,
        pub companies: Arc<dyn CompanyStore>,
        pub due: Arc<dyn DueStore>,
        pub notifications: Arc<dyn NotificationStore>,
        pub clock: Arc<dyn Clock>,
    }
}
