//! `POST /api/leads`: creates one lead.

use crate::change_leads::{list_opt_outs, note_opted_out};
use crate::lead_consent::ConsentChanges;
use crate::lead_fields::{self, CustomInput};
use crate::lead_texts::with_lead_texts;
use crate::lead_view::{LeadView, view};
use crate::{
    App,
    known_lead::{known_lead, refuse_known_second},
};
use application::columns::fill_lead::leads_are_new;
use application::lead::opted_out_person::{PersonStores, close_as_opted_out};
use application::lead::routing::OwnerRouter;
use application::ports::leads::Creation;
use application::ports::outbox::send_all;
use application::queue_messages::EnrichLead;
use application::tasks::follow_up::plan_follow_up;
use axum::extract::State;
use domain::contact::channel::Channel;
use domain::event::{Event, EventKind};
use domain::import::opt_out_columns::RowOptOuts;
use domain::lead::attributes::LeadText;
use domain::lead::{Lead, Priority};
use domain::{LeadId, UserId};
use http::StatusCode;
use http_api::{ApiResult, Caller, FieldErrors, JsonBody, axum, utoipa};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

with_lead_texts! {
    /// A new lead needs an e-mail address or a phone number.
    #[derive(Debug, Default, Deserialize, utoipa::ToSchema)]
    #[serde(deny_unknown_fields)]
    pub struct NewLead {
        email: Option<String>,
        /// A number with its country code, or as written in `country` (else in the workspace's).
        phone: Option<String>,
        /// Another address of the person: what comes from there is the lead's.
        second_email: Option<String>,
        second_phone: Option<String>,
        /// Two letters, or a country's name.
        country: Option<String>,
        rating: Option<f64>,
        reviews: Option<u32>,
        /// A tag such as `unsubscribed` or `do-not-contact` puts the lead on the suppression list.
        #[serde(default)]
        tags: Vec<String>,
        #[serde(default)]
        custom: BTreeMap<String, CustomInput>,
        priority: Option<Priority>,
        owner: Option<UserId>,
        follow_up_at: Option<Timestamp>,
        /// The grounds on which the lead may be contacted, by channel.
        #[serde(default)]
        consent: ConsentChanges,
        /// The day on which the lead agreed to have opens and clicks of its mails measured, as the law of some countries asks.
        #[schema(value_type = Option<String>, format = Date)]
        tracking_consent: Option<Date>,
        /// Whether the lead must not be contacted, on any channel. A custom value whose name means opt-outs or
        /// consent says it, too: yes under `Email Opt Out`, no under `Subscribed`.
        do_not_contact: Option<bool>,
        /// The channels that the lead has opted out of. E-mail closes all of them; SMS and WhatsApp are one number.
        #[serde(default)]
        opted_out: BTreeSet<Channel>,
    }
}

/// A lead whose number or address is also that of one who has opted out starts as do-not-contact.
#[utoipa::path(post, path = "/api/leads", operation_id = "create_lead", request_body = NewLead,
    responses((status = 201, body = LeadView)))]
