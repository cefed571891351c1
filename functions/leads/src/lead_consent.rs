//! A lead's consent in requests and answers: recorded by channel, with its basis, day and source.

use crate::App;
use crate::lead_texts::Given;
use application::ports::leads::{Activity, ActivityKind};
use domain::contact::channel::Channel;
use domain::event::UserOrKey;
use domain::ids::ImportId;
use domain::lead::Lead;
use domain::lead::consent::{Consent, ConsentBasis, ConsentSource, Consents, LONGEST_NOTE};
use domain::lead::suppression::{Suppression, SuppressionReason};
use http_api::{ApiResult, Caller, FieldErrors, given, utoipa};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

/// The consents to record, by channel. A channel that is not named keeps what it has; `null` removes it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConsentChanges {
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<ConsentInput>)]
    email: Given<ConsentInput>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<ConsentInput>)]
    sms: Given<ConsentInput>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<ConsentInput>)]
    whatsapp: Given<ConsentInput>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConsentInput {
    basis: ConsentBasis,
    /// The day on which the lead agreed, such as `2026-11-28`; today if left out.
    on: Option<String>,
    /// The place where the lead agreed, such as a form or a call; up to 500 characters.
    note: Option<String>,
}

/// The recorded consent for one channel.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ConsentView {
    pub channel: Channel,
    pub basis: ConsentBasis,
    #[schema(value_type = String, format = Date)]
    pub on: Date,
    pub source: ConsentSourceWord,
    /// The import that recorded it, if one did.
    pub import: Option<ImportId>,
    /// The user or the program that recorded it.
    pub by: Option<UserOrKey>,
    pub note: Option<String>,
    /// When the lead withdrew it by opting out: it does not count any more.
    pub withdrawn_at: Option<Timestamp>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ConsentSourceWord {
    Import,
    Api,
    Hand,
}

impl ConsentChanges {
    /// Applies the changes; a consent that is sent back as it is stays as it was recorded.
    pub fn apply(
        &self,
        errors: &mut FieldErrors,
        consents: &mut Consents,
        (caller, now): (&Caller, Timestamp),
    ) {
        for (channel, change) in
            [(Channel::Email, &self.email), (Channel::Sms, &self.sms), (Channel::Whatsapp, &self.whatsapp)]
        {
            let Some(change) = change else { continue };
            let Some(ConsentInput { basis, on, note }) = change.clone() else {
                consents.set(channel, None);
                continue;
            };
            let path = format!("consent.{}", channel.as_str());
            let note = errors.text(&format!("{path}.note"), note, LONGEST_NOTE);
            let on = match on {
                Some(text) => errors.take(&format!("{path}.on"), day(&text, now)),
                None => Some(now.to_zoned(TimeZone::UTC).date()),
            };
            let Some(on) = on else { continue };
            let same = |known: &Consent| (known.basis, known.on, &known.note) == (basis, on, &note);
            if let Some(known) = consents.get(channel) {
                if same(known) {
                    continue;
                }
                // What a lead agreed to before opting out says nothing about the time since.
                let before = |at: Timestamp| on < at.to_zoned(TimeZone::UTC).date();
                if known.withdrawn_at.is_some_and(before) {
                    errors.add(format!("{path}.on"), "is before the day on which the lead opted out");
                    continue;
                }
            }
            let by = caller.user_or_key();
            let source = if by.user().is_some() { ConsentSource::Hand } else { ConsentSource::Api };
            let consent = Consent { basis, on, source, by: Some(by), note, withdrawn_at: None };
            consents.set(channel, Some(consent));
        }
    }
}

fn day(text: &str, now: Timestamp) -> Result<Date, &'static str> {
    let day: Date = text.trim().parse().map_err(|_| "is not a day such as 2026-11-28")?;
    // A day later than in UTC has begun elsewhere.
    let tomorrow = now.to_zoned(TimeZone::UTC).date().tomorrow().unwrap_or(Date::MAX);
    if day > tomorrow { Err("is in the future") } else { Ok(day) }
}

impl ConsentView {
    /// The lead's recorded consents; one whose channel an opt-out has closed shows as withdrawn then.
    pub fn all(lead: &Lead, listed: &[Suppression], now: Timestamp) -> Vec<Self> {
        let closed = |channel| {
            let mut entries = listed.iter().filter(|entry| entry.in_force(now));
            entries
                .find(|entry| entry.reason == SuppressionReason::OptedOut && entry.scope.is_of(channel))
                .map(|entry| entry.created_at)
        };
        let view = |(channel, consent): (Channel, &Consent)| {
            let Consent { basis, on, source, by, note, withdrawn_at } = consent.clone();
            let (source, import) = match source {
                ConsentSource::Import(import) => (ConsentSourceWord::Import, Some(import)),
                ConsentSource::Api => (ConsentSourceWord::Api, None),
                ConsentSource::Hand => (ConsentSourceWord::Hand, None),
            };
            let withdrawn_at = withdrawn_at.or_else(|| closed(channel));
            Self { channel, basis, on, source, import, by, note, withdrawn_at }
        };
        lead.consents.iter().map(view).collect()
    }
}

/// Adds a change of the lead's consents to its timeline, an entry for each channel.
pub async fn note_consent(app: &App, caller: &Caller, (before, after): (&Lead, &Lead)) -> ApiResult<()> {
    for channel in Channel::ALL {
        let (was, is) = (before.consents.get(channel), after.consents.get(channel));
        if was == is {
            continue;
        }
        let kind = ActivityKind::ConsentChanged {
            channel,
            from: was.map(|consent| consent.basis),
            to: is.map(|consent| consent.basis),
            on: is.map(|consent| consent.on),
            note: is.and_then(|consent| consent.note.clone()),
        };
        let (id, at) = (app.ids.next().to_string(), app.clock.now());
        let activity = Activity { id, at, kind, actor: Some(caller.user_or_key()) };
        app.leads.put_activity(&caller.workspace, &after.id, &activity).await?;
    }
    Ok(())
}
