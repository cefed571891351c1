//! The rows of one part: mapped, compared with each other and with the known leads, and written.

use crate::campaign::unenrol::unenrol_before_close;
use crate::imports::commit::ImportCommitPorts;
use crate::imports::deleted_lead::{
    remark_on_colleagues_lead, remark_on_deleted, remark_on_erased, remark_on_opted_out,
};
use crate::lead::carried_opt_outs::keep_opt_outs;
use crate::lead::deletion::note_restored;
use crate::lead::enrichment::questions_changed;
use crate::lead::opening_line::opening_line_may_be_outdated;
use crate::lead::opted_out_person::{PersonStores, close_as_opted_out};
use crate::lead::routing::OwnerRouter;
use crate::lead::suppression_lookup::scopes_of;
use crate::lead::told_opt_outs::{ToldBy, list_told, mark_told, own_if_listing};
use crate::ports::leads::Creation;
use crate::ports::store::{StoreError, StoreResult, found};
use crate::retry;
use domain::LeadId;
use domain::contact::phone_number::PhoneNumber;
use domain::event::{Actor, Event, EventKind, UserOrKey};
use domain::import::dedupe::SeenKeys;
use domain::import::fields::NewLeadFields;
use domain::import::mapping::Mapping;
use domain::import::opt_out_columns::RowOptOuts;
use domain::import::row::{MappedRow, RowMapper};
use domain::import::rows::Row;
use domain::import::{DuplicatePolicy, Import, ImportCounts, RowProblem};
use domain::lead::Lead;
use domain::lead::suppression::SuppressionScope;
use domain::lead::zone::forget_stale_zone;
use domain::workspace::own_addresses::OwnAddresses;
use futures::future::try_join_all;
use jiff::Timestamp;
use std::collections::BTreeSet;

/// The leads that are written at once, and whose addresses are looked up in the suppression list by one read.
const AT_ONCE: usize = 16;

#[derive(Debug, Default)]
pub(super) struct Written {
    counts: ImportCounts,
    pub problems: Vec<RowProblem>,
    /// The leads that this part created, now or in an earlier attempt.
    pub created: Vec<LeadId>,
    /// The leads whose enriched values or opening line may be outdated by the change.
    pub reworked: Vec<LeadId>,
}

impl Written {
    pub fn add_to(&self, sum: &mut ImportCounts) {
        let counts = &self.counts;
        sum.rows += counts.rows;
        sum.created += counts.created;
        sum.updated += counts.updated;
        sum.duplicates += counts.duplicates;
        sum.rejected += counts.rejected;
        sum.warnings += counts.warnings;
        sum.suppressed += counts.suppressed;
        sum.opted_out += counts.opted_out;
    }
}

enum Became {
    Created(LeadId),
    /// Created by an earlier attempt, and erased since.
    CreatedOnce,
    Updated,
    Reworked(LeadId),
    Duplicate,
    Suppressed,
}

/// What a row became, with a remark where its lead was deleted.
type Handled = (Became, Option<RowProblem>);

struct Candidate {
    line: u64,
    fields: NewLeadFields,
    lead: Lead,
}

