//! The claims of tracking domains: a domain that works for a workspace is that workspace's alone in the installation. Whoever only
//! enters a name keeps nobody from it, because to enter it proves nothing.

use crate::item::{head, text, text_of};
use crate::keys;
use crate::table::Table;
use crate::workspaces::entry;
use crate::write::{Expression, Write, absent, put};
use application::StoreResult;
use domain::WorkspaceId;
use domain::workspace::Workspace;
use domain::workspace::tracking_domain::DomainName;

/// The claim of a tracking domain. One that was made by a domain that worked holds until the holder's looks show that its record
/// was taken away; one of before holds while the domain works. What holds no longer is taken over by the next workspace for which
/// the domain works.
pub(crate) struct DomainClaim {
    pub workspace: WorkspaceId,
    /// The revision of the workspace that the claim was written with; none in a claim of before.
    rev: Option<String>,
}

impl DomainClaim {
    /// The condition that the claim is as it was read. A holder whose domain begins to work writes it anew.
    pub(crate) fn unchanged(&self) -> Expression {
        let same = Expression::new("#owner = :owner")
            .name("#owner", "workspace")
            .value(":owner", text(self.workspace.as_str()));
        match &self.rev {
            Some(rev) => same.plus(" AND claimed_at_rev = :rev").value(":rev", text(rev)),
            None => same.plus(" AND attribute_not_exists(claimed_at_rev)"),
        }
    }
}

impl Table {
    pub(crate) async fn domain_claim(&self, name: &DomainName) -> StoreResult<Option<DomainClaim>> {
        let Some(item) = self.read_item(&keys::tracking_domain(name)).await? else { return Ok(None) };
        let owner = text_of(&item, "workspace").unwrap_or_default();
        let head = head(&item)?;
        let workspace = WorkspaceId::parse(owner).map_err(|why| head.corrupt(why))?;
        Ok(Some(DomainClaim { workspace, rev: text_of(&item, "claimed_at_rev").map(str::to_owned) }))
    }

    pub(crate) async fn holds(&self, claim: &DomainClaim, name: &DomainName) -> StoreResult<bool> {
        let holder = self.find::<Workspace>(&keys::workspace(&claim.workspace)).await?;
        let domain = holder.and_then(|holder| holder.tracking.domain).filter(|domain| domain.name == *name);
        Ok(domain.is_some_and(|domain| domain.works() || claim.rev.is_some() && domain.may_lead_here()))
    }
}

/// Makes the write of a tracking domain's claim, under the condition that nobody has changed it since it was read.
pub(crate) fn claiming(name: &DomainName, workspace: &Workspace, known: Option<&DomainClaim>) -> Write {
    let mut item = entry(&keys::tracking_domain(name), "tracking_domain");
    item.insert("workspace".to_owned(), text(workspace.id.as_str()));
    item.insert("claimed_at_rev".to_owned(), text((workspace.rev + 1).to_string()));
    put(item, known.map(DomainClaim::unchanged).or_else(absent))
}
