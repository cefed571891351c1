//! What a workspace's Slack channel is told, once, and what becomes of it when Slack refuses.

use super::*;
use application::queue_messages::NotificationKey;
use application::workspace::slack::seal_url;
use domain::NotificationId;
use domain::workspace::notification::{Notification, NotificationKind};
use domain::workspace::slack_channel::{SlackChannel, SlackFault, SlackUrl};
use domain::workspace::user::Role;
use http::{Response, StatusCode, header};
use providers::transport::TransportError;
use serde_json::Value;
use std::sync::{Arc, Mutex};

const URL: &str = "https://hooks.slack.com/services/T0/B0/s3cret";

type Texts = Arc<Mutex<Vec<String>>>;

struct Slack {
    world: World,
    texts: Texts,
}

impl Slack {
    async fn new() -> Self {
        let world = World::new(0).await;
        let (ports, now) = (world.ports(), world.stage.clock.now());
        let url = SlackUrl::parse(URL).unwrap();
        let channel = SlackChannel {
            workspace: world.workspace.clone(),
            sealed_url: seal_url(&ports.keys(), &world.workspace, &url),
            ending: url.ending(),
            kinds: vec![NotificationKind::Reply],
            with_details: false,
            off: None,
            rev: 0,
        };
        ports.slack().save(&channel, &Event::system(EventKind::SettingsChanged, now)).await.unwrap();
        let slack = Self { world, texts: Texts::default() };
        slack.answers(200);
        slack
    }

    /// Lets Slack answer with this status from now on.
    fn answers(&self, status: u16) {
        let texts = self.texts.clone();
        self.world.stage.providers_answer(move |request| {
            assert_eq!(request.uri(), URL);
            let body: Value = serde_json::from_slice(request.body()).unwrap();
            texts.lock().unwrap().push(body["text"].as_str().unwrap().to_owned());
            let mut answer = Response::new(b"ok".to_vec());
            *answer.status_mut() = StatusCode::from_u16(status).unwrap();
            answer.headers_mut().insert(header::RETRY_AFTER, "7".parse().unwrap());
            Ok(answer)
        });
    }

    async fn notification(&self, title: &str, kind: NotificationKind) -> NotificationKey {
        let at = self.world.stage.clock.now();
        let notification = Notification {
            id: NotificationId::derived(at, &[title]),
            workspace: self.world.workspace.clone(),
            user: None,
            kind,
            title: title.to_owned(),
            detail: "Please call me".to_owned(),
            lead: None,
            created_at: at,
            read_at: None,
        };
        let event = Event::system(EventKind::NotificationCreated, at);
        self.world.ports().notifications().put(&notification, &event).await.unwrap();
        NotificationKey { user: None, id: notification.id }
    }

    async fn tell(&self, told: &[NotificationKey]) -> usize {
        let job = CampaignJob::TellSlack { workspace: self.world.workspace.clone(), told: told.to_vec() };
        send_all(&*self.world.ports().outbox(), &[job], 0).await.unwrap();
        self.world.run().await
    }

    async fn channel(&self) -> SlackChannel {
        self.world.ports().slack().channel(&self.world.workspace).await.unwrap().unwrap()
    }

    fn taken(&self) -> Vec<String> {
        self.texts.lock().unwrap().clone()
    }
}

#[tokio::test]
async fn notifications_of_an_order_are_one_text_and_a_repeat_tells_nothing() {
    let slack = Slack::new().await;
    let told = [
        slack.notification("Ann replied", NotificationKind::Reply).await,
        slack.notification("A mailbox cannot be read", NotificationKind::Health).await,
        slack.notification("Bob replied", NotificationKind::Reply).await,
    ];
    for _ in 0..2 {
        assert_eq!(slack.tell(&told).await, 1);
    }
    let texts = slack.taken();
    assert_eq!(texts.len(), 1, "{texts:?}");
    assert!(texts[0].contains("Ann replied") && texts[0].contains("Bob replied"), "{texts:?}");
    assert!(!texts[0].contains("mailbox") && !texts[0].contains("call me"), "{texts:?}");
}

