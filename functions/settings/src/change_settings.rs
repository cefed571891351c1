//! `PATCH /api/settings`: changes the given settings; the others stay, and an empty text clears.

use crate::App;
use crate::call_changes::CallChanges;
use crate::countries::countries;
use crate::recording_changes::RecordingChanges;
use crate::settings_view::SettingsView;
use crate::web_address::page;
use application::campaign::release_held::release_all;
use application::campaign::resume::{put_recovery_hint, schedule_all_campaigns};
use axum::extract::State;
use domain::capacity::contact_caps::Caps;
use domain::contact::country::Country;
use domain::enrolment::late_rule::WhenLate;
use domain::enrolment::pause::PausedScope;
use domain::enrolment::reasons::HoldReason;
use domain::event::{Event, EventKind};
use domain::lead::company_hold;
use domain::lead::consent::policy::ConsentStrictness;
use domain::lead::suppression::{Endings, Ends};
use domain::lead::verdict::NetworkRange;
use domain::message::price::Prices;
use domain::money::Currency;
use domain::time::days_off::{BadDayOff, DayOff, bad_days_off};
use domain::time::time_zone::ZoneName;
use domain::workspace::lead_access::{LeadAccess, RepsSee, Team};
use domain::workspace::tracking::{MOST_COUNTRIES, MOST_NETWORKS, Tracking};
use domain::workspace::{Company, WhenUncertain};
use http_api::{ApiResult, Caller, FieldErrors, IfMatch, JsonBody, axum, utoipa};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SettingsChanges {
    name: Option<String>,
    company: Option<CompanyChanges>,
    /// Two letters.
    default_country: Option<String>,
    /// An IANA time zone.
    default_zone: Option<String>,
    /// An ISO 4217 code. Another currency unsets the prices, unless they are given with it.
    currency: Option<String>,
    ai_enabled: Option<bool>,
    /// Whether the text of answers that the rules are not sure of is sent to the model's account.
    ai_reads_answers: Option<bool>,
    /// Whether the model's account drafts an answer when a lead has written. A user sends it, or nobody does.
    ai_drafts_answers: Option<bool>,
    enrichment_enabled: Option<bool>,
    tracking: Option<TrackingChanges>,
    when_uncertain: Option<WhenUncertain>,
    when_late: Option<WhenLate>,
    endings: Option<EndingsChanges>,
    /// `law`, or more than the law asks for. Leads that are held for want of consent are looked at again.
    consent: Option<ConsentStrictness>,
    /// 0–90 days; with 0, colleagues are not held.
    company_hold_days: Option<u8>,
    /// Replaces the whole list, at most 200 days.
    days_off: Option<Vec<DayOff>>,
    /// The leads that users see: a change acts with each user's next request.
    lead_access: Option<LeadAccessChanges>,
    calls: Option<CallChanges>,
    recording: Option<RecordingChanges>,
    /// Whether members need a second factor. Only a user who has one switches this on. A member without one is led to set
    /// it up with the next access token, which is 15 minutes away at most, and can do nothing else here until then. API
    /// keys go on.
    two_steps_required: Option<bool>,
    /// Replaces all caps; one that is left out is removed.
    caps: Option<Caps>,
    /// Replaces all prices; one that is left out is removed.
    prices: Option<Prices>,
    /// Up to 2,000 characters.
    house_voice: Option<String>,
    /// The revision that this change is based on; `If-Match` does the same.
    rev: Option<u64>,
}

#[derive(Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CompanyChanges {
    name: Option<String>,
    postal_address: Option<String>,
    website: Option<String>,
    sender_name: Option<String>,
    offer_headline: Option<String>,
    offer_text: Option<String>,
    booking_url: Option<String>,
    payment_url: Option<String>,
}

#[derive(Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LeadAccessChanges {
    reps_see: Option<RepsSee>,
    /// Replaces all teams, at most 50.
    teams: Option<Vec<Team>>,
}

#[derive(Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EndingsChanges {
    bounce: Option<Ends>,
    text_stop: Option<Ends>,
}

#[derive(Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TrackingChanges {
    opens: Option<bool>,
    clicks: Option<bool>,
    /// Replaces the whole list; two letters each.
    countries_off: Option<Vec<String>>,
    /// Replaces the whole list, at most 50: networks such as `192.0.2.0/24`, or single addresses.
    own_networks: Option<Vec<String>>,
}

#[utoipa::path(patch, path = "/api/settings", operation_id = "change_settings", request_body = SettingsChanges,
    responses((status = 200, body = SettingsView)))]
