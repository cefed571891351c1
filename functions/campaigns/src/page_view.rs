//! A campaign's preview page as the API shows and takes it.

use domain::campaign::page_blocks::{CampaignPage, PageBlock, faults, standard_blocks};
use domain::workspace::Company;
use http_api::{FieldErrors, utoipa};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct CampaignPageView {
    /// Whether it is the standard page, which is made from the company's settings.
    pub is_standard: bool,
    pub blocks: Vec<PageBlock>,
    /// The last day on which the page is shown, by the campaign's time zone.
    pub closes_on: Option<Date>,
    /// None of the standard page.
    pub updated_at: Option<Timestamp>,
    /// The revision to base a change on; 0 of the standard page.
    pub rev: u64,
}

impl CampaignPageView {
    pub fn of(page: CampaignPage) -> Self {
        let CampaignPage { blocks, closes_on, updated_at, rev, .. } = page;
        Self { is_standard: false, blocks, closes_on, updated_at: Some(updated_at), rev }
    }

    pub fn standard(company: &Company) -> Self {
        let blocks = standard_blocks(company);
        Self { is_standard: true, blocks, closes_on: None, updated_at: None, rev: 0 }
    }
}

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CampaignPageContent {
    /// The blocks in the order of the page: at most 20, and 200 KB in all.
    pub blocks: Vec<PageBlock>,
    /// The last day on which the page is shown; without one, each lead's page closes 180 days after it was first linked.
    pub closes_on: Option<Date>,
    /// The revision that this change is based on; `If-Match` does the same.
    pub rev: Option<u64>,
}

impl CampaignPageContent {
    pub fn check(&self) -> FieldErrors {
        let mut errors = FieldErrors::default();
        for (field, why) in faults(&self.blocks) {
            errors.add(field, why);
        }
        errors
    }
}
