//! The leads that a request about many leads is for: named by id, or by a filter with the count that the caller saw.

use crate::App;
use crate::list_leads::MOST_SEEN;
use application::lead::filter::matching;
use domain::LeadId;
use domain::lead::Lead;
use domain::lead::filter::LeadFilter;
use http_api::{ApiError, ApiResult, Caller};

/// The most leads of one request; more need a narrower filter. Enrolling has no such limit.
pub const MOST: usize = 1_000;
/// The leads that are changed side by side.
pub const AT_ONCE: usize = 8;

pub struct ChosenLeads<'a> {
    pub ids: &'a [LeadId],
    pub filter: Option<&'a LeadFilter>,
    pub except: &'a [LeadId],
    pub expected_count: Option<usize>,
}

impl ChosenLeads<'_> {
    /// Returns how many leads are chosen, and their ids: all of them, unless they are more than `MOST`.
    pub async fn find(&self, app: &App, caller: &Caller) -> ApiResult<(usize, Vec<LeadId>)> {
        let Some(filter) = self.filter else { return Ok((self.ids.len(), self.ids.to_vec())) };
        if !self.ids.is_empty() {
            return Err(ApiError::invalid("filter", "give ids or a filter, not both"));
        }
        if self.except.len() > MOST {
            return Err(ApiError::invalid("except", format!("are at most {MOST}")));
        }
        let (lists, workspace, now) = (&app.lists, (&caller.workspace, caller.leads()), app.clock.now());
        let (found, ids) = matching(lists, workspace, filter, self.except, MOST + 1, now).await?;
        // What is excepted need not match: as long as all ids are here, they are counted.
        let matched = match ids.len() {
            all if all <= MOST => all,
            more => found.saturating_sub(self.except.len()).max(more),
        };
        match self.expected_count {
            Some(expected) if expected == found => Ok((matched, ids)),
            Some(expected) => {
                let detail =
                    format!("{found} leads match now, not {expected}. Review them before you change them.");
                Err(ApiError::conflict("count_differs", detail))
            }
            None => Err(ApiError::invalid("expected_count", "is required with a filter")),
        }
    }
}

/// Answers 422 where more leads are chosen than one request changes.
pub fn refuse_too_many(matched: usize, by_filter: bool) -> ApiResult<()> {
    if matched <= MOST {
        return Ok(());
    }
    let field = if by_filter { "filter" } else { "ids" };
    Err(ApiError::invalid(field, format!("at most {MOST} leads are changed at once")))
}

/// Names changed leads with their revisions, so that a list shows them at once; none where they are too many.
pub fn seen(leads: &[Lead]) -> Vec<String> {
    let named = leads.iter().filter(|_| leads.len() <= MOST_SEEN);
    named.map(|lead| format!("{}:{}", lead.id, lead.rev)).collect()
}