pub(super) async fn write_rows(
    ports: &ImportCommitPorts,
    import: &Import,
    mapping: &Mapping,
    rows: Vec<Result<Row, RowProblem>>,
) -> StoreResult<Written> {
    let fields = ports.custom_fields.get(&import.workspace).await?;
    let stages = ports.stages.get(&import.workspace).await?;
    let mapper = RowMapper::new(mapping, &import.options, &fields).naming(&stages).hearing(&import.columns);
    let mut written = Written::default();
    let mut seen = SeenKeys::new();
    let (mut candidates, mut repeats) = (Vec::new(), Vec::new());
    for row in rows {
        written.counts.rows += 1;
        let mapped = match row {
            Ok(row) => (mapper.map(&row), row),
            Err(problem) => {
                written.counts.rejected += 1;
                written.problems.push(problem);
                continue;
            }
        };
        match mapped {
            (MappedRow::Rejected { problem, told }, row) => {
                written.counts.rejected += 1;
                written.problems.push(problem);
                // It may still say that a known lead has opted out, or one of another list.
                written.counts.opted_out += u64::from(told.as_ref().is_some_and(|lead| lead.opt_outs.any()));
                repeats.extend(told.map(|lead| candidate(import, *lead, &row)));
            }
            (MappedRow::Lead { lead, warnings }, row) => {
                written.counts.warnings += u64::from(!warnings.is_empty());
                written.problems.extend(warnings);
                written.counts.opted_out += u64::from(lead.opt_outs.any());
                if seen.repeats(&lead, row.line) {
                    written.counts.duplicates += 1;
                    // It may still say that the lead has opted out.
                    repeats.extend(lead.opt_outs.lists().then(|| candidate(import, *lead, &row)));
                } else {
                    candidates.push(candidate(import, *lead, &row));
                }
            }
        }
    }
    let says = candidates.iter().chain(&repeats).map(|one: &Candidate| &one.fields.opt_outs);
    let own = own_if_listing(&ports.suppressing, &import.workspace, says).await?;
    let mut router = match import.owner_of_new() {
        Some(_) => None,
        None => OwnerRouter::of(&ports.routing, &import.workspace).await?,
    };
    for mut batch in batches(candidates) {
        let now = ports.clock.now();
        let suppressed = suppressed(ports, import, &batch, now).await?;
        if let Some(router) = &mut router {
            router.assign(batch.iter_mut().map(|one| &mut one.lead)).await?;
        }
        let ids: Vec<LeadId> = batch.iter().map(|one| one.lead.id.clone()).collect();
        let each = batch.into_iter().map(|one| write_one(ports, import, one, (&suppressed, &own), now));
        for ((became, remark), id) in try_join_all(each).await?.into_iter().zip(&ids) {
            written.counts.warnings += u64::from(remark.is_some());
            written.problems.extend(remark);
            if let Some(router) = router.as_mut().filter(|_| !matches!(became, Became::Created(_))) {
                router.unused(id);
            }
            match became {
                Became::Created(id) => {
                    written.counts.created += 1;
                    written.created.push(id);
                }
                Became::CreatedOnce => written.counts.created += 1,
                Became::Updated => written.counts.updated += 1,
                Became::Reworked(id) => {
                    written.counts.updated += 1;
                    written.reworked.push(id);
                }
                Became::Duplicate => written.counts.duplicates += 1,
                Became::Suppressed => written.counts.suppressed += 1,
            }
        }
    }
    if let Some(router) = router {
        router.finish().await?;
    }
    let now = ports.clock.now();
    for Candidate { fields, lead, .. } in repeats {
        let told = (&lead, &fields.opt_outs);
        list_told((&ports.suppressing, &own), told, told_by(import), now).await?;
        if let Some(known) = known_as(ports, &lead).await? {
            mark_known_lead(ports, import, &known, fields.opt_outs, now).await?;
        }
    }
    Ok(written)
}

fn candidate(import: &Import, mut fields: NewLeadFields, row: &Row) -> Candidate {
    fields.consents = import.consents_of(&fields.consent, &fields.opt_outs);
    let id = LeadId::derived(import.created_at, &[import.id.as_str(), &row.index.to_string()]);
    let mut lead = fields.clone().into_lead(id, import.workspace.clone(), import.created_at);
    lead.import = Some(import.id.clone());
    lead.owner = lead.owner.or_else(|| import.owner_of_new());
    lead.source = lead.source.or_else(|| Some(import.file_name.clone()));
    Candidate { line: row.line, fields, lead }
}

