//! `POST /api/leads/bulk`: makes one change to many leads, named by id or by filter.

use crate::App;
use crate::bulk_opt_outs::BulkOptOuts;
use crate::change_leads::note_status;
use crate::chosen_leads::{AT_ONCE, ChosenLeads, refuse_too_many};
use crate::lead_fields::LONGEST_VALUE;
use crate::lead_routes::LeadRoutes;
use crate::list_leads::MOST_SEEN;
use application::StoreError;
use application::campaign::enrol_jobs::{Audience, EnrolJob, start_enrol_job};
use application::campaign::unenrol::unenrol_before_close;
use application::columns::fill_lead::{ChangedLead, leads_have_changed};
use application::lead::owner_change::hold_for_new_owner;
use application::ports::store::found;
use application::retry;
use axum::extract::State;
use domain::campaign::CampaignState;
use domain::event::{Event, EventKind};
use domain::lead::custom_field::{CustomFields, MOST_VALUES};
use domain::lead::filter::LeadFilter;
use domain::lead::stage::{LostReasonId, StageId};
use domain::lead::{Lead, MOST_TAGS};
use domain::{CampaignId, LeadId, UserId};
use futures::StreamExt;
use http_api::{ApiError, ApiResult, Caller, FieldErrors, JsonBody, axum, utoipa};
use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The leads to change: `ids`, or `filter` with the count that the caller saw, including those in `except`. A
/// count that differs by now is answered with 409 and nothing is changed.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BulkChange {
    #[serde(default)]
    ids: Vec<LeadId>,
    filter: Option<LeadFilter>,
    /// Leads that are left out, though the filter matches them.
    #[serde(default)]
    except: Vec<LeadId>,
    expected_count: Option<usize>,
    action: BulkAction,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case", tag = "do", deny_unknown_fields)]
pub enum BulkAction {
    /// `owner` null removes the owner. With `from`, leads that are not of that user stay as they are; null is nobody.
    Assign {
        owner: Option<UserId>,
        #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
        #[schema(value_type = Option<UserId>)]
        from: Option<Option<UserId>>,
    },
    /// Gives each lead of the user `from` the owner that the routing rules choose, as if that user were away.
    Route {
        from: UserId,
    },
    /// Moves the leads to a stage; lost needs a reason.
    Status {
        status: StageId,
        lost_reason: Option<LostReasonId>,
    },
    /// Adds and removes tags. One such as `unsubscribed` or `do-not-contact` puts the leads on the suppression list, which
    /// an undo does not take back.
    Tag {
        #[serde(default)]
        add: Vec<String>,
        #[serde(default)]
        remove: Vec<String>,
    },
    /// Gives a custom field, named by its key, the same value in all leads; null removes it. A value that
    /// says that they have opted out, such as no under `Subscribed`, puts them on the suppression list, which an undo does
    /// not take back.
    Fill {
        field: String,
        value: Option<String>,
    },
    /// Undoes `fill`: gives each lead the value back that it had in the custom field; null removes it. A value that the
    /// field's kind cannot read stays as text, as it was.
    PutBack {
        field: String,
        #[schema(value_type = BTreeMap<String, Option<String>>)]
        values: BTreeMap<LeadId, Option<String>>,
    },
    Enrol {
        campaign: CampaignId,
    },
}

/// The most values that one request puts back: its body has a limit.
const PUT_BACK_AT_ONCE: usize = 100;

