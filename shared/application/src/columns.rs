//! Columns that fill themselves: runs over many leads, and single leads that are new or changed. Money is reserved before
//! a page of calls and settled after it; what a page has done stands in the cells, so that a repeat of it asks nothing
//! twice.

mod answers;
mod apply;
mod ask;
mod bench;
pub mod callback_token;
mod cell_work;
pub mod estimate;
pub mod fill_lead;
mod fill_one;
mod look_up;
mod model_answer;
pub mod page;
mod plan;
pub mod preview;
pub mod runs;
pub mod schedule;
mod subject;
pub mod waiting;
mod waterfall;

use crate::identity::stage_keys::StageKeys;
use crate::lead::list::LeadLists;
use crate::lead::suppressing::SuppressPorts;
use crate::ports::accounts::{AccountStore, Vault};
use crate::ports::blobs::Blobs;
use crate::ports::clock::Clock;
use crate::ports::columns::{CellStore, ColumnRunStore, ColumnStore};
use crate::ports::companies::CompanyStore;
use crate::ports::custom_fields::CustomFieldStore;
use crate::ports::data_providers::{ActorRunner, DataLookup, SiteCrawler, WebhookRunner};
use crate::ports::ids::Ids;
use crate::ports::leads::LeadStore;
use crate::ports::notifications::NotificationStore;
use crate::ports::outbox::Outbox;
use crate::ports::prompts::PromptStore;
use crate::ports::provider_calls::TextModel;
use crate::ports::spend::SpendStore;
use crate::ports::workspaces::WorkspaceStore;
use crate::spend::caps::Caps;
use std::sync::Arc;

crate::ports! {
    #[derive(Clone)]
    pub struct ColumnPorts {
        pub accounts: Arc<dyn AccountStore>,
        pub actor_runner: Arc<dyn ActorRunner>,
        pub blobs: Arc<dyn Blobs>,
        pub cells: Arc<dyn CellStore>,
        pub caps: Caps = Caps::new,
        pub clock: Arc<dyn Clock>,
        pub column_runs: Arc<dyn ColumnRunStore>,
        pub columns: Arc<dyn ColumnStore>,
        pub companies: Arc<dyn CompanyStore>,
        pub custom_fields: Arc<dyn CustomFieldStore>,
        pub data_lookup: Arc<dyn DataLookup>,
        pub ids: Arc<dyn Ids>,
        pub keys: Arc<StageKeys>,
        pub leads: Arc<dyn LeadStore>,
        pub lists: LeadLists = LeadLists::new,
        pub model: Arc<dyn TextModel>,
        pub notifications: Arc<dyn NotificationStore>,
        pub prompts: Arc<dyn PromptStore>,
        pub outbox: Arc<dyn Outbox>,
        pub public_url: Arc<str>,
        pub site_crawler: Arc<dyn SiteCrawler>,
        pub spend: Arc<dyn SpendStore>,
        pub suppressing: SuppressPorts = SuppressPorts::new,
        pub vault: Arc<dyn Vault>,
        pub webhook_runner: Arc<dyn WebhookRunner>,
        pub workspaces: Arc<dyn WorkspaceStore>,
    }
}
