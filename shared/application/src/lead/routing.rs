//! Gives new leads their owner by the workspace's rules. A lead that has an owner already keeps it.
//!
//! Users who take leads in turn get equal shares, also when many functions create leads at once: `assign` takes the
//! turns of a whole batch by one atomic update of the rule's counter (an import has a batch of sixteen rows, the API
//! one of a single lead), so no function waits for another. A lead that turns out to be known already gives its turn
//! back through `unused`; the next batch takes it first, and `finish` returns what is left at the end. Open leads are
//! counted once for each router, and then as it gives them out.

use crate::lead::list::LeadLists;
use crate::ports::clock::Clock;
use crate::ports::leads::LeadQuery;
use crate::ports::routing::RoutingStore;
use crate::ports::store::StoreResult;
use crate::ports::users::UserStore;
use domain::lead::Lead;
use domain::lead::filter::LeadFilter;
use domain::lead::routing::{OwnerRoute, RoutedBy, RoutedHow, Routing};
use domain::lead::scope::LeadScope;
use domain::lead::segment::{SegmentCondition, SegmentRule, Test};
use domain::lead::stage::StageId;
use domain::{LeadId, RoutingRuleId, UserId, WorkspaceId};
use jiff::tz::TimeZone;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

crate::ports! {
    #[derive(Clone)]
    pub struct RoutingPorts {
        pub clock: Arc<dyn Clock>,
        pub lists: LeadLists = LeadLists::new,
        pub routing: Arc<dyn RoutingStore>,
        pub users: Arc<dyn UserStore>,
    }
}

/// The rule that selects leads that still need their owner: they are neither won nor lost.
fn is_open() -> SegmentRule {
    let closed = [StageId::WON, StageId::LOST].map(String::from);
    let test = Test::IsNot(closed.into());
    SegmentRule::If(SegmentCondition { field: "status".to_owned(), test })
}

/// The counter of a rule; none for the choice for all other leads.
type Counter = Option<RoutingRuleId>;

/// What a lead uses up when it gets its owner.
enum Given {
    Turn(Counter, u64),
    Load(UserId),
}

pub struct OwnerRouter<'a> {
    ports: &'a RoutingPorts,
    routing: Arc<Routing>,
    available: BTreeSet<UserId>,
    /// The turns that were taken and not used yet.
    pool: BTreeMap<Counter, VecDeque<u64>>,
    /// What each lead has used up.
    given: BTreeMap<LeadId, Given>,
    /// The open leads of each user, as far as they were asked for.
    load: BTreeMap<UserId, usize>,
}

impl<'a> OwnerRouter<'a> {
    /// Reads the rules and who is there. None: the workspace routes no leads.
    pub async fn of(ports: &'a RoutingPorts, workspace: &WorkspaceId) -> StoreResult<Option<Self>> {
        let routing = ports.routing.get(workspace).await?;
        if routing.assigns_nothing() {
            return Ok(None);
        }
        Self::with(ports, routing).await.map(Some)
    }

    /// Makes a router for these rules, which need not be saved.
    pub async fn with(ports: &'a RoutingPorts, routing: Routing) -> StoreResult<Self> {
        let team = ports.users.list(&routing.workspace).await?;
        let today = ports.clock.now().to_zoned(TimeZone::UTC).date();
        let available = routing.available(&team, today);
        let (pool, given, load) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        Ok(Self { ports, routing: Arc::new(routing), available, pool, given, load })
    }

    /// Makes the router pass over a user, whose leads are handed over.
    pub fn leave_out(&mut self, user: &UserId) {
        self.available.remove(user);
    }

