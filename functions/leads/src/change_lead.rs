//! `PATCH /api/leads/{id}`: changes the given fields; `null` clears a field, the others stay.

use crate::change_leads::{list_opt_outs, note_status};
use crate::lead_consent::{ConsentChanges, note_consent};
use crate::lead_fields::{self, CustomInput};
use crate::lead_texts::{Given, with_lead_texts};
use crate::lead_view::{LeadView, SHOWN, view};
use crate::{
    App,
    known_lead::{known_lead, refuse_known_second},
};
use application::StoreError;
use application::campaign::unenrol::unenrol_before_close;
use application::columns::fill_lead::{ChangedLead, leads_have_changed};
use application::deals::follow_lead::deals_follow_move;
use application::lead::campaign_line::write_for_campaigns_of;
use application::lead::carried_opt_outs::keep_opt_outs;
use application::lead::company_hold::change_company;
use application::lead::enrichment::questions_changed;
use application::lead::opening_line::opening_line_may_be_outdated;
use application::lead::owner_change::hold_for_new_owner;
use application::ports::outbox::send_all;
use application::queue_messages::{EnrichLead, PersonalizeLead};
use application::retry;
use application::tasks::follow_up::{follow_up_moved, plan_follow_up};
use axum::extract::State;
use domain::contact::country::Country;
use domain::event::{Event, EventKind};
use domain::import::opt_out_columns::RowOptOuts;
use domain::lead::attributes::LeadText;
use domain::lead::custom_field::CustomFields;
use domain::lead::enrichment::Field;
use domain::lead::stage::{LostReasonId, StageId};
use domain::lead::zone::forget_stale_zone;
use domain::lead::{Lead, Priority};
use domain::placeholder::is_placeholder_of_text;
use domain::time::time_zone::{ZoneFact, ZoneName, ZoneSource};
use domain::{LeadId, UserId};
use http_api::{ApiError, ApiResult, Caller, FieldErrors, IfMatch, JsonBody, PathOf, axum, given, utoipa};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::Arc;

with_lead_texts! {
    #[derive(Debug, Clone, Default, Deserialize, utoipa::ToSchema)]
    #[serde(deny_unknown_fields)]
    pub struct LeadChanges {
        #[serde(default, deserialize_with = "given")]
        #[schema(value_type = Option<String>)]
        email: Given<String>,
        #[serde(default, deserialize_with = "given")]
        #[schema(value_type = Option<String>)]
        phone: Given<String>,
        /// Another address of the person: what comes from there is the lead's.
        #[serde(default, deserialize_with = "given")]
        #[schema(value_type = Option<String>)]
        second_email: Given<String>,
        #[serde(default, deserialize_with = "given")]
        #[schema(value_type = Option<String>)]
        second_phone: Given<String>,
        #[serde(default, deserialize_with = "given")]
        #[schema(value_type = Option<String>)]
        country: Given<String>,
        /// An IANA time zone; it overrides what the address suggests.
        #[serde(default, deserialize_with = "given")]
        #[schema(value_type = Option<String>)]
        zone: Given<String>,
        #[serde(default, deserialize_with = "given")]
        #[schema(value_type = Option<UserId>)]
        owner: Given<UserId>,
        #[serde(default, deserialize_with = "given")]
        #[schema(value_type = Option<Timestamp>)]
        follow_up_at: Given<Timestamp>,
        /// A new tag such as `unsubscribed` or `do-not-contact` puts the lead on the suppression list.
        tags: Option<Vec<String>>,
        /// Custom values by the fields' keys: `null` removes one, those that are not named stay. A new value under a name
        /// that means opt-outs or consent puts the lead on the suppression list: yes under `Email Opt Out`, no under
        /// `Subscribed`.
        #[serde(default)]
        custom: BTreeMap<String, CustomInput>,
        /// Any stage of the workspace: a user may also move a lead back. Lost needs a `lost_reason`.
        status: Option<StageId>,
        /// Why the lead is lost; for lost leads only.
        lost_reason: Option<LostReasonId>,
        priority: Option<Priority>,
        /// The grounds on which the lead may be contacted, by channel.
        #[serde(default)]
        consent: ConsentChanges,
        /// `true` ends all enrolments of the lead.
        do_not_contact: Option<bool>,
        /// `true`: mails to the lead have no pixel and no links through us, and visits are not recorded.
        do_not_track: Option<bool>,
        /// The day on which the lead agreed to have opens and clicks of its mails measured, where the law of its country
        /// asks for that; `null` withdraws it.
        #[serde(default, deserialize_with = "given")]
        #[schema(value_type = Option<String>, format = Date)]
        tracking_consent: Given<Date>,
        /// The revision that this change is based on; `If-Match` does the same.
        rev: Option<u64>,
    }
}

