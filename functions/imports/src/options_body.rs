//! The options of an import, as a request gives them.

use crate::App;
use domain::CampaignId;
use domain::contact::channel::Channel;
use domain::contact::country::Country;
use domain::import::{BadValues, DuplicatePolicy, ImportConsent, ImportOptions, ValueOptions};
use domain::lead::consent::{ConsentBasis, LONGEST_NOTE};
use http_api::{ApiError, ApiResult, Caller, FieldErrors, given, utoipa};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Deserialize;
use std::collections::BTreeSet;

#[derive(Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ImportOptionsBody {
    /// The country of phone numbers without a country code, in rows that name no country: two letters, or a
    /// name. If never set, that of the file's other numbers, else the workspace's.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    pub default_country: Option<Option<String>>,
    /// `skip` if never set.
    pub duplicates: Option<DuplicatePolicy>,
    /// A tag that every lead of the file gets.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    pub tag: Option<Option<String>>,
    /// The note of the leads' consent: where they come from and agreed, in your words.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    pub consent_basis: Option<Option<String>>,
    /// Replaces the consent of rows whose columns name none.
    pub consent: Option<ImportConsentBody>,
    /// Switched on if never set.
    pub enrich: Option<bool>,
    /// The campaign in which created leads are enrolled.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<CampaignId>)]
    pub campaign: Option<Option<CampaignId>>,
    #[serde(default)]
    pub values: ValueOptionsBody,
}

/// How the values of custom fields are read.
#[derive(Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ValueOptionsBody {
    /// What becomes of a row with a value that its field cannot read; `reject` if never set.
    pub bad_values: Option<BadValues>,
    /// Whether the comma is the decimal sign. If neither this nor `day_first` was ever set, both come from the file.
    pub decimal_comma: Option<bool>,
    /// Whether the day comes before the month in `03/04/2026`.
    pub day_first: Option<bool>,
}

impl ValueOptionsBody {
    fn apply(self, values: &mut ValueOptions) {
        values.bad_values = self.bad_values.unwrap_or(values.bad_values);
        let spelling = &mut values.spelling;
        spelling.decimal_comma = self.decimal_comma.or(spelling.decimal_comma);
        spelling.day_first = self.day_first.or(spelling.day_first);
        values.spelling_chosen |= self.decimal_comma.is_some() || self.day_first.is_some();
    }
}

/// What the leads of the file have agreed to.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ImportConsentBody {
    /// None: they have no stated basis.
    pub basis: Option<ConsentBasis>,
    /// The day on which they agreed, such as `2026-11-28`; that of the import if left out.
    pub on: Option<String>,
    /// The channels that it is for; e-mail if left out.
    #[serde(default = "by_mail")]
    pub channels: BTreeSet<Channel>,
}

fn by_mail() -> BTreeSet<Channel> {
    ImportConsent::default().channels
}

fn day(text: &str, now: Timestamp) -> Result<Date, &'static str> {
    let day: Date = text.trim().parse().map_err(|_| "is not a day such as 2026-11-28")?;
    // A day later than in UTC has begun elsewhere.
    let tomorrow = now.to_zoned(TimeZone::UTC).date().tomorrow().unwrap_or(Date::MAX);
    if day > tomorrow { Err("is in the future") } else { Ok(day) }
}

impl ImportOptionsBody {
    /// Applies the given options; answers 422 on invalid ones.
    pub async fn apply(self, app: &App, caller: &Caller, options: &mut ImportOptions) -> ApiResult<()> {
        let mut errors = FieldErrors::default();
        if let Some(country) = self.default_country {
            options.country_chosen = true;
            let country = errors.text("options.default_country", country, 60);
            options.default_country = country.and_then(|text| {
                errors.take(
                    "options.default_country",
                    Country::from_name(&text).ok_or("is not a country code such as GB"),
                )
            });
        }
        if let Some(tag) = self.tag {
            options.tag = errors.text("options.tag", tag, 60);
        }
        if let Some(basis) = self.consent_basis {
            options.consent_basis = errors.text("options.consent_basis", basis, LONGEST_NOTE);
        }
        if let Some(ImportConsentBody { basis, on, channels }) = self.consent {
            if channels.is_empty() {
                errors.add("options.consent.channels", "names no channel");
            }
            let on = on.and_then(|on| errors.take("options.consent.on", day(&on, app.clock.now())));
            options.consent = ImportConsent { basis, on, channels };
        }
        errors.finish()?;
        self.values.apply(&mut options.values);
        options.duplicates = self.duplicates.unwrap_or(options.duplicates);
        options.enrich = self.enrich.unwrap_or(options.enrich);
        if let Some(campaign) = self.campaign {
            if let Some(id) = &campaign {
                let found = app.campaigns.get(&caller.workspace, id).await;
                found.map_err(|e| {
                    ApiError::from_missing(e, "options.campaign", "there is no such campaign")
                })?;
            }
            options.campaign = campaign;
        }
        Ok(())
    }
}

pub fn defaults(country: Country) -> ImportOptions {
    ImportOptions {
        default_country: Some(country),
        country_chosen: false,
        duplicates: DuplicatePolicy::Skip,
        tag: None,
        consent_basis: None,
        consent: Default::default(),
        enrich: true,
        campaign: None,
        values: ValueOptions::default(),
    }
}