#[tokio::test]
async fn text_that_slack_has_certainly_not_taken_comes_again() {
    for status in [429, 503] {
        let slack = Slack::new().await;
        let told = [slack.notification("Ann replied", NotificationKind::Reply).await];
        slack.answers(status);
        assert_eq!(slack.tell(&told).await, 0, "{status}");
        slack.answers(200);
        assert_eq!(slack.world.run().await, 0, "it waits");
        slack.world.stage.advance(SignedDuration::from_secs(8));
        assert_eq!(slack.world.run().await, 1);
        assert_eq!(slack.taken().len(), 2, "{status}");
    }
}

#[tokio::test]
async fn text_whose_answer_is_lost_is_not_told_again() {
    let slack = Slack::new().await;
    let told = [slack.notification("Ann replied", NotificationKind::Reply).await];
    slack.world.stage.providers_answer(|_| Err(TransportError::Ambiguous("broken".into())));
    assert_eq!(slack.tell(&told).await, 1);
    slack.answers(200);
    assert_eq!(slack.tell(&told).await, 1);
    assert_eq!(slack.taken(), Vec::<String>::new());
}

#[tokio::test]
async fn order_that_breaks_off_between_two_claims_is_told_whole_later() {
    let slack = Slack::new().await;
    let told = [
        slack.notification("Ann replied", NotificationKind::Reply).await,
        slack.notification("Bob replied", NotificationKind::Reply).await,
    ];
    let claims = AtomicUsize::new(0);
    slack.world.stage.cloud.faults().inject(move |moment, call| {
        let is_claim = moment == Moment::Before && call.operation == "PutItem";
        let breaks = is_claim && claims.fetch_add(1, Ordering::Relaxed) >= 1;
        breaks.then(|| Fault::Fail { status: 400, code: "Gone".to_owned(), message: String::new() })
    });
    assert_eq!(slack.tell(&told).await, 0);
    slack.world.stage.cloud.faults().clear();
    assert_eq!(slack.taken(), Vec::<String>::new());
    slack.tell(&told).await;
    let texts = slack.taken();
    assert!(texts[0].contains("Ann replied") && texts[0].contains("Bob replied"), "{texts:?}");
}

#[tokio::test]
async fn webhook_that_works_no_more_is_switched_off_and_admins_are_told_why() {
    for (status, fault) in
        [(403, SlackFault::Forbidden), (404, SlackFault::NotFound), (410, SlackFault::Archived)]
    {
        let slack = Slack::new().await;
        let (stage, workspace) = (&slack.world.stage, &slack.world.workspace);
        let admin = stage.add_user(workspace, "adele", Role::Admin).await;
        let rep = stage.add_user(workspace, "rob", Role::Rep).await;
        let told = [slack.notification("Ann replied", NotificationKind::Reply).await];
        slack.answers(status);
        assert_eq!(slack.tell(&told).await, 1);
        assert_eq!(slack.channel().await.off.map(|off| off.fault), Some(fault));
        let news = async |user| {
            let page = PageRequest::first(50);
            let all = slack.world.ports().notifications().list(workspace, user, page).await.unwrap().items;
            all.into_iter().filter(|one| one.user.is_some()).map(|one| one.detail).collect::<Vec<_>>()
        };
        assert_eq!(news(&admin).await, [fault.words()]);
        assert_eq!(news(&rep).await, Vec::<String>::new());
        let more = [slack.notification("Bob replied", NotificationKind::Reply).await];
        assert_eq!(slack.tell(&more).await, 1);
        assert_eq!(slack.taken().len(), 1, "nothing is told any more");
    }
}

#[tokio::test]
async fn address_sealed_for_another_workspace_is_not_called() {
    let slack = Slack::new().await;
    let (other, _) = slack.world.stage.workspace("harbour").await;
    let (ports, now) = (slack.world.ports(), slack.world.stage.clock.now());
    let mut channel = slack.channel().await;
    channel.sealed_url = seal_url(&ports.keys(), &other, &SlackUrl::parse(URL).unwrap());
    ports.slack().save(&channel, &Event::system(EventKind::SettingsChanged, now)).await.unwrap();
    let told = [slack.notification("Ann replied", NotificationKind::Reply).await];
    assert_eq!(slack.tell(&told).await, 1);
    assert_eq!(slack.taken(), Vec::<String>::new());
}