#[derive(Debug, Default, Serialize, utoipa::ToSchema)]
pub struct BulkAnswer {
    /// The number of leads that the request selects.
    pub matched: usize,
    pub changed: usize,
    /// Leads that were not changed, and why.
    pub skipped: Vec<SkippedLead>,
    /// The background job that enrols the leads, if that is the action.
    pub job: Option<String>,
    /// Bodies for this route that together restore what the leads had. Enrolments that the change ended stay
    /// ended.
    pub undo: Vec<BulkUndo>,
    /// The changed leads with their revisions, `id:rev`, if they are at most 100: the list shows them at once to whoever
    /// gives them as `seen`.
    pub seen: Vec<String>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct BulkUndo {
    pub ids: Vec<LeadId>,
    pub action: BulkAction,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct SkippedLead {
    pub lead_id: LeadId,
    pub reason: SkippedLeadReason,
}

domain::codes! {
    #[derive(utoipa::ToSchema)]
    pub enum SkippedLeadReason {
        NoSuchLead = "no_such_lead",
        TooManyTags = "too_many_tags",
        TooManyValues = "too_many_values",
        /// The rules choose nobody for the lead, or it is not of the user who hands over.
        NotRouted = "not_routed",
        /// Others changed the lead at every try.
        Busy = "busy",
    }
}

#[utoipa::path(post, path = "/api/leads/bulk", operation_id = "bulk_change", request_body = BulkChange,
    responses((status = 200, body = BulkAnswer)))]
pub async fn bulk_change(
    State(app): State<Arc<App>>,
    caller: Caller,
    JsonBody(mut change): JsonBody<BulkChange>,
) -> ApiResult<JsonBody<BulkAnswer>> {
    let fields;
    (change.action, fields) = checked(&app, &caller, change.action).await?;
    if let Some(filter) = change.filter.take() {
        change.filter = Some(app.lists.pinned(&caller.workspace, caller.leads(), filter).await?);
    }
    let chosen = ChosenLeads {
        ids: &change.ids,
        filter: change.filter.as_ref(),
        except: &change.except,
        expected_count: change.expected_count,
    };
    let (matched, mut ids) = chosen.find(&app, &caller).await?;
    if let BulkAction::Enrol { campaign } = &change.action {
        let matched = match change.filter {
            Some(_) => matched,
            None => {
                ids = caller.those_seen(&ids).await?;
                ids.len()
            }
        };
        let except = change.except;
        let whom = change.filter.map_or_else(
            || Audience::Ids(ids),
            |filter| Audience::Filter { filter: Box::new(filter), except },
        );
        let (by, at) = (Some(caller.user_or_key()), app.clock.now());
        let job = EnrolJob { by, at, whom, with_missing_values: false, waits_until: None };
        let (blobs, outbox) = (&*app.blobs, &*app.outbox);
        let job = start_enrol_job(blobs, outbox, &*app.ids, &caller.workspace, campaign, &job).await?;
        return Ok(JsonBody(BulkAnswer { matched, job: Some(job), ..BulkAnswer::default() }));
    }
    refuse_too_many(matched, change.filter.is_some())?;
    let routes = match &change.action {
        BulkAction::Route { from } => Some(LeadRoutes::of(&app, &caller, from, &ids).await?),
        _ => None,
    };
    let each = ids.into_iter().map(|id| match &routes {
        None => (id, Some(change.action.clone())),
        Some(routes) => {
            let owner = routes.owners.get(&id).cloned();
            let from = Some(Some(routes.from.clone()));
            (id, owner.map(|owner| BulkAction::Assign { owner: Some(owner), from }))
        }
    });
    let opt_outs = BulkOptOuts::of(&app, &caller, &change.action, &fields).await?;
    let (by, opt_outs) = ((&*app, &caller), &opt_outs);
    let each = each.map(|(id, action)| async move {
        match action {
            Some(action) => one(by, (&action, opt_outs), id).await,
            None => Ok(Err(SkippedLead { lead_id: id, reason: SkippedLeadReason::NotRouted })),
        }
    });
    let done: Vec<Result<Done, SkippedLead>> = futures::stream::iter(each)
        .buffered(AT_ONCE)
        .collect::<Vec<_>>()
        .await
        .into_iter()
        .collect::<ApiResult<_>>()?;
    let told: Vec<ChangedLead> = done.iter().flatten().filter_map(|one| one.told.clone()).collect();
    // The leads are changed even if their columns cannot be told; they can be filled by hand.
    if let Err(error) = leads_have_changed((&*app.columns, &*app.outbox), &caller.workspace, told).await {
        tracing::warn!(%error, "columns were not told of a bulk change");
    }
    if let Some(routes) = routes {
        routes.finish(done.iter().filter_map(|one| one.as_ref().err().map(|left| &left.lead_id))).await?;
    }
    let changed = done.iter().filter(|one| one.is_ok()).count();
    let (mut skipped, mut undo) = (Vec::new(), Vec::<BulkUndo>::new());
    let revisions = done.iter().flatten().filter_map(|one| Some(format!("{}:{}", one.lead, one.rev?)));
    let seen = Some(revisions.collect::<Vec<_>>()).filter(|seen| seen.len() <= MOST_SEEN).unwrap_or_default();
    for one in done {
        match one {
            Err(left) => skipped.push(left),
            Ok(Done { lead, back: Some(action), .. }) => add_undo(&mut undo, lead, action),
            Ok(_) => {}
        }
    }
    Ok(JsonBody(BulkAnswer { matched, changed, skipped, job: None, undo, seen }))
}

