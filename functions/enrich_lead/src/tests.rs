//! Answers of providers reach the lead; missing answers are retried, visibly, a limited number of times.

mod website;

use crate::handler;
use application::Ports;
use application::ports::accounts::SecretFields;
use application::ports::outbox::send_all;
use application::queue_messages::{EnrichLead, Queue};
use domain::contact::email_address::EmailAddress;
use domain::event::{Event, EventKind};
use domain::lead::Lead;
use domain::lead::enrichment::{Deliverability, Field, FieldStatus};
use domain::lead::suppression::SuppressionScope;
use domain::spend::{BookingOutcome, CallKind, SpendSettings, Tally, Usd};
use domain::time::calendar_month::CalendarMonth;
use domain::time::time_zone::{ZoneFact, ZoneName, ZoneSource};
use domain::workspace::account::{Account, AccountSettings};
use domain::{AccountId, LeadId, WorkspaceId};
use http::Response;
use jiff::SignedDuration;
use local_cloud::Moment;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use test_stage::Stage;

struct Scene {
    stage: Stage,
    workspace: WorkspaceId,
    lead: LeadId,
    /// The number of requests to the place provider and to the verifier.
    places: Arc<AtomicUsize>,
    verdicts: Arc<AtomicUsize>,
    /// The addresses that were asked for on the company's website.
    web: Arc<Mutex<Vec<String>>>,
}

impl Scene {
    async fn new(change: impl FnOnce(&mut Lead)) -> Self {
        let stage = Stage::new().await;
        let (workspace, _) = stage.workspace("northquay").await;
        let now = stage.ports.clock().now();
        let mut lead = Lead::blank(LeadId::derived(now, &["ann"]), workspace.clone(), now);
        lead.company = Some("Ace Roofing".to_owned());
        lead.email = EmailAddress::parse("ann@ace.example").ok();
        lead.address = Some("12 Main St, Dallas, TX 75201".to_owned());
        change(&mut lead);
        stage.ports.leads().create(&lead, &Event::system(EventKind::LeadCreated, now)).await.unwrap();
        let (places, verdicts, web) = (Arc::default(), Arc::default(), Arc::default());
        Self { stage, workspace, lead: lead.id, places, verdicts, web }
    }

    async fn connect(&self) {
        let base_url = || "https://provider.example".to_owned();
        self.connect_to([
            ("places", AccountSettings::SerpApi { base_url: base_url() }),
            ("verifier", AccountSettings::Hunter { base_url: base_url() }),
        ])
        .await;
    }

    async fn connect_to(&self, accounts: [(&str, AccountSettings); 2]) {
        let now = self.stage.ports.clock().now();
        for (name, settings) in accounts {
            let id = AccountId::derived(now, &[name]);
            let secret = SecretFields::one("api_key", "k3y");
            let account = Account {
                sealed_secret: self.stage.ports.vault().seal(&self.workspace, &id, &secret),
                id,
                workspace: self.workspace.clone(),
                name: name.to_owned(),
                settings,
                hours: None,
                limits: None,
                enabled: true,
                pause: None,
                works_since: Some(now),
                last_error: None,
                created_at: now,
                rev: 0,
            };
            let event = Event::system(EventKind::AccountCreated, now);
            self.stage.ports.accounts().save(&account, &event).await.unwrap();
        }
    }

    fn answer(&self, place: (u16, Value), verdict: (u16, Value)) {
        self.answer_with_site(place, verdict, (404, ""));
    }

