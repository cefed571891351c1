//! Deals, in the partition of the lead that they began with: what is done with that lead reaches them. The index lists the
//! open ones by their day and the closed ones by their closing.

use crate::item::{Head, Item, Stored, decode, head, read_body, text_of};
use crate::keys::deals as deal_keys;
use crate::keys::{self, Key, Listing, Tenant};
use crate::pages::Order;
use crate::query::{Query, Range};
use crate::table::Table;
use crate::times::sortable;
use application::ports::deals::{DealList, DealStore};
use application::{Page, PageRequest, StoreResult};
use async_trait::async_trait;
use domain::deal::{Deal, DealClosing};
use domain::event::Event;
use domain::money::{Currency, Money};
use domain::time::calendar_month::CalendarMonth;
use domain::{DealId, LeadId, WorkspaceId};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// How many deals are looked at for one page of a month.
const LOOKED_AT: usize = 1_000;

#[async_trait]
impl DealStore for Table {
    async fn get(&self, workspace: &WorkspaceId, id: &DealId) -> StoreResult<Deal> {
        self.read(&deal_keys::deal(workspace, id)).await
    }

    async fn save(&self, deal: &Deal, event: &Event) -> StoreResult<u64> {
        self.save_entity(deal, Some(event)).await
    }

    async fn delete(&self, deal: &Deal, event: &Event) -> StoreResult<()> {
        self.delete_entity(deal, event).await
    }

    async fn of_leads(&self, workspace: &WorkspaceId, leads: &[LeadId]) -> StoreResult<Vec<Deal>> {
        let mut deals: Vec<Deal> = Vec::new();
        for lead in leads {
            let partition = keys::lead_partition(workspace, lead);
            let query = Query::table(&partition).range(Range::Prefix(deal_keys::DEALS.to_owned()));
            let found = self.query(query).await?;
            deals.extend(found.into_iter().map(decode).collect::<StoreResult<Vec<Deal>>>()?);
        }
        deals.sort_by(|a, b| (a.created_at, &a.id).cmp(&(b.created_at, &b.id)));
        Ok(deals)
    }

    async fn open(&self, workspace: &WorkspaceId, most: usize) -> StoreResult<Vec<Deal>> {
        let deals = deal_keys::open_deals(workspace);
        self.query(Query::index(&deals).limit(most)).await?.into_iter().map(read_listed).collect()
    }

    async fn closed_since(
        &self,
        workspace: &WorkspaceId,
        since: Timestamp,
        most: usize,
    ) -> StoreResult<Vec<Deal>> {
        let (deals, since) = (deal_keys::closed_deals(workspace), sortable(since));
        let query = Query::index(&deals).range(Range::Above(since)).limit(most).descending();
        self.query(query).await?.into_iter().rev().map(read_listed).collect()
    }

    async fn page(
        &self,
        workspace: &WorkspaceId,
        list: &DealList,
        page: PageRequest,
    ) -> StoreResult<Page<Deal>> {
        let (partition, order) = match list.closed {
            false => (deal_keys::open_deals(workspace), Order::Index),
            true => (deal_keys::closed_deals(workspace), Order::IndexDescending),
        };
        let wanted =
            |item: &Item| list.month.as_ref().is_none_or(|month| is_of_month(item, list.closed, month));
        let most = (page.limit.clamp(1, 200), LOOKED_AT);
        let found = self.page_within(&partition, order, most, page.cursor.as_deref(), wanted).await?;
        let items = found.items.into_iter().map(read_listed).collect::<StoreResult<_>>()?;
        Ok(Page { items, next_cursor: found.next_cursor })
    }
}

/// Whether a listed deal is expected in the month, or was closed in it. Both are stored as texts that begin with the month.
fn is_of_month(item: &Item, closed: bool, month: &CalendarMonth) -> bool {
    let sum = item.get("sum").and_then(|sum| sum.as_m().ok());
    let day = match closed {
        false => sum.and_then(|sum| text_of(sum, "close_on")),
        true => sum.and_then(|sum| text_of(sum.get("closed")?.as_m().ok()?, "at")),
    };
    day.is_some_and(|day| day.starts_with(month.as_str()))
}

fn read_listed(item: Item) -> StoreResult<Deal> {
    let head = head(&item)?;
    let body: ListedDeal = read_body(item, &head)?;
    Deal::from_body(body, &head).map_err(|why| head.corrupt(why))
}

#[derive(Serialize, Deserialize)]
pub(crate) struct ListedDeal {
    sum: DealItem,
}

#[derive(Serialize, Deserialize)]
struct DealItem {
    rev: u64,
    id: DealId,
    lead: LeadId,
    name: String,
    amount_minor: i64,
    currency: Currency,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    probability: Option<u8>,
    close_on: Date,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    closed: Option<DealClosing>,
    open_since: Timestamp,
    created_at: Timestamp,
}

impl Stored for Deal {
    const ENTITY: &'static str = "deal";
    type Scope = Tenant;
    type Body = ListedDeal;

    fn key(&self) -> Key<Tenant> {
        deal_keys::deal(&self.workspace, &self.id)
    }
    fn listing(&self) -> Option<Listing> {
        Some(match &self.closed {
            None => deal_keys::open_deal_listing(&self.workspace, self.close_on, &self.id),
            Some(closing) => deal_keys::closed_deal_listing(&self.workspace, closing.at, &self.id),
        })
    }
    fn rev(&self) -> u64 {
        self.rev
    }
    fn body(&self, rev: u64) -> ListedDeal {
        let deal = self.clone();
        ListedDeal {
            sum: DealItem {
                rev,
                id: deal.id,
                lead: deal.lead,
                name: deal.name,
                amount_minor: deal.value.amount_minor,
                currency: deal.value.currency,
                probability: deal.probability,
                close_on: deal.close_on,
                closed: deal.closed,
                open_since: deal.open_since,
                created_at: deal.created_at,
            },
        }
    }
    fn from_body(body: ListedDeal, head: &Head) -> Result<Self, String> {
        let (workspace, _) = keys::lead_of(&head.pk)?;
        let sum = body.sum;
        Ok(Self {
            id: sum.id,
            workspace,
            lead: sum.lead,
            name: sum.name,
            value: Money { amount_minor: sum.amount_minor, currency: sum.currency },
            probability: sum.probability,
            close_on: sum.close_on,
            closed: sum.closed,
            open_since: sum.open_since,
            created_at: sum.created_at,
            rev: sum.rev,
        })
    }
}