struct Done {
    lead: LeadId,
    /// None if the lead did not change, or went out of the caller's sight.
    back: Option<BulkAction>,
    /// The lead's new revision, if it was saved.
    rev: Option<u64>,
    /// What columns are told of the change.
    told: Option<ChangedLead>,
}

/// Adds what undoes the change of a lead: to the request that does the same for others, or to a new one.
fn add_undo(undo: &mut Vec<BulkUndo>, lead: LeadId, action: BulkAction) {
    let BulkAction::PutBack { values: own, .. } = &action else {
        match undo.iter_mut().find(|group| group.action == action) {
            Some(group) => group.ids.push(lead),
            None => undo.push(BulkUndo { ids: vec![lead], action }),
        }
        return;
    };
    match undo.last_mut() {
        Some(BulkUndo { ids, action: BulkAction::PutBack { values, .. } })
            if ids.len() < PUT_BACK_AT_ONCE =>
        {
            values.extend(own.clone());
            ids.push(lead);
        }
        _ => undo.push(BulkUndo { ids: vec![lead], action }),
    }
}

/// Reads a field that is there, be it null.
fn given<'de, D: Deserializer<'de>>(field: D) -> Result<Option<Option<UserId>>, D::Error> {
    Option::deserialize(field).map(Some)
}

/// The action that undoes this one for the lead.
fn back(action: &BulkAction, before: &Lead, after: &Lead) -> Option<BulkAction> {
    match action {
        BulkAction::Assign { .. } => (before.owner != after.owner).then(|| {
            let owner = before.owner.clone();
            // A newer owner that was set since stays.
            BulkAction::Assign { owner, from: Some(after.owner.clone()) }
        }),
        BulkAction::Status { .. } => {
            let lost_reason = match before.status {
                StageId::LOST => before.lost_reason.or(Some(LostReasonId::OTHER)),
                _ => None,
            };
            let back = BulkAction::Status { status: before.status, lost_reason };
            (before.status != after.status || before.lost_reason != after.lost_reason).then_some(back)
        }
        BulkAction::Tag { .. } => (before.tags != after.tags).then(|| BulkAction::Tag {
            add: before.tags.difference(&after.tags).cloned().collect(),
            remove: after.tags.difference(&before.tags).cloned().collect(),
        }),
        BulkAction::Fill { field, .. } | BulkAction::PutBack { field, .. } => {
            let (had, has) = (before.custom.get(field), after.custom.get(field));
            (had != has).then(|| BulkAction::PutBack {
                field: field.clone(),
                values: [(before.id.clone(), had.cloned())].into(),
            })
        }
        BulkAction::Enrol { .. } | BulkAction::Route { .. } => None,
    }
}

