//! The suppression list, spread over partitions because many look there; and, in one partition, pages of marks that
//! tell in which order it was written. A send that knows the newest page of its last look-up reads only the pages
//! since, and the list itself only if a mark on them matches.

use crate::errors::Refused;
use crate::item::{Head, Stored, decode, encode, encode_event, plain_item, text};
use crate::keys::{self, Key, Tenant};
use crate::table::Table;
use crate::write::{Expression, delete, put, update};
use application::ports::suppressions::SuppressionStore;
use application::{Page, PageRequest, StoreError, StoreResult};
use async_trait::async_trait;
use domain::WorkspaceId;
use domain::event::{Event, UserOrKey};
use domain::lead::suppression::{StopSign, Suppression, SuppressionReason, SuppressionScope};
use jiff::Timestamp;

#[async_trait]
impl SuppressionStore for Table {
    async fn put(&self, suppression: &Suppression, event: &Event) -> StoreResult<()> {
        let mut entry = suppression.clone();
        // A number that a user has suppressed stays marked so: a STOP from the lead alone may close only that
        // channel. What was said in words stays so, whichever keyword or switch comes later; and a list that says
        // again what the lead has said closes no fewer channels.
        let mut known = None;
        if entry.created_by.is_none() && entry.scope.is_of_texts() {
            known = self.find::<Suppression>(&keys::suppression(&entry.workspace, &entry.scope)).await?;
        }
        if let Some(known) = &known {
            entry = entry.after(known);
        }
        let item = encode(&entry, 1, Some(event))?;
        match self.write(put(item, Some(may_be_replaced_by(&entry)))).await {
            Ok(()) => Ok(()),
            Err(Refused::Condition(_)) => {
                if let Some(known) = known.filter(|known| known.sign < entry.sign) {
                    self.strengthen_entry(&known, &entry, event).await?;
                }
                self.add_user_to_entry(&entry, event).await
            }
            Err(refused) => Err(refused.into()),
        }
    }

    async fn lift(&self, entry: &Suppression, event: &Event) -> StoreResult<()> {
        let key = keys::suppression(&entry.workspace, &entry.scope);
        // The last image carries who removed the entry and why: the deletion's own record carries only the old one.
        let lifted = Expression::new("SET #ev = :ev").name("#ev", "ev").value(":ev", encode_event(event)?);
        match self.write(update(&key, lifted, Some(unchanged(entry)))).await {
            Ok(()) => Ok(self.write(delete(&key, Some(unchanged(entry)))).await?),
            Err(Refused::Condition(_)) => match self.find::<Suppression>(&key).await? {
                Some(_) => Err(StoreError::Conflict),
                None => Err(StoreError::NotFound),
            },
            Err(refused) => Err(refused.into()),
        }
    }

    async fn find(
        &self,
        workspace: &WorkspaceId,
        scopes: &[SuppressionScope],
    ) -> StoreResult<Vec<Suppression>> {
        let keys: Vec<_> = scopes.iter().map(|scope| keys::suppression(workspace, scope)).collect();
        self.read_many(&keys).await
    }

    async fn list(&self, workspace: &WorkspaceId, page: PageRequest) -> StoreResult<Page<Suppression>> {
        let shards = keys::suppressions(workspace);
        let limit = page.limit.clamp(1, 200);
        let found = self.page_of_shards(&shards, false, None, limit, page.cursor.as_deref()).await?;
        let items = found.items.into_iter().map(decode).collect::<StoreResult<_>>()?;
        Ok(Page { items, next_cursor: found.next_cursor })
    }
}

impl Table {
    /// Keeps the stored entry, which is newer, and adds to it that its owner has said no in a stronger way before.
    async fn strengthen_entry(
        &self,
        known: &Suppression,
        entry: &Suppression,
        event: &Event,
    ) -> StoreResult<()> {
        let Some(sign) = entry.sign.filter(|_| known.reason == SuppressionReason::OptedOut) else {
            return Ok(());
        };
        let key = keys::suppression(&entry.workspace, &entry.scope);
        let stronger = Expression::new("SET sign = :sign, #ev = :ev")
            .name("#ev", "ev")
            .value(":sign", text(sign.as_str()))
            .value(":ev", encode_event(event)?);
        match self.write(update(&key, stronger, Some(unchanged(known)))).await {
            Ok(()) => Ok(()),
            Err(Refused::Condition(_)) => Err(StoreError::Conflict),
            Err(refused) => Err(refused.into()),
        }
    }

    /// Keeps the stored entry, which weighs more, and adds to it that a user wants it, too.
    async fn add_user_to_entry(&self, entry: &Suppression, event: &Event) -> StoreResult<()> {
        let Some(by) = &entry.created_by else { return Ok(()) };
        let key = keys::suppression(&entry.workspace, &entry.scope);
        let also = Expression::new("SET created_by = :by, #ev = :ev")
            .name("#ev", "ev")
            .value(":by", text(by.to_string()))
            .value(":ev", encode_event(event)?);
        let if_nobody_has = Expression::new("attribute_exists(pk) AND attribute_not_exists(created_by)");
        match self.write(update(&key, also, Some(if_nobody_has))).await {
            Ok(()) | Err(Refused::Condition(_)) => Ok(()),
            Err(refused) => Err(refused.into()),
        }
    }
}

fn unchanged(entry: &Suppression) -> Expression {
    let same = Expression::new("#reason = :reason AND created_at = :at")
        .name("#reason", "reason")
        .value(":reason", text(entry.reason.as_str()))
        .value(":at", text(entry.created_at.to_string()));
    match &entry.created_by {
        Some(by) => same.plus(" AND created_by = :by").value(":by", text(by.to_string())),
        None => same.plus(" AND attribute_not_exists(created_by)"),
    }
}

fn may_be_replaced_by(new: &Suppression) -> Expression {
    let reason = new.reason;
    let mut condition =
        Expression::new("attribute_not_exists(pk)").name("#reason", "reason").name("#ends", "expires_at");
    let others = SuppressionReason::ALL.into_iter().filter(|other| other.weight() <= reason.weight());
    for (number, other) in others.enumerate() {
        let placeholder = format!(":r{number}");
        let weaker = other.weight() < reason.weight();
        let ends = if weaker { "" } else { "attribute_exists(#ends) AND " };
        condition = condition
            .plus(&format!(" OR ({ends}#reason = {placeholder})"))
            .value(&placeholder, text(other.as_str()));
    }
    if reason == SuppressionReason::OptedOut {
        condition = condition
            .plus(" OR (#reason = :again AND created_at < :since)")
            .value(":again", text(reason.as_str()))
            .value(":since", text(new.created_at.to_string()));
    }
    condition
}

plain_item! { SuppressionItem of Suppression, {
    workspace: WorkspaceId,
    scope: SuppressionScope,
    reason: SuppressionReason,
    source: Option<String>,
    created_by: Option<UserOrKey>,
    created_at: Timestamp,
    expires_at: Option<Timestamp>,
    #[serde(default)]
    sign: Option<StopSign>,
} }

impl Stored for Suppression {
    const ENTITY: &'static str = "suppression";
    type Scope = Tenant;
    type Body = SuppressionItem;

    fn key(&self) -> Key<Tenant> {
        keys::suppression(&self.workspace, &self.scope)
    }
    fn expires(&self) -> Option<Timestamp> {
        self.expires_at
    }
    fn body(&self, _rev: u64) -> SuppressionItem {
        SuppressionItem::of(self)
    }
    fn from_body(body: SuppressionItem, _head: &Head) -> Result<Self, String> {
        Ok(body.into_entity())
    }
}