pub async fn change_settings(
    State(app): State<Arc<App>>,
    caller: Caller,
    if_match: IfMatch,
    JsonBody(changes): JsonBody<SettingsChanges>,
) -> ApiResult<JsonBody<SettingsView>> {
    let mut workspace = app.workspaces.get(&caller.workspace).await?;
    if_match.check(changes.rev, workspace.rev)?;
    let judges_consent_anew = changes.consent.is_some() || changes.default_country.is_some();
    let mut errors = FieldErrors::default();
    if let Some(name) = changes.name {
        workspace.name = errors.required("name", &name, 120);
    }
    if let Some(company) = changes.company {
        let sent_mail = workspace.company.lacks_for_mail().is_none();
        apply(company, &mut workspace.company, &mut errors);
        // A postal address may be missing until a launch asks for it; once mail has gone out, it cannot be
        // removed.
        if let Some((field, why)) = workspace.company.lacks_for_mail().filter(|_| sent_mail) {
            errors.add(field, why);
        }
    }
    if let Some(country) = changes.default_country {
        let country = Country::from_name(&country).ok_or("is not a country code such as GB");
        workspace.default_country =
            errors.take("default_country", country).unwrap_or(workspace.default_country);
    }
    if let Some(zone) = changes.default_zone {
        let zone = ZoneName::parse_given(&zone);
        workspace.default_zone = errors.take("default_zone", zone).unwrap_or(workspace.default_zone);
    }
    if let Some(currency) = changes.currency {
        let currency = Currency::parse(&currency).ok_or("is not a currency code");
        let currency = errors.take("currency", currency).unwrap_or(workspace.currency);
        if currency != workspace.currency {
            workspace.prices = Prices::default();
        }
        workspace.currency = currency;
    }
    workspace.ai_enabled = changes.ai_enabled.unwrap_or(workspace.ai_enabled);
    workspace.ai_reads_answers = changes.ai_reads_answers.unwrap_or(workspace.ai_reads_answers);
    workspace.ai_drafts_answers = changes.ai_drafts_answers.unwrap_or(workspace.ai_drafts_answers);
    workspace.enrichment_enabled = changes.enrichment_enabled.unwrap_or(workspace.enrichment_enabled);
    if let Some(tracking) = changes.tracking {
        apply_tracking(tracking, &mut workspace.tracking, &mut errors);
    }
    workspace.when_uncertain = changes.when_uncertain.unwrap_or(workspace.when_uncertain);
    let held = workspace.when_late;
    workspace.when_late = changes.when_late.unwrap_or(workspace.when_late);
    if let Some(EndingsChanges { bounce, text_stop }) = changes.endings {
        let Endings { bounce: bounced, text_stop: stopped } = workspace.endings;
        workspace.endings =
            Endings { bounce: bounce.unwrap_or(bounced), text_stop: text_stop.unwrap_or(stopped) };
    }
    workspace.consent = changes.consent.unwrap_or(workspace.consent);
    if let Some(days) = changes.company_hold_days {
        if days > company_hold::MOST_DAYS {
            errors.add("company_hold_days", format!("must be at most {}", company_hold::MOST_DAYS));
        }
        workspace.company_hold_days = days;
    }
    set(&mut workspace.house_voice, changes.house_voice, "house_voice", 2_000, &mut errors);
    if let Some(days) = changes.days_off {
        workspace.days_off = in_order(days, &mut errors);
    }
    if let Some(required) = changes.two_steps_required {
        let login = &caller.signed_in()?.login;
        if required && !app.logins.login(login).await?.has_second_factor() {
            let why = "needs a second factor of your own: set up a passkey or an authenticator app in your profile first";
            errors.add("two_steps_required", why);
        }
        if required != workspace.two_steps_required {
            caller.demand_proof().await?;
        }
        workspace.two_steps_required = required;
    }
    if let Some(change) = changes.lead_access {
        change_lead_access(&app, &caller, change, &mut workspace.lead_access, &mut errors).await?;
    }
    if let Some(change) = changes.calls {
        change.apply(&mut workspace.calls, &mut errors);
    }
    if let Some(change) = changes.recording {
        change.apply(&mut workspace.recording, &mut errors);
    }
    if let Some(caps) = changes.caps {
        for (field, expected) in caps.faults() {
            errors.add(format!("caps.{field}"), expected);
        }
        workspace.caps = caps;
    }
    if let Some(prices) = changes.prices {
        for (field, expected) in prices.faults() {
            errors.add(format!("prices.{field}"), expected);
        }
        workspace.prices = prices;
    }
    errors.finish()?;
    let now = app.clock.now();
    // The new choice also applies to messages that are already held as late.
    let lets_go = workspace.when_late != held && workspace.when_late != WhenLate::Hold;
    let mut in_case = None;
    if lets_go {
        in_case = Some(put_recovery_hint(&*app.due, &caller.workspace, PausedScope::Workspace, now).await?);
    }
    let event = Event::new(EventKind::SettingsChanged, caller.actor(), now);
    workspace.rev = app.workspaces.save(&workspace, &event).await?;
    // A repeated request does it again, in case that the first one broke off here.
    if judges_consent_anew {
        release_all(&*app.campaigns, &*app.outbox, (&caller.workspace, HoldReason::NoConsent), now).await?;
    }
    if let Some(in_case) = in_case {
        schedule_all_campaigns(&*app.campaigns, &*app.outbox, &caller.workspace, None).await?;
        in_case.over(&*app.due).await;
    }
    Ok(JsonBody(SettingsView::of(workspace, now)))
}

