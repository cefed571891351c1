//! Which leads are meant: the filter of a list, of a bulk change, of an enrolment job.

use crate::leads::{LeadQuery, LeadSort, LeadStore};
use crate::store::StoreResult;
use domain::country::Country;
use domain::lead::{LeadStatus, Priority, Temperature};
use domain::{CampaignId, LeadId, UserId, WorkspaceId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Filters are combined with AND, the values of one with OR. An empty filter means every lead.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct LeadFilter {
    /// Words in name, company, e-mail, phone or city.
    pub q: Option<String>,
    #[serde(default)]
    pub status: Vec<LeadStatus>,
    #[serde(default)]
    pub temperature: Vec<Temperature>,
    #[serde(default)]
    pub priority: Vec<Priority>,
    pub owner: Option<UserId>,
    /// Leads nobody owns.
    #[serde(default)]
    pub unowned: bool,
    #[serde(default)]
    pub country: Vec<Country>,
    #[serde(default)]
    pub category: Vec<String>,
    #[serde(default)]
    pub tag: Vec<String>,
    pub campaign: Option<CampaignId>,
}

impl LeadFilter {
    pub fn query(&self, limit: usize, cursor: Option<String>, as_of: Timestamp) -> LeadQuery {
        LeadQuery {
            text: self.q.clone(),
            statuses: self.status.clone(),
            temperatures: self.temperature.clone(),
            priorities: self.priority.clone(),
            owner: if self.unowned { Some(None) } else { self.owner.clone().map(Some) },
            countries: self.country.clone(),
            categories: self.category.clone(),
            tags: self.tag.clone(),
            campaign: self.campaign.clone(),
            sort: LeadSort::Created,
            descending: false,
            limit,
            cursor,
            as_of: Some(as_of),
        }
    }
}

/// How many leads match, `except` among them; and the ids of the first `most` of the others, oldest first.
pub async fn matching(
    leads: &dyn LeadStore,
    workspace: &WorkspaceId,
    filter: &LeadFilter,
    except: &[LeadId],
    most: usize,
    as_of: Timestamp,
) -> StoreResult<(usize, Vec<LeadId>)> {
    let (mut ids, mut cursor) = (Vec::new(), None);
    loop {
        let limit = (most - ids.len()).max(1);
        let page = leads.list(workspace, &filter.query(limit, cursor, as_of)).await?;
        ids.extend(page.leads.into_iter().map(|row| row.id).filter(|id| !except.contains(id)));
        cursor = page.next_cursor;
        if cursor.is_none() || ids.len() >= most {
            ids.truncate(most);
            return Ok((page.total, ids));
        }
    }
}
