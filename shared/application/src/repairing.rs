//! Every quarter of an hour: what events have missed, evergreen campaigns whose look is due, and variants that are ahead. Idle workspaces cost three
//! small queries; leads are looked at only where the counters tell that one turned hot and nobody was told, and then the
//! latest 400 at most.

mod campaigns;
mod hot_leads;
mod imports;
mod intakes;
mod promoting;

use crate::campaigns::CampaignStore;
use crate::clock::Clock;
use crate::enrolments::EnrolmentStore;
use crate::imports::ImportStore;
use crate::ingesting::RulePorts;
use crate::intakes::IntakeStore;
use crate::leads::LeadStore;
use crate::limits::LimitStore;
use crate::notifications::NotificationStore;
use crate::outbox::Outbox;
use crate::paces::PaceStore;
use crate::ports::Ports;
use crate::sequences::SequenceStore;
use crate::stats::StatsStore;
use crate::store::StoreResult;
use crate::tasks::TaskStore;
use crate::workspaces::WorkspaceStore;
use domain::WorkspaceId;
use futures::StreamExt;
use std::sync::Arc;

const WORKSPACES_AT_ONCE: usize = 8;

#[derive(Clone)]
pub struct RepairPorts {
    pub clock: Arc<dyn Clock>,
    pub campaigns: Arc<dyn CampaignStore>,
    pub enrolments: Arc<dyn EnrolmentStore>,
    pub imports: Arc<dyn ImportStore>,
    pub intakes: Arc<dyn IntakeStore>,
    pub leads: Arc<dyn LeadStore>,
    pub limits: Arc<dyn LimitStore>,
    pub notifications: Arc<dyn NotificationStore>,
    pub outbox: Arc<dyn Outbox>,
    pub paces: Arc<dyn PaceStore>,
    pub rules: RulePorts,
    pub sequences: Arc<dyn SequenceStore>,
    pub stats: Arc<dyn StatsStore>,
    pub tasks: Arc<dyn TaskStore>,
    pub workspaces: Arc<dyn WorkspaceStore>,
}

impl<P: Ports> From<&P> for RepairPorts {
    fn from(ports: &P) -> Self {
        Self {
            clock: ports.clock(),
            campaigns: ports.campaigns(),
            enrolments: ports.enrolments(),
            imports: ports.imports(),
            intakes: ports.intakes(),
            leads: ports.leads(),
            limits: ports.limits(),
            notifications: ports.notifications(),
            outbox: ports.outbox(),
            paces: ports.paces(),
            rules: RulePorts::from(ports),
            sequences: ports.sequences(),
            stats: ports.stats(),
            tasks: ports.tasks(),
            workspaces: ports.workspaces(),
        }
    }
}

/// What was found amiss and mended.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Repaired {
    pub hot_leads: usize,
    pub campaigns: usize,
    pub imports: usize,
}

/// One workspace's trouble is not the others'.
pub async fn repair_all(ports: &RepairPorts) -> StoreResult<Repaired> {
    let workspaces = ports.workspaces.ids().await?;
    let each = workspaces.iter().map(|workspace| async move { (workspace, repair(ports, workspace).await) });
    let each: Vec<_> = each.collect();
    let mut all = futures::stream::iter(each).buffer_unordered(WORKSPACES_AT_ONCE);
    let mut sum = Repaired::default();
    while let Some((workspace, repaired)) = all.next().await {
        match repaired {
            Ok(repaired) => {
                sum.hot_leads += repaired.hot_leads;
                sum.campaigns += repaired.campaigns;
                sum.imports += repaired.imports;
            }
            Err(error) => {
                tracing::error!(workspace.id = %workspace, %error, "a workspace could not be looked after")
            }
        }
    }
    Ok(sum)
}

pub async fn repair(ports: &RepairPorts, workspace: &WorkspaceId) -> StoreResult<Repaired> {
    let imports = ports.imports.list(workspace).await?;
    let campaigns = ports.campaigns.list(workspace).await?;
    let looked = intakes::look(ports, workspace, &campaigns).await;
    promoting::promote_winners(ports, &campaigns).await;
    let repaired = Repaired {
        hot_leads: hot_leads::announce(ports, workspace).await?,
        campaigns: campaigns::complete(ports, campaigns, &imports).await?,
        imports: imports::push_on(ports, &imports).await?,
    };
    looked.map(|()| repaired)
}