async fn change_lead_access(
    app: &App,
    caller: &Caller,
    change: LeadAccessChanges,
    access: &mut LeadAccess,
    errors: &mut FieldErrors,
) -> ApiResult<()> {
    access.reps_see = change.reps_see.unwrap_or(access.reps_see);
    let Some(teams) = change.teams else { return Ok(()) };
    access.teams = teams;
    for (place, expected) in access.team_faults() {
        errors.add(format!("lead_access.teams{place}"), expected);
    }
    let users = app.users.list(&caller.workspace).await?;
    for (at, team) in access.teams.iter_mut().enumerate() {
        team.name = team.name.trim().to_owned();
        for (place, member) in team.members.iter().enumerate() {
            if !users.iter().any(|user| user.id == *member) {
                let field = format!("lead_access.teams[{at}].members[{place}]");
                errors.add(field, "is not a member of this workspace");
            }
        }
    }
    Ok(())
}

fn in_order(mut days: Vec<DayOff>, errors: &mut FieldErrors) -> Vec<DayOff> {
    for (place, bad) in bad_days_off(&days) {
        let part = if bad == BadDayOff::BadName { "name" } else { "date" };
        let field = place.map_or_else(|| "days_off".to_owned(), |place| format!("days_off[{place}].{part}"));
        errors.add(field, bad.to_string());
    }
    for day in &mut days {
        day.name = day.name.trim().to_owned();
    }
    days.sort_by(|a, b| (a.date, &a.name).cmp(&(b.date, &b.name)));
    days
}

fn apply_tracking(changes: TrackingChanges, tracking: &mut Tracking, errors: &mut FieldErrors) {
    tracking.opens = changes.opens.unwrap_or(tracking.opens);
    tracking.clicks = changes.clicks.unwrap_or(tracking.clicks);
    if let Some(given) = changes.countries_off
        && let Some(read) = countries(&given, "tracking.countries_off", MOST_COUNTRIES, errors)
    {
        tracking.countries_off = read;
    }
    if let Some(networks) = changes.own_networks {
        let field = "tracking.own_networks";
        if networks.len() > MOST_NETWORKS {
            return errors.add(field, format!("must be at most {MOST_NETWORKS}"));
        }
        tracking.own_networks.clear();
        for (place, network) in networks.iter().enumerate() {
            let network = match network.parse::<NetworkRange>() {
                Ok(network) if network.is_too_wide() => {
                    Err("has more addresses than one company has; at least /16, or /32 with IPv6".to_owned())
                }
                Ok(network) => Ok(network),
                Err(error) => Err(error.to_string()),
            };
            let network = errors.take(&format!("{field}[{place}]"), network);
            tracking.own_networks.extend(network.filter(|network| !tracking.own_networks.contains(network)));
        }
    }
}

fn apply(changes: CompanyChanges, company: &mut Company, errors: &mut FieldErrors) {
    set(&mut company.name, changes.name, "company.name", 120, errors);
    set(&mut company.postal_address, changes.postal_address, "company.postal_address", 400, errors);
    set(&mut company.sender_name, changes.sender_name, "company.sender_name", 120, errors);
    set(&mut company.offer_headline, changes.offer_headline, "company.offer_headline", 200, errors);
    set(&mut company.offer_text, changes.offer_text, "company.offer_text", 5_000, errors);
    let links = [
        (&mut company.website, changes.website, "company.website"),
        (&mut company.booking_url, changes.booking_url, "company.booking_url"),
        (&mut company.payment_url, changes.payment_url, "company.payment_url"),
    ];
    for (link, change, field) in links {
        if change.is_some() {
            *link = page(errors, field, change);
        }
    }
}

fn set(text: &mut String, change: Option<String>, field: &str, longest: usize, errors: &mut FieldErrors) {
    if let Some(change) = change {
        *text = errors.text(field, Some(change), longest).unwrap_or_default();
    }
}
