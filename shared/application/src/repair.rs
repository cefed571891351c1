//! The repair job, every quarter of an hour: what events have missed, auto-enrol campaigns whose next look is
//! due, variants that are ahead, tracking domains, and digests. An idle workspace costs four small reads, and three more
//! where digests can be mailed. Leads are read only where
//! the counters show that one turned hot without an alert, and then the latest 400 at most.

pub mod auto_enrol;
pub mod campaigns;
pub mod hot_leads;
pub mod imports;
pub mod pause_losers;
pub mod repair_ports;
pub mod tracking_domains;
pub mod watch;

use crate::digest::plan::order_digests;
use crate::ports::store::StoreResult;

use crate::repair::repair_ports::RepairPorts;
use domain::WorkspaceId;
use futures::StreamExt;

const WORKSPACES_AT_ONCE: usize = 8;

/// The number of things that were found amiss and repaired.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Repaired {
    pub hot_leads: usize,
    pub campaigns: usize,
    pub imports: usize,
}

/// Repairs every workspace. A failure in one is logged and does not stop the others.
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
    let mut campaigns = ports.campaigns.list(workspace).await?;
    let looked = auto_enrol::look(ports, workspace, &campaigns).await;
    let asked = tracking_domains::ask_for_check(ports, workspace).await;
    let mailed = order_digests(&ports.digest, &*ports.outbox, workspace).await;
    pause_losers::look_at_tests(ports, &mut campaigns).await;
    let repaired = Repaired {
        hot_leads: hot_leads::announce(ports, workspace).await?,
        campaigns: campaigns::complete(ports, campaigns, &imports).await?,
        imports: imports::requeue_imports(ports, &imports).await?,
    };
    looked.and(asked).and(mailed).map(|_| repaired)
}
