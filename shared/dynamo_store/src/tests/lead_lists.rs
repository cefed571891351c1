//! The lead list: its pages, read as a stream, equal those of all leads sorted, and more leads do not make it hold
//! more rows.

use super::{Still, World, event, lead, workspace};
use crate::item::{Item, encode};
use crate::keys;
use crate::lead_item::listed;
use crate::lead_list::{Matcher, ROWS_AT_ONCE, compare, sort_key};
use crate::query::Query;
use crate::take_most_rows_kept;
use application::Clock;
use application::ports::leads::{LeadQuery, LeadRow, LeadSort, LeadStore};
use aws_sdk_dynamodb::types::{PutRequest, WriteRequest};
use domain::contact::country::Country;
use domain::contact::email_address::EmailAddress;
use domain::event::EventKind;
use domain::lead::filter::LeadFilter;
use domain::lead::{Lead, LeadStatus, Priority, Temperature};
use domain::{CampaignId, LeadId, UserId};
use jiff::SignedDuration;
use std::collections::BTreeSet;

/// A generator of the same numbers each time.
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % bound
    }
    fn one<T: Clone>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())].clone()
    }
    fn perhaps<T>(&mut self, value: T) -> Option<T> {
        (self.below(3) > 0).then_some(value)
    }
}

const STATUSES: [LeadStatus; 3] = [LeadStatus::New, LeadStatus::Contacted, LeadStatus::Replied];
const TAGS: [&str; 3] = ["vip", "fair", "Zürich"];

fn user() -> UserId {
    UserId::derived(Still.now(), &["owner"])
}

fn campaign(n: usize) -> CampaignId {
    CampaignId::derived(Still.now(), &["campaign", &n.to_string()])
}

fn somebody(n: usize, chance: &mut Chance) -> Lead {
    let at = Still.now() - SignedDuration::from_hours(i64::try_from(chance.below(500)).unwrap());
    let mut one = Lead::blank(LeadId::derived(at, &["list", &n.to_string()]), workspace(), at);
    one.first_name = chance.one(&["Anna", "ben", "Çelik", "dora"].map(str::to_owned)).into();
    let company = chance.one(&["Oak", "harbour Dental", "Äther", "oak"].map(str::to_owned));
    one.company = chance.perhaps(company);
    one.email = chance.perhaps(EmailAddress::parse(&format!("p{n}@list.example")).unwrap());
    one.country = chance.perhaps(()).and_then(|()| Country::parse(["US", "GB"][n % 2]));
    let category = chance.one(&["Dentist".to_owned(), "roofer".to_owned()]);
    one.category = chance.perhaps(category);
    one.status = chance.one(&STATUSES);
    one.priority = chance.one(&[Priority::Normal, Priority::High]);
    one.owner = chance.perhaps(user());
    one.tags = (0..chance.below(3)).map(|_| chance.one(&TAGS).to_owned()).collect();
    one.active = (0..chance.below(3)).map(campaign).collect();
    one.website = chance.perhaps("https://list.example".to_owned());
    let days = i64::try_from(chance.below(20)).unwrap();
    one.last_contacted_at = chance.perhaps(Still.now() - SignedDuration::from_hours(24 * days));
    one.follow_up_at = chance.perhaps(Still.now() + SignedDuration::from_hours(24 * days));
    one.updated_at = at + SignedDuration::from_mins(days);
    one
}

fn asked(chance: &mut Chance) -> LeadQuery {
    let sorts = [
        LeadSort::Created,
        LeadSort::Updated,
        LeadSort::Name,
        LeadSort::Company,
        LeadSort::Score,
        LeadSort::Status,
        LeadSort::FollowUp,
        LeadSort::LastContacted,
    ];
    let mut query = LeadQuery {
        sort: chance.one(&sorts),
        descending: chance.below(2) == 0,
        limit: chance.one(&[1, 7, 50, 400]),
        as_of: Some(Still.now()),
        ..LeadQuery::default()
    };
    for _ in 0..chance.below(3) {
        match chance.below(8) {
            0 => query.filter.q = Some(chance.one(&["OAK", "ä", "an .example", "nobody"]).to_owned()),
            1 => query.filter.status = vec![chance.one(&STATUSES), LeadStatus::New],
            2 => query.filter.temperature = vec![Temperature::Cold],
            3 => query.filter.priority = vec![Priority::High],
            4 => query.filter.country = Country::parse("GB").into_iter().collect(),
            5 => query.filter.category = vec!["ROOFER".to_owned()],
            6 => query.filter.tag = vec![chance.one(&TAGS).to_owned()],
            _ if chance.below(2) == 0 => {
                query.filter.owner = chance.perhaps(user());
                query.filter.unowned = query.filter.owner.is_none();
            }
            _ => query.filter.campaign = Some(campaign(chance.below(3))),
        }
    }
    query
}

fn with_status(status: LeadStatus) -> LeadFilter {
    LeadFilter { status: vec![status], ..LeadFilter::default() }
}

/// Writes the leads as the index has them, 25 a call.
async fn put_all(world: &World, leads: &[Lead]) {
    for few in leads.chunks(25) {
        let item = |lead: &Lead| encode(lead, 1, Some(&event(EventKind::LeadCreated))).unwrap();
        let put = |item: Item| {
            let put = PutRequest::builder().set_item(Some(item)).build().unwrap();
            WriteRequest::builder().put_request(put).build()
        };
        let puts = few.iter().map(|lead| put(item(lead))).collect();
        world.table.client.batch_write_item().request_items("main", puts).send().await.unwrap();
    }
}

