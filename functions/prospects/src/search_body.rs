//! What a search is asked for: a provider with filters or an ICP's rules, or the next page of a search.

use crate::App;
use application::StoreError;
use application::ports::provider_calls::OpenAccount;
use application::prospects::desk::ProspectDesk;
use application::prospects::from_icp::filters_of;
use application::prospects::search::kept_search;
use application::prospects::{Asker, ProspectError};
use domain::prospect::{
    KeptSearch, LONGEST_FILTER_VALUE, MOST_FILTER_VALUES, MOST_OF_PAGE, PROSPECTS_KEPT, ProspectFilters,
    SEARCHED_PROVIDERS,
};
use domain::spend::Usd;
use domain::{IcpId, ProspectSearchId};
use http_api::{ApiError, ApiResult, Caller, FieldErrors, utoipa};
use serde::Deserialize;

const USUAL_PAGE_SIZE: u32 = 25;
/// The most employees that a range may name.
const MOST_EMPLOYEES: u32 = 10_000_000;

/// A new search needs `provider`, with `filters`, `icp` or both; another page of one needs `search` and `page`.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProspectSearchRequest {
    provider: Option<String>,
    /// What the prospects have in common. Left out, the ICP's rules are asked for, as far as the provider can be asked.
    filters: Option<ProspectFilters>,
    /// The ICP that the prospects are judged by.
    icp: Option<IcpId>,
    /// The prospects of a page: 1 to 100, 25 if left out.
    page_size: Option<u32>,
    /// The search that goes on.
    search: Option<ProspectSearchId>,
    /// Its page: a kept one, or the next one.
    page: Option<u32>,
}

/// A search with the page that is asked for; a new one is not stored yet.
pub struct AskedSearch {
    pub search: KeptSearch,
    pub page: u32,
}

impl ProspectSearchRequest {
    /// Reads the request. A search that is to be made has an id; one that is only priced has none.
    pub async fn read(
        self,
        app: &App,
        desk: &ProspectDesk<'_>,
        caller: &Caller,
        id: Option<ProspectSearchId>,
    ) -> ApiResult<AskedSearch> {
        let Some(known) = self.search else { return self.begin(app, desk, caller, id).await };
        let mut errors = FieldErrors::default();
        for (field, is_given) in [
            ("provider", self.provider.is_some()),
            ("filters", self.filters.is_some()),
            ("icp", self.icp.is_some()),
            ("page_size", self.page_size.is_some()),
        ] {
            if is_given {
                errors.add(field, "is the search's own: leave it out, or leave out the search");
            }
        }
        errors.finish()?;
        let page = self.page.ok_or_else(|| ApiError::invalid("page", "is required with a search"))?;
        let search = kept_search(desk, &caller.workspace, &known).await;
        let missing = "is not there: searches are kept for a day";
        let search = search.map_err(|error| ApiError::from_missing(error, "search", missing))?;
        Ok(AskedSearch { search, page })
    }

