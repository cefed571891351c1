//! What a row shows, and which rows a filter, an order and words leave.

use super::Scene;
use application::StoreError;
use application::ports::leads::{LeadQuery, LeadSort};
use domain::contact::email_address::EmailAddress;
use domain::lead::engagement::Decaying;
use domain::lead::enrichment::Deliverability;
use domain::lead::filter::LeadFilter;
use domain::lead::scope::LeadScope;
use domain::lead::stage::StageId;
use domain::lead::{Lead, Temperature};
use domain::time::time_zone::{ZoneFact, ZoneName, ZoneSource};
use domain::{CampaignId, UserId, WorkspaceId};
use jiff::SignedDuration;

fn filled(scene: &Scene) -> Lead {
    let now = scene.now();
    let mut known = scene.named("Billy");
    known.last_name = Some("Knapp".to_owned());
    known.company = Some("Acme".to_owned());
    known.email = EmailAddress::parse("billy@acme.example").ok();
    known.phone = domain::contact::phone_number::PhoneNumber::parse("+4930123456", None).ok();
    known.city = Some("Berlin".to_owned());
    known.country = domain::contact::country::Country::parse("DE");
    known.category = Some("Dentist".to_owned());
    known.zone = ZoneName::try_from("Europe/Berlin".to_owned()).ok().map(|zone| ZoneFact {
        zone,
        source: ZoneSource::Given,
        confidence: 90,
    });
    known.owner = Some(UserId::derived(now, &["owner"]));
    known.tags = ["fair".to_owned(), "vip".to_owned()].into();
    known.active = [CampaignId::derived(now, &["campaign"])].into();
    known.do_not_contact = true;
    known.deliverability = Some(Deliverability::Deliverable);
    known.engagement.heat = Some(Decaying { value: 30.0, at: now });
    known.engagement.hot_since = Some(now);
    known.engagement.last_action_at = Some(now);
    known.engagement.response_hours = Some(3.0);
    known.announced_temperature = Temperature::Hot;
    known.follow_up_at = Some(now);
    known.last_contacted_at = Some(now);
    known
}

#[tokio::test]
async fn row_shows_what_the_lead_has_and_the_score_of_that_day() {
    let scene = Scene::new().await;
    let known = filled(&scene);
    scene.create(&known).await;
    scene.record().await;
    let days_later = scene.now() + SignedDuration::from_hours(20 * 24);
    let query = LeadQuery { limit: 10, as_of: Some(days_later), ..LeadQuery::default() };
    let row = scene.page(&query).await.leads.remove(0);
    let lead = scene.lead(&known.id).await;
    assert_eq!(row.score, domain::lead::score::score(&lead, days_later).total);
    assert_eq!(row.temperature, lead.temperature(days_later));
    assert_eq!(row.announced_temperature, Temperature::Hot);
    assert_eq!((row.name, row.rev), (lead.display_name(), lead.rev));
    assert_eq!((row.first_name, row.last_name), (lead.first_name.clone(), lead.last_name.clone()));
    assert_eq!((row.company, row.city, row.country), (lead.company.clone(), lead.city.clone(), lead.country));
    assert_eq!(row.email, lead.email.as_ref().map(ToString::to_string));
    assert_eq!(row.phone, lead.phone.as_ref().map(ToString::to_string));
    assert_eq!((row.category, row.zone.as_deref()), (lead.category.clone(), Some("Europe/Berlin")));
    assert_eq!((row.owner, row.do_not_contact), (lead.owner.clone(), true));
    assert_eq!(row.tags, ["fair", "vip"]);
    assert_eq!(row.active, lead.active.iter().cloned().collect::<Vec<_>>());
    assert_eq!((row.follow_up_at, row.last_contacted_at), (lead.follow_up_at, lead.last_contacted_at));
    assert_eq!((row.created_at, row.updated_at), (lead.created_at, lead.updated_at));
}

async fn all(scene: &Scene, query: LeadQuery) -> (Vec<String>, usize) {
    let (mut names, mut cursor, mut pages) = (Vec::new(), None, 0);
    loop {
        let page = scene.page(&LeadQuery { cursor, ..query.clone() }).await;
        names.extend(page.leads.into_iter().map(|row| row.name));
        pages += 1;
        cursor = page.next_cursor;
        if cursor.is_none() {
            return (names, pages);
        }
    }
}

#[tokio::test]
async fn leads_are_filtered_sorted_and_searched() {
    let scene = Scene::new().await;
    for n in 0..30 {
        let mut lead = scene.named(&format!("Billy {n:03}"));
        lead.last_name = Some("Knapp".to_owned());
        lead.status = if n % 3 == 0 { StageId::CONTACTED } else { StageId::NEW };
        lead.company = (n % 2 == 0).then(|| format!("Company {}", 99 - n));
        lead.engagement.heat = Some(Decaying { value: f64::from(n), at: scene.now() });
        lead.tags = (n == 7).then(|| "vip".to_owned()).into_iter().collect();
        scene.create(&lead).await;
    }
    scene.record().await;
    let query = LeadQuery { limit: 4, as_of: Some(scene.now()), ..LeadQuery::default() };
    let filtered = |filter: LeadFilter| LeadQuery { filter, ..query.clone() };
    let contacted = filtered(LeadFilter { status: vec![StageId::CONTACTED], ..LeadFilter::default() });
    let page = scene.page(&contacted).await;
    assert_eq!((page.total, page.leads.len()), (10, 4));
    let (names, pages) = all(&scene, contacted).await;
    assert_eq!((names.len(), pages), (10, 3));

    let by_company = LeadQuery { sort: LeadSort::Company, limit: 200, ..query.clone() };
    let (names, _) = all(&scene, by_company).await;
    assert_eq!(names[0], "Billy 028 Knapp");
    assert!(names[15..].iter().all(|name| !name[..9].ends_with(['0', '2', '4', '6', '8'])));

    let hottest = LeadQuery { sort: LeadSort::Score, descending: true, limit: 200, ..query.clone() };
    let scores: Vec<u8> = scene.page(&hottest).await.leads.into_iter().map(|row| row.score).collect();
    assert!(scores.len() == 30 && scores.is_sorted_by(|a, b| a >= b) && scores[0] > scores[29], "{scores:?}");

    for words in ["KNAPP vip", "vip kna", "knupp vip"] {
        let found = filtered(LeadFilter { q: Some(words.into()), ..LeadFilter::default() });
        assert_eq!(all(&scene, found).await.0, ["Billy 007 Knapp"], "{words}");
    }
    let unowned = LeadFilter { unowned: true, tag: vec!["vip".into()], ..LeadFilter::default() };
    assert_eq!(all(&scene, filtered(unowned)).await.0.len(), 1);
}

#[tokio::test]
async fn cursor_of_another_workspace_is_refused() {
    let scene = Scene::new().await;
    for name in ["Ann", "Bob"] {
        scene.create(&scene.named(name)).await;
    }
    scene.record().await;
    let query = LeadQuery { limit: 1, ..LeadQuery::default() };
    let foreign = LeadQuery { cursor: scene.page(&query).await.next_cursor, ..query };
    let other = WorkspaceId::derived(scene.now(), &["other"]);
    assert!(matches!(scene.lists.page(&other, &LeadScope::All, &foreign).await, Err(StoreError::BadCursor)));
}
