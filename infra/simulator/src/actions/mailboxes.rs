//! Mailboxes that are sent from and read: connected in the beginning, and again where their grant is lost.

use crate::plan::Plan;
use crate::world::installation::Installation;
use anyhow::Result;
use local_world::{Accounts, Api, SandboxAddress, World, allow_access, connect_mailbox};

/// Connects the plan's mailboxes in place of the one that only sends. Returns their ids; none where the plan has none.
pub async fn connect_all(
    plan: &Plan,
    (api, world): (&Api, &World),
    address: &SandboxAddress,
    accounts: &mut Accounts,
) -> Result<Vec<String>> {
    let mut connected = Vec::new();
    for kind in &plan.mailboxes {
        connected.push(connect_mailbox(api, &world.sandbox, address, *kind).await?);
    }
    match connected.first() {
        Some(first) => {
            api.delete(&format!("/api/settings/accounts/{}?anyway=true", accounts.mailbox)).await?;
            accounts.mailbox.clone_from(first);
        }
        None => connected.push(accounts.mailbox.clone()),
    }
    Ok(connected)
}

/// Allows the access to each mailbox that needs it, once more.
pub async fn connect_again(world: &Installation) -> Result<()> {
    let api = world.signed_in().await?;
    let accounts = world.with_roster(|roster| roster.mailboxes.clone());
    for (kind, account) in world.plan.mailboxes.iter().zip(accounts) {
        // It may be deleted.
        let is_there = api.get(&format!("/api/settings/accounts/{account}")).await.is_ok();
        if kind.is_by_grant() && is_there {
            allow_access(&api, &world.world.sandbox, &account, kind.address()).await?;
        }
    }
    Ok(())
}