/// Groups the rows in the file's order. A row that is known only by its phone number is not written beside another
/// row with that number: which of the two comes first decides.
fn batches(candidates: Vec<Candidate>) -> Vec<Vec<Candidate>> {
    let mut all = Vec::new();
    let mut batch: Vec<Candidate> = Vec::with_capacity(AT_ONCE);
    for one in candidates {
        let subscriber = one.fields.phone.as_ref().map(PhoneNumber::subscriber);
        let meets = |other: &Candidate| {
            subscriber.is_some()
                && other.fields.phone.as_ref().map(PhoneNumber::subscriber) == subscriber
                && (one.fields.email.is_none() || other.fields.email.is_none())
        };
        if batch.len() == AT_ONCE || batch.iter().any(meets) {
            all.push(std::mem::take(&mut batch));
        }
        batch.push(one);
    }
    all.push(batch);
    all
}

async fn suppressed(
    ports: &ImportCommitPorts,
    import: &Import,
    batch: &[Candidate],
    now: Timestamp,
) -> StoreResult<BTreeSet<SuppressionScope>> {
    let scopes: BTreeSet<_> = batch.iter().flat_map(|one| scopes_of(&one.lead)).collect();
    if scopes.is_empty() {
        return Ok(BTreeSet::new());
    }
    let scopes: Vec<_> = scopes.into_iter().collect();
    let listed = ports.suppressions.find(&import.workspace, &scopes).await?;
    // What this import has listed itself does not keep its rows out.
    let in_force = listed
        .into_iter()
        .filter(|entry| entry.in_force(now) && entry.source.as_deref() != Some(import.id.as_str()));
    Ok(in_force.map(|entry| entry.scope).collect())
}

async fn write_one(
    ports: &ImportCommitPorts,
    import: &Import,
    mut one: Candidate,
    (suppressed, own): (&BTreeSet<SuppressionScope>, &OwnAddresses),
    now: Timestamp,
) -> StoreResult<Handled> {
    let told = (&one.lead, &one.fields.opt_outs);
    list_told((&ports.suppressing, own), told, told_by(import), now).await?;
    let listed = scopes_of(&one.lead).iter().any(|scope| suppressed.contains(scope));
    let stores = PersonStores { leads: &*ports.leads_with_deleted, suppressions: &*ports.suppressions };
    let shared = match listed {
        true => None,
        false => close_as_opted_out(stores, &mut one.lead, now).await?,
    };
    let lead = &one.lead;
    let known = if listed {
        match known_as(ports, lead).await? {
            Some(id) => id,
            // A lead of this file, put on the suppression list since: its part broke off, and is repeated late.
            None if found(ports.leads_with_deleted.get(&lead.workspace, &lead.id).await)?.is_some() => {
                lead.id.clone()
            }
            None => return Ok((Became::Suppressed, None)),
        }
    } else {
        let actor = import.created_by.as_ref().map_or(Actor::System, UserOrKey::actor);
        let event = Event::new(EventKind::LeadCreated, actor, now).because(import.id.as_str());
        match ports.leads.create(lead, &event).await? {
            Creation::Created => lead.id.clone(),
            Creation::Duplicate(other) => other,
            Creation::Deleted => return Ok((Became::CreatedOnce, None)),
        }
    };
    if known == lead.id {
        let remark = shared.map(|shared| remark_on_opted_out(one.line, shared));
        return Ok((Became::Created(known), remark));
    }
    update_known_lead(ports, import, &known, (one.line, one.fields), now).await
}

fn told_by(import: &Import) -> ToldBy<'_> {
    ToldBy { source: import.id.as_str(), by: import.created_by.as_ref(), at: import.created_at }
}

/// Marks a known lead as the row says, whatever else the import may change of known leads.
async fn mark_known_lead(
    ports: &ImportCommitPorts,
    import: &Import,
    known: &LeadId,
    says: RowOptOuts,
    now: Timestamp,
) -> StoreResult<()> {
    let stores = (&*ports.leads_with_deleted, &*ports.enrolments);
    let may_change = |lead: &Lead| import.sees(lead.owner.as_ref());
    let marked = mark_told(stores, (&import.workspace, known), (says, told_by(import)), &may_change, now);
    marked.await.map(drop)
}

