//! The companies of a workspace: its leads by the domains of their addresses, counted in the columns of the lead list.

use super::cursor::{read_cursor, write_cursor};
use crate::ports::store::{StoreError, StoreResult};
use domain::lead::stage::StageId;
use lead_columns::CompanyTally;
use serde::{Deserialize, Serialize};

/// The most companies of a page.
const LARGEST_PAGE: usize = 200;

/// What a page of companies is asked for.
#[derive(Debug, Clone, Default)]
pub struct CompanyQuery {
    /// A part of the name or of the domain.
    pub q: Option<String>,
    pub sort: CompanySort,
    pub descending: bool,
    pub limit: usize,
    pub cursor: Option<String>,
}

/// What companies are sorted by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CompanySort {
    Domain,
    Name,
    #[default]
    Leads,
    Won,
    Score,
    LastContacted,
}

/// A page of companies.
#[derive(Debug)]
pub struct CompanyPage {
    pub companies: Vec<CompanyTally>,
    /// The number of companies that match.
    pub total: usize,
    pub next_cursor: Option<String>,
}

/// A company's place in the order.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
enum Place {
    Text(String),
    Number(i64),
}

/// The last company of a page, in the list that it belongs to.
#[derive(Debug, Serialize, Deserialize)]
struct After {
    list: String,
    place: Place,
    domain: String,
}

impl CompanySort {
    fn place(self, company: &CompanyTally) -> Place {
        let number = |count: usize| Place::Number(i64::try_from(count).unwrap_or(i64::MAX));
        match self {
            Self::Domain => Place::Text(String::new()),
            Self::Name => Place::Text(company.name.as_deref().unwrap_or(&company.domain).to_lowercase()),
            Self::Leads => number(company.leads),
            Self::Won => number(company.in_status(StageId::WON)),
            Self::Score => Place::Number(i64::from(company.score)),
            Self::LastContacted => {
                Place::Number(company.last_contacted.map_or(i64::MIN, |at| at.as_microsecond()))
            }
        }
    }
}

/// Returns a page of the companies that match.
pub(super) fn page_of(mut companies: Vec<CompanyTally>, query: &CompanyQuery) -> StoreResult<CompanyPage> {
    let words = query.q.as_deref().unwrap_or_default().trim().to_lowercase();
    companies.retain(|company| {
        company.domain.contains(&words)
            || company.name.as_ref().is_some_and(|name| name.to_lowercase().contains(&words))
    });
    let total = companies.len();
    let list = format!("{words} {:?} {}", query.sort, query.descending);
    let after: Option<After> = query.cursor.as_deref().map(read_cursor).transpose()?;
    let after = match after {
        Some(after) if after.list == list => Some((after.place, after.domain)),
        Some(_) => return Err(StoreError::BadCursor),
        None => None,
    };
    let mut placed: Vec<((Place, String), CompanyTally)> = companies
        .into_iter()
        .map(|company| ((query.sort.place(&company), company.domain.clone()), company))
        .collect();
    placed.sort_by(|(a, _), (b, _)| if query.descending { b.cmp(a) } else { a.cmp(b) });
    let is_behind = |place: &(Place, String)| match &after {
        Some(after) if query.descending => place < after,
        Some(after) => place > after,
        None => true,
    };
    let limit = query.limit.clamp(1, LARGEST_PAGE);
    let mut rest = placed.into_iter().filter(|(place, _)| is_behind(place));
    let page: Vec<_> = rest.by_ref().take(limit).collect();
    let next_cursor = match (rest.next(), page.last()) {
        (Some(_), Some(((place, domain), _))) => {
            Some(write_cursor(&After { list, place: place.clone(), domain: domain.clone() })?)
        }
        _ => None,
    };
    Ok(CompanyPage { companies: page.into_iter().map(|(_, company)| company).collect(), total, next_cursor })
}
