//! Deals follow their lead: they are won and lost with it, opened when it leaves that stage, and go along when it is merged
//! or separated. Whatever moves a lead, the table's stream brings its deals along; a user's own move does so at once.

use crate::ports::deals::DealStore;
use crate::ports::leads::{Activity, ActivityKind, LeadStore};
use crate::ports::store::{StoreResult, unless_taken};
use crate::retry;
use domain::LeadId;
use domain::deal::{Deal, DealNews, Followed};
use domain::event::{Actor, Event, EventKind, UserOrKey};
use domain::lead::Lead;
use jiff::Timestamp;

/// Brings the deals of a lead to where it stands, if a user has moved it.
pub async fn deals_follow_move(
    (deals, leads): (&dyn DealStore, &dyn LeadStore),
    (before, after): (&Lead, &Lead),
    by: (Option<UserOrKey>, Timestamp),
) -> StoreResult<()> {
    if before.status == after.status {
        return Ok(());
    }
    retry!(async {
        let all = deals.of_leads(&after.workspace, &begun_with(after)).await?;
        deals_follow((deals, leads), after, all, by.clone()).await
    })
}

/// The leads with which the deals of a lead began: itself, and those that were merged into it.
pub fn begun_with(lead: &Lead) -> Vec<LeadId> {
    std::iter::once(&lead.id).chain(&lead.absorbed).cloned().collect()
}

/// Brings these deals to where their lead stands. A repeat changes nothing. `Conflict` if one of them was saved meanwhile.
pub(crate) async fn deals_follow(
    (deals, leads): (&dyn DealStore, &dyn LeadStore),
    lead: &Lead,
    all: Vec<Deal>,
    (by, now): (Option<UserOrKey>, Timestamp),
) -> StoreResult<()> {
    let actor = by.as_ref().map_or(Actor::System, UserOrKey::actor);
    for mut deal in all {
        let kind = match deal.follow(lead) {
            Followed::Unchanged => continue,
            Followed::Moved => EventKind::DealChanged,
            Followed::Told(news) => {
                let kind = event_of(&news);
                // The entry comes first: its id names the deal as it was before, so that a repeat adds none.
                let id = format!("{}-{}-{}", kind.as_str(), deal.id, deal.rev);
                let what = ActivityKind::Deal { deal: deal.id.clone(), name: deal.name.clone(), news };
                let activity = Activity { id, at: now, kind: what, actor: by.clone() };
                unless_taken(leads.put_activity(&lead.workspace, &lead.id, &activity).await)?;
                kind
            }
        };
        let event = Event::new(kind, actor.clone(), now).because(lead.id.as_str());
        deals.save(&deal, &event).await?;
    }
    Ok(())
}

/// The event of what became of a deal.
pub fn event_of(news: &DealNews) -> EventKind {
    match news {
        DealNews::Added { .. } => EventKind::DealCreated,
        DealNews::ValueChanged { .. } => EventKind::DealChanged,
        DealNews::Won { .. } => EventKind::DealWon,
        DealNews::Lost { .. } => EventKind::DealLost,
        DealNews::Reopened {} => EventKind::DealReopened,
    }
}