/// A lead whose address or number changes stays enrolled and is contacted there. A time zone that was derived
/// from an old address, number or country is removed, location and e-mail address are looked up again, and an
/// opening line that may no longer be true is written again. Deals follow a move to won or lost, and back. Inbox and open tasks follow within seconds.
#[utoipa::path(patch, path = "/api/leads/{id}", operation_id = "change_lead", params(("id" = LeadId, Path)),
    request_body = LeadChanges, responses((status = 200, body = LeadView)))]
pub async fn change_lead(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<LeadId>,
    if_match: IfMatch,
    JsonBody(changes): JsonBody<LeadChanges>,
) -> ApiResult<JsonBody<LeadView>> {
    if let Some(Some(owner)) = &changes.owner {
        app.known_user(&caller, owner, "owner").await?;
    }
    app.known_stage(&caller, (changes.status, changes.lost_reason), "").await?;
    let workspace = caller.read_workspace(&*app.workspaces).await?;
    let fields = match changes.custom.is_empty() {
        true => CustomFields::none(caller.workspace.clone()),
        false => app.custom_fields.get(&caller.workspace).await?,
    };
    let mut has_left = false;
    let changed = retry!(async {
        let (before, known) = app.leads.get_with_fields(&caller.workspace, &id, &SHOWN).await?;
        // A lead whose enrolments this request has ended is read again, with a new revision; apart from that
        // it is as the caller saw it.
        if let Err(stale) = if_match.check(changes.rev, before.rev)
            && !has_left
        {
            return Ok(Err(stale));
        }
        let mut after = before.clone();
        let by = (&caller, app.clock.now());
        let opt_outs = match apply(&changes, &mut after, (workspace.default_country, by), &fields) {
            Ok(opt_outs) => opt_outs,
            Err(faults) => return Ok(Err(faults)),
        };
        after.updated_at = app.clock.now();
        let event = Event::new(EventKind::LeadChanged, caller.actor(), after.updated_at);
        let identity = after.has_new_identity(&before);
        let left = Event::new(EventKind::LeadStopped, caller.actor(), after.updated_at);
        if after.second_email != before.second_email
            && let Err(known) = refuse_known_second(&app, &caller, &after).await
        {
            return Ok(Err(known));
        }
        if identity
            && !before.active.is_empty()
            && let Err(known) = refuse_known_address(&app, &caller, &after).await
        {
            return Ok(Err(known));
        }
        // What the lead has opted out of is listed before its enrolments end, as with a new lead.
        list_opt_outs(&app, &caller, (&after, opt_outs)).await?;
        if identity {
            keep_opt_outs(&app.suppressing, &workspace.endings, (&before, &mut after), &event).await?;
        }
        if unenrol_before_close(&*app.enrolments, (&before, &after), changes.status.is_some(), &left).await? {
            has_left = true;
            return Err(StoreError::Conflict);
        }
        if before.has_new_owner(after.owner.as_ref(), caller.user()) {
            let held = Event::new(EventKind::EnrolmentHeld, caller.actor(), after.updated_at);
            hold_for_new_owner(&*app.enrolments, &before, &held).await?;
        }
        if after.follow_up_at != before.follow_up_at {
            plan_follow_up(&*app.due, &after).await?;
        }
        let saved = if identity {
            app.leads.change_identity(&before, &after, &event).await
        } else {
            app.leads.save(&after, &event).await
        };
        if matches!(saved, Err(StoreError::Conflict))
            && let Err(known) = refuse_known_address(&app, &caller, &after).await
        {
            return Ok(Err(known));
        }
        saved.map(|rev| Ok((before, Lead { rev, ..after }, known)))
    });
    let (before, after, known) = changed??;
    note_status(&app, &caller, &after, before.status).await?;
    let moved_by = (Some(caller.user_or_key()), app.clock.now());
    // The lead is saved, and the table's stream brings its deals along, too.
    let followed = deals_follow_move((&*app.deals.deals, &*app.leads), (&before, &after), moved_by).await;
    if let Err(error) = followed {
        tracing::warn!(%error, lead.id = %after.id, "deals wait for the stream to follow their lead");
    }
    let by = (caller.actor(), app.clock.now());
    follow_up_moved(&*app.tasks, (&before, &after), by).await?;
    note_consent(&app, &caller, (&before, &after)).await?;
    change_company(&*app.companies, &workspace, (&before, &after), app.clock.now()).await?;
    let identity = before.email != after.email || before.phone != after.phone;
    if identity || questions_changed(&before, &after) {
        send_all(&*app.outbox, &[enrich(&after)], 0).await?;
    } else if workspace.ai_enabled && opening_line_may_be_outdated(&before, &after) {
        let had_line = known.iter().any(|result| result.field == Field::FirstLine);
        write_anew(&app, &after, had_line).await?;
    }
    let changed = ChangedLead::between(&before, &after);
    leads_have_changed((&*app.columns, &*app.outbox), &after.workspace, changed).await?;
    Ok(JsonBody(view(&app, after, known).await?))
}

