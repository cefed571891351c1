//! A ticket opens one connection; a change is told to those who are signed in; a connection that is over is forgotten.

use crate::handler;
use application::Ports;
use application::identity::sessions;
use application::push::connect::make_ticket;
use domain::event::{Event, EventKind};
use domain::lead::Lead;
use domain::workspace::login::Session;
use domain::workspace::push::{MOST_CONNECTIONS, PushSession};
use domain::{LeadId, UserId, WorkspaceId};
use jiff::SignedDuration;
use local_cloud::{Fault, Moment, Service};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicUsize, Ordering};
use test_stage::Stage;

struct Scene {
    stage: Stage,
    workspace: WorkspaceId,
    user: UserId,
    session: Session,
    read: AtomicUsize,
}

impl Scene {
    async fn new() -> Self {
        let stage = Stage::new().await;
        let (workspace, user) = stage.workspace("northquay").await;
        let ports = &stage.ports;
        let member = ports.users().get(&workspace, &user).await.unwrap();
        let login = ports.logins().login(&member.login).await.unwrap();
        let now = ports.clock().now();
        let (session, _) =
            sessions::open(&*ports.logins(), &*ports.ids(), (&login, &member), (None, now), now)
                .await
                .unwrap();
        Self { stage, workspace, user, session, read: AtomicUsize::new(0) }
    }

    async fn ticket(&self) -> String {
        let ports = &self.stage.ports;
        let of = PushSession {
            login: self.session.login.clone(),
            session: self.session.id.clone(),
            user: self.user.clone(),
        };
        let now = ports.clock().now();
        make_ticket(&*ports.push(), &*ports.ids(), (&self.workspace, of), now).await.unwrap()
    }

    async fn connect(&self, ticket: &str, id: &str) -> u64 {
        self.connect_from(json!({}), ticket, id).await
    }

    async fn connect_from(&self, headers: Value, ticket: &str, id: &str) -> u64 {
        let event = json!({
            "headers": headers,
            "queryStringParameters": { "ticket": ticket },
            "requestContext": { "routeKey": "$connect", "connectionId": id },
        });
        handler(&self.stage.ports)(event).await.unwrap()["statusCode"].as_u64().unwrap()
    }

    async fn create(&self, name: &str) {
        let now = self.stage.ports.clock().now();
        let mut lead = Lead::blank(LeadId::derived(now, &[name]), self.workspace.clone(), now);
        lead.first_name = Some(name.to_owned());
        let event = Event::system(EventKind::LeadCreated, now);
        self.stage.ports.leads().create(&lead, &event).await.unwrap();
    }

    /// Delivers what the stream has had since the last time to the function that records changes.
    async fn deliver(&self) {
        let records: Vec<Value> = self.stage.stream();
        let from = self.read.swap(records.len(), Ordering::Relaxed);
        let event = json!({ "Records": records[from..] });
        let answer = record_changes::handler(&self.stage.ports)(event).await.unwrap();
        assert_eq!(answer["batchItemFailures"], json!([]), "nothing is delivered again because of a page");
    }

    async fn known(&self) -> Vec<String> {
        let all = self.stage.ports.push().connections(&self.workspace).await.unwrap();
        all.into_iter().map(|connection| connection.id).collect()
    }
}

#[tokio::test]
async fn ticket_opens_one_connection_and_no_second() {
    let scene = Scene::new().await;
    let ticket = scene.ticket().await;
    assert_eq!(scene.connect(&ticket, "one=").await, 200);
    assert_eq!(scene.connect(&ticket, "two=").await, 401);
    assert_eq!(scene.known().await, ["one="]);
}

#[tokio::test]
async fn page_of_another_site_opens_no_connection_even_with_a_ticket() {
    let scene = Scene::new().await;
    let ticket = scene.ticket().await;
    let own = scene.stage.ports.public_url();
    for foreign in
        ["https://evil.example", "null", "", &format!("{own}.evil.example"), &own.replace("https", "http")]
    {
        for name in ["Origin", "origin"] {
            let refused = scene.connect_from(json!({ name: foreign }), &ticket, "foreign=").await;
            assert_eq!(refused, 403, "{foreign}");
        }
    }
    assert_eq!(scene.known().await, [""; 0]);
    let upper = own.to_uppercase();
    assert_eq!(scene.connect_from(json!({ "Origin": upper }), &ticket, "own=").await, 200, "{own}");
}

