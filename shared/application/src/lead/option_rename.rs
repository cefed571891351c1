//! Options of custom fields in the leads: how many leads have each, and new names for those that have one. A renaming is
//! stored with the fields before its job is queued. The job goes through all leads, and then through the deleted ones,
//! which may be restored; a page may be repeated, because a value with a new name is not renamed again.

use crate::ports::clock::Clock;
use crate::ports::custom_fields::CustomFieldStore;
use crate::ports::leads::LeadStore;
use crate::ports::outbox::{Outbox, send_all};
use crate::ports::store::{StoreResult, found};
use crate::queue_messages::CampaignJob;
use crate::retry;
use domain::event::{Actor, Event, EventKind, UserOrKey};
use domain::lead::custom_field::{CustomField, OptionRename};
use domain::{CustomFieldId, LeadId, WorkspaceId};
use futures::{StreamExt, TryStreamExt};
use std::collections::BTreeMap;
use std::sync::Arc;

const SAVED_AT_ONCE: usize = 8;
/// The most leads that are looked at for an answer.
const MOST_COUNTED: usize = 20_000;

crate::ports! {
    #[derive(Clone)]
    pub struct OptionPorts {
        pub clock: Arc<dyn Clock>,
        pub custom_fields: Arc<dyn CustomFieldStore>,
        pub leads: Arc<dyn LeadStore> = crate::Ports::leads_with_deleted,
        pub outbox: Arc<dyn Outbox>,
    }
}

/// How far the job of a renaming has come.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RenameProgress {
    pub cursor: Option<String>,
    pub looked_at: u64,
    pub changed: u64,
}

pub async fn start_option_rename(
    outbox: &dyn Outbox,
    workspace: &WorkspaceId,
    field: &CustomFieldId,
) -> StoreResult<()> {
    send_all(outbox, &[job(workspace, field, RenameProgress::default())], 0).await
}

fn job(workspace: &WorkspaceId, field: &CustomFieldId, progress: RenameProgress) -> CampaignJob {
    let RenameProgress { cursor, looked_at, changed } = progress;
    CampaignJob::RenameOptions {
        workspace: workspace.clone(),
        field: field.clone(),
        cursor,
        looked_at,
        changed,
    }
}

/// Gives the new names to one page of leads, notes the progress, and queues the next page. After the last one the
/// renaming is over. Does nothing where the field is gone.
pub async fn rename_page(
    ports: &OptionPorts,
    workspace: &WorkspaceId,
    id: &CustomFieldId,
    progress: RenameProgress,
) -> StoreResult<()> {
    let fields = ports.custom_fields.get(workspace).await?;
    let field = fields.fields.iter().find(|field| field.id == *id);
    let rename = fields.renames.iter().find(|rename| rename.field == *id);
    let Some((field, rename)) = field.zip(rename) else { return Ok(()) };
    let (ids, next) = page_of_leads(ports, workspace, progress.cursor).await?;
    let leads = ports.leads.get_many(workspace, &ids).await?;
    let has_one = |value: &String| rename.renamed(&field.kind, value).is_some();
    let concerned = leads.into_iter().filter(|lead| lead.custom.get(&field.key).is_some_and(has_one));
    let each = concerned.map(|lead| rename_in(ports, workspace, lead.id, (field, rename)));
    let changed: Vec<bool> =
        futures::stream::iter(each).buffer_unordered(SAVED_AT_ONCE).try_collect().await?;
    let progress = RenameProgress {
        cursor: next,
        looked_at: progress.looked_at + ids.len() as u64,
        changed: progress.changed + changed.into_iter().filter(|changed| *changed).count() as u64,
    };
    let is_last = progress.cursor.is_none();
    note_progress(ports, workspace, (id, rename), &progress).await?;
    if !is_last {
        send_all(&*ports.outbox, &[job(workspace, id, progress)], 0).await?;
    }
    Ok(())
}

/// The beginning of a cursor within the deleted leads.
const DELETED: &str = "deleted:";

