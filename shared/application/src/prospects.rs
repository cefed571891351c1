//! Prospects: searched for at a provider, shown masked, bought and added as leads. A search is kept for a day; money is
//! reserved before each question and settled after it; what was asked about a prospect is noted before and after, so that
//! nobody is paid for twice.

pub mod add;
mod as_lead;
mod buy;
pub mod desk;
pub mod from_icp;
mod known;
mod outcome;
mod plan;
pub mod search;
pub mod view;

use crate::identity::stage_keys::StageKeys;
use crate::lead::list::LeadLists;
use crate::lead::routing::RoutingPorts;
use crate::ports::accounts::{AccountStore, Vault};
use crate::ports::blobs::Blobs;
use crate::ports::campaigns::CampaignStore;
use crate::ports::clock::Clock;
use crate::ports::columns::ColumnStore;
use crate::ports::custom_fields::CustomFieldStore;
use crate::ports::data_providers::{DataLookup, ProspectSearch};
use crate::ports::icps::IcpStore;
use crate::ports::ids::Ids;
use crate::ports::leads::LeadStore;
use crate::ports::notifications::NotificationStore;
use crate::ports::outbox::Outbox;
use crate::ports::prospects::ProspectStore;
use crate::ports::provider_calls::CallError;
use crate::ports::spend::SpendStore;
use crate::ports::store::StoreError;
use crate::ports::suppressions::SuppressionStore;
use crate::ports::workspaces::WorkspaceStore;
use crate::spend::caps::Caps;
use domain::UserId;
use domain::event::UserOrKey;
use domain::spend::Usd;
use std::sync::Arc;

crate::ports! {
    pub struct ProspectPorts {
        pub accounts: Arc<dyn AccountStore>,
        pub blobs: Arc<dyn Blobs>,
        pub campaigns: Arc<dyn CampaignStore>,
        pub caps: Caps = Caps::new,
        pub clock: Arc<dyn Clock>,
        pub columns: Arc<dyn ColumnStore>,
        pub custom_fields: Arc<dyn CustomFieldStore>,
        pub data_lookup: Arc<dyn DataLookup>,
        pub icps: Arc<dyn IcpStore>,
        pub ids: Arc<dyn Ids>,
        pub keys: Arc<StageKeys>,
        pub leads: Arc<dyn LeadStore>,
        pub leads_with_deleted: Arc<dyn LeadStore>,
        pub lists: LeadLists = LeadLists::new,
        pub notifications: Arc<dyn NotificationStore>,
        pub outbox: Arc<dyn Outbox>,
        pub prospect_search: Arc<dyn ProspectSearch>,
        pub prospects: Arc<dyn ProspectStore>,
        pub routing: RoutingPorts = RoutingPorts::new,
        pub spend: Arc<dyn SpendStore>,
        pub suppressions: Arc<dyn SuppressionStore>,
        pub vault: Arc<dyn Vault>,
        pub workspaces: Arc<dyn WorkspaceStore>,
    }
}

/// The user or program that asks, and the request: each attempt at it has the same text.
#[derive(Debug, Clone)]
pub struct Asker {
    pub by: UserOrKey,
    pub user: Option<UserId>,
    pub request: String,
}

/// Why prospects were not found or added.
#[derive(Debug, thiserror::Error)]
pub enum ProspectError {
    #[error("no account at the provider is switched on")]
    NoAccount,
    /// A cap leaves too little.
    #[error("{needed} is needed, and {left} is left under the cap")]
    CapReached { needed: Usd, left: Usd },
    /// The provider could not be asked, or refused. Nothing was charged.
    #[error(transparent)]
    Provider(CallError),
    /// The provider may have charged an answer that did not arrive. It is not asked again by itself.
    #[error("the answer was lost")]
    AnswerLost,
    /// Pages are read one after the other.
    #[error("the page is not the next one")]
    NotTheNextPage,
    #[error(transparent)]
    Store(#[from] StoreError),
}
