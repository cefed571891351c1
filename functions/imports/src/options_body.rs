//! The options of an import, as a request gives them.

use crate::App;
use domain::CampaignId;
use domain::contact::country::Country;
use domain::import::{DuplicatePolicy, ImportOptions};
use http_api::{ApiError, ApiResult, Caller, FieldErrors, given, utoipa};
use serde::Deserialize;

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
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    pub consent_basis: Option<Option<String>>,
    /// Switched on if never set.
    pub enrich: Option<bool>,
    /// The campaign in which created leads are enrolled.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<CampaignId>)]
    pub campaign: Option<Option<CampaignId>>,
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
            options.consent_basis = errors.text("options.consent_basis", basis, 500);
        }
        errors.finish()?;
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
        enrich: true,
        campaign: None,
    }
}
