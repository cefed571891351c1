//! The lead list: its pages equal those of all leads sorted, whether it is read from the table, from blocks or from both.

mod rows;

use application::Ports;
use application::change_log::block_key;
use application::change_log::fold::{FoldPorts, fold};
use application::change_log::manifest::read_manifest;
use application::change_log::record::{RecordPorts, record};
use application::lead::deletion::{DeletionPorts, delete_lead, restore_lead};
use application::lead::list::LeadLists;
use application::ports::leads::{LeadQuery, LeadRow, LeadSort};
use domain::contact::country::Country;
use domain::contact::email_address::EmailAddress;
use domain::event::{Event, EventKind};
use domain::lead::filter::LeadFilter;
use domain::lead::scope::LeadScope;
use domain::lead::stage::StageId;
use domain::lead::{Lead, Priority, Temperature};
use domain::{CampaignId, LeadId, UserId, WorkspaceId};
use jiff::{SignedDuration, Timestamp};
use local_cloud::{Fault, Moment};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use test_stage::Stage;

/// A generator of the same numbers each time.
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("the stage answers") % bound
    }
    fn one<T: Clone>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())].clone()
    }
    fn perhaps<T>(&mut self, value: T) -> Option<T> {
        (self.below(3) > 0).then_some(value)
    }
}

const STATUSES: [StageId; 3] = [StageId::NEW, StageId::CONTACTED, StageId::REPLIED];
const TAGS: [&str; 3] = ["vip", "fair", "Zürich"];

struct Scene {
    stage: Stage,
    workspace: WorkspaceId,
    lists: LeadLists,
}

impl Scene {
    async fn new() -> Self {
        let stage = Stage::new().await;
        let (workspace, _) = stage.workspace("northquay").await;
        let lists = LeadLists::new(&stage.ports);
        Self { stage, workspace, lists }
    }

    fn now(&self) -> Timestamp {
        self.stage.ports.clock().now()
    }

    async fn create(&self, lead: &Lead) {
        let event = Event::system(EventKind::LeadCreated, self.now());
        self.stage.ports.leads().create(lead, &event).await.expect("the stage answers");
    }

    async fn lead(&self, id: &LeadId) -> Lead {
        self.stage.ports.leads().get(&self.workspace, id).await.expect("the stage answers")
    }

    async fn save(&self, id: &LeadId, change: impl FnOnce(&mut Lead)) -> u64 {
        let mut lead = self.lead(id).await;
        change(&mut lead);
        let event = Event::system(EventKind::LeadChanged, self.now());
        self.stage.ports.leads().save(&lead, &event).await.expect("the stage answers")
    }

    /// Records what the stream has by now.
    async fn record(&self) {
        record(&RecordPorts::new(&self.stage.ports), &self.stage.stream()).await.expect("the stage answers");
    }

    async fn page(&self, query: &LeadQuery) -> application::ports::leads::LeadPage {
        self.lists.page(&self.workspace, &LeadScope::All, query).await.expect("the stage answers")
    }

    async fn names(&self, query: &LeadQuery) -> Vec<String> {
        self.page(query).await.leads.into_iter().map(|row| row.name).collect()
    }

    fn named(&self, name: &str) -> Lead {
        let now = self.now();
        let mut lead = Lead::blank(LeadId::derived(now, &[name]), self.workspace.clone(), now);
        lead.first_name = Some(name.to_owned());
        lead
    }

    fn user(&self) -> UserId {
        UserId::derived(self.now(), &["owner"])
    }

    fn campaign(&self, n: usize) -> CampaignId {
        CampaignId::derived(self.now(), &["campaign", &n.to_string()])
    }

