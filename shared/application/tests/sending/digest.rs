//! The digest: who gets it, what is in it, and that there is one a day.

use super::account_mail::{Seen, with_system_sender};
use super::scene::{World, answer};
use application::digest::plan::{DigestPlanPorts, order_digests};
use application::ports::outbox::send_all;
use application::queue_messages::{Queue, SendMessage};
use application::{Clock, Ports};
use domain::event::{Event, EventKind};
use domain::lead::Lead;
use domain::workspace::digest::{DigestPart, DigestSettings};
use domain::workspace::lead_access::{LeadAccess, RepsSee};
use domain::workspace::notification::{Notification, NotificationKind};
use domain::workspace::task::{Task, TaskKind};
use domain::workspace::user::Role;
use domain::{NotificationId, TaskId, UserId};
use jiff::SignedDuration;
use jiff::civil::{Date, date};
use serde_json::{Value, json};

/// The day on which tests begin, a Friday; it is nine o'clock in UTC.
const TODAY: Date = date(2026, 11, 20);

struct Scene {
    world: World,
    seen: Seen,
    user: UserId,
}

impl Scene {
    async fn new(status: u16) -> Self {
        let (world, seen) = with_system_sender(move || Ok(answer(status, &json!({})))).await;
        let user = world.stage.add_user(&world.workspace, "rob", Role::Rep).await;
        let ports = world.ports();
        let mut workspace = ports.workspaces().get(&world.workspace).await.unwrap();
        workspace.default_zone = domain::time::time_zone::ZoneName::utc();
        ports.workspaces().save(&workspace, &event(&world)).await.unwrap();
        Self { world, seen, user }
    }

    async fn lead(&self, name: &str, owner: &UserId) -> Lead {
        let change = |lead: &mut Lead| {
            lead.first_name = Some(name.to_owned());
            lead.owner = Some(owner.clone());
        };
        self.world.stage.lead(&self.world.workspace, &format!("digest-{name}"), change).await
    }

    async fn task(&self, lead: &Lead, kind: TaskKind, title: &str, hours: i64) {
        let now = self.world.stage.clock.now();
        let id = TaskId::derived(&lead.id, &[title]);
        let mut task = Task::about(lead, id, kind, title.to_owned(), now);
        task.due_at = now + SignedDuration::from_hours(hours);
        self.world.ports().tasks().save(&task, &event(&self.world)).await.unwrap();
    }

    async fn hot(&self, lead: &Lead) -> NotificationId {
        let at = self.world.stage.clock.now();
        let notification = Notification {
            id: NotificationId::derived(at, &[lead.id.as_str()]),
            workspace: self.world.workspace.clone(),
            user: lead.owner.clone(),
            kind: NotificationKind::HotLead,
            title: format!("{} turned hot", lead.display_name()),
            detail: String::new(),
            lead: Some(lead.id.clone()),
            created_at: at,
            read_at: None,
        };
        self.world.ports().notifications().put(&notification, &event(&self.world)).await.unwrap();
        notification.id
    }

    async fn change(&self, change: impl FnOnce(&mut DigestSettings)) {
        let digests = self.world.ports().digests();
        let mut settings = digests.settings(&self.world.workspace, &self.user).await.unwrap();
        change(&mut settings);
        digests.save(&settings, &event(&self.world)).await.unwrap();
    }

    async fn order(&self, day: Date) {
        let order =
            SendMessage::Digest { workspace: self.world.workspace.clone(), user: self.user.clone(), day };
        send_all(&*self.world.ports().outbox(), &[order], 0).await.unwrap();
        self.world.run().await;
    }

    fn mails(&self) -> Vec<Value> {
        let seen = self.seen.lock().unwrap();
        seen.iter().map(|request| serde_json::from_slice(request.body()).unwrap()).collect()
    }
}

fn event(world: &World) -> Event {
    Event::system(EventKind::SettingsChanged, world.stage.clock.now())
}

fn text_of(mail: &Value) -> &str {
    mail["Content"]["Simple"]["Body"]["Text"]["Data"].as_str().unwrap()
}

#[tokio::test]
async fn digest_lists_what_waits_for_its_user_and_nothing_else() {
    let scene = Scene::new(200).await;
    let colleague = scene.world.stage.add_user(&scene.world.workspace, "cora", Role::Rep).await;
    let (ann, bob) = (scene.lead("Ann", &scene.user).await, scene.lead("Bob", &colleague).await);
    scene.hot(&ann).await;
    scene.hot(&bob).await;
    scene.task(&ann, TaskKind::Call, "Call back", 2).await;
    scene.task(&ann, TaskKind::Call, "Tomorrow", 24).await;
    scene.task(&ann, TaskKind::Meeting, "Intro", 3).await;
    scene.task(&bob, TaskKind::Call, "Not mine", 1).await;
    scene.order(TODAY).await;
    let mails = scene.mails();
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0]["Content"]["Simple"]["Subject"]["Data"], "1 hot lead, 1 meeting today, 1 task due");
    let text = text_of(&mails[0]);
    for said in
        ["Ann turned hot", "12:00 Ann: Intro", "Ann: Call back", "Friday, 20 November", ann.id.as_str()]
    {
        assert!(text.contains(said), "{said}: {text}");
    }
    for hidden in ["Bob", "Tomorrow", "Not mine"] {
        assert!(!text.contains(hidden), "{hidden}: {text}");
    }
}

