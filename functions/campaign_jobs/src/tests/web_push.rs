//! What is pushed to a user's devices, once, and what becomes of a device whose push service or session knows it no more.

use super::*;
use application::identity::sessions::{close, open};
use application::ports::store::StoreResult;
use application::queue_messages::NotificationKey;
use application::web_push::devices::{WebPushPorts, add_device};
use application::web_push::subscription::PushSubscription;
use application::web_push::vapid::server_key;
use domain::event::Actor;
use domain::workspace::lead_access::RepsSee;
use domain::workspace::login::Session;
use domain::workspace::notification::{Notification, NotificationKind};
use domain::workspace::notification_choices::{NotificationChoices, QuietHours};
use domain::workspace::push::PushSession;
use domain::workspace::user::Role;
use domain::{NotificationId, UserId};
use jiff::Timestamp;
use sandbox::{BrowserSubscription, Sandbox, SandboxConfig};
use serde_json::Value;

struct Scene {
    world: World,
    sandbox: Sandbox,
    user: UserId,
    session: Session,
    browser: BrowserSubscription,
}

impl Scene {
    /// A user with one device, at noon of their clock.
    async fn new(role: Role) -> Self {
        let world = World::new(0).await;
        world.stage.advance(SignedDuration::from_hours(3));
        let sandbox = Sandbox::new(SandboxConfig::demo(world.stage.clock.clone(), 7));
        let service = sandbox.clone();
        world.stage.providers_answer(move |request| Ok(service.answer_push(&request)));
        let user = world.stage.add_user(&world.workspace, "ada", role).await;
        let session = signed_in(&world, &user).await;
        let browser = subscribed(&world, &sandbox, &session).await;
        Self { world, sandbox, user, session, browser }
    }

    async fn notification(&self, title: &str, kind: NotificationKind) -> NotificationKey {
        self.notify(title, kind, Some(self.user.clone()), None).await
    }

    async fn notify(
        &self,
        title: &str,
        kind: NotificationKind,
        user: Option<UserId>,
        lead: Option<LeadId>,
    ) -> NotificationKey {
        let at = self.world.stage.clock.now();
        let notification = Notification {
            id: NotificationId::derived(at, &[title]),
            workspace: self.world.workspace.clone(),
            user: user.clone(),
            kind,
            title: title.to_owned(),
            detail: "Please call me".to_owned(),
            lead,
            created_at: at,
            read_at: None,
        };
        let event = Event::system(EventKind::NotificationCreated, at);
        self.world.ports().notifications().put(&notification, &event).await.unwrap();
        NotificationKey { user, id: notification.id }
    }

    async fn push(&self, told: &[NotificationKey]) -> usize {
        let (workspace, user) = (self.world.workspace.clone(), self.user.clone());
        let job = CampaignJob::PushNotifications { workspace, user, told: told.to_vec(), tries: 0 };
        send_all(&*self.world.ports().outbox(), &[job], 0).await.unwrap();
        self.world.run().await
    }

    /// The titles that browsers have read, oldest first.
    fn shown(&self) -> Vec<String> {
        let title = |push: sandbox::TakenPush| -> String {
            let text: Value = serde_json::from_str(&push.text.expect("the browser can read it")).unwrap();
            text["title"].as_str().unwrap().to_owned()
        };
        self.sandbox.taken_pushes().into_iter().map(title).collect()
    }

    async fn devices(&self) -> usize {
        let devices = self.world.ports().push_devices();
        devices.devices(&self.world.workspace, &self.user).await.unwrap().len()
    }

    async fn choose(&self, change: impl FnOnce(&mut NotificationChoices)) {
        let store = self.world.ports().notification_choices();
        let mut choices = store.choices(&self.world.workspace, &self.user).await.unwrap();
        change(&mut choices);
        let event = Event::system(EventKind::SettingsChanged, self.world.stage.clock.now());
        store.save(&choices, &event).await.unwrap();
    }
}

async fn signed_in(world: &World, user: &UserId) -> Session {
    let (ports, now) = (world.ports(), world.stage.clock.now());
    let user = ports.users().get(&world.workspace, user).await.unwrap();
    let login = ports.logins().login(&user.login).await.unwrap();
    let device = (Some("Firefox on Linux".to_owned()), now);
    open(&*ports.logins(), &*ports.ids(), (&login, &user), device, now).await.unwrap().0
}

