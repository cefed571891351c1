//! What is to be done about each chosen prospect: nothing, to be created, or to be bought before.

use crate::ports::store::{StoreResult, found, unless_taken};
use crate::prospects::as_lead::domain_of;
use crate::prospects::desk::ProspectDesk;
use crate::prospects::known::{KnownBy, KnownLead, known_leads};
use crate::prospects::outcome::AddOutcome;
use domain::LeadId;
use domain::lead::data_field::DataField;
use domain::lead::suppression::SuppressionScope;
use domain::prospect::{KeptSearch, Prospect, ProspectRecord, ProspectState};
use std::collections::{BTreeMap, BTreeSet};

/// What is to be done about a prospect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Todo {
    /// Nothing more.
    Done(AddOutcome, Option<LeadId>),
    /// Its values are known and paid for.
    Create(BTreeMap<DataField, String>),
    /// The provider tells its address for a credit.
    Buy,
}

pub(super) struct Planned {
    pub prospect: Prospect,
    pub todo: Todo,
    /// What was done before.
    pub record: Option<ProspectRecord>,
}

/// Returns the id of the lead that a prospect of this search becomes: the same at each attempt.
pub(super) fn lead_id(search: &KeptSearch, prospect: &str) -> LeadId {
    LeadId::derived(search.created_at, &["prospect", search.id.as_str(), prospect])
}

/// Plans what to do. `request` is the one that adds them. Leads that this search became count as added, whichever attempt
/// made them: what follows an addition may be what broke off.
pub(super) async fn plan(
    desk: &ProspectDesk<'_>,
    search: &KeptSearch,
    chosen: Vec<Prospect>,
    request: Option<&str>,
) -> StoreResult<Vec<Planned>> {
    let mut seen = BTreeSet::new();
    let chosen: Vec<Prospect> = chosen.into_iter().filter(|one| seen.insert(one.id.clone())).collect();
    let mut records = records_of(desk, &chosen).await?;
    let known = known_leads(desk, &chosen).await?;
    let suppressed = suppressed_companies(desk, &chosen).await?;
    let mut planned = Vec::with_capacity(chosen.len());
    for prospect in chosen {
        let record = records.remove(&prospect.id);
        let own = lead_id(search, &prospect.id);
        let todo = match &record {
            Some(record) => done_before(desk, record, &own, request).await?,
            None => None,
        };
        let company = prospect.value(DataField::CompanyWebsite).and_then(domain_of);
        let todo = match todo {
            Some(todo) => todo,
            None => match known.get(&prospect.id) {
                Some(known) if known.lead == own => Todo::Done(AddOutcome::Added, Some(own)),
                Some(known) => Todo::Done(AddOutcome::Already, Some(known.lead.clone())),
                None if !prospect.is_reachable() => Todo::Done(AddOutcome::NoAddress, None),
                None if company.is_some_and(|domain| suppressed.contains(&domain)) => {
                    Todo::Done(AddOutcome::Suppressed, None)
                }
                None if prospect.is_to_be_bought() => Todo::Buy,
                None => Todo::Create(prospect.values.clone()),
            },
        };
        planned.push(Planned { prospect, todo, record });
    }
    Ok(planned)
}

/// Reads what was done about these prospects, as far as it still counts.
pub(super) async fn records_of(
    desk: &ProspectDesk<'_>,
    prospects: &[Prospect],
) -> StoreResult<BTreeMap<String, ProspectRecord>> {
    let ids: Vec<&str> = prospects.iter().map(|one| one.id.as_str()).collect();
    let records = desk.ports.prospects.records(&desk.workspace.id, &ids).await?;
    Ok(records.into_iter().map(|record| (record.prospect.clone(), record)).collect())
}