    fn somebody(&self, n: usize, chance: &mut Chance) -> Lead {
        let at = self.now()
            - SignedDuration::from_hours(i64::try_from(chance.below(500)).expect("the stage answers"));
        let mut one = Lead::blank(LeadId::derived(at, &["list", &n.to_string()]), self.workspace.clone(), at);
        one.first_name = chance.one(&["Anna", "ben", "Çelik", "dora"].map(str::to_owned)).into();
        let company = chance.one(&["Oak", "harbour Dental", "Äther", "oak"].map(str::to_owned));
        one.company = chance.perhaps(company);
        one.email =
            chance.perhaps(EmailAddress::parse(&format!("p{n}@list.example")).expect("the stage answers"));
        one.country = chance.perhaps(()).and_then(|()| Country::parse(["US", "GB"][n % 2]));
        let category = chance.one(&["Dentist".to_owned(), "roofer".to_owned()]);
        one.category = chance.perhaps(category);
        one.status = chance.one(&STATUSES);
        one.priority = chance.one(&[Priority::Normal, Priority::High]);
        one.owner = chance.perhaps(self.user());
        one.tags = (0..chance.below(3)).map(|_| chance.one(&TAGS).to_owned()).collect();
        one.active = (0..chance.below(3)).map(|n| self.campaign(n)).collect();
        one.website = chance.perhaps("https://list.example".to_owned());
        let days = i64::try_from(chance.below(20)).expect("the stage answers");
        one.last_contacted_at = chance.perhaps(self.now() - SignedDuration::from_hours(24 * days));
        one.follow_up_at = chance.perhaps(self.now() + SignedDuration::from_hours(24 * days));
        one.updated_at = at + SignedDuration::from_mins(days);
        one
    }

    fn asked(&self, chance: &mut Chance) -> LeadQuery {
        let sorts = [
            LeadSort::Created,
            LeadSort::Updated,
            LeadSort::Name,
            LeadSort::Company,
            LeadSort::Score,
            LeadSort::Status,
            LeadSort::FollowUp,
            LeadSort::LastContacted,
            LeadSort::Field("category".to_owned()),
        ];
        let mut query = LeadQuery {
            sort: chance.one(&sorts),
            descending: chance.below(2) == 0,
            limit: chance.one(&[1, 7, 50, 400]),
            as_of: Some(self.now()),
            ..LeadQuery::default()
        };
        for _ in 0..chance.below(3) {
            match chance.below(7) {
                0 => query.filter.status = vec![chance.one(&STATUSES), StageId::NEW],
                1 => query.filter.temperature = vec![Temperature::Cold],
                2 => query.filter.priority = vec![Priority::High],
                3 => query.filter.country = Country::parse("GB").into_iter().collect(),
                4 => query.filter.category = vec!["ROOFER".to_owned()],
                5 => query.filter.tag = vec![chance.one(&TAGS).to_owned()],
                _ if chance.below(2) == 0 => {
                    query.filter.owner = chance.perhaps(self.user());
                    query.filter.unowned = query.filter.owner.is_none();
                }
                _ => query.filter.campaign = Some(self.campaign(chance.below(3))),
            }
        }
        query
    }
}

fn is_meant(filter: &LeadFilter, lead: &Lead, now: Timestamp) -> bool {
    let has_category =
        |own: &String| filter.category.iter().any(|category| category.to_lowercase() == own.to_lowercase());
    (filter.status.is_empty() || filter.status.contains(&lead.status))
        && (filter.temperature.is_empty() || filter.temperature.contains(&lead.temperature(now)))
        && (filter.priority.is_empty() || filter.priority.contains(&lead.priority))
        && (filter.country.is_empty() || lead.country.is_some_and(|own| filter.country.contains(&own)))
        && (filter.tag.is_empty() || filter.tag.iter().any(|tag| lead.tags.contains(tag)))
        && (filter.category.is_empty() || lead.category.as_ref().is_some_and(has_category))
        && (!filter.unowned || lead.owner.is_none())
        && (filter.owner.is_none() || lead.owner == filter.owner)
        && filter.campaign.as_ref().is_none_or(|campaign| lead.active.contains(campaign))
}

/// The leads that match, sorted; those without a value last in either direction.
fn naive(leads: &[Lead], query: &LeadQuery, now: Timestamp) -> Vec<LeadId> {
    let key = |lead: &Lead| {
        let instant =
            |at: Option<Timestamp>| (at.is_none(), at.map_or(0, |at| at.as_microsecond()), String::new());
        let number = |number: i64| (false, number, String::new());
        match &query.sort {
            LeadSort::Created => number(0),
            LeadSort::Updated => instant(Some(lead.updated_at)),
            LeadSort::Name => (false, 0, lead.display_name().to_lowercase()),
            LeadSort::Company => {
                (lead.company.is_none(), 0, lead.company.as_deref().unwrap_or_default().to_lowercase())
            }
            LeadSort::Score => number(i64::from(domain::lead::score::score(lead, now).total)),
            LeadSort::Status => {
                let place = STATUSES.iter().position(|status| *status == lead.status).expect("one of these");
                number(i64::try_from(place).expect("a small number"))
            }
            LeadSort::FollowUp => instant(lead.follow_up_at),
            LeadSort::LastContacted => instant(lead.last_contacted_at),
            LeadSort::Field(_) => {
                (lead.category.is_none(), 0, lead.category.as_deref().unwrap_or_default().to_lowercase())
            }
        }
    };
    let mut found: Vec<&Lead> = leads.iter().filter(|lead| is_meant(&query.filter, lead, now)).collect();
    found.sort_by(|a, b| {
        let (x, y) = (key(a), key(b));
        let by_value = x.1.cmp(&y.1).then_with(|| x.2.cmp(&y.2)).then_with(|| a.id.cmp(&b.id));
        x.0.cmp(&y.0).then(if query.descending { by_value.reverse() } else { by_value })
    });
    found.into_iter().map(|lead| lead.id.clone()).collect()
}