fn push_session(session: &Session) -> PushSession {
    let Session { login, id, user, .. } = session.clone();
    PushSession { login, session: id, user }
}

async fn subscribed(world: &World, sandbox: &Sandbox, session: &Session) -> BrowserSubscription {
    let browser = sandbox.subscribe_browser(&server_key(&world.ports().keys()));
    add(world, session, &browser).await.unwrap();
    browser
}

async fn add(world: &World, session: &Session, browser: &BrowserSubscription) -> StoreResult<()> {
    let subscription = PushSubscription::parse(&browser.endpoint, &browser.p256dh, &browser.auth).unwrap();
    let ports = WebPushPorts::new(world.ports());
    add_device(&ports, &world.workspace, push_session(session), &subscription).await
}

#[tokio::test]
async fn notification_is_read_by_the_browser_that_it_is_for_and_a_repeat_pushes_nothing() {
    let scene = Scene::new(Role::Owner).await;
    let lead = scene.world.stage.lead(&scene.world.workspace, "ann", |_| {}).await.id;
    let told = [scene
        .notify("Ann is hot", NotificationKind::HotLead, Some(scene.user.clone()), Some(lead.clone()))
        .await];
    for _ in 0..2 {
        assert_eq!(scene.push(&told).await, 1);
    }
    let taken = scene.sandbox.taken_pushes();
    assert_eq!(taken.len(), 1, "{taken:?}");
    assert_eq!(
        (taken[0].endpoint.as_str(), taken[0].urgency.as_str()),
        (scene.browser.endpoint.as_str(), "high")
    );
    assert_eq!((taken[0].ttl, taken[0].topic.as_ref().map(String::len)), (4 * 3_600, Some(32)));
    let text: Value = serde_json::from_str(taken[0].text.as_ref().unwrap()).unwrap();
    assert_eq!(
        text,
        serde_json::json!({"title": "Ann is hot", "path": format!("/leads/{lead}"), "tag": told[0].id})
    );
}

#[tokio::test]
async fn notifications_of_an_order_are_one_text_on_each_device() {
    let scene = Scene::new(Role::Owner).await;
    let second = signed_in(&scene.world, &scene.user).await;
    subscribed(&scene.world, &scene.sandbox, &second).await;
    let told = [
        scene.notification("Ann replied", NotificationKind::Reply).await,
        scene.notification("A mailbox cannot be read", NotificationKind::Health).await,
        scene.notification("Bob replied", NotificationKind::Reply).await,
    ];
    assert_eq!(scene.push(&told).await, 1);
    assert_eq!(scene.shown(), ["Ann replied, and 1 more", "Ann replied, and 1 more"]);
}

#[tokio::test]
async fn notification_that_a_push_service_has_not_taken_is_pushed_again_to_that_device_alone() {
    for status in [429, 503] {
        let scene = Scene::new(Role::Owner).await;
        let second = signed_in(&scene.world, &scene.user).await;
        subscribed(&scene.world, &scene.sandbox, &second).await;
        let told = [scene.notification("Ann replied", NotificationKind::Reply).await];
        scene.sandbox.push_service_answers(&scene.browser.endpoint, Some(status));
        assert_eq!(scene.push(&told).await, 1, "{status}");
        assert_eq!(scene.shown().len(), 1, "the other device has it");
        scene.sandbox.push_service_answers(&scene.browser.endpoint, None);
        assert_eq!(scene.world.run().await, 0, "it waits");
        scene.world.stage.advance(SignedDuration::from_secs(31));
        assert_eq!(scene.world.run().await, 1);
        let taken = scene.sandbox.taken_pushes();
        assert_eq!(taken.len(), 2, "{status}");
        assert_eq!(taken[1].endpoint, scene.browser.endpoint);
    }
}

#[tokio::test]
async fn device_whose_push_service_asks_for_a_long_wait_does_not_hold_back_another() {
    let scene = Scene::new(Role::Owner).await;
    let second = signed_in(&scene.world, &scene.user).await;
    let other = subscribed(&scene.world, &scene.sandbox, &second).await;
    for browser in [&scene.browser, &other] {
        scene.sandbox.push_service_answers(&browser.endpoint, Some(429));
    }
    let (service, slow) = (scene.sandbox.clone(), scene.browser.endpoint.clone());
    scene.world.stage.providers_answer(move |request| {
        let mut answer = service.answer_push(&request);
        if slow.ends_with(request.uri().path()) {
            answer.headers_mut().insert("retry-after", "43200".parse().unwrap());
        }
        Ok(answer)
    });
    let told = [scene.notification("Ann replied", NotificationKind::Reply).await];
    assert_eq!(scene.push(&told).await, 1);
    scene.sandbox.push_service_answers(&other.endpoint, None);
    scene.world.stage.advance(SignedDuration::from_secs(31));
    assert_eq!(scene.world.run().await, 1);
    let taken = scene.sandbox.taken_pushes();
    assert!(taken.len() == 1 && taken[0].endpoint == other.endpoint, "{taken:?}");
}