/// Finds the leads that prospects are: by what was done about them before, else by what is known of them.
pub(super) async fn leads_of(
    desk: &ProspectDesk<'_>,
    prospects: &[Prospect],
) -> StoreResult<BTreeMap<String, KnownLead>> {
    let mut known = known_leads(desk, prospects).await?;
    let records = records_of(desk, prospects).await?;
    let added: Vec<(String, LeadId)> = records
        .into_values()
        .filter_map(|record| match record.state {
            ProspectState::Added { lead } => Some((record.prospect, lead)),
            _ => None,
        })
        .collect();
    for (prospect, lead) in added {
        if let Some(lead) = found(desk.ports.leads.get(&desk.workspace.id, &lead).await)? {
            known.insert(prospect, KnownLead { lead: lead.id, by: KnownBy::AddedBefore });
        }
    }
    Ok(known)
}

/// Returns what an earlier request has left to do; none if it has done nothing that counts.
async fn done_before(
    desk: &ProspectDesk<'_>,
    record: &ProspectRecord,
    own: &LeadId,
    request: Option<&str>,
) -> StoreResult<Option<Todo>> {
    let now = desk.ports.clock.now();
    if record.expires().is_some_and(|at| at <= now) {
        return Ok(None);
    }
    let is_ours = request.is_some_and(|request| record.request.starts_with(request));
    Ok(match &record.state {
        ProspectState::Failed {} => None,
        ProspectState::NoEmail {} => Some(Todo::Done(AddOutcome::NoAddress, None)),
        ProspectState::Lost {} => Some(Todo::Done(AddOutcome::AnswerLost, None)),
        ProspectState::Erased {} => Some(Todo::Done(AddOutcome::Erased, None)),
        ProspectState::Bought { values } => Some(Todo::Create(values.clone())),
        ProspectState::Asked {} if record.is_being_asked(now) && !is_ours => {
            Some(Todo::Done(AddOutcome::BeingAdded, None))
        }
        ProspectState::Asked {} => Some(Todo::Done(AddOutcome::AnswerLost, None)),
        ProspectState::Added { lead } => {
            let known = found(desk.ports.leads_with_deleted.get(&desk.workspace.id, lead).await)?;
            Some(match known {
                None => Todo::Done(AddOutcome::Erased, None),
                Some(lead) if lead.is_deleted() => Todo::Done(AddOutcome::Deleted, Some(lead.id)),
                Some(lead) if lead.id == *own => Todo::Done(AddOutcome::Added, Some(lead.id)),
                Some(lead) => Todo::Done(AddOutcome::Already, Some(lead.id)),
            })
        }
    })
}

/// Notes that answers are lost: of questions that were asked by an earlier attempt, and were never answered.
pub(super) async fn note_lost(desk: &ProspectDesk<'_>, planned: &mut [Planned]) -> StoreResult<()> {
    for one in planned {
        let is_lost = one.todo == Todo::Done(AddOutcome::AnswerLost, None);
        let Some(record) =
            one.record.as_mut().filter(|record| is_lost && record.state == ProspectState::Asked {})
        else {
            continue;
        };
        record.state = ProspectState::Lost {};
        unless_taken(desk.ports.prospects.save_record(record).await.map(|rev| record.rev = rev))?;
    }
    Ok(())
}

/// Returns the companies' domains that are on the suppression list.
async fn suppressed_companies(
    desk: &ProspectDesk<'_>,
    prospects: &[Prospect],
) -> StoreResult<BTreeSet<String>> {
    let websites = prospects.iter().filter_map(|one| one.value(DataField::CompanyWebsite));
    let domains: BTreeSet<String> = websites.filter_map(domain_of).collect();
    if domains.is_empty() {
        return Ok(BTreeSet::new());
    }
    let scopes: Vec<_> = domains.into_iter().map(SuppressionScope::Domain).collect();
    let listed = desk.ports.suppressions.find(&desk.workspace.id, &scopes).await?;
    let now = desk.ports.clock.now();
    let in_force = listed.into_iter().filter(|entry| entry.in_force(now));
    Ok(in_force
        .filter_map(|entry| match entry.scope {
            SuppressionScope::Domain(domain) => Some(domain),
            _ => None,
        })
        .collect())
}