    async fn begin(
        self,
        app: &App,
        desk: &ProspectDesk<'_>,
        caller: &Caller,
        id: Option<ProspectSearchId>,
    ) -> ApiResult<AskedSearch> {
        let mut errors = FieldErrors::default();
        let provider = self.provider.unwrap_or_default();
        let named = SEARCHED_PROVIDERS.iter().find(|(known, _)| *known == provider);
        let name = match named {
            Some((_, name)) => *name,
            None if provider.is_empty() => return Err(ApiError::invalid("provider", "is required")),
            None => return Err(ApiError::invalid("provider", "is none that can be searched")),
        };
        let no_account = || ApiError::invalid("provider", "has no account that is switched on");
        let account = desk.account(&provider).ok_or_else(no_account)?;
        let criteria = app.ports.prospect_search.criteria(&account);
        let icp = match &self.icp {
            Some(icp) => {
                let found = app.ports.icps.get(&caller.workspace, icp).await;
                let missing = |error: StoreError| ApiError::from_missing(error, "icp", "is not there");
                Some(found.map_err(missing)?)
            }
            None => None,
        };
        let translated = icp.as_ref().map(|icp| filters_of(&icp.profile, &desk.fields, criteria));
        let (filters, unasked) = match (self.filters, translated) {
            (None, Some(translated)) => translated,
            (Some(filters), translated) => {
                (filters, translated.map(|(_, unasked)| unasked).unwrap_or_default())
            }
            (None, None) => return Err(ApiError::invalid("filters", "give filters or an ICP")),
        };
        let filters = tidy(filters, &mut errors);
        for used in
            used(&filters).into_iter().filter(|used| !criteria.iter().any(|one| one.as_str() == *used))
        {
            errors.add(format!("filters.{used}"), format!("{name} cannot be searched by {used}"));
        }
        // Of an estimate the caller may want to learn that none of the ICP's rules can be asked for.
        if errors.is_empty() && used(&filters).is_empty() && id.is_some() {
            errors.add("filters", "say at least one thing that the prospects have in common");
        }
        let page_size = self.page_size.unwrap_or(USUAL_PAGE_SIZE);
        if !(1..=MOST_OF_PAGE).contains(&page_size) {
            errors.add("page_size", format!("must be from 1 to {MOST_OF_PAGE}"));
        }
        if self.page.is_some_and(|page| page != 1) {
            errors.add("page", "of a new search is 1");
        }
        errors.finish()?;
        let now = app.ports.clock.now();
        let search = KeptSearch {
            id: id.unwrap_or_else(|| ProspectSearchId::new(app.ports.ids.next())),
            workspace: caller.workspace.clone(),
            provider,
            filters,
            icp: self.icp,
            unasked,
            page_size,
            total: None,
            pages: 0,
            asking: None,
            next: None,
            cost: Usd::ZERO,
            by: Some(caller.user_or_key()),
            created_at: now,
            expires_at: now.checked_add(PROSPECTS_KEPT).unwrap_or(now),
            rev: 0,
        };
        Ok(AskedSearch { search, page: 1 })
    }
}

/// Trims the values and leaves out empty ones.
fn tidy(mut filters: ProspectFilters, errors: &mut FieldErrors) -> ProspectFilters {
    for (name, values) in [
        ("titles", &mut filters.titles),
        ("seniorities", &mut filters.seniorities),
        ("locations", &mut filters.locations),
        ("industries", &mut filters.industries),
        ("domains", &mut filters.domains),
        ("keywords", &mut filters.keywords),
    ] {
        let field = format!("filters.{name}");
        *values = std::mem::take(values)
            .into_iter()
            .filter_map(|value| errors.text(&field, Some(value), LONGEST_FILTER_VALUE))
            .collect();
        if values.len() > MOST_FILTER_VALUES {
            errors.add(field, format!("are at most {MOST_FILTER_VALUES}"));
        }
    }
    for domain in &mut filters.domains {
        *domain = domain.to_lowercase();
        if !domain.contains('.') || domain.contains(|c: char| c.is_whitespace() || c == '/' || c == '@') {
            errors.add("filters.domains", format!("'{domain}' is not a domain such as acme.example"));
        }
    }
    for seniority in &mut filters.seniorities {
        *seniority = seniority.to_lowercase();
    }
    let is_range = |from: u32, to: Option<u32>| from <= MOST_EMPLOYEES && to.is_none_or(|to| from <= to);
    if !filters.employees.iter().all(|range| is_range(range.from, range.to)) {
        errors.add("filters.employees", "each range begins below its end");
    }
    if filters.employees.len() > MOST_FILTER_VALUES {
        errors.add("filters.employees", format!("are at most {MOST_FILTER_VALUES}"));
    }
    filters
}

/// Lists the filters that are used, by their names.
fn used(filters: &ProspectFilters) -> Vec<&'static str> {
    let query = application::ports::data_providers::ProspectQuery::of(filters, 1, None);
    query.criteria().into_iter().map(|criterion| criterion.as_str()).collect()
}

/// Returns who asks, in a request that each attempt at it names the same.
pub fn asker(app: &App, caller: &Caller, request: Option<String>) -> Asker {
    let request = request.unwrap_or_else(|| app.ports.ids.next().to_string());
    Asker { by: caller.user_or_key(), user: caller.user().cloned(), request: format!("prospects#{request}") }
}

/// Returns the search's account, or what the caller is told without one.
pub fn account_of(desk: &ProspectDesk<'_>, search: &KeptSearch) -> ApiResult<OpenAccount> {
    desk.account(&search.provider).ok_or_else(|| crate::refusals::refusal(ProspectError::NoAccount))
}