/// Returns a page of all leads, the deleted ones last.
async fn page_of_leads(
    ports: &OptionPorts,
    workspace: &WorkspaceId,
    cursor: Option<String>,
) -> StoreResult<(Vec<LeadId>, Option<String>)> {
    let (mut ids, mut deleted_from) = (Vec::new(), None);
    match cursor.as_deref().and_then(|cursor| cursor.strip_prefix(DELETED)) {
        Some(within) => deleted_from = Some(within.to_owned()),
        None => {
            let (page, next) = ports.leads.ids(workspace, cursor).await?;
            if next.is_some() {
                return Ok((page, next));
            }
            ids = page;
        }
    }
    let (deleted, next) = ports.leads.deleted_by(workspace, ports.clock.now(), deleted_from).await?;
    ids.extend(deleted);
    Ok((ids, next.map(|next| format!("{DELETED}{next}"))))
}

/// Returns whether the lead had one of the options.
async fn rename_in(
    ports: &OptionPorts,
    workspace: &WorkspaceId,
    id: LeadId,
    (field, rename): (&CustomField, &OptionRename),
) -> StoreResult<bool> {
    let actor = rename.started_by.as_ref().map_or(Actor::System, UserOrKey::actor);
    retry!(async {
        let Some(mut lead) = found(ports.leads.get(workspace, &id).await)? else { return Ok(false) };
        let renamed = lead.custom.get(&field.key).and_then(|value| rename.renamed(&field.kind, value));
        let Some(renamed) = renamed else { return Ok(false) };
        let event = Event::new(EventKind::LeadChanged, actor.clone(), ports.clock.now());
        lead.custom.insert(field.key.clone(), renamed);
        lead.updated_at = event.at;
        let saved = ports.leads.save(&lead, &event.because(field.id.as_str())).await;
        Ok(found(saved)?.is_some())
    })
}

/// Notes how far the job has come, unless another renaming has begun; after the last page the renaming is taken away.
async fn note_progress(
    ports: &OptionPorts,
    workspace: &WorkspaceId,
    (id, rename): (&CustomFieldId, &OptionRename),
    progress: &RenameProgress,
) -> StoreResult<()> {
    retry!(async {
        let mut fields = ports.custom_fields.get(workspace).await?;
        let is_this = |known: &OptionRename| known.field == *id && known.started_at == rename.started_at;
        let Some(place) = fields.renames.iter().position(is_this) else { return Ok(()) };
        if progress.cursor.is_none() {
            fields.renames.remove(place);
        } else {
            let known = &mut fields.renames[place];
            (known.looked_at, known.changed) = (progress.looked_at, progress.changed);
        }
        let event = Event::system(EventKind::CustomFieldChanged, ports.clock.now()).because(id.as_str());
        ports.custom_fields.save(&fields, &event).await.map(drop)
    })
}

/// How many leads have each option of a field.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OptionUse {
    /// The leads by option; an option that no lead has is left out.
    pub leads: BTreeMap<String, u64>,
    /// Whether all leads were looked at. Otherwise there may be more.
    pub is_whole: bool,
}

pub async fn count_option_use(
    leads: &dyn LeadStore,
    workspace: &WorkspaceId,
    field: &CustomField,
) -> StoreResult<OptionUse> {
    let options = field.kind.options().unwrap_or_default();
    let mut counted = OptionUse::default();
    let (mut cursor, mut looked_at) = (None, 0);
    loop {
        let (ids, next) = leads.ids(workspace, cursor).await?;
        for lead in leads.get_many(workspace, &ids).await? {
            let Some(value) = lead.custom.get(&field.key) else { continue };
            let has = field.kind.options_in(value);
            for option in options.iter().filter(|option| has.contains(option)) {
                *counted.leads.entry(option.clone()).or_default() += 1;
            }
        }
        looked_at += ids.len();
        (cursor, counted.is_whole) = (next.clone(), next.is_none());
        if counted.is_whole || looked_at >= MOST_COUNTED {
            return Ok(counted);
        }
    }
}