/// Whether the row has what the list asks of a summary, before it makes a row of it.
fn is_meant(filter: &LeadFilter, row: &LeadRow) -> bool {
    let has_category =
        |own: &String| filter.category.iter().any(|category| category.to_lowercase() == own.to_lowercase());
    (filter.status.is_empty() || filter.status.contains(&row.status))
        && (filter.country.is_empty() || row.country.is_some_and(|own| filter.country.contains(&own)))
        && (filter.tag.is_empty() || filter.tag.iter().any(|tag| row.tags.contains(tag)))
        && (filter.category.is_empty() || row.category.as_ref().is_some_and(has_category))
        && (!filter.unowned || row.owner.is_none())
        && (filter.owner.is_none() || row.owner == filter.owner)
        && filter.campaign.as_ref().is_none_or(|campaign| row.active.contains(campaign))
}

/// Reads all leads that match, and sorts them.
async fn naive(world: &World, query: &LeadQuery) -> Vec<LeadRow> {
    let mut rows = Vec::new();
    for shard in keys::lead_lists(&workspace()) {
        for item in world.table.query(Query::index(&shard)).await.unwrap() {
            let (id, sum) = listed(item).unwrap();
            rows.push(sum.into_row(&workspace(), id, query.as_of));
        }
    }
    let matcher = Matcher::new(query);
    rows.retain(|row| is_meant(&query.filter, row) && matcher.takes(row));
    rows.sort_by(|a, b| compare(&sort_key(a, query.sort), &sort_key(b, query.sort), query.descending));
    rows
}

async fn random_leads() -> (World, Chance) {
    let (world, mut chance) = (World::new(), Chance(42));
    let leads: Vec<Lead> = (0..300).map(|n| somebody(n, &mut chance)).collect();
    put_all(&world, &leads).await;
    (world, chance)
}

#[tokio::test]
async fn pages_of_any_query_equal_those_of_all_leads_sorted() {
    let (world, mut chance) = random_leads().await;
    let mut sizes = BTreeSet::new();
    for round in 0..40 {
        let mut query = asked(&mut chance);
        let wanted = naive(&world, &query).await;
        sizes.insert(wanted.len());
        let unfiltered = query == LeadQuery { limit: query.limit, ..plain(&query) };
        // Without a filter the total comes from counters, which do not count here.
        let counted = !unfiltered || query.sort != LeadSort::Created;
        let (mut found, mut pages) = (Vec::new(), 0);
        loop {
            let page = LeadStore::list(&world.table, &workspace(), &query).await.unwrap();
            assert!(!counted || page.total == wanted.len(), "round {round}: {} of {query:?}", page.total);
            assert!(page.leads.len() <= query.limit, "round {round}");
            found.extend(page.leads);
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
    assert!(sizes.len() > 10 && sizes.contains(&300), "queries of many kinds: {sizes:?}");
}

fn plain(query: &LeadQuery) -> LeadQuery {
    LeadQuery { sort: query.sort, descending: query.descending, as_of: query.as_of, ..LeadQuery::default() }
}

#[tokio::test]
async fn jobs_read_each_matching_lead_once_in_order_of_creation() {
    let (world, mut chance) = random_leads().await;
    for round in 0..25 {
        let mut query = LeadQuery { sort: LeadSort::Created, ..asked(&mut chance) };
        query.limit = query.limit.max(40);
        let wanted = naive(&world, &query).await;
        let mut found = Vec::new();
        loop {
            let (rows, next) = LeadStore::matching(&world.table, &workspace(), &query).await.unwrap();
            assert!(rows.len() <= query.limit && (next.is_none() || rows.len() == query.limit));
            found.extend(rows);
            query.cursor = next;
            if query.cursor.is_none() {
                break;
            }
        }
        assert!(found == wanted, "round {round}: {} of {} for {query:?}", found.len(), wanted.len());
    }
}

/// A message in a queue may hold a cursor of the earlier version.
#[tokio::test]
async fn job_continues_from_a_lists_cursor() {
    let (world, _) = random_leads().await;
    let query = LeadQuery { filter: with_status(LeadStatus::New), limit: 20, ..LeadQuery::default() };
    let first = LeadStore::list(&world.table, &workspace(), &query).await.unwrap();
    let on = LeadQuery { cursor: first.next_cursor, ..query.clone() };
    let listed = LeadStore::list(&world.table, &workspace(), &on).await.unwrap();
    let (rows, next) = LeadStore::matching(&world.table, &workspace(), &on).await.unwrap();
    assert_eq!((rows, next), (listed.leads, listed.next_cursor));
}

#[tokio::test]
async fn rows_held_for_a_page_do_not_grow_with_the_leads() {
    const MANY: usize = 5_000;
    let world = World::new();
    let leads: Vec<Lead> = (0..MANY)
        .map(|n| Lead { id: LeadId::derived(Still.now(), &["many", &n.to_string()]), ..lead(1) })
        .collect();
    put_all(&world, &leads).await;
    let bound = ROWS_AT_ONCE + 51;
    for sort in [LeadSort::Name, LeadSort::Score] {
        let query = LeadQuery { sort, limit: 50, as_of: Some(Still.now()), ..LeadQuery::default() };
        take_most_rows_kept();
        let page = LeadStore::list(&world.table, &workspace(), &query).await.unwrap();
        let kept = take_most_rows_kept();
        assert_eq!((page.total, page.leads.len()), (MANY, 50));
        assert!((51..=bound).contains(&kept), "{kept} rows of {MANY} held, at most {bound} are needed");
    }
    let query = LeadQuery { filter: with_status(leads[0].status), limit: 50, ..LeadQuery::default() };
    let (rows, next) = LeadStore::matching(&world.table, &workspace(), &query).await.unwrap();
    let kept = take_most_rows_kept();
    assert!(rows.len() == 50 && next.is_some());
    assert!((51..=bound).contains(&kept), "{kept} rows held for a job's page");
}