#[tokio::test]
async fn push_service_that_stays_out_of_order_is_asked_until_the_notification_is_old() {
    let scene = Scene::new(Role::Owner).await;
    let told = [scene.notification("Ann replied", NotificationKind::Reply).await];
    scene.sandbox.push_service_answers(&scene.browser.endpoint, Some(503));
    let mut orders = vec![scene.push(&told).await];
    for _ in 0..72 {
        scene.world.stage.advance(SignedDuration::from_mins(5));
        orders.push(scene.world.run().await);
    }
    let (while_news, later) = orders.split_at(53);
    assert!((15..=25).contains(&while_news.iter().sum::<usize>()), "ever more seldom: {orders:?}");
    assert_eq!(later.iter().sum::<usize>(), 0, "{orders:?}");
    assert_eq!(scene.devices().await, 1);
}

#[tokio::test]
async fn notification_whose_push_was_lost_or_refused_is_not_pushed_again_and_the_device_stays() {
    for status in [None, Some(400), Some(413), Some(500), Some(502), Some(504)] {
        let scene = Scene::new(Role::Owner).await;
        let told = [scene.notification("Ann replied", NotificationKind::Reply).await];
        if status.is_none() {
            let broken = || Err(providers::transport::TransportError::Ambiguous("broken".into()));
            scene.world.stage.providers_answer(move |_| broken());
        }
        scene.sandbox.push_service_answers(&scene.browser.endpoint, status);
        assert_eq!(scene.push(&told).await, 1, "{status:?}");
        let service = scene.sandbox.clone();
        scene.world.stage.providers_answer(move |request| Ok(service.answer_push(&request)));
        scene.sandbox.push_service_answers(&scene.browser.endpoint, None);
        assert_eq!(scene.push(&told).await, 1);
        assert_eq!((scene.shown(), scene.devices().await), (Vec::new(), 1), "{status:?}");
    }
}

#[tokio::test]
async fn device_that_its_push_service_does_not_know_is_forgotten() {
    for status in [403, 404, 410] {
        let scene = Scene::new(Role::Owner).await;
        let told = [scene.notification("Ann replied", NotificationKind::Reply).await];
        scene.sandbox.push_service_answers(&scene.browser.endpoint, Some(status));
        assert_eq!(scene.push(&told).await, 1);
        assert_eq!(scene.devices().await, 0, "{status}");
    }
}

#[tokio::test]
async fn device_goes_with_its_session_and_with_its_user() {
    let scene = Scene::new(Role::Owner).await;
    let (ports, now) = (scene.world.ports(), scene.world.stage.clock.now());
    close(&*ports.logins(), (&scene.session.login, &scene.session.id)).await.unwrap();
    let told = [scene.notification("Ann replied", NotificationKind::Reply).await];
    scene.push(&told).await;
    assert_eq!((scene.shown(), scene.devices().await), (Vec::new(), 0));

    let again = signed_in(&scene.world, &scene.user).await;
    subscribed(&scene.world, &scene.sandbox, &again).await;
    let mut user = ports.users().get(&scene.world.workspace, &scene.user).await.unwrap();
    user.disabled = true;
    let event = Event::new(EventKind::UserChanged, Actor::System, now);
    ports.users().save(&user, &event).await.unwrap();
    scene.push(&told).await;
    assert_eq!((scene.shown(), scene.devices().await), (Vec::new(), 0));
}

#[tokio::test]
async fn session_that_shows_another_workspace_keeps_its_device_and_is_told_nothing() {
    let scene = Scene::new(Role::Owner).await;
    let (other, _) = scene.world.stage.workspace("harbour").await;
    let moved = Session { workspace: other, ..scene.session.clone() };
    scene.world.ports().logins().save_session(&moved).await.unwrap();
    let told = [scene.notification("Ann replied", NotificationKind::Reply).await];
    assert_eq!(scene.push(&told).await, 1);
    assert_eq!((scene.shown(), scene.devices().await), (Vec::new(), 1));
}