/// Checks an action, and returns it with its values as leads store them, and with the custom fields if it fills one.
async fn checked(app: &App, caller: &Caller, action: BulkAction) -> ApiResult<(BulkAction, CustomFields)> {
    match &action {
        BulkAction::Assign { owner: Some(owner), .. } => {
            app.known_user(caller, owner, "action.owner").await?
        }
        BulkAction::Tag { add, remove } => {
            let mut errors = FieldErrors::default();
            if add.is_empty() && remove.is_empty() {
                errors.add("action.add", "enter a tag to add or remove");
            }
            if add.len() > MOST_TAGS {
                errors.add("action.add", format!("has more than {MOST_TAGS} entries"));
            }
            if add.iter().any(|tag| tag.trim().is_empty() || tag.chars().count() > 60) {
                errors.add("action.add", "a tag has 1 to 60 characters");
            }
            errors.finish()?;
        }
        BulkAction::Fill { field, value } => {
            let fields = app.custom_fields.get(&caller.workspace).await?;
            let Some(known) = fields.named(field) else {
                return Err(ApiError::invalid("action.field", "there is no such custom field"));
            };
            let mut errors = FieldErrors::default();
            let written = errors.text("action.value", value.clone(), LONGEST_VALUE);
            let stored = written
                .filter(|written| !known.is_missing_in(written))
                .and_then(|written| errors.take("action.value", fields.stored_value(&known.key, &written)));
            errors.finish()?;
            let field = known.key.clone();
            return Ok((BulkAction::Fill { field, value: stored }, fields));
        }
        BulkAction::PutBack { field, values } => {
            let fields = app.custom_fields.get(&caller.workspace).await?;
            let Some(known) = fields.named(field) else {
                return Err(ApiError::invalid("action.field", "there is no such custom field"));
            };
            let mut errors = FieldErrors::default();
            if values.len() > PUT_BACK_AT_ONCE {
                errors.add("action.values", format!("are at most {PUT_BACK_AT_ONCE}"));
            }
            let values = values.iter().map(|(lead, value)| {
                (lead.clone(), errors.text("action.values", value.clone(), LONGEST_VALUE))
            });
            let values = values.collect();
            errors.finish()?;
            let field = known.key.clone();
            return Ok((BulkAction::PutBack { field, values }, fields));
        }
        BulkAction::Enrol { campaign } => match app.campaigns.get(&caller.workspace, campaign).await {
            Ok(found) if matches!(found.state, CampaignState::Completed | CampaignState::Archived) => {
                return Err(ApiError::conflict("campaign_closed", "This campaign no longer accepts leads."));
            }
            Ok(_) => {}
            Err(error) => {
                return Err(ApiError::from_missing(error, "action.campaign", "there is no such campaign"));
            }
        },
        BulkAction::Status { status, lost_reason } => {
            app.known_stage(caller, (Some(*status), *lost_reason), "action.").await?;
        }
        BulkAction::Route { from } => app.known_user(caller, from, "action.from").await?,
        BulkAction::Assign { owner: None, .. } => {}
    }
    Ok((action, CustomFields::none(caller.workspace.clone())))
}

