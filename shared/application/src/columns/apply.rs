//! Takes found values into the lead, except where a user has given a value meanwhile.

use crate::columns::bench::Bench;
use crate::columns::plan::Order;
use crate::columns::subject::{fills_itself, rests_on};
use crate::lead::carried_opt_outs::keep_opt_outs;
use crate::lead::enrichment::questions_changed;
use crate::ports::outbox::send_all;
use crate::ports::store::{StoreError, StoreResult};
use crate::queue_messages::{EnrichLead, FillColumns};
use crate::retry;
use domain::ColumnId;
use domain::column::target::NotTaken;
use domain::column::{FillCause, LeadColumn};
use domain::event::{Event, EventKind};
use domain::lead::Lead;

/// A value for a lead's field; none removes the column's former one.
pub(super) struct Filled<'a> {
    pub column: &'a LeadColumn,
    pub value: Option<String>,
    /// The value that the column gave the field before.
    pub ours: Option<String>,
}

/// Saves the lead with the values, in one write. Returns the columns whose values were not taken, and why.
pub(super) async fn apply(
    bench: &Bench<'_>,
    lead: &Lead,
    filled: &[Filled<'_>],
    order: Order<'_>,
) -> StoreResult<Vec<(ColumnId, NotTaken)>> {
    if filled.is_empty() {
        return Ok(Vec::new());
    }
    let leads = &*bench.ports.leads;
    let saved = retry!(async {
        let before = leads.get(&lead.workspace, &lead.id).await?;
        let (mut after, mut refused) = (before.clone(), Vec::new());
        for one in filled {
            let target = &one.column.target;
            let stands = target.value_in(&before);
            let is_ours = stands.is_none() || stands == one.ours || stands == one.value;
            if !is_ours && !order.mode.overwrite {
                refused.push((one.column.id.clone(), NotTaken::Occupied));
                continue;
            }
            match &one.value {
                Some(value) => {
                    let mut with = after.clone();
                    match target.write(&mut with, value) {
                        Ok(_) if target.is_identity() && belongs_to_another(bench, &with).await? => {
                            let why = "belongs to another lead".to_owned();
                            refused.push((one.column.id.clone(), NotTaken::BadValue(why)));
                        }
                        Ok(_) => after = with,
                        Err(why) => refused.push((one.column.id.clone(), why)),
                    }
                }
                None => target.clear(&mut after),
            }
        }
        let changed: Vec<String> = filled
            .iter()
            .filter(|one| one.column.target.value_in(&before) != one.column.target.value_in(&after))
            .map(|one| one.column.target.name())
            .collect();
        if changed.is_empty() {
            return Ok((refused, None));
        }
        after.updated_at = bench.ports.clock.now();
        let mut event = Event::system(EventKind::LeadEnriched, after.updated_at);
        if let Some(run) = order.run {
            event = event.because(run.as_str());
        }
        if after.has_new_identity(&before) {
            let endings = &bench.workspace.endings;
            keep_opt_outs(&bench.ports.suppressing, endings, (&before, &mut after), &event).await?;
            leads.change_identity(&before, &after, &event).await?;
        } else {
            leads.save(&after, &event).await?;
        }
        Ok((refused, Some((before, after, changed))))
    });
    let (refused, change) = match saved {
        // What was stored beside a lead that is gone would stay for good.
        Err(StoreError::NotFound) => {
            leads.delete_leftovers(&lead.workspace, &lead.id).await?;
            return Ok(Vec::new());
        }
        saved => saved?,
    };
    if let Some((before, after, changed)) = change {
        tell(bench, &before, &after, changed, filled).await?;
    }
    Ok(refused)
}

/// Tells whoever rests on the changed fields: the look-ups of location and address, and columns that fill themselves.
async fn tell(
    bench: &Bench<'_>,
    before: &Lead,
    after: &Lead,
    changed: Vec<String>,
    filled: &[Filled<'_>],
) -> StoreResult<()> {
    let (workspace, lead) = (after.workspace.clone(), after.id.clone());
    if before.email != after.email || questions_changed(before, after) {
        let look_up =
            EnrichLead { workspace: workspace.clone(), lead: lead.clone(), force: false, attempt: 0 };
        send_all(&*bench.ports.outbox, &[look_up], 0).await?;
    }
    let just_filled = |column: &LeadColumn| filled.iter().any(|one| one.column.id == column.id);
    let watches = |column: &LeadColumn| {
        fills_itself(column, FillCause::Changed) && changed.iter().any(|name| rests_on(column, name))
    };
    if bench.columns.iter().any(|column| watches(column) && !just_filled(column)) {
        let (cause, at) = (FillCause::Changed, after.updated_at);
        send_all(&*bench.ports.outbox, &[FillColumns::Lead { workspace, lead, cause, changed, at }], 0)
            .await?;
    }
    Ok(())
}

async fn belongs_to_another(bench: &Bench<'_>, lead: &Lead) -> StoreResult<bool> {
    let Some(email) = &lead.email else { return Ok(false) };
    let known = bench.ports.leads.find_by_email(&lead.workspace, email).await?;
    Ok(known.is_some_and(|known| !lead.has_been(&known)))
}
