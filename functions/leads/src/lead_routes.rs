//! The new owners of leads that a user hands over by the routing rules.

use crate::App;
use application::lead::routing::OwnerRouter;
use domain::{LeadId, UserId};
use http_api::{ApiError, ApiResult, Caller};
use std::collections::BTreeMap;

/// The owners that the rules choose, and the router that has taken turns for them.
pub struct LeadRoutes<'a> {
    pub owners: BTreeMap<LeadId, UserId>,
    /// The user who hands over.
    pub from: UserId,
    router: OwnerRouter<'a>,
}

impl<'a> LeadRoutes<'a> {
    /// Asks the rules about those of the leads that are `from`'s and that the caller sees, as if `from` were away. Answers
    /// 409 where the workspace has no rules that choose anybody.
    pub async fn of(app: &'a App, caller: &Caller, from: &UserId, ids: &[LeadId]) -> ApiResult<Self> {
        let Some(mut router) = OwnerRouter::of(&app.routing, &caller.workspace).await? else {
            let detail = "No routing rule chooses an owner. Set the rules, or choose users.";
            return Err(ApiError::conflict("no_routing", detail));
        };
        router.leave_out(from);
        let mut leads = app.leads.get_many(&caller.workspace, ids).await?;
        leads.retain(|lead| lead.owner.as_ref() == Some(from) && caller.leads().sees(Some(from)));
        for lead in &mut leads {
            lead.owner = None;
        }
        router.assign(&mut leads).await?;
        let owners = leads.into_iter().filter_map(|lead| Some((lead.id, lead.owner?)));
        Ok(Self { owners: owners.collect(), from: from.clone(), router })
    }

    /// Gives back the turns of leads that were left as they were.
    pub async fn finish(mut self, left: impl Iterator<Item = &LeadId>) -> ApiResult<()> {
        for lead in left {
            self.router.unused(lead);
        }
        Ok(self.router.finish().await?)
    }
}
