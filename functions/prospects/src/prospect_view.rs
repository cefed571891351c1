//! Searches and their prospects as the API shows them: masked until they are leads.

use application::StoreResult;
use application::prospects::desk::ProspectDesk;
use application::prospects::view::{FitGuess, KnownBy, MaskedProspect, masked};
use domain::prospect::{KeptPage, KeptSearch, MOST_PAGES, ProspectFilters};
use domain::spend::Usd;
use domain::{IcpId, LeadId, ProspectSearchId};
use http_api::utoipa;
use jiff::Timestamp;
use serde::Serialize;

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ProspectSearchView {
    pub id: ProspectSearchId,
    pub provider: String,
    pub filters: ProspectFilters,
    pub icp: Option<IcpId>,
    /// The ICP's rules that the provider could not be asked for. The results are checked by them, as far as they tell
    /// enough.
    pub unasked: Vec<String>,
    /// The number of this page, from 1 on.
    pub page: u32,
    /// The pages that are kept: to read them again costs nothing.
    pub pages: u32,
    pub page_size: u32,
    /// Whether the provider has another page.
    pub has_more: bool,
    /// All who match, where the provider says so.
    pub total: Option<u64>,
    /// The cost of the search so far, in millionths of a dollar.
    pub cost: Usd,
    /// The most that the next page may cost.
    pub next_page: Usd,
    /// The price of an address that the provider tells only for a credit.
    pub each: Usd,
    /// The time until which the prospects are kept.
    pub expires_at: Timestamp,
    pub items: Vec<ProspectView>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ProspectView {
    pub id: String,
    /// The name with the initial of the last name; none for a business.
    pub name: Option<String>,
    /// The address with the first character of its name, where the provider has told it.
    pub email: Option<String>,
    pub job_title: Option<String>,
    pub company: Option<String>,
    pub website: Option<String>,
    pub industry: Option<String>,
    pub employees: Option<String>,
    /// The city and the country, else the company's address.
    pub place: Option<String>,
    /// Whether the provider has an e-mail address; none if it does not say.
    pub has_email: Option<bool>,
    pub has_phone: Option<bool>,
    /// What adding it may cost, in millionths of a dollar.
    pub price: Usd,
    /// Whether it can be added: an address or a number is known or can be bought.
    pub reachable: bool,
    /// The lead that it is already.
    pub lead: Option<LeadId>,
    /// What it was recognised by.
    pub known_by: Option<KnownBy>,
    /// How it fits the search's ICP.
    pub fit: Option<ProspectFitView>,
}

/// How a prospect fits, as far as the provider tells.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ProspectFitView {
    pub verdict: FitGuess,
    /// The points of what is known, 0 to 100; none where rules leave out what is not known.
    pub points: Option<u8>,
    /// The rules that it fails, in plain words.
    pub fails: Vec<String>,
    /// The rules about which nothing is known, in plain words.
    pub not_known: Vec<String>,
}

impl ProspectSearchView {
    pub async fn of(desk: &ProspectDesk<'_>, search: KeptSearch, page: KeptPage) -> StoreResult<Self> {
        // An ICP may have been deleted since.
        let icps = match &search.icp {
            Some(_) => desk.ports.icps.list(&search.workspace).await?,
            None => Vec::new(),
        };
        let icp = icps.iter().find(|icp| Some(&icp.id) == search.icp.as_ref()).map(|icp| &icp.profile);
        let account = desk.account(&search.provider);
        let price = |of: &dyn Fn(&_) -> Usd| account.as_ref().map_or(Usd::ZERO, of);
        let each = price(&|account| desk.price_of_address(account).most());
        let items = masked(desk, &page.prospects, icp).await?;
        Ok(Self {
            page: page.number,
            pages: search.pages,
            page_size: search.page_size,
            has_more: search.next.is_some() && search.pages < MOST_PAGES,
            total: search.total,
            cost: search.cost,
            next_page: price(&|account| desk.most_of_search(account, search.page_size)),
            each,
            expires_at: search.expires_at,
            items: items.into_iter().map(|one| ProspectView::of(one, each)).collect(),
            id: search.id,
            provider: search.provider,
            filters: search.filters,
            icp: search.icp,
            unasked: search.unasked,
        })
    }
}

impl ProspectView {
    fn of(one: MaskedProspect, each: Usd) -> Self {
        let is_priced = one.is_to_be_bought && one.known.is_none();
        let (lead, known_by) = one.known.unzip();
        Self {
            id: one.id,
            name: one.name,
            email: one.email,
            job_title: one.job_title,
            company: one.company,
            website: one.website,
            industry: one.industry,
            employees: one.employees,
            place: one.place,
            has_email: one.has_email,
            has_phone: one.has_phone,
            price: if is_priced { each } else { Usd::ZERO },
            reachable: one.is_reachable,
            lead,
            known_by,
            fit: one.fit.map(|fit| ProspectFitView {
                verdict: fit.verdict,
                points: fit.points,
                fails: fit.fails,
                not_known: fit.not_known,
            }),
        }
    }
}