#[tokio::test]
async fn digest_hides_leads_that_its_user_no_longer_sees() {
    let scene = Scene::new(200).await;
    let colleague = scene.world.stage.add_user(&scene.world.workspace, "cora", Role::Rep).await;
    let bob = scene.lead("Bob", &colleague).await;
    let at = scene.world.stage.clock.now();
    let for_all = Notification {
        id: NotificationId::derived(at, &["all"]),
        workspace: scene.world.workspace.clone(),
        user: None,
        kind: NotificationKind::HotLead,
        title: "Bob turned hot".to_owned(),
        detail: String::new(),
        lead: Some(bob.id.clone()),
        created_at: at,
        read_at: None,
    };
    let ports = scene.world.ports();
    ports.notifications().put(&for_all, &event(&scene.world)).await.unwrap();
    let mut workspace = ports.workspaces().get(&scene.world.workspace).await.unwrap();
    workspace.lead_access = LeadAccess { reps_see: RepsSee::OwnLeads, teams: Vec::new() };
    ports.workspaces().save(&workspace, &event(&scene.world)).await.unwrap();
    scene.order(TODAY).await;
    assert_eq!(scene.mails(), Vec::<Value>::new());
}

#[tokio::test]
async fn digest_comes_once_a_day_and_can_be_stopped_from_the_mail() {
    let scene = Scene::new(200).await;
    let ann = scene.lead("Ann", &scene.user).await;
    scene.task(&ann, TaskKind::Call, "Call back", 2).await;
    for _ in 0..2 {
        scene.order(TODAY).await;
    }
    let mails = scene.mails();
    assert_eq!(mails.len(), 1);
    let headers = &mails[0]["Content"]["Simple"]["Headers"];
    let stop = headers[0]["Value"].as_str().unwrap().trim_matches(['<', '>']);
    assert!(
        stop.starts_with(&format!("https://leadflow.example/d/{}/{}/", scene.world.workspace, scene.user))
    );
    assert!(text_of(&mails[0]).contains(stop), "{}", text_of(&mails[0]));
    assert_eq!(headers[1], json!({"Name": "List-Unsubscribe-Post", "Value": "List-Unsubscribe=One-Click"}));
}

#[tokio::test]
async fn digest_of_another_day_or_a_deactivated_user_or_a_stopped_one_is_not_sent() {
    let scene = Scene::new(200).await;
    let ann = scene.lead("Ann", &scene.user).await;
    scene.task(&ann, TaskKind::Call, "Call back", 2).await;
    scene.order(date(2026, 11, 19)).await;
    scene.change(|settings| settings.hour = None).await;
    scene.order(TODAY).await;
    scene.change(|settings| settings.hour = Some(9)).await;
    let users = scene.world.ports().users();
    let mut user = users.get(&scene.world.workspace, &scene.user).await.unwrap();
    user.disabled = true;
    users.save(&user, &event(&scene.world)).await.unwrap();
    scene.order(TODAY).await;
    assert_eq!(scene.mails(), Vec::<Value>::new());
}

#[tokio::test]
async fn nothing_is_mailed_where_nothing_waits_or_all_was_read_in_the_app() {
    let scene = Scene::new(200).await;
    let ann = scene.lead("Ann", &scene.user).await;
    let hot = scene.hot(&ann).await;
    let now = scene.world.stage.clock.now();
    let notifications = scene.world.ports().notifications();
    notifications.mark_read(&scene.world.workspace, &scene.user, &[hot], now).await.unwrap();
    scene.order(TODAY).await;
    assert_eq!(scene.mails(), Vec::<Value>::new());
}

#[tokio::test]
async fn parts_that_the_user_left_out_are_not_in_the_digest() {
    let scene = Scene::new(200).await;
    let ann = scene.lead("Ann", &scene.user).await;
    scene.hot(&ann).await;
    scene.task(&ann, TaskKind::Call, "Call back", 2).await;
    scene.change(|settings| settings.parts = vec![DigestPart::Tasks]).await;
    scene.order(TODAY).await;
    assert_eq!(scene.mails()[0]["Content"]["Simple"]["Subject"]["Data"], "1 task due");
}

#[tokio::test]
async fn throttled_digest_comes_again_and_a_refused_one_does_not() {
    for (status, tries) in [(429, 2), (503, 2), (400, 1)] {
        let scene = Scene::new(status).await;
        let ann = scene.lead("Ann", &scene.user).await;
        scene.task(&ann, TaskKind::Call, "Call back", 2).await;
        scene.order(TODAY).await;
        scene.world.pass(61);
        scene.world.run().await;
        assert_eq!(scene.mails().len(), tries, "{status}");
    }
}

#[tokio::test]
async fn digests_are_ordered_for_users_in_whose_hour_it_is() {
    let scene = Scene::new(200).await;
    let ports = DigestPlanPorts::new(scene.world.ports());
    let outbox = scene.world.ports().outbox();
    scene.world.stage.messages(Queue::Send);
    let order = async || order_digests(&ports, &*outbox, &scene.world.workspace).await.unwrap();
    assert_eq!(order().await, 0, "the usual hour is over");
    scene.change(|settings| settings.hour = Some(9)).await;
    assert_eq!(order().await, 1);
    let wanted = json!({"send": "digest", "workspace": scene.world.workspace, "user": scene.user, "day": "2026-11-20"});
    assert_eq!(scene.world.stage.messages(Queue::Send), [wanted]);
    scene.change(|settings| settings.last_day = Some(TODAY)).await;
    assert_eq!(order().await, 0, "it went out today");
}