    /// Gives those of the leads that have no owner one. They are new, or a
    /// user hands them over.
    pub async fn assign<'l>(&mut self, leads: impl IntoIterator<Item = &'l mut Lead>) -> StoreResult<()> {
        let mut leads: Vec<&mut Lead> = leads.into_iter().filter(|lead| lead.owner.is_none()).collect();
        self.take_turns(&leads).await?;
        for lead in &mut leads {
            let routing = self.routing.clone();
            let Some(route) = routing.route(lead, &self.available) else { continue };
            let owner = match route.how {
                RoutedHow::One => route.users[0].clone(),
                RoutedHow::RoundRobin => {
                    let counter = counter_of(&route);
                    let turn = self.pool.get_mut(&counter).and_then(VecDeque::pop_front);
                    let Some(turn) = turn else { continue };
                    self.given.insert(lead.id.clone(), Given::Turn(counter, turn));
                    route.at_turn(turn).clone()
                }
                RoutedHow::LeastLoad => {
                    self.count_open_leads(&route).await?;
                    let owner = route.least_loaded(|user| self.load.get(user).copied().unwrap_or(0)).clone();
                    *self.load.entry(owner.clone()).or_default() += 1;
                    self.given.insert(lead.id.clone(), Given::Load(owner.clone()));
                    owner
                }
            };
            lead.routed = Some(route.decision(&owner));
            lead.owner = Some(owner);
        }
        Ok(())
    }

    /// Takes back what a lead was given that is not created after all, for the next one.
    pub fn unused(&mut self, lead: &LeadId) {
        match self.given.remove(lead) {
            Some(Given::Turn(counter, turn)) => self.pool.entry(counter).or_default().push_front(turn),
            Some(Given::Load(owner)) => {
                let load = self.load.entry(owner).or_default();
                *load = load.saturating_sub(1);
            }
            None => {}
        }
    }

    /// Returns the turns that no lead has used.
    pub async fn finish(self) -> StoreResult<()> {
        for (counter, turns) in self.pool.into_iter().filter(|(_, turns)| !turns.is_empty()) {
            let turns: Vec<u64> = turns.into();
            self.ports.routing.give_back_turns(&self.routing.workspace, counter.as_ref(), &turns).await?;
        }
        Ok(())
    }

    /// Tells who would own the next `count` leads like this one, without taking a turn.
    pub async fn preview(mut self, lead: &Lead, count: usize) -> StoreResult<Vec<Option<RoutedBy>>> {
        let routing = self.routing.clone();
        let counter =
            routing.route(lead, &self.available).map(|route| counter_of(&route)).unwrap_or_default();
        let first = self.ports.routing.next_turn(&routing.workspace, counter.as_ref()).await?;
        let turns = (0..u64::try_from(count).unwrap_or(0)).map(|place| first + place);
        self.pool.insert(counter, turns.collect());
        let mut leads = vec![lead.clone(); count];
        self.assign(&mut leads).await?;
        Ok(leads.into_iter().map(|lead| lead.routed).collect())
    }

    /// Takes as many turns of each rule as the leads need beyond those that are left over.
    async fn take_turns(&mut self, leads: &[&mut Lead]) -> StoreResult<()> {
        let mut wanted: BTreeMap<Counter, usize> = BTreeMap::new();
        for lead in leads {
            let route = self.routing.route(lead, &self.available);
            if let Some(route) = route.filter(|route| route.how == RoutedHow::RoundRobin) {
                *wanted.entry(counter_of(&route)).or_default() += 1;
            }
        }
        for (counter, count) in wanted {
            let left = self.pool.entry(counter.clone()).or_default();
            let missing = count.saturating_sub(left.len());
            if missing > 0 {
                let workspace = &self.routing.workspace;
                left.extend(self.ports.routing.take_turns(workspace, counter.as_ref(), missing).await?);
            }
        }
        Ok(())
    }

    /// Counts the open leads of those of the route's users for whom that was not done yet.
    async fn count_open_leads(&mut self, route: &OwnerRoute<'_>) -> StoreResult<()> {
        for user in &route.users {
            if self.load.contains_key(*user) {
                continue;
            }
            let filter =
                LeadFilter { owner: Some((*user).clone()), rule: Some(is_open()), ..LeadFilter::default() };
            let query = LeadQuery { filter, limit: 1, ..LeadQuery::default() };
            let open = self.ports.lists.page(&self.routing.workspace, &LeadScope::All, &query).await?.total;
            self.load.insert((*user).clone(), open);
        }
        Ok(())
    }
}

fn counter_of(route: &OwnerRoute<'_>) -> Counter {
    route.rule.map(|rule| rule.id.clone())
}
