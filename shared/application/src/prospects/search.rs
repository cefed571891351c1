//! One page of a search: reserved, asked for once, kept, and booked.
//!
//! The search notes which page the provider is asked for before the question. A repeat that finds this note has lost the
//! answer: it may have been charged, and is not asked for again. A repeat that finds the page returns it.

use crate::ports::data_providers::{FoundProspect, ProspectQuery};
use crate::ports::provider_calls::{CallError, OpenAccount};
use crate::ports::store::{StoreError, StoreResult, found};
use crate::prospects::desk::ProspectDesk;
use crate::prospects::{Asker, ProspectError};
use crate::workspace::account_answers::{note_refusal, note_works};
use domain::event::{Event, EventKind};
use domain::lead::data_field::DataField;
use domain::prospect::{KeptPage, KeptSearch, MOST_OF_PAGE, MOST_PAGES, Prospect};
use domain::spend::{Booking, BookingOutcome, Reservation, Reserving, Usd};
use domain::{ProspectSearchId, WorkspaceId};
use jiff::Timestamp;

/// The attempts of a request that may each reserve.
const ATTEMPTS: u32 = 5;

/// Reads a search that is kept still.
pub async fn kept_search(
    desk: &ProspectDesk<'_>,
    workspace: &WorkspaceId,
    id: &ProspectSearchId,
) -> StoreResult<KeptSearch> {
    let search = desk.ports.prospects.search(workspace, id).await?;
    if search.expires_at <= desk.ports.clock.now() { Err(StoreError::NotFound) } else { Ok(search) }
}

/// Returns a page of the search: the kept one, or the next one from the provider.
pub async fn page_of_search(
    desk: &ProspectDesk<'_>,
    mut search: KeptSearch,
    number: u32,
    asker: &Asker,
) -> Result<(KeptSearch, KeptPage), ProspectError> {
    if (1..=search.pages).contains(&number) {
        let page = desk.ports.prospects.page(&search.workspace, &search.id, number).await?;
        if let Some(account) = desk.account(&search.provider) {
            let booking = booking_of(desk, &search, &account, &page);
            settle_earlier(desk, &search, number, &[booking], asker).await?;
        }
        return Ok((search, page));
    }
    let is_over = search.pages > 0 && search.next.is_none();
    if number != search.pages + 1 || is_over || number > MOST_PAGES {
        return Err(ProspectError::NotTheNextPage);
    }
    let account = desk.account(&search.provider).ok_or(ProspectError::NoAccount)?;
    let most = desk.most_of_search(&account, search.page_size);
    if search.asking.is_some() {
        settle_earlier(desk, &search, number, &[lost(&search, most)], asker).await?;
        return Err(ProspectError::AnswerLost);
    }
    // An earlier attempt at the request has reserved, and broke off before it asked.
    settle_earlier(desk, &search, number, &[], asker).await?;
    let reservation = reserve(desk, &search, number, most, asker).await?;
    search.asking = Some(number);
    search.rev = match save(desk, &search, asker).await {
        Ok(rev) => rev,
        Err(StoreError::Conflict) => {
            // Another request asks for this page, and this one has asked for nothing.
            settle(desk, &search.workspace, &reservation, &[], desk.ports.clock.now()).await?;
            return Err(StoreError::Conflict.into());
        }
        Err(other) => return Err(other.into()),
    };
    let query = ProspectQuery::of(&search.filters, search.page_size, search.next.clone());
    let answer = match desk.ports.prospect_search.search_prospects(&account, &query).await {
        Ok(answer) => answer,
        Err(error) => return Err(failed(desk, search, (&account, &reservation, most), error, asker).await?),
    };
    let now = desk.ports.clock.now();
    // Listings tell more than they were asked for, at the same price: all that is paid for is kept.
    let prospects: Vec<Prospect> = answer
        .prospects
        .into_iter()
        .take(MOST_OF_PAGE as usize)
        .map(|found| kept(desk, &search, found))
        .collect();
    let page = KeptPage {
        workspace: search.workspace.clone(),
        search: search.id.clone(),
        number,
        prospects,
        expires_at: search.expires_at,
    };
    let booking = booking_of(desk, &search, &account, &page);
    search.total = answer.total.or(search.total);
    search.next = answer.next;
    search.pages = number;
    search.asking = None;
    search.cost = search.cost + booking.amount;
    let event = Event::new(EventKind::ProspectsSearched, asker.by.actor(), now);
    search.rev = desk.ports.prospects.save_page(&search, &page, &event).await?;
    settle(desk, &search.workspace, &reservation, &[booking], now).await?;
    note_works(&*desk.ports.accounts, &account, now).await?;
    Ok((search, page))
}

fn reservation_id(search: &KeptSearch, number: u32, asker: &Asker, nth: u32) -> String {
    format!("{}#{}#{number}#{nth}", asker.request, search.id)
}