async fn pages_equal_all_leads_sorted(scene: &Scene, leads: &[Lead], chance: &mut Chance) {
    let mut sizes = BTreeSet::new();
    for round in 0..30 {
        let mut query = scene.asked(chance);
        let wanted = naive(leads, &query, scene.now());
        sizes.insert(wanted.len());
        let (mut found, mut pages) = (Vec::new(), 0);
        loop {
            let page = scene.page(&query).await;
            assert_eq!(page.total, wanted.len(), "round {round} of {query:?}");
            assert!(page.leads.len() <= query.limit, "round {round}");
            found.extend(page.leads.into_iter().map(|row| row.id));
            pages += 1;
            query.cursor = page.next_cursor;
            if query.cursor.is_none() || pages > 4 {
                break;
            }
        }
        let all = query.cursor.is_none();
        assert!(found == wanted[..found.len()], "round {round}: {query:?}");
        assert!(!all || found.len() == wanted.len(), "round {round}: {query:?}");
    }
    assert!(sizes.len() > 6 && sizes.contains(&leads.len()), "queries of many kinds: {sizes:?}");
}

#[tokio::test]
async fn pages_equal_all_leads_sorted_from_the_table_from_changes_and_from_blocks() {
    let (scene, mut chance) = (Scene::new().await, Chance(42));
    let leads: Vec<Lead> = (0..150).map(|n| scene.somebody(n, &mut chance)).collect();
    for lead in &leads {
        scene.create(lead).await;
    }
    pages_equal_all_leads_sorted(&scene, &leads, &mut chance).await;
    scene.record().await;
    pages_equal_all_leads_sorted(&scene, &leads, &mut chance).await;
    fold(&FoldPorts::new(&scene.stage.ports), &scene.workspace).await.expect("the stage answers");
    let cold = Scene { lists: cold_lists(&scene.stage), ..scene };
    pages_equal_all_leads_sorted(&cold, &leads, &mut chance).await;
}

/// The lists of another process.
fn cold_lists(stage: &Stage) -> LeadLists {
    let cache = application::lead::list::LeadCache::of(1 << 20);
    LeadLists { lead_cache: cache.into(), ..LeadLists::new(&stage.ports) }
}

#[tokio::test]
async fn change_is_shown_once_it_is_recorded_and_at_once_to_who_has_seen_it() {
    let scene = Scene::new().await;
    let ann = scene.named("Ann");
    scene.create(&ann).await;
    scene.record().await;
    let all = LeadQuery { limit: 10, ..LeadQuery::default() };
    assert_eq!(scene.names(&all).await, ["Ann"]);
    let rev = scene.save(&ann.id, |lead| lead.first_name = Some("Anna".to_owned())).await;
    scene.stage.advance(SignedDuration::from_secs(1));
    let bob = scene.named("Bob");
    scene.create(&bob).await;
    assert_eq!(scene.names(&all).await, ["Ann"], "nothing is recorded yet");
    let seen = LeadQuery { seen: vec![(ann.id.clone(), rev), (bob.id.clone(), 1)], ..all.clone() };
    assert_eq!(scene.names(&seen).await, ["Anna", "Bob"]);
    scene.record().await;
    assert_eq!(scene.names(&all).await, ["Anna", "Bob"]);
    let gone = Event::system(EventKind::LeadErased, scene.now());
    scene.stage.ports.leads().erase(&scene.workspace, &ann.id, &gone).await.expect("the stage answers");
    let seen = LeadQuery { seen: vec![(ann.id.clone(), rev + 1)], ..all.clone() };
    assert_eq!(scene.names(&seen).await, ["Bob"]);
    scene.record().await;
    assert_eq!(scene.names(&all).await, ["Bob"]);
    assert_eq!(Scene { lists: cold_lists(&scene.stage), ..scene }.names(&all).await, ["Bob"]);
}

