//! ICPs: one partition a workspace, and for each name a look-up that makes it the only one.

use crate::errors::Cancelled;
use crate::item::{Head, Item, Stored, number, plain_item, text};
use crate::keys::{Key, Tenant, icps};
use crate::query::Query;
use crate::table::Table;
use crate::write::{Write, delete, free_or, put, saving, unchanged};
use application::StoreResult;
use application::ports::icps::{IcpSaved, IcpStore};
use async_trait::async_trait;
use domain::event::Event;
use domain::icp::{Icp, IcpProfile};
use domain::{IcpId, UserId, WorkspaceId};
use jiff::Timestamp;

/// The attribute of a name's look-up that has the ICP's id.
const OWNER: &str = "icp";
/// The place of the name's write in the transaction that saves an ICP.
const NAME: usize = 1;

#[async_trait]
impl IcpStore for Table {
    async fn get(&self, workspace: &WorkspaceId, id: &IcpId) -> StoreResult<Icp> {
        self.read(&icps::icp(workspace, id)).await
    }

    async fn list(&self, workspace: &WorkspaceId) -> StoreResult<Vec<Icp>> {
        self.query_all(Query::table(&icps::icps(workspace))).await
    }

    async fn save(
        &self,
        icp: &Icp,
        former_name: Option<&str>,
        no_longer_main: Option<&Icp>,
        event: &Event,
    ) -> StoreResult<IcpSaved> {
        let mut writes = vec![saving(icp, Some(event))?, naming(icp)];
        let folded = Icp::folded_name(&icp.name);
        if let Some(former) = former_name.filter(|former| Icp::folded_name(former) != folded) {
            writes.push(freeing(icp, former));
        }
        if let Some(other) = no_longer_main {
            writes.push(saving(&Icp { main: false, ..other.clone() }, Some(event))?);
        }
        match self.transact(writes).await {
            Ok(()) => Ok(IcpSaved::At(icp.rev + 1)),
            Err(Cancelled::Conditions(failed)) if failed == [NAME] => Ok(IcpSaved::NameTaken),
            Err(other) => Err(other.into()),
        }
    }

    async fn delete(&self, icp: &Icp, event: &Event) -> StoreResult<()> {
        let marked = self.save_entity(icp, Some(event)).await?;
        let gone = delete(&icp.key(), unchanged(marked));
        Ok(self.transact(vec![gone, freeing(icp, &icp.name)]).await?)
    }
}

/// Takes the ICP's name, unless it is another one's.
fn naming(icp: &Icp) -> Write {
    let key = icps::icp_name(&icp.workspace, &icp.name);
    let taken = Item::from([
        ("pk".to_owned(), text(key.pk())),
        ("sk".to_owned(), text(key.sk())),
        ("entity".to_owned(), text("icp_name")),
        ("v".to_owned(), number(1)),
        (OWNER.to_owned(), text(icp.id.as_str())),
    ]);
    put(taken, free_or(OWNER, icp.id.as_str()))
}

/// Frees a name that is the ICP's.
fn freeing(icp: &Icp, name: &str) -> Write {
    let key = icps::icp_name(&icp.workspace, name);
    delete(&key, free_or(OWNER, icp.id.as_str()))
}

plain_item! { IcpItem of Icp, rev, {
    id: IcpId,
    workspace: WorkspaceId,
    name: String,
    profile: IcpProfile,
    main: bool,
    version: u32,
    by: Option<UserId>,
    created_at: Timestamp,
    updated_at: Timestamp,
} }

impl Stored for Icp {
    const ENTITY: &'static str = "icp";
    type Scope = Tenant;
    type Body = IcpItem;

    fn key(&self) -> Key<Tenant> {
        icps::icp(&self.workspace, &self.id)
    }
    fn rev(&self) -> u64 {
        self.rev
    }
    fn body(&self, _rev: u64) -> IcpItem {
        IcpItem::of(self)
    }
    fn from_body(body: IcpItem, head: &Head) -> Result<Self, String> {
        Ok(body.into_entity(head.rev))
    }
}
