//! Owner routing: the rules as one item, and for each rule that goes round a counter of turns.
//!
//! A batch of leads takes its turns by one atomic addition, so writers never wait for each other nor retry. Turns that
//! were given back stand beside the counter in a set, from which one conditional update takes each out once.

use crate::errors::Refused;
use crate::item::{Head, Item, Stored, number, number_of, plain_item, text};
use crate::keys::{self, Key, Tenant};
use crate::table::Table;
use crate::write::Expression;
use application::StoreResult;
use application::ports::routing::RoutingStore;
use async_trait::async_trait;
use aws_sdk_dynamodb::types::AttributeValue;
use domain::event::Event;
use domain::lead::routing::{OwnerAway, OwnerChoice, Routing, RoutingRule};
use domain::{RoutingRuleId, WorkspaceId};

const ENTITY: &str = "routing_turns";
const NEXT: &str = "next";
const SPARE: &str = "spare";
/// The most spare turns that one update takes: more would make its condition too long.
const MOST_SPARE: usize = 16;

#[async_trait]
impl RoutingStore for Table {
    async fn get(&self, workspace: &WorkspaceId) -> StoreResult<Routing> {
        let found = self.find(&keys::routing(workspace)).await?;
        Ok(found.unwrap_or_else(|| Routing::none(workspace.clone())))
    }

    async fn save(&self, routing: &Routing, event: &Event) -> StoreResult<u64> {
        self.save_entity(routing, Some(event)).await
    }

    async fn take_turns(
        &self,
        workspace: &WorkspaceId,
        rule: Option<&RoutingRuleId>,
        count: usize,
    ) -> StoreResult<Vec<u64>> {
        let key = keys::routing_turns(workspace, rule);
        let spare = self.read_item(&key).await?.as_ref().map(spare_of).unwrap_or_default();
        let spare: Vec<u64> = spare.into_iter().take(count.min(MOST_SPARE)).collect();
        let mut turns = if self.take_spare(&key, &spare).await? { spare } else { Vec::new() };
        let more = count.saturating_sub(turns.len());
        if more > 0 {
            let change = Expression::new("ADD #next :more SET #entity = :entity, #v = :v")
                .name("#next", NEXT)
                .name("#entity", "entity")
                .name("#v", "v")
                .value(":more", number(more))
                .value(":entity", text(ENTITY))
                .value(":v", number(1));
            // An update that is repeated after a lost answer passes over one block of turns, which is even over the
            // users like any other.
            let changed = self.change(&key, change, None).await?;
            let end = counter_of(&changed);
            turns.extend(end.saturating_sub(u64::try_from(more).unwrap_or_default())..end);
        }
        Ok(turns)
    }

    async fn give_back_turns(
        &self,
        workspace: &WorkspaceId,
        rule: Option<&RoutingRuleId>,
        turns: &[u64],
    ) -> StoreResult<()> {
        if turns.is_empty() {
            return Ok(());
        }
        let change =
            Expression::new("ADD #spare :turns").name("#spare", SPARE).value(":turns", numbers(turns));
        self.change(&keys::routing_turns(workspace, rule), change, None).await?;
        Ok(())
    }

    async fn next_turn(&self, workspace: &WorkspaceId, rule: Option<&RoutingRuleId>) -> StoreResult<u64> {
        let item = self.read_item(&keys::routing_turns(workspace, rule)).await?;
        let Some(item) = item else { return Ok(0) };
        Ok(spare_of(&item).first().copied().unwrap_or_else(|| counter_of(&item)))
    }
}

impl Table {
    /// Takes these turns out of the set; false if another writer was faster with one of them, or there are none.
    async fn take_spare(&self, key: &Key<Tenant>, turns: &[u64]) -> StoreResult<bool> {
        if turns.is_empty() {
            return Ok(false);
        }
        let change =
            Expression::new("DELETE #spare :turns").name("#spare", SPARE).value(":turns", numbers(turns));
        let each = (0..turns.len()).map(|place| format!("contains(#spare, :t{place})"));
        let all = each.collect::<Vec<_>>().join(" AND ");
        let still = turns.iter().enumerate().fold(Expression::new(&all), |still, (place, turn)| {
            still.value(&format!(":t{place}"), number(*turn))
        });
        // One attempt: whether a repeated one took them could not be told.
        match self.change_once(key, change, Some(still)).await {
            Ok(()) => Ok(true),
            Err(Refused::Condition(_)) => Ok(false),
            Err(refused) => Err(refused.into()),
        }
    }
}

fn counter_of(item: &Item) -> u64 {
    number_of(item, NEXT).and_then(|next| u64::try_from(next).ok()).unwrap_or_default()
}

fn numbers(turns: &[u64]) -> AttributeValue {
    AttributeValue::Ns(turns.iter().map(ToString::to_string).collect())
}

/// The turns that were given back, lowest first.
fn spare_of(item: &Item) -> Vec<u64> {
    let Some(AttributeValue::Ns(turns)) = item.get(SPARE) else { return Vec::new() };
    let mut turns: Vec<u64> = turns.iter().filter_map(|turn| turn.parse().ok()).collect();
    turns.sort_unstable();
    turns
}

plain_item! { RoutingItem of Routing, rev, {
    workspace: WorkspaceId,
    rules: Vec<RoutingRule>,
    otherwise: OwnerChoice,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    away: Vec<OwnerAway>,
} }

impl Stored for Routing {
    const ENTITY: &'static str = "routing";
    type Scope = Tenant;
    type Body = RoutingItem;

    fn key(&self) -> Key<Tenant> {
        keys::routing(&self.workspace)
    }
    fn rev(&self) -> u64 {
        self.rev
    }
    fn body(&self, _rev: u64) -> RoutingItem {
        RoutingItem::of(self)
    }
    fn from_body(body: RoutingItem, head: &Head) -> Result<Self, String> {
        Ok(body.into_entity(head.rev))
    }
}
