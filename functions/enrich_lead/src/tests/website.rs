//! What the company's website says is read once, and a site that cannot be read has its reason.

use super::{Scene, roofing, skipped, valid};
use application::Ports;
use application::queue_messages::Queue;
use domain::event::{Event, EventKind};
use domain::lead::Lead;
use domain::lead::enrichment::{Field, FieldResult, FieldStatus, FieldValue, Website};
use jiff::SignedDuration;

const HOME: &str =
    "<title>Ace Roofing</title><h1>Ace Roofing</h1><p>Slate roofs in Dallas since 1987.<p>Call 518 519 6001!";

fn with_site(lead: &mut Lead) {
    lead.website = Some("https://ace.example/".to_owned());
}

async fn result(scene: &Scene) -> FieldResult {
    let leads = scene.stage.ports.leads();
    leads.field(&scene.workspace, &scene.lead, Field::Website).await.unwrap().unwrap()
}

async fn site(scene: &Scene) -> Website {
    match result(scene).await.status {
        FieldStatus::Found { value: FieldValue::Website(site) } => site,
        other => panic!("no website: {other:?}"),
    }
}

fn pages_asked(scene: &Scene) -> Vec<String> {
    std::mem::take(&mut *scene.web.lock().unwrap())
}

#[tokio::test]
async fn website_is_read_beside_the_providers_once_and_again_when_a_user_asks() {
    let scene = Scene::new(with_site).await;
    scene.answer_with_site(roofing(), valid(), (200, HOME));
    scene.enrich().await;
    let read = result(&scene).await;
    assert_eq!((read.source.as_str(), read.why), ("website", None));
    let found = site(&scene).await;
    assert_eq!(found.address, "https://ace.example/");
    assert_eq!(found.statements, ["Ace Roofing: Slate roofs in Dallas since 1987."]);
    assert_eq!(pages_asked(&scene)[0], "https://ace.example/robots.txt");
    assert_eq!(scene.stage.messages(Queue::Ai).len(), 1, "the opening line is written from it");
    scene.enrich().await;
    assert!(pages_asked(&scene).is_empty(), "the same site is not read twice");
    scene.send(true).await;
    scene.drain().await;
    assert!(!pages_asked(&scene).is_empty());
}

#[tokio::test]
async fn another_website_is_read_anew_and_without_one_it_is_the_domain_of_the_company() {
    let scene = Scene::new(|_| {}).await;
    scene.answer_with_site(roofing(), valid(), (200, HOME));
    scene.enrich().await;
    assert_eq!(site(&scene).await.address, "https://ace.example/", "the domain of ann@ace.example");
    let mut lead = scene.lead().await;
    lead.website = Some("http://roofers.example".to_owned());
    let now = scene.stage.ports.clock().now();
    let event = Event::system(EventKind::LeadChanged, now);
    scene.stage.ports.leads().save(&lead, &event).await.unwrap();
    scene.enrich().await;
    assert_eq!(site(&scene).await.address, "http://roofers.example/");
}

#[tokio::test]
async fn website_that_the_place_tells_is_the_one_that_is_read() {
    let scene = Scene::new(|_| {}).await;
    scene.connect().await;
    scene.answer_with_site(roofing(), valid(), (200, HOME));
    scene.enrich().await;
    assert_eq!(scene.lead().await.website.as_deref(), Some("https://aceroofing.test/"));
    assert_eq!(site(&scene).await.address, "https://aceroofing.test/");
    let asked = pages_asked(&scene);
    assert!(asked.iter().all(|page| page.starts_with("https://aceroofing.test/")), "{asked:?}");
    scene.enrich().await;
    assert!(pages_asked(&scene).is_empty());
}

#[tokio::test]
async fn site_that_is_not_there_is_not_found_with_its_reason_and_not_asked_again() {
    let scene = Scene::new(with_site).await;
    scene.answer_with_site(roofing(), valid(), (410, ""));
    scene.enrich().await;
    let read = result(&scene).await;
    assert_eq!((read.status, read.why.as_deref()), (FieldStatus::NotFound, Some("it answers 410")));
    assert!(!pages_asked(&scene).is_empty());
    scene.enrich().await;
    assert!(pages_asked(&scene).is_empty());
}

#[tokio::test]
async fn site_that_forbids_readers_is_known_by_its_address_alone() {
    let scene = Scene::new(with_site).await;
    scene.stage.providers_answer(|request| match request.uri().path() {
        "/robots.txt" => super::page((200, "User-agent: *\nDisallow: /")),
        path => panic!("the site forbids {path}"),
    });
    scene.enrich().await;
    assert_eq!(site(&scene).await.statements, Vec::<String>::new());
    let why = result(&scene).await.why.unwrap();
    assert_eq!(why, "the site does not allow it: by its robots file");
}

#[tokio::test]
async fn site_out_of_order_is_tried_three_times_and_holds_the_opening_line_up_no_longer() {
    let scene = Scene::new(with_site).await;
    scene.answer_with_site(roofing(), valid(), (503, ""));
    scene.send(false).await;
    for wait in [2, 4] {
        assert_eq!(scene.drain().await, 0);
        assert!(scene.stage.messages(Queue::Ai).is_empty());
        scene.stage.advance(SignedDuration::from_secs(wait));
    }
    assert_eq!(scene.drain().await, 1);
    let failed = FieldStatus::Failed { error: "its robots file answers 503".to_owned(), attempts: 3 };
    assert_eq!(result(&scene).await.status, failed);
    assert_eq!(scene.stage.messages(Queue::Ai).len(), 1);
}

#[tokio::test]
async fn no_website_is_read_where_look_ups_are_switched_off() {
    let scene = Scene::new(with_site).await;
    let mut workspace = scene.stage.ports.workspaces().get(&scene.workspace).await.unwrap();
    workspace.enrichment_enabled = false;
    let event = Event::system(EventKind::SettingsChanged, scene.stage.ports.clock().now());
    scene.stage.ports.workspaces().save(&workspace, &event).await.unwrap();
    scene.answer_with_site(roofing(), valid(), (200, HOME));
    scene.enrich().await;
    assert_eq!(scene.status(Field::Website).await, skipped("switched off"));
    assert!(pages_asked(&scene).is_empty());
}
