//! Finds the users whose digest is due and orders it. Every quarter of an hour asks again within the hour; the sender takes
//! the day once.

use crate::ports::clock::Clock;
use crate::ports::digests::DigestStore;
use crate::ports::outbox::{Outbox, send_all};
use crate::ports::store::StoreResult;
use crate::ports::system_mail::SystemMail;
use crate::ports::users::UserStore;
use crate::ports::workspaces::WorkspaceStore;
use crate::queue_messages::SendMessage;
use domain::time::days_off::DaysOff;
use domain::workspace::digest::DigestSettings;
use domain::{UserId, WorkspaceId};
use std::collections::BTreeMap;
use std::sync::Arc;

crate::ports! {
    #[derive(Clone)]
    pub struct DigestPlanPorts {
        pub clock: Arc<dyn Clock>,
        pub digests: Arc<dyn DigestStore>,
        pub system_mail: Arc<dyn SystemMail>,
        pub users: Arc<dyn UserStore>,
        pub workspaces: Arc<dyn WorkspaceStore>,
    }
}

/// Orders the digests of a workspace that are due now. Returns how many there are.
pub async fn order_digests(
    ports: &DigestPlanPorts,
    outbox: &dyn Outbox,
    id: &WorkspaceId,
) -> StoreResult<usize> {
    if ports.system_mail.address().is_none() {
        return Ok(0);
    }
    let now = ports.clock.now();
    let workspace = ports.workspaces.get(id).await?;
    let days_off = DaysOff::in_country(workspace.default_country, &workspace.days_off);
    let known = ports.digests.all(id).await?.into_iter();
    let mut known: BTreeMap<UserId, DigestSettings> = known.map(|one| (one.user.clone(), one)).collect();
    let mut orders = Vec::new();
    for user in ports.users.list(id).await?.into_iter().filter(|user| !user.disabled) {
        let settings = known.remove(&user.id);
        let settings = settings.unwrap_or_else(|| DigestSettings::usual(id.clone(), user.id.clone()));
        if let Some(day) = settings.due_day(&workspace.default_zone, days_off, now) {
            orders.push(SendMessage::Digest { workspace: id.clone(), user: user.id, day });
        }
    }
    if !orders.is_empty() {
        send_all(outbox, &orders, 0).await?;
    }
    Ok(orders.len())
}