async fn known_as(ports: &ImportCommitPorts, lead: &Lead) -> StoreResult<Option<LeadId>> {
    match (&lead.email, &lead.phone) {
        (Some(email), _) => ports.leads.find_by_email(&lead.workspace, email).await,
        (None, Some(phone)) => {
            let all = ports.leads.find_by_phone(&lead.workspace, phone).await?;
            let own = all.contains(&lead.id).then(|| lead.id.clone());
            Ok(own.or_else(|| all.into_iter().next()))
        }
        (None, None) => Ok(None),
    }
}

/// Gives the values that the policy allows to the known lead. Of two rows of the same file the first counts. A deleted
/// lead is restored by it.
async fn update_known_lead(
    ports: &ImportCommitPorts,
    import: &Import,
    known: &LeadId,
    (line, fields): (u64, NewLeadFields),
    now: Timestamp,
) -> StoreResult<Handled> {
    let policy = import.options.duplicates;
    if fields.opt_outs.any() {
        mark_known_lead(ports, import, known, fields.opt_outs, now).await?;
    }
    let leads = &*ports.leads_with_deleted;
    let remark = |lead: &Lead| lead.is_deleted().then(|| remark_on_deleted(line, lead, policy));
    let has_email = fields.email.is_some();
    let is_hidden = |lead: &Lead| !import.sees(lead.owner.as_ref());
    if policy == DuplicatePolicy::Skip {
        let known = found(leads.get(&import.workspace, known).await)?;
        if known.as_ref().is_some_and(is_hidden) {
            return Ok((Became::Duplicate, Some(remark_on_colleagues_lead(line, has_email))));
        }
        return Ok((Became::Duplicate, known.as_ref().and_then(remark)));
    }
    let actor = import.created_by.as_ref().map_or(Actor::System, UserOrKey::actor);
    retry!(async {
        let Some(before) = found(leads.get(&import.workspace, known).await)? else {
            return Ok((Became::Duplicate, None));
        };
        if is_hidden(&before) && before.import.as_ref() != Some(&import.id) {
            return Ok((Became::Duplicate, Some(remark_on_colleagues_lead(line, has_email))));
        }
        let remark = remark(&before);
        // Its time is over: it is about to be erased, with what the row would give it.
        if before.deleted.as_ref().is_some_and(|deletion| deletion.may_be_erased(now)) {
            return Ok((Became::Duplicate, Some(remark_on_erased(line, &before))));
        }
        let kind = if remark.is_some() { EventKind::LeadRestored } else { EventKind::LeadChanged };
        let event = Event::new(kind, actor.clone(), now).because(import.id.as_str());
        if before.import.as_ref() == Some(&import.id) {
            return Ok((Became::Duplicate, None));
        }
        let mut after = before.clone();
        after.deleted = None;
        if !fields.clone().apply_to(&mut after, policy, now) && remark.is_none() {
            return Ok((Became::Updated, None));
        }
        // The row has the address of a lead that was merged into this one, which keeps the number chosen then.
        if before.id != *known && before.phone.is_some() {
            after.phone.clone_from(&before.phone);
        }
        if unenrol_before_close(&*ports.enrolments, (&before, &after), false, &event).await? {
            return Err(StoreError::Conflict);
        }
        forget_stale_zone(&before, &mut after);
        let saved = if after.phone == before.phone {
            leads.save(&after, &event).await
        } else {
            let endings = &ports.workspaces.get(&import.workspace).await?.endings;
            keep_opt_outs(&ports.suppressing, endings, (&before, &mut after), &event).await?;
            leads.change_identity(&before, &after, &event).await
        };
        saved?;
        if let Some(deletion) = before.deleted.clone() {
            note_restored(leads, &before, deletion, (import.created_by.clone(), now)).await?;
        }
        let is_stale = questions_changed(&before, &after) || opening_line_may_be_outdated(&before, &after);
        Ok((if is_stale { Became::Reworked(after.id) } else { Became::Updated }, remark))
    })
}