pub async fn create_lead(
    State(app): State<Arc<App>>,
    caller: Caller,
    JsonBody(mut new): JsonBody<NewLead>,
) -> ApiResult<(StatusCode, JsonBody<LeadView>)> {
    let now = app.clock.now();
    let mut lead = Lead::blank(LeadId::new(app.ids.next()), caller.workspace.clone(), now);
    let mut errors = FieldErrors::default();
    for text in LeadText::all() {
        let value = new.text_mut(text).take().flatten();
        *text.value_mut_in(&mut lead) = lead_fields::text(&mut errors, text, value);
    }
    lead.source = lead.source.or_else(|| Some("manual".to_owned()));
    lead.country = lead_fields::country(&mut errors, new.country);
    lead.email = lead_fields::email(&mut errors, "email", new.email);
    lead.second_email = lead_fields::email(&mut errors, "second_email", new.second_email);
    if new.phone.is_some() || new.second_phone.is_some() {
        // A number without a country code is one of the lead's country, else of the workspace's.
        let home = match lead.country {
            Some(country) => country,
            None => caller.read_workspace(&*app.workspaces).await?.default_country,
        };
        let region = (lead.country, home);
        lead.phone = lead_fields::phone(&mut errors, "phone", new.phone, region);
        lead.second_phone = lead_fields::phone(&mut errors, "second_phone", new.second_phone, region);
    }
    lead_fields::check_seconds(&mut errors, &lead);
    lead.tags = lead_fields::tags(&mut errors, new.tags);
    let mut opt_outs = RowOptOuts::default();
    if !new.custom.is_empty() {
        let fields = app.custom_fields.get(&caller.workspace).await?;
        let given = new.custom.clone();
        lead_fields::change_custom(&mut errors, &mut lead.custom, &fields, new.custom);
        opt_outs = lead_fields::opt_outs(&given, &fields, (&BTreeMap::new(), &lead.custom));
    }
    opt_outs.hear_tags(&lead.tags);
    opt_outs.all |= new.do_not_contact.unwrap_or(false);
    opt_outs.note_channels(&Vec::from_iter(new.opted_out));
    lead.do_not_contact = opt_outs.do_not_contact();
    lead.rating = lead_fields::rating(&mut errors, new.rating);
    (lead.reviews, lead.follow_up_at) = (new.reviews, new.follow_up_at);
    lead.priority = new.priority.unwrap_or(Priority::Normal);
    new.consent.apply(&mut errors, &mut lead.consents, (&caller, now));
    lead.tracking_consent = lead_fields::tracking_consent(&mut errors, new.tracking_consent, now);
    opt_outs.withhold(&mut lead.consents);
    if errors.is_empty() && lead.email.is_none() && lead.phone.is_none() {
        errors.add("email", "give an e-mail address or a phone number");
    }
    errors.finish()?;
    if let Some(owner) = new.owner {
        app.known_user(&caller, &owner, "owner").await?;
        lead.owner = Some(owner);
    } else if !caller.leads().is_all() {
        // A lead without an owner, or with one that the rules choose, would be out of its creator's sight.
        lead.owner = caller.user().cloned();
    }
    refuse_known_second(&app, &caller, &lead).await?;
    let mut router = match lead.owner {
        None => OwnerRouter::of(&app.routing, &caller.workspace).await?,
        Some(_) => None,
    };
    if let Some(router) = &mut router {
        router.assign([&mut lead]).await?;
    }
    let stores = PersonStores { leads: &*app.deletion.leads, suppressions: &*app.suppressing.suppressions };
    let shared = close_as_opted_out(stores, &mut lead, now).await?;
    let event = Event::new(EventKind::LeadCreated, caller.actor(), now);
    plan_follow_up(&*app.due, &lead).await?;
    // The address is listed before there is a lead that a campaign may find.
    list_opt_outs(&app, &caller, (&lead, opt_outs)).await?;
    let creation = app.leads.create(&lead, &event).await?;
    if let Some(mut router) = router {
        if creation != Creation::Created {
            router.unused(&lead.id);
        }
        router.finish().await?;
    }
    if let Creation::Duplicate(known) = creation {
        let field = if lead.email.is_some() { "email" } else { "phone" };
        return Err(known_lead(&app, &caller, &known, field).await);
    }
    lead.rev = 1;
    if shared.is_some() {
        note_opted_out(&app, &caller, &lead).await?;
    }
    let look_up =
        EnrichLead { workspace: lead.workspace.clone(), lead: lead.id.clone(), force: false, attempt: 0 };
    let (look_up, new) = ([look_up], [lead.id.clone()]);
    let (looked_up, filled) = tokio::join!(
        send_all(&*app.outbox, &look_up, 0),
        leads_are_new((&*app.columns, &*app.outbox), &lead.workspace, &new, now),
    );
    // The lead is created even if these cannot be queued; they can be asked for again.
    if let Err(error) = looked_up.and(filled) {
        tracing::warn!(lead.id = %lead.id, error = %error, "a new lead was not queued for enrichment");
    }
    Ok((StatusCode::CREATED, JsonBody(view(&app, lead, Vec::new()).await?)))
}