    /// Sets the answers of providers, and of every page of every website.
    fn answer_with_site(&self, place: (u16, Value), verdict: (u16, Value), site: (u16, &'static str)) {
        let (places, verdicts, web) = (self.places.clone(), self.verdicts.clone(), self.web.clone());
        self.stage.providers_answer(move |request| {
            if request.uri().host() != Some("provider.example") {
                web.lock().unwrap().push(request.uri().to_string());
                return page(site);
            }
            let is_place = request.uri().path().contains("search");
            let (count, (status, body)) = if is_place { (&places, &place) } else { (&verdicts, &verdict) };
            count.fetch_add(1, Ordering::Relaxed);
            Ok(Response::builder().status(*status).body(body.to_string().into_bytes()).unwrap())
        });
    }

    fn asked(&self) -> (usize, usize) {
        (self.places.load(Ordering::Relaxed), self.verdicts.load(Ordering::Relaxed))
    }

    async fn send(&self, force: bool) {
        let message =
            EnrichLead { workspace: self.workspace.clone(), lead: self.lead.clone(), force, attempt: 0 };
        send_all(&*self.stage.ports.outbox(), &[message], 0).await.unwrap();
    }

    async fn drain(&self) -> usize {
        self.stage.drain(Queue::Enrichment, &handler(&self.stage.ports)).await
    }

    async fn enrich(&self) {
        self.send(false).await;
        assert_eq!(self.drain().await, 1);
    }

    async fn lead(&self) -> Lead {
        self.stage.ports.leads().get(&self.workspace, &self.lead).await.unwrap()
    }

    async fn status(&self, field: Field) -> FieldStatus {
        self.stage.ports.leads().field(&self.workspace, &self.lead, field).await.unwrap().unwrap().status
    }
}

fn page<E>((status, body): (u16, &str)) -> Result<Response<Vec<u8>>, E> {
    let answer = Response::builder().status(status).header("content-type", "text/html");
    Ok(answer.body(body.as_bytes().to_vec()).unwrap())
}

fn roofing() -> (u16, Value) {
    let place = json!({
        "title": "Ace Roofing", "gps_coordinates": {"latitude": 32.7831, "longitude": -96.8067}, "rating": 4.6,
        "reviews": 213, "type": ["Roofing contractor"], "website": "https://aceroofing.test/",
    });
    (200, json!({ "place_results": place }))
}

fn valid() -> (u16, Value) {
    (200, json!({ "data": { "status": "valid", "score": 97 } }))
}

fn skipped(reason: &str) -> FieldStatus {
    FieldStatus::Skipped { reason: reason.to_owned() }
}

#[tokio::test]
async fn location_and_verdict_are_stored_and_asked_for_once() {
    let scene = Scene::new(|lead| lead.rating = Some(3.0)).await;
    scene.connect().await;
    scene.answer(roofing(), valid());
    scene.enrich().await;
    let lead = scene.lead().await;
    let zone = ZoneFact {
        zone: ZoneName::parse("America/Chicago").unwrap(),
        source: ZoneSource::Address,
        confidence: 90,
    };
    assert_eq!(lead.zone, Some(zone));
    assert_eq!((lead.rating, lead.reviews), (Some(3.0), Some(213)));
    assert_eq!(lead.category.as_deref(), Some("Roofing contractor"));
    assert_eq!(lead.deliverability, Some(Deliverability::Deliverable));
    assert!(matches!(scene.status(Field::Place).await, FieldStatus::Found { .. }));
    assert_eq!(scene.stage.messages(Queue::Ai).len(), 1);
    scene.enrich().await;
    assert_eq!((scene.asked(), scene.lead().await.rev), ((1, 1), lead.rev));
    scene.send(true).await;
    scene.drain().await;
    assert_eq!(scene.asked(), (2, 2));
}

#[tokio::test]
async fn any_map_and_any_verifier_that_is_connected_is_asked() {
    let scene = Scene::new(|_| {}).await;
    let at = |provider: &str| AccountSettings::DataProvider {
        provider: provider.to_owned(),
        base_url: "https://provider.example".to_owned(),
        fields: BTreeMap::new(),
    };
    scene.connect_to([("places", at("serper")), ("verifier", at("zerobounce"))]).await;
    scene.stage.providers_answer(|request| {
        if request.uri().host() != Some("provider.example") {
            return page((404, ""));
        }
        let body = match request.uri().path() {
            "/maps" => {
                json!({"places": [{"title": "Ace Roofing", "latitude": 32.7831, "longitude": -96.8067}]})
            }
            "/v2/validate" => json!({"status": "do_not_mail", "sub_status": "role_based"}),
            path => panic!("{path}"),
        };
        Ok(Response::builder().body(body.to_string().into_bytes()).unwrap())
    });
    scene.enrich().await;
    let lead = scene.lead().await;
    assert_eq!(lead.deliverability, Some(Deliverability::Risky));
    assert_eq!(lead.zone.unwrap().zone, ZoneName::parse("America/Chicago").unwrap());
    for (field, source) in [(Field::Place, "serper"), (Field::EmailVerification, "zerobounce")] {
        let result = scene.stage.ports.leads().field(&scene.workspace, &scene.lead, field).await.unwrap();
        assert_eq!(result.unwrap().source, source);
    }
}

#[tokio::test]
async fn skipped_enrichment_says_why() {
    let scene = Scene::new(|lead| {
        lead.address = None;
        lead.email = EmailAddress::parse("ann@gmail.com").ok();
    })
    .await;
    scene.enrich().await;
    assert_eq!(scene.status(Field::Place).await, skipped("no input"));
    assert_eq!(scene.status(Field::EmailVerification).await, skipped("no account"));
    assert_eq!(scene.status(Field::Website).await, skipped("no input"));
    let mut workspace = scene.stage.ports.workspaces().get(&scene.workspace).await.unwrap();
    (workspace.enrichment_enabled, workspace.ai_enabled) = (false, false);
    let event = Event::system(EventKind::LeadChanged, scene.stage.ports.clock().now());
    scene.stage.ports.workspaces().save(&workspace, &event).await.unwrap();
    scene.stage.messages(Queue::Ai);
    scene.connect().await;
    scene.enrich().await;
    assert_eq!(scene.status(Field::Place).await, skipped("switched off"));
    assert_eq!(scene.asked(), (0, 0));
    assert!(scene.stage.messages(Queue::Ai).is_empty());
}

#[tokio::test]
async fn unavailable_provider_is_retried_three_times_and_the_failure_shown() {
    let scene = Scene::new(|_| {}).await;
    scene.connect().await;
    scene.answer((503, json!({})), valid());
    scene.send(true).await;
    for (wait, attempt) in [(2, 1), (4, 2)] {
        assert_eq!(scene.drain().await, 0);
        let FieldStatus::Failed { attempts, .. } = scene.status(Field::Place).await else {
            panic!("not failed")
        };
        assert_eq!(attempts, attempt);
        assert!(scene.stage.messages(Queue::Ai).is_empty());
        scene.stage.advance(SignedDuration::from_secs(wait - 1));
        assert_eq!(scene.drain().await, 0);
        assert_eq!(scene.asked().0, attempt as usize);
        scene.stage.advance(SignedDuration::from_secs(1));
    }
    assert_eq!(scene.drain().await, 1);
    let failed = FieldStatus::Failed { error: "no answer".to_owned(), attempts: 3 };
    assert_eq!(scene.status(Field::Place).await, failed);
    // The verifier was asked once, and enrichment continues.
    assert_eq!(scene.asked(), (3, 1));
    assert_eq!(scene.lead().await.deliverability, Some(Deliverability::Deliverable));
    assert_eq!(scene.stage.messages(Queue::Ai).len(), 1);
    // A new order asks the provider again.
    scene.answer(roofing(), valid());
    scene.enrich().await;
    assert!(matches!(scene.status(Field::Place).await, FieldStatus::Found { .. }));
}

#[tokio::test]
async fn refused_account_is_marked_as_failing_and_not_retried() {
    let scene = Scene::new(|_| {}).await;
    scene.connect().await;
    scene.answer((401, json!({"error": "Invalid API key."})), (422, json!({"errors": [{"id": "wrong"}]})));
    scene.enrich().await;
    assert_eq!(scene.asked(), (1, 1));
    assert!(matches!(scene.status(Field::Place).await, FieldStatus::Failed { attempts: 1, .. }));
    assert!(matches!(scene.status(Field::EmailVerification).await, FieldStatus::Failed { attempts: 1, .. }));
    let all = scene.stage.ports.accounts().list(&scene.workspace).await.unwrap();
    let errors: Vec<_> = all.iter().filter_map(|account| account.last_error.as_ref()).collect();
    assert_eq!(errors.len(), 1);
    assert_eq!((errors[0].detail.as_str(), errors[0].over_at), ("Invalid API key.", None));
    assert_eq!(scene.stage.messages(Queue::Ai).len(), 1);
    // The key was corrected at the provider.
    scene.answer(roofing(), valid());
    scene.enrich().await;
    let all = scene.stage.ports.accounts().list(&scene.workspace).await.unwrap();
    let over = |account: &Account| account.last_error.as_ref().is_some_and(|last| last.over_at.is_some());
    assert_eq!(all.iter().filter(|account| over(account)).count(), 1, "it is not shown as failing any more");
}

#[tokio::test]
async fn lead_who_claimed_their_address_is_suppressed() {
    let scene = Scene::new(|_| {}).await;
    scene.connect().await;
    scene.answer(roofing(), (451, json!({"errors": [{"id": "claimed_email"}]})));
    scene.enrich().await;
    assert!(scene.lead().await.do_not_contact);
    let scopes = [SuppressionScope::Email("ann@ace.example".to_owned())];
    let listed = scene.stage.ports.suppressions().find(&scene.workspace, &scopes).await.unwrap();
    assert_eq!(listed.len(), 1);
    assert!(scene.stage.messages(Queue::Ai).is_empty());
    scene.send(true).await;
    scene.drain().await;
    assert_eq!(scene.asked().1, 1);
}

/// The address is corrected while the verifier is asked about the wrong one.
#[tokio::test]
async fn verdict_about_a_former_address_is_not_stored_for_the_new_one() {
    let scene = Scene::new(|_| {}).await;
    scene.connect().await;
    scene.stage.providers_answer(|request| {
        if request.uri().host() != Some("provider.example") {
            return page((404, ""));
        }
        let uri = request.uri().to_string();
        let (status, body) =
            match (uri.contains("search"), uri.contains("ann%40ace") || uri.contains("ann@ace")) {
                (true, _) => roofing(),
                (false, true) => (200, json!({ "data": { "status": "invalid", "score": 3 } })),
                (false, false) => valid(),
            };
        Ok(Response::builder().status(status).body(body.to_string().into_bytes()).unwrap())
    });
    let (leads, workspace, before) = (scene.stage.ports.leads(), scene.workspace.clone(), scene.lead().await);
    let now = scene.stage.ports.clock().now();
    let once = AtomicUsize::new(0);
    scene.stage.cloud.faults().hold_up(move |moment, call| {
        let is_it = moment == Moment::Before && String::from_utf8_lossy(call.body).contains("field_found");
        if !is_it || once.fetch_add(1, Ordering::Relaxed) > 0 {
            return None;
        }
        let (leads, workspace, before) = (leads.clone(), workspace.clone(), before.clone());
        Some(Box::pin(async move {
            let mut after = before.clone();
            after.email = EmailAddress::parse("ann@roofers.example").ok();
            let known = leads.get(&workspace, &before.id).await.unwrap();
            let before = Lead { rev: known.rev, ..before };
            leads
                .change_identity(&before, &after, &Event::system(EventKind::LeadChanged, now))
                .await
                .unwrap();
        }))
    });
    scene.send(false).await;
    assert_eq!(scene.drain().await, 0, "asked once more");
    assert_eq!(scene.lead().await.deliverability, None);
    scene.stage.advance(SignedDuration::from_secs(2));
    assert_eq!(scene.drain().await, 1);
    let lead = scene.lead().await;
    assert_eq!(lead.deliverability, Some(Deliverability::Deliverable));
    assert!(lead.zone.is_some_and(|zone| zone.source == ZoneSource::Address));
}

#[tokio::test]
async fn look_ups_are_booked_and_none_is_made_past_the_months_cap() {
    let scene = Scene::new(|_| {}).await;
    scene.connect().await;
    scene.answer(roofing(), valid());
    let (spend, now) = (scene.stage.ports.spend(), scene.stage.ports.clock().now());
    // Too little for a look-up of the place, enough for one of the address.
    let cap = Usd::micros(20_000);
    let settings = SpendSettings { month_cap: Some(cap), ..SpendSettings::usual(scene.workspace.clone()) };
    let event = Event::system(EventKind::SpendSettingsChanged, now);
    let rev = spend.save_settings(&settings, &event).await.unwrap();
    scene.enrich().await;
    assert_eq!(scene.asked(), (0, 1));
    assert_eq!(scene.status(Field::Place).await, skipped("the month's cap is reached"));
    assert_eq!(scene.lead().await.deliverability, Some(Deliverability::Deliverable));
    let settings = SpendSettings { month_cap: None, rev, ..settings };
    spend.save_settings(&settings, &event).await.unwrap();
    scene.enrich().await;
    assert_eq!(scene.asked(), (1, 1), "the address is not looked up twice");
    let month = spend.budgets_in_month(&scene.workspace, &CalendarMonth::at(now)).await.unwrap().remove(0);
    let price = |provider, kind| settings.prices.call(provider, kind).hit;
    let (place, email) = (price("serpapi", CallKind::Place), price("hunter", CallKind::VerifyEmail));
    assert_eq!((month.spent, month.reserved), (place + email, Usd::ZERO));
    assert_eq!(month.tallies["serpapi"][&BookingOutcome::Hit], Tally { calls: 1, amount: place });
}