#[tokio::test]
async fn notification_that_is_read_old_not_chosen_or_in_quiet_hours_is_not_pushed() {
    let scene = Scene::new(Role::Owner).await;
    let read = scene.notification("Read", NotificationKind::Reply).await;
    let (workspace, now) = (&scene.world.workspace, scene.world.stage.clock.now());
    let notifications = scene.world.ports().notifications();
    notifications.mark_read(workspace, &scene.user, std::slice::from_ref(&read.id), now).await.unwrap();
    let health = scene.notification("Not chosen", NotificationKind::Health).await;
    scene.push(&[read, health]).await;
    let old = scene.notification("Old", NotificationKind::Reply).await;
    scene.world.stage.advance(SignedDuration::from_hours(4));
    scene.push(&[old]).await;
    assert_eq!(scene.shown(), Vec::<String>::new());

    let night: Timestamp = "2026-11-20T23:00:00Z".parse().unwrap();
    scene.world.stage.clock.advance_to(night);
    let told = [
        scene.notification("A reply by night", NotificationKind::Reply).await,
        scene.notification("A hot lead by night", NotificationKind::HotLead).await,
    ];
    scene.push(&told).await;
    assert_eq!(scene.shown(), Vec::<String>::new());
    scene.choose(|choices| choices.hot_leads_always = true).await;
    scene.push(&told).await;
    assert_eq!(scene.shown(), ["A hot lead by night"]);
}

#[tokio::test]
async fn push_service_keeps_a_text_until_quiet_hours_begin_unless_a_hot_lead_goes_through() {
    let scene = Scene::new(Role::Owner).await;
    scene.choose(|choices| choices.quiet = QuietHours::new(13, 7)).await;
    scene.push(&[scene.notification("Ann replied", NotificationKind::Reply).await]).await;
    scene.choose(|choices| choices.hot_leads_always = true).await;
    scene.push(&[scene.notification("Bob is hot", NotificationKind::HotLead).await]).await;
    let kept: Vec<u64> = scene.sandbox.taken_pushes().iter().map(|push| push.ttl).collect();
    assert_eq!(kept, [3_600, 4 * 3_600]);
}

#[tokio::test]
async fn rep_who_sees_only_own_leads_is_not_told_of_others() {
    let scene = Scene::new(Role::Rep).await;
    let (stage, workspace) = (&scene.world.stage, &scene.world.workspace);
    let ports = scene.world.ports();
    let mut tenant = ports.workspaces().get(workspace).await.unwrap();
    tenant.lead_access.reps_see = RepsSee::OwnLeads;
    let event = Event::system(EventKind::SettingsChanged, stage.clock.now());
    ports.workspaces().save(&tenant, &event).await.unwrap();
    let own = stage.lead(workspace, "own", |lead| lead.owner = Some(scene.user.clone())).await.id;
    let other = stage.lead(workspace, "other", |_| {}).await.id;
    let told = [
        scene.notify("Other replied", NotificationKind::Reply, None, Some(other)).await,
        scene.notify("Own replied", NotificationKind::Reply, None, Some(own)).await,
    ];
    assert_eq!(scene.push(&told).await, 1);
    assert_eq!(scene.shown(), ["Own replied"]);
}

#[tokio::test]
async fn session_has_one_device_and_a_user_has_ten() {
    let scene = Scene::new(Role::Owner).await;
    let renewed = subscribed(&scene.world, &scene.sandbox, &scene.session).await;
    add(&scene.world, &scene.session, &renewed).await.unwrap();
    assert_eq!(scene.devices().await, 1, "the browser's former address is gone");
    for _ in 0..10 {
        scene.world.stage.advance(SignedDuration::from_secs(1));
        let session = signed_in(&scene.world, &scene.user).await;
        subscribed(&scene.world, &scene.sandbox, &session).await;
    }
    assert_eq!(scene.devices().await, 10);
    let told = [scene.notification("Ann replied", NotificationKind::Reply).await];
    scene.push(&told).await;
    let taken = scene.sandbox.taken_pushes();
    assert!(
        taken.len() == 10 && taken.iter().all(|push| push.endpoint != renewed.endpoint),
        "the oldest is gone"
    );
}
