//! A lead turns hot by three looks at its preview page or by its score, is announced once, and is then hot wherever its
//! temperature is shown.

use crate::App;
use application::ingesting::ingest;
use application::queue_messages::{IngestEvent, RecordVisit};
use application::{Clock, PageRequest, Ports};
use domain::contact::phone_number::PhoneNumber;
use domain::lead::engagement::Action;
use domain::lead::enrichment::Deliverability;
use domain::lead::score::{HotBy, score};
use domain::lead::stage::StageId;
use domain::lead::verdict::Traits;
use domain::lead::{Lead, Temperature};
use domain::workspace::notification::NotificationKind;
use domain::{LeadId, UserId, WorkspaceId};
use jiff::{SignedDuration, Timestamp};
use test_stage::Stage;

struct World {
    stage: Stage,
    workspace: WorkspaceId,
    user: UserId,
    lead: LeadId,
    app: App,
}

impl World {
    async fn with(change: impl FnOnce(&mut Lead)) -> Self {
        let stage = Stage::new().await;
        let (workspace, user) = stage.workspace("northquay").await;
        let lead = stage.lead(&workspace, "ann", change).await.id;
        let app = App::new(&stage.ports);
        Self { stage, workspace, user, lead, app }
    }

    /// The lead does this after so many minutes, and each event comes twice.
    async fn does(&self, event_id: &str, action: Action, minutes: i64) -> Timestamp {
        let at = self.stage.clock.now() + SignedDuration::from_mins(minutes);
        let event = IngestEvent::Tracked(Box::new(RecordVisit {
            workspace: self.workspace.clone(),
            lead: self.lead.clone(),
            message: None,
            event_id: event_id.to_owned(),
            action,
            traits: Box::new(Traits {
                method: "GET".to_owned(),
                user_agent:
                    "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_0) AppleWebKit/605.1.15 Safari/605.1.15"
                        .to_owned(),
                ..Traits::default()
            }),
            at,
        }));
        for _ in 0..2 {
            ingest(&self.app.ports, &event).await.unwrap();
        }
        at
    }

    async fn lead(&self) -> Lead {
        self.stage.ports.leads().get(&self.workspace, &self.lead).await.unwrap()
    }

    /// What notifications say of hot leads, and how many tasks are open.
    async fn told(&self) -> (Vec<String>, usize) {
        let told = self.stage.ports.notifications();
        let told = told.list(&self.workspace, &self.user, PageRequest::first(10)).await.unwrap().items;
        let hot = told.into_iter().filter(|one| one.kind == NotificationKind::HotLead);
        let tasks =
            self.stage.ports.tasks().open(&self.workspace, None, PageRequest::first(10)).await.unwrap();
        (hot.map(|one| one.detail).collect(), tasks.items.len())
    }
}

fn click(session: &str) -> Action {
    Action::CallToAction { session: session.to_owned(), target: "offer".to_owned() }
}

#[tokio::test]
async fn three_short_looks_in_one_tab_make_a_lead_hot_that_is_told_so() {
    let world = World::with(|_| {}).await;
    let mut at = world.stage.clock.now();
    for (minute, id) in ["v1", "v2", "v3"].into_iter().enumerate() {
        let view = Action::PreviewViewed { session: "tab".to_owned() };
        at = world.does(id, view, i64::try_from(minute).unwrap()).await;
    }
    let lead = world.lead().await;
    assert_eq!(lead.temperature(at), Temperature::Hot, "score {}", score(&lead, at).total);
    assert_eq!(lead.hot(at).unwrap().until, at + SignedDuration::from_hours(7 * 24));
    assert_eq!(world.told().await, (vec!["3 preview visits within ten minutes".to_owned()], 1));
}

#[tokio::test]
async fn client_who_turns_hot_is_told_of_and_not_to_be_called() {
    let world = World::with(|lead| lead.status = StageId::WON).await;
    for (minute, id) in ["v1", "v2", "v3"].into_iter().enumerate() {
        let view = Action::PreviewViewed { session: "tab".to_owned() };
        world.does(id, view, i64::try_from(minute).unwrap()).await;
    }
    assert_eq!(world.told().await, (vec!["3 preview visits within ten minutes".to_owned()], 0));
}

#[tokio::test]
async fn lead_whose_score_rises_to_hot_is_announced_once() {
    let world = World::with(|lead| {
        lead.first_name = Some("Ann".to_owned());
        lead.company = Some("Lindt".to_owned());
        lead.phone = PhoneNumber::try_from("+12065550101".to_owned()).ok();
        lead.city = Some("Hull".to_owned());
        lead.category = Some("Restaurant".to_owned());
        lead.website = Some("https://lindt.example".to_owned());
        (lead.rating, lead.reviews) = (Some(5.0), Some(2_000));
        lead.deliverability = Some(Deliverability::Deliverable);
    })
    .await;
    world.does("c1", click("a"), 0).await;
    assert_eq!(world.told().await, (Vec::new(), 0));
    let at = world.does("c2", click("b"), 1).await;
    world.does("c3", click("c"), 2).await;
    let lead = world.lead().await;
    assert_eq!(lead.hot(at).map(|hot| hot.by), Some(HotBy::Score));
    assert_eq!(lead.engagement.hot_by_score_since, Some(at));
    assert_eq!(world.told().await, (vec!["Score 70".to_owned()], 1));
}