/// Settles what earlier attempts at the request have reserved and left open.
async fn settle_earlier(
    desk: &ProspectDesk<'_>,
    search: &KeptSearch,
    number: u32,
    bookings: &[Booking],
    asker: &Asker,
) -> StoreResult<()> {
    let now = desk.ports.clock.now();
    for nth in 0..ATTEMPTS {
        let id = reservation_id(search, number, asker, nth);
        if found(desk.ports.spend.settle(&search.workspace, &id, bookings, now).await)?.is_none() {
            break;
        }
    }
    Ok(())
}

fn lost(search: &KeptSearch, most: Usd) -> Booking {
    let provider = search.provider.clone();
    Booking { provider, outcome: BookingOutcome::Lost, calls: 1, amount: most, model: None }
}

/// Returns what a page came to.
fn booking_of(
    desk: &ProspectDesk<'_>,
    search: &KeptSearch,
    account: &OpenAccount,
    page: &KeptPage,
) -> Booking {
    let count = u32::try_from(page.prospects.len()).unwrap_or(u32::MAX);
    let (outcome, calls, amount) = desk.cost_of_search(account, count);
    let amount = amount.min(desk.most_of_search(account, search.page_size));
    Booking { provider: search.provider.clone(), outcome, calls, amount, model: None }
}

/// Reserves what a page may cost. None for a page that costs nothing.
async fn reserve(
    desk: &ProspectDesk<'_>,
    search: &KeptSearch,
    number: u32,
    most: Usd,
    asker: &Asker,
) -> Result<Option<String>, ProspectError> {
    if most.is_zero() {
        return Ok(None);
    }
    for nth in 0..ATTEMPTS {
        let id = reservation_id(search, number, asker, nth);
        let reservation = Reservation {
            workspace: search.workspace.clone(),
            id: id.clone(),
            limits: desk.limits(asker),
            amount: most,
            made_at: desk.ports.clock.now(),
        };
        match desk.ports.caps.reserve(&reservation).await? {
            Reserving::Reserved => return Ok(Some(id)),
            Reserving::Refused { left, .. } => return Err(ProspectError::CapReached { needed: most, left }),
            Reserving::OpenAlready | Reserving::SettledAlready => {}
        }
    }
    Err(ProspectError::AnswerLost)
}

/// Books a question that failed: in full if its answer was lost, else at nothing.
async fn failed(
    desk: &ProspectDesk<'_>,
    mut search: KeptSearch,
    (account, reservation, most): (&OpenAccount, &Option<String>, Usd),
    error: CallError,
    asker: &Asker,
) -> StoreResult<ProspectError> {
    let now = desk.ports.clock.now();
    if matches!(error, CallError::Lost(_)) {
        search.cost = search.cost + most;
        save(desk, &search, asker).await?;
        settle(desk, &search.workspace, reservation, &[lost(&search, most)], now).await?;
        return Ok(ProspectError::AnswerLost);
    }
    settle(desk, &search.workspace, reservation, &[], now).await?;
    search.asking = None;
    save(desk, &search, asker).await?;
    match &error {
        CallError::Account(why) => {
            note_refusal((&*desk.ports.accounts, &*desk.ports.notifications), account, why, now).await?;
        }
        CallError::Rejected(_) => note_works(&*desk.ports.accounts, account, now).await?,
        CallError::RateLimited { .. } | CallError::Unavailable(_) | CallError::Lost(_) => {}
    }
    Ok(ProspectError::Provider(error))
}

async fn save(desk: &ProspectDesk<'_>, search: &KeptSearch, asker: &Asker) -> StoreResult<u64> {
    let event = Event::new(EventKind::ProspectsSearched, asker.by.actor(), desk.ports.clock.now());
    desk.ports.prospects.save_search(search, &event).await
}

async fn settle(
    desk: &ProspectDesk<'_>,
    workspace: &WorkspaceId,
    reservation: &Option<String>,
    bookings: &[Booking],
    at: Timestamp,
) -> StoreResult<()> {
    match reservation {
        Some(id) => desk.ports.spend.settle(workspace, id, bookings, at).await,
        None => Ok(()),
    }
}

/// Keeps what was found, under a keyed digest of the provider's own id, else of what it told. An id may be an address, which
/// nobody who reads the digest may guess.
fn kept(desk: &ProspectDesk<'_>, search: &KeptSearch, found: FoundProspect) -> Prospect {
    let told: Vec<&str> = match &found.provider_id {
        Some(id) => vec![id],
        None => found.values.values().map(String::as_str).collect(),
    };
    let place = ["prospect", search.workspace.as_str(), search.provider.as_str()];
    let parts: Vec<&str> = place.into_iter().chain(told).collect();
    let id = desk.ports.keys.sign_link(&parts);
    let mut values = found.values;
    // It is long, and no lead has it.
    values.remove(&DataField::CompanyDescription);
    Prospect {
        id,
        provider_id: found.provider_id,
        values,
        masked: found.masked,
        has_email: found.has_email,
        has_phone: found.has_phone,
    }
}