#[tokio::test]
async fn deleted_lead_leaves_the_list_and_comes_back_with_its_restoration() {
    let scene = Scene::new().await;
    let (ann, bob) = (scene.named("Ann"), scene.named("Bob"));
    for lead in [&ann, &bob] {
        scene.create(lead).await;
    }
    scene.record().await;
    let by_name = LeadQuery { limit: 10, sort: LeadSort::Name, ..LeadQuery::default() };
    let counted = async |scene: &Scene| {
        let page = scene.page(&by_name).await;
        (page.total, page.leads.into_iter().map(|row| row.name).collect::<Vec<_>>())
    };
    assert_eq!(counted(&scene).await, (2, vec!["Ann".to_owned(), "Bob".to_owned()]));
    let deletion = DeletionPorts::new(&scene.stage.ports);
    let whose = (&scene.workspace, &ann.id);
    let deleted = delete_lead(&deletion, whose, None).await.expect("the stage answers");
    let rev = deleted.expect("it is there").rev;
    let seen = |rev: u64| LeadQuery { seen: vec![(ann.id.clone(), rev)], ..by_name.clone() };
    assert_eq!(scene.names(&seen(rev)).await, ["Bob"], "at once to who has deleted it");
    scene.record().await;
    assert_eq!(counted(&scene).await, (1, vec!["Bob".to_owned()]));
    let cold = Scene { lists: cold_lists(&scene.stage), ..scene };
    assert_eq!(
        counted(&cold).await,
        (1, vec!["Bob".to_owned()]),
        "from blocks and from what came after them"
    );
    // What is recorded of it while it is deleted does not bring it back.
    let hidden = cold.stage.ports.leads_with_deleted();
    let mut lead = hidden.get(&cold.workspace, &ann.id).await.expect("the stage answers");
    lead.notes = Some("Called".to_owned());
    let event = Event::system(EventKind::LeadChanged, cold.now());
    hidden.save(&lead, &event).await.expect("the stage answers");
    cold.record().await;
    assert_eq!(counted(&cold).await, (1, vec!["Bob".to_owned()]));
    fold(&FoldPorts::new(&cold.stage.ports), &cold.workspace).await.expect("the stage answers");
    let folded = Scene { lists: cold_lists(&cold.stage), ..cold };
    assert_eq!(counted(&folded).await, (1, vec!["Bob".to_owned()]));
    let whose = (&folded.workspace, &ann.id);
    let restored = restore_lead(&deletion, whose, None).await.expect("the stage answers");
    assert_eq!(folded.names(&seen(restored.rev)).await, ["Ann", "Bob"], "at once to who has restored it");
    let other = Scene { lists: cold_lists(&folded.stage), ..folded };
    assert_eq!(counted(&other).await, (1, vec!["Bob".to_owned()]), "nothing is recorded yet");
    other.record().await;
    assert_eq!(counted(&other).await, (2, vec!["Ann".to_owned(), "Bob".to_owned()]));
    fold(&FoldPorts::new(&other.stage.ports), &other.workspace).await.expect("the stage answers");
    let folded = Scene { lists: cold_lists(&other.stage), ..other };
    assert_eq!(counted(&folded).await, (2, vec!["Ann".to_owned(), "Bob".to_owned()]));
}

#[tokio::test]
async fn list_with_nothing_new_costs_one_query() {
    let scene = Scene::new().await;
    for name in ["Ann", "Bob"] {
        scene.create(&scene.named(name)).await;
    }
    scene.record().await;
    let all = LeadQuery { limit: 10, ..LeadQuery::default() };
    scene.page(&all).await;
    let before = scene.stage.cloud.ledger().snapshot();
    scene.page(&all).await;
    let used = scene.stage.cloud.ledger().since(&before).total();
    assert_eq!((used.calls, used.read_units), (1, 1.0));
}

