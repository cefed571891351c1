//! Preview pages: the page in its lead's partition, and its token, which leads there.

use crate::errors::Refused;
use crate::item::{Head, Item, Stored, encode, number, plain_item, text, text_of};
use crate::keys::{self, Key, Tenant};
use crate::table::Table;
use crate::write::{Expression, absent, put, update};
use application::ports::preview_pages::PreviewStore;
use application::{StoreError, StoreResult};
use async_trait::async_trait;
use aws_sdk_dynamodb::types::AttributeValue;
use domain::workspace::preview_page::PreviewPage;
use domain::{LeadId, WorkspaceId};
use jiff::Timestamp;

#[async_trait]
impl PreviewStore for Table {
    async fn create(&self, page: &PreviewPage) -> StoreResult<()> {
        let key = keys::preview_token(&page.token);
        let pointer = Item::from([
            ("pk".to_owned(), text(key.pk())),
            ("sk".to_owned(), text(key.sk())),
            ("entity".to_owned(), text("preview_token")),
            ("v".to_owned(), number(1)),
            ("workspace".to_owned(), text(page.workspace.as_str())),
            ("lead".to_owned(), text(page.lead.as_str())),
            ("ttl".to_owned(), number(crate::times::expiry_second(page.expires_at))),
        ]);
        // The token is written first: without its page it leads nowhere and expires, whereas a page without its token
        // could not be found.
        self.write(put(pointer, absent())).await?;
        Ok(self.write(put(encode(page, 1, None)?, absent())).await?)
    }

    async fn by_token(&self, token: &str) -> StoreResult<PreviewPage> {
        let pointer = self.read_item(&keys::preview_token(token)).await?.ok_or(StoreError::NotFound)?;
        let workspace = WorkspaceId::parse(text_of(&pointer, "workspace").unwrap_or_default());
        let lead = LeadId::parse(text_of(&pointer, "lead").unwrap_or_default());
        let (Ok(workspace), Ok(lead)) = (workspace, lead) else { return Err(StoreError::NotFound) };
        let page: PreviewPage = self.read(&keys::preview(&workspace, &lead)).await?;
        if page.token == token { Ok(page) } else { Err(StoreError::NotFound) }
    }

    async fn of_lead(&self, workspace: &WorkspaceId, lead: &LeadId) -> StoreResult<Option<PreviewPage>> {
        self.find(&keys::preview(workspace, lead)).await
    }

    async fn revoke(&self, workspace: &WorkspaceId, lead: &LeadId) -> StoreResult<()> {
        let change = Expression::new("SET #revoked = :yes")
            .name("#revoked", "revoked")
            .value(":yes", AttributeValue::Bool(true));
        let exists = Expression::new("attribute_exists(pk)");
        match self.write(update(&keys::preview(workspace, lead), change, Some(exists))).await {
            Ok(()) => Ok(()),
            Err(Refused::Condition(_)) => Err(StoreError::NotFound),
            Err(refused) => Err(refused.into()),
        }
    }
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
        keys::preview(&self.workspace, &self.lead)
    }
    fn body(&self, _rev: u64) -> PreviewItem {
        PreviewItem::of(self)
    }
    fn from_body(body: PreviewItem, _head: &Head) -> Result<Self, String> {
        Ok(body.into_entity())
    }
}
