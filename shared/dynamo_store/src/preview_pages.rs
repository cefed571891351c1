//! Preview pages: the page in its lead's partition, its token, which leads there, and the blocks that a campaign gives it.

use crate::errors::Refused;
use crate::item::{Head, Item, Stored, encode, number, plain_item, text, text_of};
use crate::keys::preview_pages as pages;
use crate::keys::{Key, Tenant};
use crate::table::Table;
use crate::write::{Expression, absent, put, update};
use application::ports::preview_pages::PreviewStore;
use application::{StoreError, StoreResult};
use async_trait::async_trait;
use aws_sdk_dynamodb::types::AttributeValue;
use domain::campaign::page_blocks::{CampaignPage, PageBlock};
use domain::event::Event;
use domain::workspace::preview_page::PreviewPage;
use domain::{CampaignId, LeadId, UserId, WorkspaceId};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

#[async_trait]
impl PreviewStore for Table {
    async fn create(&self, page: &PreviewPage) -> StoreResult<()> {
        // The token is written first: without its page it leads nowhere and expires, whereas a page without its token
        // could not be found.
        self.write(put(pointer_to(page), absent())).await?;
        Ok(self.write(put(encode(page, 1, None)?, absent())).await?)
    }

    async fn by_token(&self, token: &str) -> StoreResult<PreviewPage> {
        let pointer = self.read_item(&pages::preview_token(token)).await?.ok_or(StoreError::NotFound)?;
        let workspace = WorkspaceId::parse(text_of(&pointer, "workspace").unwrap_or_default());
        let lead = LeadId::parse(text_of(&pointer, "lead").unwrap_or_default());
        let (Ok(workspace), Ok(lead)) = (workspace, lead) else { return Err(StoreError::NotFound) };
        let page: PreviewPage = self.read(&pages::preview(&workspace, &lead)).await?;
        if page.token == token { Ok(page) } else { Err(StoreError::NotFound) }
    }

    async fn of_lead(&self, workspace: &WorkspaceId, lead: &LeadId) -> StoreResult<Option<PreviewPage>> {
        self.find(&pages::preview(workspace, lead)).await
    }

    async fn revoke(&self, workspace: &WorkspaceId, lead: &LeadId) -> StoreResult<()> {
        let change = Expression::new("SET #revoked = :yes")
            .name("#revoked", "revoked")
            .value(":yes", AttributeValue::Bool(true));
        self.change_existing(&pages::preview(workspace, lead), change).await
    }

    async fn reopen(&self, workspace: &WorkspaceId, lead: &LeadId, until: Timestamp) -> StoreResult<()> {
        let page = self.of_lead(workspace, lead).await?.ok_or(StoreError::NotFound)?;
        // The table may have deleted the token, which expires with the page. It is written first: a page without its token
        // could not be found.
        let open = PreviewPage { expires_at: until, ..page };
        self.write(put(pointer_to(&open), None)).await?;
        let change = Expression::new("SET #revoked = :no, #expires = :until")
            .name("#revoked", "revoked")
            .name("#expires", "expires_at")
            .value(":no", AttributeValue::Bool(false))
            .value(":until", text(until.to_string()));
        self.change_existing(&pages::preview(workspace, lead), change).await
    }

    async fn campaign_page(
        &self,
        workspace: &WorkspaceId,
        id: &CampaignId,
    ) -> StoreResult<Option<CampaignPage>> {
        self.find(&pages::campaign_page(workspace, id)).await
    }

    async fn save_campaign_page(&self, page: &CampaignPage, event: &Event) -> StoreResult<u64> {
        self.save_entity(page, Some(event)).await
    }

    async fn delete_campaign_page(&self, page: &CampaignPage, event: &Event) -> StoreResult<()> {
        self.delete_entity(page, event).await
    }

    async fn put_draft(&self, draft: &CampaignPage, by: &UserId, until: Timestamp) -> StoreResult<()> {
        let draft = StoredDraft { page: draft.clone(), by: by.clone(), until };
        Ok(self.write(put(encode(&draft, 1, None)?, None)).await?)
    }