#[tokio::test]
async fn eleventh_connection_of_a_user_takes_the_place_of_the_oldest() {
    let scene = Scene::new().await;
    scene.deliver().await;
    for number in 0..=MOST_CONNECTIONS {
        assert_eq!(scene.connect(&scene.ticket().await, &format!("page{number}=")).await, 200);
        scene.stage.advance(SignedDuration::from_secs(1));
    }
    let mut oldest = scene.stage.cloud.establish_connection("page0=");
    scene.create("annabelle").await;
    scene.deliver().await;
    let last = oldest.recv().await.unwrap();
    assert_eq!(last, r#"{"topics":[],"closing":"too_many"}"#, "its page is not to connect at once");
    assert_eq!(oldest.recv().await, None, "it is closed");
    let known = scene.known().await;
    assert_eq!(known.len(), MOST_CONNECTIONS);
    assert!(!known.contains(&"page0=".to_owned()), "{known:?}");
}

#[tokio::test]
async fn all_pages_of_a_session_are_told() {
    let scene = Scene::new().await;
    scene.deliver().await;
    let mut pages = Vec::new();
    for id in ["one=", "two="] {
        assert_eq!(scene.connect(&scene.ticket().await, id).await, 200);
        pages.push(scene.stage.cloud.establish_connection(id));
    }
    scene.create("annabelle").await;
    scene.deliver().await;
    for texts in &mut pages {
        assert_eq!(texts.recv().await.unwrap(), r#"{"topics":["leads"]}"#);
    }
}

#[tokio::test]
async fn two_requests_with_one_ticket_at_the_same_time_open_one_connection() {
    let scene = Scene::new().await;
    let ticket = scene.ticket().await;
    let (one, two) =
        futures::future::join(scene.connect(&ticket, "one="), scene.connect(&ticket, "two=")).await;
    assert_eq!(one + two, 601, "{one} {two}");
}

#[tokio::test]
async fn ticket_that_is_old_invented_or_of_an_ended_session_opens_none() {
    let scene = Scene::new().await;
    let (old, ended) = (scene.ticket().await, scene.ticket().await);
    scene.stage.advance(SignedDuration::from_secs(31));
    assert_eq!(scene.connect(&old, "old=").await, 401);
    for invented in ["", "x", &format!("{}.secret", scene.workspace), &format!("{ended}x")] {
        assert_eq!(scene.connect(invented, "invented=").await, 401, "{invented}");
    }
    let fresh = scene.ticket().await;
    let of = (&scene.session.login, &scene.session.id);
    sessions::close(&*scene.stage.ports.logins(), of).await.unwrap();
    assert_eq!(scene.connect(&fresh, "ended=").await, 401);
    assert_eq!(scene.known().await, [""; 0]);
}

#[tokio::test]
async fn change_is_told_by_its_topic_without_any_id() {
    let scene = Scene::new().await;
    scene.deliver().await;
    assert_eq!(scene.connect(&scene.ticket().await, "one=").await, 200);
    let mut texts = scene.stage.cloud.establish_connection("one=");
    scene.create("annabelle").await;
    scene.deliver().await;
    assert_eq!(texts.recv().await.unwrap(), r#"{"topics":["leads"]}"#);
    assert!(texts.try_recv().is_err(), "one text for one batch");
}

#[tokio::test]
async fn page_whose_session_ended_is_closed_and_told_nothing() {
    let scene = Scene::new().await;
    scene.deliver().await;
    assert_eq!(scene.connect(&scene.ticket().await, "one=").await, 200);
    let mut texts = scene.stage.cloud.establish_connection("one=");
    let of = (&scene.session.login, &scene.session.id);
    sessions::close(&*scene.stage.ports.logins(), of).await.unwrap();
    scene.create("annabelle").await;
    scene.deliver().await;
    assert_eq!(texts.recv().await, None);
    assert_eq!(scene.known().await, [""; 0]);
}

#[tokio::test]
async fn page_of_a_user_who_is_disabled_is_closed_by_that_change() {
    let scene = Scene::new().await;
    scene.deliver().await;
    assert_eq!(scene.connect(&scene.ticket().await, "one=").await, 200);
    let mut texts = scene.stage.cloud.establish_connection("one=");
    let (users, now) = (scene.stage.ports.users(), scene.stage.ports.clock().now());
    let mut user = users.get(&scene.workspace, &scene.user).await.unwrap();
    user.disabled = true;
    users.save(&user, &Event::system(EventKind::UserChanged, now)).await.unwrap();
    scene.deliver().await;
    assert_eq!(texts.recv().await, None);
}

#[tokio::test]
async fn connection_that_is_gone_is_forgotten_but_not_while_it_is_being_established() {
    let scene = Scene::new().await;
    scene.deliver().await;
    assert_eq!(scene.connect(&scene.ticket().await, "one=").await, 200);
    scene.create("ann").await;
    scene.deliver().await;
    assert_eq!(scene.known().await, ["one="], "it is not there yet");
    scene.stage.advance(SignedDuration::from_secs(31));
    scene.create("bob").await;
    scene.deliver().await;
    assert_eq!(scene.known().await, [""; 0]);
}

#[tokio::test]
async fn changes_are_recorded_while_the_management_api_fails() {
    let scene = Scene::new().await;
    scene.deliver().await;
    assert_eq!(scene.connect(&scene.ticket().await, "one=").await, 200);
    let mut texts = scene.stage.cloud.establish_connection("one=");
    scene.stage.cloud.faults().inject(|moment, call| {
        let is_page = call.service == Service::Connections && moment == Moment::Before;
        let fault =
            || Fault::Fail { status: 500, code: "InternalServerError".into(), message: String::new() };
        is_page.then(fault)
    });
    scene.create("ann").await;
    scene.deliver().await;
    assert!(texts.try_recv().is_err());
    assert_eq!(scene.known().await, ["one="]);
}