async fn one(
    (app, caller): (&App, &Caller),
    (action, opt_outs): (&BulkAction, &BulkOptOuts),
    id: LeadId,
) -> ApiResult<Result<Done, SkippedLead>> {
    let event = Event::new(EventKind::LeadChanged, caller.actor(), app.clock.now());
    let changed = retry!(async {
        let Some(before) = found(caller.seen(app.leads.get(&caller.workspace, &id).await))? else {
            return Ok(Err(SkippedLeadReason::NoSuchLead));
        };
        // It was merged into another lead, which this request does not name.
        if before.id != id {
            return Ok(Err(SkippedLeadReason::NoSuchLead));
        }
        let mut after = before.clone();
        if let Err(reason) = apply(action, &mut after, event.at) {
            return Ok(Err(reason));
        }
        opt_outs.list((app, caller), (&before, &mut after), event.at).await?;
        let left = Event::new(EventKind::LeadStopped, caller.actor(), event.at);
        let asked = matches!(action, BulkAction::Status { .. });
        if unenrol_before_close(&*app.enrolments, (&before, &after), asked, &left).await? {
            return Err(StoreError::Conflict);
        }
        let fields = |lead: &Lead| {
            let stage = (lead.status, lead.lost_reason);
            (lead.owner.clone(), stage, lead.tags.clone(), lead.custom.clone())
        };
        let mut rev = None;
        if fields(&after) != fields(&before) {
            after.updated_at = event.at;
            // Repeated with every try, so that a campaign in which the lead is enrolled meanwhile is held
            // too.
            if before.has_new_owner(after.owner.as_ref(), caller.user()) {
                let held = Event::new(EventKind::EnrolmentHeld, caller.actor(), event.at);
                hold_for_new_owner(&*app.enrolments, &before, &held).await?;
            }
            rev = match app.leads.save(&after, &event).await {
                Err(StoreError::NotFound) => return Ok(Err(SkippedLeadReason::NoSuchLead)),
                saved => Some(saved?),
            };
        }
        Ok(Ok((before, after, rev)))
    });
    let skipped = |reason| Ok(Err(SkippedLead { lead_id: id.clone(), reason }));
    let (before, after, rev) = match changed {
        Ok(Ok(changed)) => changed,
        Ok(Err(reason)) => return skipped(reason),
        Err(StoreError::Conflict) => return skipped(SkippedLeadReason::Busy),
        Err(other) => return Err(other.into()),
    };
    note_status(app, caller, &after, before.status).await?;
    let told = ChangedLead::between(&before, &after);
    // A lead that went out of the caller's sight cannot be changed back by the caller.
    let back = back(action, &before, &after).filter(|_| caller.leads().sees(after.owner.as_ref()));
    Ok(Ok(Done { back, lead: id, rev, told }))
}

/// Changes the lead, unless it would have too many tags or values, or is not of the user who hands over.
fn apply(action: &BulkAction, lead: &mut Lead, at: Timestamp) -> Result<(), SkippedLeadReason> {
    match action {
        BulkAction::Assign { from: Some(from), .. } if lead.owner != *from => {
            return Err(SkippedLeadReason::NotRouted);
        }
        BulkAction::Assign { owner, .. } => lead.owner.clone_from(owner),
        BulkAction::Status { status, lost_reason } => {
            lead.move_to(*status, at);
            lead.lost_reason = *lost_reason;
        }
        BulkAction::Tag { add, remove } => {
            let had = lead.tags.len();
            lead.tags.extend(add.iter().map(|tag| tag.trim().to_owned()));
            lead.tags.retain(|tag| !remove.contains(tag));
            if lead.tags.len() > MOST_TAGS.max(had) {
                return Err(SkippedLeadReason::TooManyTags);
            }
        }
        BulkAction::Fill { field, value } => set_value(lead, field, value.as_deref())?,
        BulkAction::PutBack { field, values } => {
            if let Some(value) = values.get(&lead.id) {
                set_value(lead, field, value.as_deref())?;
            }
        }
        BulkAction::Enrol { .. } | BulkAction::Route { .. } => {}
    }
    Ok(())
}

fn set_value(lead: &mut Lead, field: &str, value: Option<&str>) -> Result<(), SkippedLeadReason> {
    let Some(value) = value else {
        lead.custom.remove(field);
        return Ok(());
    };
    let had = lead.custom.len();
    lead.custom.insert(field.to_owned(), value.to_owned());
    match lead.custom.len() > MOST_VALUES.max(had) {
        true => Err(SkippedLeadReason::TooManyValues),
        false => Ok(()),
    }
}