fn enrich(lead: &Lead) -> EnrichLead {
    EnrichLead { workspace: lead.workspace.clone(), lead: lead.id.clone(), force: false, attempt: 0 }
}

/// Orders a new opening line, if the lead has one, be it in a campaign. One that was not there when the lead was read may
/// have been written of its former values before the lead was saved.
async fn write_anew(app: &App, lead: &Lead, had_line: bool) -> ApiResult<()> {
    if !had_line && app.leads.field(&lead.workspace, &lead.id, Field::FirstLine).await?.is_none() {
        return Ok(write_for_campaigns_of(&*app.campaigns, &*app.outbox, lead).await?);
    }
    // Once it is written, those of its campaigns follow.
    let (workspace, lead) = (lead.workspace.clone(), lead.id.clone());
    let order = PersonalizeLead { workspace, lead, campaign: None, force: false, attempt: 0 };
    Ok(send_all(&*app.outbox, &[order], 0).await?)
}

async fn refuse_known_address(app: &App, caller: &Caller, after: &Lead) -> ApiResult<()> {
    let Some(email) = &after.email else { return Ok(()) };
    match app.leads.find_by_email(&after.workspace, email).await? {
        Some(known) if known != after.id && !after.absorbed.contains(&known) => {
            Err(known_lead(app, caller, &known, "email").await)
        }
        _ => Ok(()),
    }
}