    async fn draft(
        &self,
        workspace: &WorkspaceId,
        id: &CampaignId,
        by: &UserId,
    ) -> StoreResult<Option<CampaignPage>> {
        let found: Option<StoredDraft> = self.find(&pages::campaign_page_draft(workspace, id, by)).await?;
        Ok(found.map(|draft| draft.page))
    }
}

impl Table {
    async fn change_existing<S>(&self, key: &Key<S>, change: Expression) -> StoreResult<()> {
        let exists = Expression::new("attribute_exists(pk)");
        match self.write(update(key, change, Some(exists))).await {
            Ok(()) => Ok(()),
            Err(Refused::Condition(_)) => Err(StoreError::NotFound),
            Err(refused) => Err(refused.into()),
        }
    }
}

/// The item by which a token leads to its page.
fn pointer_to(page: &PreviewPage) -> Item {
    let key = pages::preview_token(&page.token);
    Item::from([
        ("pk".to_owned(), text(key.pk())),
        ("sk".to_owned(), text(key.sk())),
        ("entity".to_owned(), text("preview_token")),
        ("v".to_owned(), number(1)),
        ("workspace".to_owned(), text(page.workspace.as_str())),
        ("lead".to_owned(), text(page.lead.as_str())),
        ("ttl".to_owned(), number(crate::times::expiry_second(page.expires_at))),
    ])
}

/// Returns the token, if the item is a preview page.
pub(crate) fn token_of(item: &Item) -> Option<&str> {
    text_of(item, "entity").filter(|entity| *entity == PreviewPage::ENTITY)?;
    text_of(item, "token")
}

plain_item! { PreviewItem of PreviewPage, {
    token: String,
    workspace: WorkspaceId,
    lead: LeadId,
    created_at: Timestamp,
    expires_at: Timestamp,
    revoked: bool,
} }

impl Stored for PreviewPage {
    const ENTITY: &'static str = "preview_page";
    type Scope = Tenant;
    type Body = PreviewItem;

    fn key(&self) -> Key<Tenant> {
        pages::preview(&self.workspace, &self.lead)
    }
    fn body(&self, _rev: u64) -> PreviewItem {
        PreviewItem::of(self)
    }
    fn from_body(body: PreviewItem, _head: &Head) -> Result<Self, String> {
        Ok(body.into_entity())
    }
}

plain_item! { CampaignPageItem of CampaignPage, rev, {
    campaign: CampaignId,
    workspace: WorkspaceId,
    blocks: Vec<PageBlock>,
    closes_on: Option<Date>,
    by: Option<UserId>,
    updated_at: Timestamp,
} }

impl Stored for CampaignPage {
    const ENTITY: &'static str = "campaign_page";
    type Scope = Tenant;
    type Body = CampaignPageItem;

    fn key(&self) -> Key<Tenant> {
        pages::campaign_page(&self.workspace, &self.campaign)
    }
    fn rev(&self) -> u64 {
        self.rev
    }
    fn body(&self, _rev: u64) -> CampaignPageItem {
        CampaignPageItem::of(self)
    }
    fn from_body(body: CampaignPageItem, head: &Head) -> Result<Self, String> {
        Ok(body.into_entity(head.rev))
    }
}

/// A page that a user is editing, and the time until which it is kept.
struct StoredDraft {
    page: CampaignPage,
    by: UserId,
    until: Timestamp,
}

#[derive(Serialize, Deserialize)]
struct DraftItem {
    page: CampaignPageItem,
    by: UserId,
    until: Timestamp,
}

impl Stored for StoredDraft {
    const ENTITY: &'static str = "campaign_page_draft";
    type Scope = Tenant;
    type Body = DraftItem;

    fn key(&self) -> Key<Tenant> {
        pages::campaign_page_draft(&self.page.workspace, &self.page.campaign, &self.by)
    }
    fn expires(&self) -> Option<Timestamp> {
        Some(self.until)
    }
    fn body(&self, _rev: u64) -> DraftItem {
        DraftItem { page: CampaignPageItem::of(&self.page), by: self.by.clone(), until: self.until }
    }
    fn from_body(body: DraftItem, _head: &Head) -> Result<Self, String> {
        Ok(Self { page: body.page.into_entity(0), by: body.by, until: body.until })
    }
}