#[tokio::test]
async fn block_that_is_gone_or_unreadable_is_made_up_from_the_table() {
    let scene = Scene::new().await;
    for name in ["Ann", "Bob"] {
        scene.create(&scene.named(name)).await;
    }
    scene.record().await;
    let ports = FoldPorts::new(&scene.stage.ports);
    let head = fold(&ports, &scene.workspace).await.expect("the stage answers");
    let manifest = read_manifest(&*ports.blobs, &scene.workspace, &head).await.expect("the stage answers");
    let name = &manifest.expect("it was folded").runs[0].blocks[0].name;
    let key = block_key(&scene.workspace, name);
    let all = LeadQuery { limit: 10, sort: LeadSort::Name, ..LeadQuery::default() };
    ports.blobs.put(&key, "application/octet-stream", vec![250, 1, 2]).await.expect("the stage answers");
    let scene = Scene { lists: cold_lists(&scene.stage), ..scene };
    assert_eq!(scene.names(&all).await, ["Ann", "Bob"]);
    ports.blobs.delete(&key).await.expect("the stage answers");
    let scene = Scene { lists: cold_lists(&scene.stage), ..scene };
    assert_eq!(scene.names(&all).await, ["Ann", "Bob"]);
    scene.create(&scene.named("Cy")).await;
    scene.record().await;
    fold(&ports, &scene.workspace).await.expect("the stage answers");
    let scene = Scene { lists: cold_lists(&scene.stage), ..scene };
    assert_eq!(scene.names(&all).await, ["Ann", "Bob", "Cy"]);
}

#[tokio::test]
async fn jobs_read_each_matching_lead_once_in_order_of_creation() {
    let (scene, mut chance) = (Scene::new().await, Chance(7));
    let leads: Vec<Lead> = (0..120).map(|n| scene.somebody(n, &mut chance)).collect();
    for lead in &leads {
        scene.create(lead).await;
    }
    scene.record().await;
    for round in 0..10 {
        let mut query = LeadQuery { sort: LeadSort::Created, ..scene.asked(&mut chance) };
        query.limit = query.limit.max(40);
        let wanted = naive(&leads, &query, scene.now());
        let mut found: Vec<LeadId> = Vec::new();
        loop {
            let (rows, next) = scene
                .lists
                .matching(&scene.workspace, &LeadScope::All, &query)
                .await
                .expect("the stage answers");
            assert!(rows.len() <= query.limit && (next.is_none() || rows.len() == query.limit));
            found.extend(rows.into_iter().map(|row: LeadRow| row.id));
            query.cursor = next;
            if query.cursor.is_none() {
                break;
            }
        }
        assert!(found == wanted, "round {round}: {} of {} for {query:?}", found.len(), wanted.len());
    }
}

#[tokio::test]
async fn cursor_of_another_query_is_refused() {
    let scene = Scene::new().await;
    for name in ["Ann", "Bob", "Cy"] {
        scene.create(&scene.named(name)).await;
    }
    let by_name = LeadQuery { sort: LeadSort::Name, limit: 2, ..LeadQuery::default() };
    let next = scene.page(&by_name).await.next_cursor;
    assert_eq!(scene.names(&LeadQuery { cursor: next.clone(), ..by_name.clone() }).await, ["Cy"]);
    let turned = LeadQuery { cursor: next, descending: true, ..by_name };
    assert!(scene.lists.page(&scene.workspace, &LeadScope::All, &turned).await.is_err());
}

#[tokio::test]
async fn list_says_nothing_where_how_far_changes_are_recorded_cannot_be_read_and_asks_again_later() {
    let scene = Scene::new().await;
    let asked = Arc::new(AtomicUsize::new(0));
    let counted = asked.clone();
    scene.stage.cloud.faults().inject(move |moment, call| {
        let asks = call.operation == "Query" && String::from_utf8_lossy(call.body).contains("SCHEDULES");
        let hit = moment == Moment::Before && asks;
        hit.then(|| {
            counted.fetch_add(1, Ordering::Relaxed);
            Fault::Fail { status: 400, code: "Gone".to_owned(), message: String::new() }
        })
    });
    assert_eq!((scene.lists.as_of().await, scene.lists.as_of().await), (None, None));
    assert_eq!(asked.load(Ordering::Relaxed), 1, "what failed is not asked for again at once");
    scene.stage.advance(SignedDuration::from_secs(11));
    assert_eq!(scene.lists.as_of().await, None);
    assert_eq!(asked.load(Ordering::Relaxed), 2);
}