/// Changes the lead, and returns what its new custom values say of opt-outs.
fn apply(
    changes: &LeadChanges,
    lead: &mut Lead,
    (home, by): (Country, (&Caller, Timestamp)),
    fields: &CustomFields,
) -> Result<RowOptOuts, ApiError> {
    let errors = &mut FieldErrors::default();
    let (mut changes, before) = (changes.clone(), lead.clone());
    for text in LeadText::all() {
        let change = changes.text_mut(text).take();
        set(text.value_mut_in(lead), change, |v| lead_fields::text(errors, text, v));
    }
    set(&mut lead.country, changes.country, |v| lead_fields::country(errors, v));
    set(&mut lead.owner, changes.owner, |v| v);
    set(&mut lead.follow_up_at, changes.follow_up_at, |v| v);
    let email = lead.email.clone();
    set(&mut lead.email, changes.email, |v| lead_fields::email(errors, "email", v));
    if lead.email != email {
        lead.deliverability = None;
        // A second address that becomes the first is no second one any more.
        lead.second_email = lead.second_email.take().filter(|second| lead.email.as_ref() != Some(second));
    }
    if changes.phone.is_some() {
        lead.phone_unparsed = None;
    }
    let region = (lead.country, home);
    let phone = lead.phone.clone();
    set(&mut lead.phone, changes.phone, |v| lead_fields::phone(errors, "phone", v, region));
    if lead.phone != phone {
        lead.second_phone = lead.second_phone.take().filter(|second| lead.phone.as_ref() != Some(second));
        // WhatsApp gives a person another id with another number.
        lead.chat_user = lead.chat_user.take().filter(|_| phone.is_none() || lead.phone.is_none());
    }
    let has_second = changes.second_email.is_some() || changes.second_phone.is_some();
    set(&mut lead.second_email, changes.second_email, |v| lead_fields::email(errors, "second_email", v));
    set(&mut lead.second_phone, changes.second_phone, |v| {
        lead_fields::phone(errors, "second_phone", v, region)
    });
    if has_second {
        lead_fields::check_seconds(errors, lead);
    }
    forget_stale_zone(&before, lead);
    set(&mut lead.zone, changes.zone, |v| {
        let text = errors.text("zone", v, 60).filter(|text| !is_placeholder_of_text(text))?;
        let given = |zone| ZoneFact { zone, source: ZoneSource::Given, confidence: 100 };
        errors.take("zone", ZoneName::parse_given(&text)).map(given)
    });
    if let Some(tags) = changes.tags {
        lead.tags = lead_fields::tags(errors, tags);
    }
    let given = changes.custom.clone();
    lead_fields::change_custom(errors, &mut lead.custom, fields, changes.custom);
    let mut opt_outs = lead_fields::opt_outs(&given, fields, (&before.custom, &lead.custom));
    opt_outs.hear_tags(lead.tags.difference(&before.tags));
    changes.consent.apply(errors, &mut lead.consents, by);
    lead.consents.withdraw(&opt_outs.channels(), by.1);
    lead.move_to(changes.status.unwrap_or(lead.status), by.1);
    if changes.lost_reason.is_some() && lead.status != StageId::LOST {
        errors.add("lost_reason", "is for lost leads only");
    }
    lead.lost_reason = changes.lost_reason.or(lead.lost_reason);
    lead.priority = changes.priority.unwrap_or(lead.priority);
    if let Some(on) = changes.tracking_consent {
        match lead_fields::tracking_consent(errors, on, by.1) {
            Some(on) => lead.agree_to_tracking(on),
            None if lead.tracking_consent.is_some() => lead.withdraw_tracking(),
            None => {}
        }
    }
    lead.do_not_track = changes.do_not_track.unwrap_or(lead.do_not_track);
    let marked = lead.do_not_contact || opt_outs.do_not_contact();
    lead.do_not_contact = changes.do_not_contact.unwrap_or(marked);
    if errors.is_empty() && lead.email.is_none() && lead.phone.is_none() && lead.phone_unparsed.is_none() {
        errors.add("email", "a lead needs an e-mail address or a phone number");
    }
    std::mem::take(errors).finish()?;
    Ok(opt_outs)
}

fn set<V, T>(field: &mut Option<T>, change: Given<V>, read: impl FnOnce(Option<V>) -> Option<T>) {
    if let Some(value) = change {
        *field = read(value);
    }
}
