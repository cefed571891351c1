//! The leads that a run is for: named by id, or by a filter with the count that the caller saw.

use crate::App;
use application::columns::runs::Chosen;
use application::lead::filter::matching;
use domain::LeadId;
use domain::column::run::MOST_NAMED_LEADS;
use domain::lead::filter::LeadFilter;
use http_api::{ApiError, ApiResult, Caller};

const MOST_EXCEPTED: usize = 1_000;

pub struct ChosenLeads {
    pub ids: Vec<LeadId>,
    pub filter: Option<LeadFilter>,
    pub except: Vec<LeadId>,
    pub expected_count: Option<usize>,
}

impl ChosenLeads {
    /// Returns the choice. With `counted`, the filter must still match as many leads as the caller saw.
    pub async fn read(self, app: &App, caller: &Caller, counted: bool) -> ApiResult<Chosen> {
        let Some(filter) = self.filter else {
            if self.ids.is_empty() {
                return Err(ApiError::invalid("ids", "choose at least one lead, or give a filter"));
            }
            if self.ids.len() > MOST_NAMED_LEADS {
                return Err(ApiError::invalid("ids", format!("are at most {MOST_NAMED_LEADS}")));
            }
            return Ok(Chosen::Named(self.ids));
        };
        if !self.ids.is_empty() {
            return Err(ApiError::invalid("filter", "give ids or a filter, not both"));
        }
        if self.except.len() > MOST_EXCEPTED {
            return Err(ApiError::invalid("except", format!("are at most {MOST_EXCEPTED}")));
        }
        if counted {
            let (lists, now) = (&app.ports.lists, app.ports.clock.now());
            let found =
                matching(lists, (&caller.workspace, caller.leads()), &filter, &self.except, 1, now).await;
            let (found, _) = found.map_err(|error| ApiError::of_query(error, "filter"))?;
            match self.expected_count {
                Some(expected) if expected == found => {}
                Some(expected) => {
                    let detail =
                        format!("{found} leads match now, not {expected}. Review them before you start.");
                    return Err(ApiError::conflict("count_differs", detail));
                }
                None => return Err(ApiError::invalid("expected_count", "is required with a filter")),
            }
        }
        Ok(Chosen::Filter { filter: Box::new(filter), except: self.except })
    }
}
