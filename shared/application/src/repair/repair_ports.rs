//! The ports that the repair job needs.

use crate::digest::plan::DigestPlanPorts;
use crate::ingesting::rules::RulePorts;
use crate::lead::list::LeadLists;

use crate::ports::auto_enrol::AutoEnrolStore;
use crate::ports::campaigns::CampaignStore;
use crate::ports::clock::Clock;
use crate::ports::enrolments::EnrolmentStore;
use crate::ports::imports::ImportStore;
use crate::ports::leads::LeadStore;
use crate::ports::notifications::NotificationStore;
use crate::ports::outbox::Outbox;
use crate::ports::quotas::QuotaStore;
use crate::ports::rate_limits::RateLimitStore;
use crate::ports::sequences::SequenceStore;
use crate::ports::stats::StatsStore;
use crate::ports::tasks::TaskStore;
use crate::ports::workspaces::WorkspaceStore;

use std::sync::Arc;

crate::ports! {
    #[derive(Clone)]
    pub struct RepairPorts {
        pub clock: Arc<dyn Clock>,
        pub campaigns: Arc<dyn CampaignStore>,
        pub digest: DigestPlanPorts = DigestPlanPorts::new,
        pub enrolments: Arc<dyn EnrolmentStore>,
        pub imports: Arc<dyn ImportStore>,
        pub auto_enrols: Arc<dyn AutoEnrolStore>,
        pub leads: Arc<dyn LeadStore>,
        pub lists: LeadLists = LeadLists::new,
        pub limits: Arc<dyn RateLimitStore>,
        pub notifications: Arc<dyn NotificationStore>,
        pub outbox: Arc<dyn Outbox>,
        pub quotas: Arc<dyn QuotaStore>,
        pub rules: RulePorts = RulePorts::new,
        pub sequences: Arc<dyn SequenceStore>,
        pub stats: Arc<dyn StatsStore>,
        pub tasks: Arc<dyn TaskStore>,
        pub workspaces: Arc<dyn WorkspaceStore>,
    }
}
